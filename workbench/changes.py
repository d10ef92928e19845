"""What a write changed, and what is kept to take it back: plain values, no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a run, which is a result, holds what is described here
    from workbench.results import Row

SHOWN = 200
"""How many changed rows of a table are shown; all are counted."""


class Cause(Enum):
    """Why a row was changed.

    `NAMED`: the statement names it. `UPSERT`: its ON CONFLICT DO UPDATE. `REPLACED`: it made place
    for a row with the same key (OR REPLACE). `INDIRECT`: a trigger, or a foreign key's action.
    """

    NAMED = "named"
    UPSERT = "upsert"
    REPLACED = "replaced"
    INDIRECT = "indirect"


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after: `old` is None for an insert, `new` for a delete. `op` names which it is."""

    op: str
    old: Row | None
    new: Row | None
    cause: Cause = Cause.NAMED

    def differs(self, place: int) -> bool:
        """Whether an update gives the column at `place` another value, of another kind included."""
        if self.old is None or self.new is None:
            return False
        old, new = self.old[place], self.new[place]
        return type(old) is not type(new) or repr(old) != repr(new)


@dataclass(slots=True)
class TableChanges:
    """The changed rows of one table: all are counted by (op, cause), the first `SHOWN` are in `changes`."""

    table: str
    columns: tuple[str, ...]
    counts: Counter[tuple[str, Cause]] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    def count(self, op: str, causes: Iterable[Cause] = tuple(Cause)) -> int:
        """How many rows met with `op` for one of `causes`."""
        return sum(self.counts[op, cause] for cause in causes)

    @property
    def total(self) -> int:
        """How many rows changed."""
        return self.counts.total()

    @property
    def side_effects(self) -> int:
        """How many of them the statement does not name."""
        return self.total - sum(n for (_, cause), n in self.counts.items() if cause is Cause.NAMED)


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """A table, index, view, trigger or pragma before and after, as SQL; None where there is none.

    `table` is the one it belongs to.
    """

    kind: str
    name: str
    table: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Effects:
    """What one statement changed, to be shown; `number` is its place in its run.

    `inner` counts rows in the shadow tables of virtual ones. `unseen` says why there may be more.
    """

    statement: str
    number: int = 0
    tables: list[TableChanges] = field(default_factory=list)
    objects: list[ObjectChange] = field(default_factory=list)
    inner: int = 0
    unseen: str | None = None

    @property
    def total(self) -> int:
        """How many rows and objects changed, as far as is seen."""
        return sum(t.total for t in self.tables) + len(self.objects)


@dataclass(frozen=True, slots=True)
class Lost:
    """The rows of a table that went, as the changeset that deletes them, and its columns.

    `sequence` is its last AUTOINCREMENT number (https://sqlite.org/autoinc.html), None without.
    """

    columns: tuple[str, ...]
    rows: bytes
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What one statement changed, as its engine can take it back. `number` is its place in its run.

    `rows` is a changeset (https://sqlite.org/sessionintro.html). `lost` holds the rows of tables
    that were dropped, or whose columns were; `left` a fingerprint of the rows in tables that taking
    it back would drop. `inverse` is the one statement that takes a change of the schema back, where
    there is one. `actions` are what the statement itself does: (insert, update or delete; table);
    None when it names all that it changes. `named_rows` is how many rows it named, and `share` which
    part of its table's that was, when that is known. `irreversible` says why it cannot be taken back.
    """

    statement: str
    number: int = 0
    rows: bytes = b""
    objects: tuple[ObjectChange, ...] = ()
    lost: dict[str, Lost] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    inverse: str | None = None
    actions: tuple[tuple[str, str], ...] | None = ()
    named_rows: int = 0
    share: float | None = None
    irreversible: str | None = None

    @property
    def size(self) -> int:
        """Bytes it takes to keep."""
        return len(self.rows) + sum(len(lost.rows) for lost in self.lost.values())

    @property
    def empty(self) -> bool:
        """Whether nothing was changed."""
        return not (self.rows or self.objects or self.irreversible)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that cannot be taken back as it is now: as the write left it, as it is, as it would become.

    `why` is ``changed``, ``gone``, ``taken`` (another row has the key) or ``constraint``; for a
    table or another object ``object``, with its name in `table` and `columns` empty.
    """

    table: str
    columns: tuple[str, ...]
    why: str
    then: Row | None
    now: Row | None
    would: Row | None

    def differs(self, place: int) -> bool:
        """Whether the column at `place` is not the same in all three."""
        values = [row[place] for row in (self.then, self.now, self.would) if row is not None]
        return any(type(v) is not type(values[0]) or repr(v) != repr(values[0]) for v in values)


def fingerprint(records: Iterable[Record]) -> str:
    """What tells two runs' changes apart: the same only if every row and object changed alike."""
    told = sha256()
    for record in records:
        parts = [record.rows, repr(record.objects).encode("utf-8", "surrogatepass")]
        parts += (part for name, lost in sorted(record.lost.items()) for part in (name.encode(), lost.rows))
        for part in parts:
            told.update(len(part).to_bytes(8))
            told.update(part)
    return told.hexdigest()

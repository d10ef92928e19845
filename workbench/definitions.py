"""How a table is defined, and what hangs on it: plain values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from workbench.catalog import TableColumn
from workbench.plans import Size

_NO_ACTION = "NO ACTION"


class Index(NamedTuple):
    """An index: each of `terms` is a column's name or SQLite's word for an expression, with its order.

    `sql` is None for one that SQLite made itself for a UNIQUE or a PRIMARY KEY (`origin` is ``u`` or ``pk``,
    see https://sqlite.org/pragma.html#pragma_index_list).
    """

    name: str
    unique: bool
    partial: bool
    origin: str
    terms: tuple[str, ...]
    sql: str | None = None


class ForeignKey(NamedTuple):
    """`columns` of `table` refer to `parent_columns` of `parent`; without these to its primary key."""

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...] = ()
    on_update: str = _NO_ACTION
    on_delete: str = _NO_ACTION

    @property
    def actions(self) -> tuple[str, ...]:
        """What becomes of the rows here when the row there does, where anything does."""
        pairs = (("ON DELETE", self.on_delete), ("ON UPDATE", self.on_update))
        return tuple(f"{when} {action}" for when, action in pairs if action != _NO_ACTION)


class Trigger(NamedTuple):
    """A trigger and its SQL."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A table or view: `kind` as in the catalog, `sql` as it was made.

    `foreign_keys` lead to other tables, `referring` from others to this one. `problem` says why its
    columns cannot be told.
    """

    name: str
    kind: str
    columns: tuple[TableColumn, ...]
    sql: str
    strict: bool = False
    without_rowid: bool = False
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    referring: tuple[ForeignKey, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    problem: str | None = None

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The names of its columns, in their order."""
        return tuple(c.name for c in sorted(self.columns, key=lambda c: c.key) if c.key)

    @property
    def words(self) -> tuple[str, ...]:
        """What is special about it, in a sentence each."""
        told = {
            f"It does not work: {self.problem}.": self.problem is not None,
            "A view: its rows are worked out each time from other tables.": self.kind == "view",
            "A virtual table: a module keeps its rows.": self.kind == "virtual",
            "A shadow table: a virtual table keeps its data here.": self.kind == "shadow",
            "STRICT: a value of another type than its column's is refused.": self.strict,
            "WITHOUT ROWID: rows are kept by the primary key itself.": self.without_rowid,
        }
        return tuple(sentence for sentence, holds in told.items() if holds)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A definition with its number of rows and what it takes in the file, in bytes; None where that was not
    found out in time, or this SQLite cannot tell.
    """

    definition: Definition
    size: Size | None
    octets: int | None

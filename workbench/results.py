"""What a script gave back: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from msgspec import Struct

from workbench.changes import Conflict, Effects
from workbench.errors import WorkbenchError

Value = None | int | float | str | bytes
Row = tuple[Value, ...]


class InvalidText(bytes):
    """A TEXT value whose bytes are not UTF-8: kept as the bytes they are, so that nothing is lost."""


class Kind(Enum):
    """What a statement did, as SQLite tells it (never guessed from the text).

    `WRITE` changes rows; `SCHEMA` changes anything else: tables, indexes, the file itself.
    """

    READ = "read"
    WRITE = "write"
    SCHEMA = "schema"
    CONTROL = "control"


class Column(NamedTuple):
    """A column of a result set. `decltype`, and the `table` and the column there that it comes from
    (`origin`), are None for an expression.
    """

    name: str
    decltype: str | None
    table: str | None = None
    origin: str | None = None


def weight(row: Row) -> int:
    """How long its texts and BLOBs are together, in characters and bytes."""
    return sum([len(v) for v in row if isinstance(v, (str, bytes))])


class Result(Struct):
    """What one statement gave back.

    `rows` is what the caller's keeper made of the rows (a list of tuples, or encoded JSON);
    `row_count` how many of them it kept, `truncated` whether there were more. `snapshot` names the
    place where all of those are, when `rows` are only the first of them.
    `rows_affected` is None unless the statement inserted, updated or deleted rows;
    `last_rowid` is the rowid of the last row it inserted, None unless it did.
    `duration` is in seconds. `parameters` are the names of the statement's own.
    """

    statement: str
    kind: Kind
    columns: tuple[Column, ...] = ()
    rows: Sequence[Row] = ()
    row_count: int = 0
    truncated: bool = False
    rows_affected: int | None = None
    duration: float = 0.0
    last_rowid: int | None = None
    parameters: tuple[str, ...] = ()
    snapshot: str | None = None


class Run(Struct):
    """What a script gave back: a result for each finished statement, and the error that ended it.

    `applied` says what is in the database now: ``none`` (nothing was changed, or all was
    rolled back), ``all``, or ``some`` (a script with its own BEGIN and COMMIT stopped after a
    commit). `fails_at_commit` are the broken foreign keys that a dry run found: (table, rowid,
    parent). `replayed` is the answer that the same idempotency key got before; nothing was run then.
    `notices` are sentences for a person. `parameters` are the names of those that its statements
    have, as far as these are known. `effects` are what its statements changed, or would change, and
    `fingerprint` tells those of a dry run from any others. `conflicts` are what could not be taken
    back. `to_write`: some of its statements were to change something.
    """

    script: str
    results: list[Result] = []
    error: WorkbenchError | None = None
    applied: str = "none"
    duration: float = 0.0
    notices: list[str] = []
    fails_at_commit: list[Row] = []
    replayed: bytes | None = None
    effects: list[Effects] = []
    fingerprint: str | None = None
    conflicts: list[Conflict] = []
    parameters: list[str] = []
    to_write: bool = False

    @property
    def rows_affected(self) -> int | None:
        """Rows inserted, updated and deleted by all statements; None when none of them wrote rows."""
        counts = [r.rows_affected for r in self.results if r.rows_affected is not None]
        return sum(counts) if counts else None

    @property
    def row_count(self) -> int:
        """Rows that all statements gave back together."""
        return sum(r.row_count for r in self.results)

    @property
    def schema_changed(self) -> bool:
        """Whether a table, view, index or trigger was made, altered or dropped."""
        return self.error is None and any(r.kind is Kind.SCHEMA for r in self.results)

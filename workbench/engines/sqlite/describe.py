"""What statements are, as SQLite prepares them: nothing is run, on a connection that cannot write."""

from __future__ import annotations

import apsw

from workbench.engines.base import Description, Statement
from workbench.engines.sqlite.authorizer import Authorizer
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.rows import foreseen
from workbench.engines.sqlite.statements import Prepared, cut
from workbench.jobs import Job

# Which of an action's two words is the table: https://sqlite.org/c3ref/c_alter_table.html
_FIRST = {
    apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE, apsw.SQLITE_CREATE_TABLE,
    apsw.SQLITE_DROP_TABLE, apsw.SQLITE_CREATE_VIEW, apsw.SQLITE_DROP_VIEW,
    apsw.SQLITE_CREATE_VTABLE, apsw.SQLITE_DROP_VTABLE, apsw.SQLITE_ANALYZE,
}  # fmt: skip
_SECOND = {
    apsw.SQLITE_ALTER_TABLE, apsw.SQLITE_CREATE_INDEX, apsw.SQLITE_DROP_INDEX,
    apsw.SQLITE_CREATE_TRIGGER, apsw.SQLITE_DROP_TRIGGER,
}  # fmt: skip

_SCHEMA_TABLE = "sqlite_master"


class Witness(Authorizer):
    """A guard that lets a writer's statements be prepared, and notes which tables the last one touches."""

    def __init__(self) -> None:
        super().__init__(writer=True)
        self.read: dict[str, None] = {}
        self.written: dict[str, None] = {}

    def begin(self) -> None:
        """Forget the statement before."""
        super().begin()
        self.read, self.written = {}, {}

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None
    ) -> int:
        """SQLite's question, answered as to a writer."""
        answer = super().__call__(action, first, second, schema, trigger)
        if not self.trusted and answer == apsw.SQLITE_OK:
            if action == apsw.SQLITE_READ and first:
                self.read[first] = None
            elif action in _FIRST and first:
                self.written[first] = None
            elif action in _SECOND and second:
                self.written[second] = None
        return answer


def describe(link: Link, job: Job) -> list[Description]:
    """What each statement of `job` is; `link` has a Witness for its guard.

    Raises:
        WorkbenchError: SQLite's refusal, translated.
    """
    return [_described(link, statement, prepared) for statement, prepared in cut(link, job)]


def _described(link: Link, statement: Statement, prepared: Prepared) -> Description:
    read, written = link.authorizer.read, {} if prepared.reads else link.authorizer.written
    if _SCHEMA_TABLE in written:  # it makes or drops something, and that is where such things are kept
        read, written = ({n: None for n in names if n != _SCHEMA_TABLE} for names in (read, written))
    with translated(link.authorizer, statement.text, statement):
        columns, is_explain = foreseen(link, statement.text)
    return Description(prepared.parameters, columns, prepared.reads, is_explain, tuple(read), tuple(written))

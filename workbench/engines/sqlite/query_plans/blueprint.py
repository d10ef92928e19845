"""A copy of a database without its rows, in memory: what the planner knows, and nothing to spoil."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from time import monotonic

import apsw

from workbench.engines.sqlite.connections import Link, open_in_memory
from workbench.engines.sqlite.describe import Witness

_SCHEMA = """
SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
 ORDER BY sql NOT LIKE 'CREATE VIRTUAL%', type <> 'table', rowid
"""
"""Virtual tables first: they make the tables that they keep their rows in."""

_STATISTICS = ("sqlite_stat1", "sqlite_stat4")

_INSTRUCTIONS = 1000  # between two looks at the clock


class Reader(Witness):
    """A guard that notes which columns of which tables the statement reads, through views too."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: dict[str, dict[str, None]] = {}

    def begin(self) -> None:
        """Forget the statement before."""
        super().begin()
        self.columns = {}

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None
    ) -> int:
        """SQLite's question, answered as to a writer."""
        if action == apsw.SQLITE_READ and not self.trusted and first and second:
            self.columns.setdefault(first, {})[second] = None
        return super().__call__(action, first, second, schema, trigger)


@contextmanager
def blueprint(link: Link, until: float) -> Iterator[Link]:
    """A copy of the schema and the statistics of the database on `link`, with a Reader for its guard.

    Past `until`, a moment of `time.monotonic`, it raises apsw.InterruptError, and so does what runs on it.
    The schema is somebody's text as much as any statement is, so it is guarded like one.
    """
    copy = open_in_memory(Reader())
    copy.connection.set_progress_handler(lambda: monotonic() > until, _INSTRUCTIONS)
    try:
        for (sql,) in link.own(_SCHEMA):
            refuse_after(until)
            _make(copy, sql)
        _copy_statistics(link, copy)
        yield copy
    finally:
        copy.connection.set_progress_handler(None)
        copy.connection.close()


def refuse_after(until: float) -> None:
    """Raise apsw.InterruptError past this moment: between statements of which none takes long."""
    if monotonic() > until:
        raise apsw.InterruptError("there is no time left")


def change(copy: Link, sql: str) -> None:
    """Do what somebody wrote to a copy, guarded as it would be in the database."""
    copy.authorizer.begin()
    with closing(copy.connection.cursor()) as cursor:
        cursor.execute(sql, can_cache=False).fetchall()


def _make(copy: Link, sql: str) -> None:
    """Make an object; one that cannot be made is missing, and so is advice on what needs it."""
    try:
        change(copy, sql)
    except apsw.InterruptError:
        raise
    except apsw.Error:
        return


def _copy_statistics(link: Link, copy: Link) -> None:
    copy.own("ANALYZE")
    for table in _STATISTICS:
        with suppress(apsw.SQLError):  # without ANALYZE there is none
            rows = link.own(f"SELECT * FROM main.{table}")
            for row in rows:
                copy.own(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    copy.own("ANALYZE sqlite_schema")

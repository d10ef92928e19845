"""Which rows a row would take the place of, asked of SQLite itself.

An index on expressions, or on some rows only, cannot be searched by values alone. REPLACE deletes exactly
the rows that are in the way, and a trigger sees them go while triggers are recursive
(https://sqlite.org/lang_conflict.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.facts import Table, listed, literal, read
from workbench.engines.sqlite.explaining.failure import Failure
from workbench.engines.sqlite.explaining.rehearsal import Wanted
from workbench.results import Row
from workbench.sql import quoted

_GONE = "workbench_gone"


def displaced(failure: Failure, table: Table, row: Wanted) -> list[Row]:
    """The rows of `table` that REPLACE would delete for `row`; none for a table without rowids."""
    if table.rowid is None:
        return []
    link, gone = failure.link, []
    with link.undone(), _no_other_triggers(link):
        link.connection.create_scalar_function(_GONE, gone.append)
        link.own(
            f"CREATE TEMP TRIGGER workbench_delete AFTER DELETE ON main.{quoted(table.name)}"
            f" BEGIN SELECT {_GONE}(OLD.{table.rowid}); END"
        )
        try:
            with (
                failure.clock.writing(),
                suppress(apsw.ConstraintError),
            ):  # another constraint of the same row
                link.own(_replacing(table, row))
        finally:
            link.own("DROP TRIGGER temp.workbench_delete")
            link.connection.create_scalar_function(_GONE, None)
    places = ", ".join(map(str, gone))
    query = f"SELECT {listed(table.names)} FROM main.{quoted(table.name)} WHERE {table.rowid} IN ({places})"
    return read(link, query, len(table.names))


@contextmanager
def _no_other_triggers(link: Link) -> Iterator[None]:
    """Only TEMP triggers work inside: https://sqlite.org/c3ref/c_dbconfig_defensive.html."""
    link.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    link.own("PRAGMA recursive_triggers = 1")
    try:
        yield
    finally:
        link.own("PRAGMA recursive_triggers = 0")
        link.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 1)


def _replacing(table: Table, row: Wanted) -> str:
    """The statement that writes `row` whatever is in its way."""
    number = table.number
    settable = {c.name for c in table.columns if c.settable} | {number}
    values = {
        name: literal(value)
        for name, value in zip(table.names, row.row, strict=True)
        if name in settable and not (name == number and row.numbered_by_sqlite)
    }
    if row.old is None:
        into = f"main.{quoted(table.name)} ({listed(values)})"
        return f"INSERT OR REPLACE INTO {into} VALUES ({', '.join(values.values())})"
    sets = ", ".join(f"{quoted(name)} = {value}" for name, value in values.items())
    old = row.old[table.names.index(number)]
    return f"UPDATE OR REPLACE main.{quoted(table.name)} SET {sets} WHERE {table.rowid} = {old}"

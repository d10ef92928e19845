"""Which rows a row would take the place of, asked of SQLite itself.

An index on expressions, or on some rows only, cannot be searched by values alone. REPLACE deletes exactly
the rows that are in the way (https://sqlite.org/lang_conflict.html), and the preupdate hook sees them go.
"""

from __future__ import annotations

from contextlib import suppress

import apsw

from workbench.engines.sqlite.explaining.facts import Table, listed, literal, read
from workbench.engines.sqlite.explaining.failure import Failure, undone
from workbench.engines.sqlite.explaining.rehearsal import Wanted
from workbench.results import Row
from workbench.sql import quoted


def displaced(failure: Failure, table: Table, row: Wanted) -> list[Row]:
    """The rows of `table` that REPLACE would delete for `row`; none for a table without rowids."""
    if table.rowid is None:
        return []
    link, gone = failure.link, []

    def see(change: apsw.PreUpdate) -> None:
        if change.op == "DELETE" and change.depth == 0 and change.table_name == table.name:
            gone.append(change.rowid)

    with undone(link):
        link.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
        link.connection.preupdate_hook(see, id="explaining")
        try:
            with (
                failure.clock.writing(),
                suppress(apsw.ConstraintError),
            ):  # another constraint of the same row
                link.own(_replacing(table, row))
        finally:
            link.connection.preupdate_hook(None, id="explaining")
            link.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 1)
    places = ", ".join(map(str, gone))
    query = f"SELECT {listed(table.names)} FROM main.{quoted(table.name)} WHERE {table.rowid} IN ({places})"
    return read(link, query, len(table.names))


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

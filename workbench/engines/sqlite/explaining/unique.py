"""Two rows that may not be alike: the one that was to be written, and the one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.displaced import displaced
from workbench.engines.sqlite.explaining.duplicates import explain_duplicates
from workbench.engines.sqlite.explaining.facts import (
    Table,
    conditions,
    in_words,
    listed,
    read,
    shown,
    table_of,
    tables_before_dot,
)
from workbench.engines.sqlite.explaining.failure import Failure, Unexplained
from workbench.engines.sqlite.explaining.rehearsal import Wanted, at_the_row, by_trigger
from workbench.explanations import Evidence, Explanation
from workbench.results import Row
from workbench.sql import quoted


@dataclass(frozen=True, slots=True)
class Unique:
    """What must be unique in a table: `columns`, none of them for an index on expressions.

    `what` names the constraint in words, `partial`: only rows that a WHERE chooses are in it.
    """

    table: Table
    columns: tuple[str, ...]
    collations: tuple[str | None, ...]
    what: str
    partial: bool = False

    @property
    def known_by_values(self) -> bool:
        """Whether rows with the same values in its columns are all that it refuses."""
        return bool(self.columns) and not self.partial


@dataclass(frozen=True, slots=True)
class Collision:
    """The row that was to be written, the one in its way, and whether that was there before."""

    wanted: Wanted
    theirs: Row | None
    was_there: bool


def explain_unique(failure: Failure) -> Explanation:
    """Which constraint, which values, which row is there already."""
    if apsw.SQLITE_CREATE_INDEX in {write.action for write in failure.writes()}:
        return explain_duplicates(failure)
    unique = _constraint(failure.link, failure.what)
    try:
        collision = _collision(failure, unique)
    except (Unexplained, apsw.Error):  # out of time, or a value too large to look for
        return Explanation(f"{_rule(unique)}, and another has the same already.")
    return Explanation(
        f"{_rule(unique)}, and {_other(unique, collision)}." + by_trigger(collision.wanted),
        tuple(_evidence(unique, collision)),
        _query(unique, collision),
    )


def _constraint(link: Link, what: str) -> Unique:
    """What SQLite means by ``table.column, table.column`` or ``index 'name'``."""
    found = [
        unique
        for table in tables_before_dot(link, what)
        for unique in _uniques(link, table)
        if ", ".join(f"{table.name}.{column}" for column in _as_told(unique)) == what
    ]
    if found and len({unique.table.name for unique in found}) == 1:
        return min(found, key=lambda unique: unique.partial)
    named = link.own(
        "SELECT tbl_name, name FROM main.sqlite_schema WHERE type = 'index'"
        " AND 'index ''' || replace(name, '''', '''''') || '''' = ?",
        (what,),
    )
    if found or len(named) != 1:
        raise Unexplained
    table, index = named[0]
    return Unique(table_of(link, table), (), (), f"index {index}")


def _as_told(unique: Unique) -> tuple[str, ...]:
    """Its columns as SQLite calls them: a rowid always ``rowid``, whatever reaches it."""
    return ("rowid",) if unique.what == "rowid" else unique.columns


def _uniques(link: Link, table: Table) -> Iterator[Unique]:
    if table.integer_key:
        yield Unique(table, (table.integer_key,), (None,), "primary key")
    elif table.rowid:
        yield Unique(table, (table.rowid,), (None,), "rowid")
    for index, origin, partial in link.own(
        "SELECT name, origin, partial FROM pragma_index_list(?, 'main') WHERE \"unique\"", (table.name,)
    ):
        parts = link.own(
            "SELECT name, coll FROM pragma_index_xinfo(?, 'main') WHERE key ORDER BY seqno", (index,)
        )
        if all(column for column, _ in parts):
            what = {"pk": "primary key", "u": "UNIQUE"}.get(origin, f"index {index}")
            columns = tuple(column for column, _ in parts)
            yield Unique(table, columns, tuple(_unusual(link, table, *p) for p in parts), what, bool(partial))


def _unusual(link: Link, table: Table, column: str, collation: str) -> str | None:
    """The collation of an index on `column`, when that is not the column's own."""
    own = link.connection.column_metadata("main", table.name, column)[1]
    return None if own.upper() == collation.upper() else collation


def _collision(failure: Failure, unique: Unique) -> Collision:
    link, table = failure.link, unique.table
    with at_the_row(failure, table) as found:
        theirs = _in_the_way(failure, unique, found)
    was_there = bool(theirs) and theirs in _rows_like(link, table, table.key, theirs)
    return Collision(found, theirs, was_there)


def _in_the_way(failure: Failure, unique: Unique, found: Wanted) -> Row | None:
    """The one row that the constraint sets against the one that was to be written."""
    link, table = failure.link, unique.table
    alike = _rows_like(link, table, unique.columns, found.row, unique.collations) if unique.columns else None
    if not unique.known_by_values:
        others = displaced(failure, table, found)
        alike = [row for row in others if alike is None or row in alike]
    return alike[0] if len(alike) == 1 else None


def _rows_like(
    link: Link, table: Table, columns: tuple[str, ...], row: Row, collations: tuple[str | None, ...] = ()
) -> list[Row]:
    """The rows with the same values in `columns` as `row`, which has one for each of the table's names."""
    where = conditions(columns, _picked(table, columns, row), collations, most=None)
    query = f"SELECT {listed(table.names)} FROM main.{quoted(table.name)} WHERE {where} LIMIT 2"
    return read(link, query, len(table.names))


def _picked(table: Table, columns: tuple[str, ...], row: Row) -> Row:
    at = {name: place for place, name in enumerate(table.names)}
    return tuple(row[at[column]] for column in columns)


def _rule(unique: Unique) -> str:
    name = unique.table.name
    if not unique.columns:
        return f"The {unique.what} keeps the rows of {name} apart by a computed value"
    columns = " and ".join(unique.columns)
    own = f"its own {columns}" if len(unique.columns) == 1 else f"a combination of {columns} of its own"
    which = f"Every row of {name} in {unique.what}" if unique.partial else f"Every row of {name}"
    kind = "" if unique.partial or unique.what == "rowid" else f" ({unique.what})"
    return f"{which} has {own}{kind}"


def _other(unique: Unique, collision: Collision) -> str:
    if collision.theirs and not collision.was_there:
        return "the same statement had just written another with the same"
    values = _picked(unique.table, unique.columns, collision.wanted.row)
    told = in_words(unique.columns, values) if unique.columns else None
    return f"one with {told} is there already" if told else "another has the same already"


def _evidence(unique: Unique, collision: Collision) -> Iterator[Evidence]:
    first = (*unique.columns, *unique.table.key)
    if collision.theirs:
        title = "Is there already" if collision.was_there else "Written just before, by the same statement"
        yield Evidence(title, *shown(unique.table.names, [collision.theirs], first))
    yield collision.wanted.evidence(unique.table, first)


def _query(unique: Unique, collision: Collision) -> str | None:
    """A query that finds the row that is there."""
    if not collision.was_there:
        return None
    ways = [(unique.columns, unique.collations)] if unique.known_by_values else []
    for columns, collations in [*ways, (unique.table.key, ())]:
        where = conditions(columns, _picked(unique.table, columns, collision.theirs), collations)
        if where:
            return f"SELECT * FROM {quoted(unique.table.name)} WHERE {where};"
    return None

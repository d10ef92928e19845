"""A foreign key that leads nowhere: which rows refer, and to what.

SQLite only counts how many there are (https://sqlite.org/foreignkeys.html). With its checks put off to the
end of the transaction the statement goes through, and `PRAGMA foreign_key_check` tells which they are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from workbench.engines.sqlite.connections import Link, open_reader
from workbench.engines.sqlite.explaining.facts import (
    SHOWN_ROWS,
    Table,
    conditions,
    in_words,
    listed,
    read,
    shown,
    table_of,
)
from workbench.engines.sqlite.explaining.failure import Clock, Failure, Unexplained
from workbench.explanations import Evidence, Explanation
from workbench.results import Row
from workbench.sql import quoted

FAILED = "FOREIGN KEY constraint failed"

_CHECKED = 10_000
"""The most broken keys that are looked at: a database may have any number from before."""


class Reference(NamedTuple):
    """A foreign key: `columns` of `child` refer to `key` of `parent`."""

    child: str
    parent: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


class Broken(NamedTuple):
    """A row of `child` whose foreign key of that `number` leads nowhere; no rowid in WITHOUT ROWID tables."""

    child: str
    number: int
    rowid: int | None


References = dict[tuple[str, int], Reference]
"""Foreign keys by their table and SQLite's number for each."""


def explain_reference(failure: Failure) -> Explanation:
    """Which rows would refer to nothing once the statement is done, and to what they refer."""
    if not failure.writes():
        return explain_commit(failure.link, failure.clock)
    link, written = failure.link, {write.table.lower() for write in failure.writes()}
    touched = {
        place: reference
        for place, reference in _references(link).items()
        if {reference.child.lower(), reference.parent.lower()} & written
    }
    before = _all_broken(link, touched)
    link.own("PRAGMA defer_foreign_keys = 1")
    failure.again()
    case = _case(link, touched, before)
    return _explanation(case, still=case.child.name.lower() not in written)


def explain_commit(link: Link, clock: Clock) -> Explanation:
    """The same at the end of a transaction: which rows refer to nothing that did not before it."""
    committed = open_reader(Path(link.connection.filename), immutable_allowed=False)
    try:
        with clock.limits(committed):
            return _at_commit(link, committed)
    finally:
        committed.connection.close()


def _at_commit(link: Link, committed: Link) -> Explanation:
    references = _references(link)
    case = _case(link, references, _all_broken(committed, references))
    still = bool(case.rows) and case.rows == _rows(committed, case.child, case.reference, case.rowids)
    found = _explanation(case, still=still)
    return replace(found, text=f"{found.text} This is checked at the end of the transaction.")


def _references(link: Link) -> References:
    found: dict[tuple[str, int], list[tuple]] = {}
    for child, number, *part in link.own(
        'SELECT m.name, f.id, f."table", f."from", f."to"'
        " FROM main.sqlite_schema m, pragma_foreign_key_list(m.name, 'main') f"
        " WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq"
    ):
        found.setdefault((child, number), []).append(part)
    return {place: _reference(link, place[0], parts) for place, parts in found.items()}


def _reference(link: Link, child: str, parts: list[tuple]) -> Reference:
    parents, columns, key = zip(*parts, strict=True)
    if None in key:  # then it is the primary key of the parent
        key = table_of(link, parents[0]).primary_key
    return Reference(child, parents[0], columns, key)


def _all_broken(link: Link, references: References) -> Counter[Broken]:
    """What is broken now. Raises Unexplained when that is too much to be compared with anything."""
    found = _broken(link, references, most=_CHECKED)
    if found.total() >= _CHECKED:
        raise Unexplained
    return found


def _broken(link: Link, references: References, *, most: int) -> Counter[Broken]:
    """What is broken now, at most so many of a table."""
    found: Counter[Broken] = Counter()
    for child in sorted({child for child, _ in references}):
        check = "SELECT fkid, rowid FROM pragma_foreign_key_check(?, 'main') LIMIT ?"
        found.update(Broken(child, *row) for row in link.own(check, (child, most)))
    return found


class Case(NamedTuple):
    """The rows that are newly broken in one foreign key: how many, and the first few of them.

    From `_CHECKED` on there may be more.
    """

    reference: Reference
    child: Table
    count: int
    rowids: list[int | None]
    rows: list[Row]

    @property
    def values(self) -> list[Row]:
        """What each of the rows refers to."""
        at = [self.child.names.index(column) for column in self.reference.columns]
        return [tuple(row[place] for place in at) for row in self.rows]


def _case(link: Link, references: References, before: Counter[Broken]) -> Case:
    """The first of the foreign keys that are broken more than `before`. Raises Unexplained without one."""
    most = before.total() + _CHECKED
    new = _broken(link, references, most=most) - before
    if not new:
        raise Unexplained
    place = min((broken.child, broken.number) for broken in new)
    rowids = [b.rowid for b in new.elements() if (b.child, b.number) == place]
    reference, child = references[place], table_of(link, place[0])
    told_apart = child.rowid or not before[Broken(*place, None)]
    first = rowids[:SHOWN_ROWS] if told_apart else []
    return Case(reference, child, len(rowids), first, _rows(link, child, reference, first))


def _rows(link: Link, child: Table, reference: Reference, rowids: list[int | None]) -> list[Row]:
    """The rows with these rowids; without rowids, as many that refer to nothing."""
    where = f"{child.rowid} IN ({', '.join(map(str, rowids))})" if child.rowid else _leads_nowhere(reference)
    table = f"main.{quoted(child.name)} AS child"
    query = f"SELECT {listed(child.names)} FROM {table} WHERE {where} LIMIT {len(rowids)}"
    return read(link, query, len(child.names))


def _leads_nowhere(reference: Reference) -> str:
    set_ = [f"child.{quoted(column)} IS NOT NULL" for column in reference.columns]
    pairs = zip(reference.key, reference.columns, strict=True)
    same = " AND ".join(f"parent.{quoted(key)} = child.{quoted(column)}" for key, column in pairs)
    missing = f"NOT EXISTS (SELECT 1 FROM main.{quoted(reference.parent)} AS parent WHERE {same})"
    return " AND ".join([*set_, missing])


def _explanation(case: Case, *, still: bool) -> Explanation:
    """`still`: the rows were there before, and what they refer to goes."""
    reference, child = case.reference, case.child
    columns, rows = shown(child.names, case.rows, (*reference.columns, *child.key))
    evidence = Evidence(f"In {child.name}", columns, rows, more=case.count > len(rows))
    return Explanation(
        _in_words(case, still=still),
        (evidence,) if rows else (),
        _children_query(case) if still else _parents_query(reference),
    )


def _in_words(case: Case, *, still: bool) -> str:
    reference, one = case.reference, case.count == 1
    at_least = "At least " if case.count >= _CHECKED else ""
    rows = "A row" if one else f"{at_least}{case.count:,} rows"
    refer = ("still " if still else "") + ("refers" if one else "refer")
    by = f"{rows} of {reference.child} {refer}, by {' and '.join(reference.columns)},"
    alike = case.count == len(case.rows) and len(set(case.values)) == 1
    told = in_words(reference.key, case.values[0]) if alike else None
    if told is None:
        return f"{by} to rows of {reference.parent} that would not be there."
    return f"{by} to {told} of {reference.parent}" + ("." if still else ", and there is no such row.")


def _children_query(case: Case) -> str | None:
    """A query that finds the rows that still refer to what the first of them refers to."""
    where = conditions(case.reference.columns, case.values[0]) if case.rows else None
    return f"SELECT * FROM {quoted(case.reference.child)} WHERE {where};" if where else None


def _parents_query(reference: Reference) -> str:
    """A query that lists what may be referred to."""
    key = listed(reference.key)
    return f"SELECT {key} FROM {quoted(reference.parent)} ORDER BY {key} LIMIT 100;"

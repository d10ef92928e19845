"""The shape of a table: by what its rows are told apart and ordered, and where they lead."""

from __future__ import annotations

import re

import apsw

from workbench.browsing import Order, Reference, Shape, Term
from workbench.catalog import Table
from workbench.engines.sqlite.connections import Link
from workbench.sql import quoted

_ROWIDS = ("rowid", "_rowid_", "oid")  # https://sqlite.org/rowidtable.html

# Modules whose rowids are known to name one row each (https://sqlite.org/vtab.html gives no promise).
_WITH_ROWID = {"fts3", "fts4", "fts5", "rtree", "rtree_i32", "geopoly"}

_MODULE = re.compile(r"\bUSING\s+[\"'`\[]?(\w+)", re.IGNORECASE)

_REFERENCES = """
SELECT m.name, f.id, f."from", f."table", f."to"
  FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f
 WHERE m.type = 'table' AND {} = ? COLLATE NOCASE
 ORDER BY m.name, f.id, f.seq
"""


def shape_of(link: Link, table: Table) -> Shape:
    """The shape of `table`, whose hidden columns are left out."""
    columns = tuple(column for column in table.columns if column.hidden != 1)
    names = [column.name for column in columns]
    key = _key_of(link, table, names)
    return Shape(
        table.name,
        table.kind,
        columns,
        key,
        _indexed(link, table.name, names) if key else {},
        references_of(link, table.name),
        frozenset(i for i, name in enumerate(names) if _collation(link, table.name, name) != "binary"),
    )


def references_of(link: Link, table: str) -> tuple[Reference, ...]:
    """The foreign keys of `table`."""
    return _references(link, link.own(_REFERENCES.format("m.name"), (table,)))


def references_to(link: Link, table: str) -> tuple[Reference, ...]:
    """The foreign keys of any table that refer to `table`."""
    return _references(link, link.own(_REFERENCES.format('f."table"'), (table,)))


def _references(link: Link, found: list[tuple]) -> tuple[Reference, ...]:
    grouped: dict[tuple[str, int, str], list[tuple[str, str | None]]] = {}
    for table, number, column, parent, to in found:
        grouped.setdefault((table, number, parent), []).append((column, to))
    made = []
    for (table, _, parent), pairs in grouped.items():
        to = tuple(name for _, name in pairs)
        if None in to:  # https://sqlite.org/foreignkeys.html#fk_indexes: then it is the primary key
            to = _primary_key(link, parent)
        if len(to) == len(pairs):
            made.append(Reference(table, tuple(name for name, _ in pairs), parent, to))
    return tuple(made)


def _primary_key(link: Link, table: str) -> tuple[str, ...]:
    found = link.own("SELECT name FROM pragma_table_xinfo(?) WHERE pk ORDER BY pk", (table,))
    return tuple(name for (name,) in found)


def _key_of(link: Link, table: Table, names: list[str]) -> Order:
    if table.kind == "view" or (table.kind == "virtual" and not _has_known_module(link, table.name)):
        return ()
    if table.without_rowid or _is_without_rowid(link, table.name):
        return _primary_terms(link, table.name, names)
    taken = {column.name.lower() for column in table.columns}
    free = next((name for name in _ROWIDS if name not in taken), None)
    alias = _alias_of_rowid(link, table)
    if alias is not None:
        return (Term(quoted(names[alias]), alias),)
    return (Term(free, None),) if free else ()


def _has_known_module(link: Link, table: str) -> bool:
    ((sql,),) = link.own("SELECT sql FROM sqlite_schema WHERE name = ? AND type = 'table'", (table,))
    found = _MODULE.search(sql or "")
    return bool(found) and found[1].lower() in _WITH_ROWID


def _is_without_rowid(link: Link, table: str) -> bool:
    found = link.own("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'", (table,))
    return bool(found and found[0][0])


def _alias_of_rowid(link: Link, table: Table) -> int | None:
    """Which column is the rowid by another name (https://sqlite.org/lang_createtable.html#rowid)."""
    if link.own("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", (table.name,)):
        return None
    shown = [column for column in table.columns if column.hidden != 1]
    return next((i for i, column in enumerate(shown) if column.key), None)


def _primary_terms(link: Link, table: str, names: list[str]) -> Order:
    found = link.own(
        'SELECT x.name, x."desc", x.coll FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x'
        " WHERE l.origin = 'pk' AND x.key ORDER BY x.seqno",
        (table,),
    )
    return tuple(
        Term(quoted(name), names.index(name), bool(descending), quoted(collation))
        for name, descending, collation in found
    )


def _indexed(link: Link, table: str, names: list[str]) -> dict[int, bool]:
    """The columns that have an index of all rows to themselves, in the order in which they are compared,
    and whether it descends.
    """
    found = link.own(
        'SELECT x.name, x.coll, x."desc" FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x'
        " WHERE x.key AND NOT l.partial GROUP BY l.name HAVING count(*) = 1 AND x.cid >= 0"
        ' ORDER BY x."desc" DESC',
        (table,),
    )
    places = {}
    for name, collation, descending in found:
        if _collation(link, table, name) == collation.lower():
            places[names.index(name)] = bool(descending)
    return places


def _collation(link: Link, table: str, column: str) -> str:
    """How a column's texts are compared; those of a view are said to be so as they are."""
    try:
        return link.connection.column_metadata("main", table, column)[1].lower()
    except apsw.Error:
        return "binary"

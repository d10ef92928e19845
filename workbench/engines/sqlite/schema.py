"""The objects of a database's schema as SQL, and what a statement changed of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from workbench.changes import ObjectChange
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.keys import TABLE as KEYS_TABLE
from workbench.sql import quoted

_OBJECTS = """
SELECT type, name, tbl_name, sql FROM sqlite_schema
 WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ?
"""

_PRAGMAS = ("user_version", "application_id")
"""What a writer may set and the file keeps."""

_ORDER = ("pragma", "table", "index", "view", "trigger")

Name = tuple[str, str]
"""An object's kind and name; both are needed, since an index may be called like a table."""


class Object(NamedTuple):
    """The table it belongs to, and its SQL."""

    table: str
    sql: str


class Key(NamedTuple):
    """How a table's rows are told apart.

    `columns` are those that changesets have, in their order: first `_rowid_` where the table has no
    key of its own. `places` are the key's among them. `may_be_null` names those of the key that
    SQLite lets be NULL (https://sqlite.org/lang_createtable.html#the_primary_key).
    """

    columns: tuple[str, ...]
    places: tuple[int, ...]
    may_be_null: tuple[str, ...]


def objects(link: Link) -> dict[Name, Object]:
    """Every object but SQLite's own and the idempotency keys, and the pragmas that the file keeps."""
    found = {(kind, name): Object(table, sql) for kind, name, table, sql in link.own(_OBJECTS, (KEYS_TABLE,))}
    for pragma in _PRAGMAS:
        ((value,),) = link.own(f"PRAGMA {pragma}")
        found["pragma", pragma] = Object("", str(value))
    return found


def difference(before: dict[Name, Object], after: dict[Name, Object]) -> tuple[ObjectChange, ...]:
    """What is not the same, tables first and triggers last."""
    names = [name for name in before | after if before.get(name) != after.get(name)]
    return tuple(
        _change(name, before.get(name), after.get(name))
        for name in sorted(names, key=lambda n: _ORDER.index(n[0]))
    )


def _change(name: Name, before: Object | None, after: Object | None) -> ObjectChange:
    table = (before or after).table
    return ObjectChange(*name, table, before.sql if before else None, after.sql if after else None)


def key_of(link: Link, table: str) -> Key:
    """How the rows of `table` are told apart in changesets."""
    found = link.own('SELECT name, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden = 0', (table,))
    columns = tuple(name for name, *_ in found)
    places = tuple(i for i, (_, _, place) in enumerate(found) if place)
    if not places:
        return Key(("_rowid_", *columns), (0,), ())
    if _is_rowid(link, table) or _without_rowid(link, table):
        return Key(columns, places, ())
    return Key(columns, places, tuple(name for name, not_null, place in found if place and not not_null))


def collations_of(link: Link, table: str) -> dict[int, str]:
    """By place among the columns, how each of the key is compared; nothing where the key is the rowid."""
    found = link.own(
        "SELECT x.name, x.coll FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x"
        " WHERE l.origin = 'pk' AND x.key",
        (table,),
    )
    columns = key_of(link, table).columns
    return {columns.index(name): collation.upper() for name, collation in found}


def columns_of(link: Link, table: str) -> tuple[str, ...]:
    """The names of all columns of `table`, generated ones too."""
    return tuple(name for (name,) in link.own("SELECT name FROM pragma_table_xinfo(?)", (table,)))


def has_null_keys(link: Link, table: str, key: Key) -> bool:
    """Whether a row of `table` has NULL in its key: no changeset can name such a row."""
    where = " OR ".join(f"{quoted(name)} IS NULL" for name in key.may_be_null)
    return bool(where and link.own(f"SELECT 1 FROM main.{quoted(table)} WHERE {where} LIMIT 1"))


def sequence_of(link: Link, table: str) -> int | None:
    """The last number that AUTOINCREMENT gave in `table` (https://sqlite.org/autoinc.html)."""
    if not link.own("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"):
        return None
    found = link.own("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
    return found[0][0] if found else None


def is_table(link: Link, name: str) -> bool:
    """Whether there is a table of that name, rather than a view."""
    return bool(link.own("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (name,)))


def is_virtual(link: Link, table: str) -> bool:
    """Whether a module keeps its rows (https://sqlite.org/vtab.html)."""
    return bool(
        link.own("SELECT 1 FROM sqlite_schema WHERE name = ? AND sql LIKE 'CREATE VIRTUAL%'", (table,))
    )


def virtual_tables(link: Link) -> list[str]:
    """The names of all tables whose rows a module keeps."""
    found = link.own("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'")
    return [name for (name,) in found]


def is_inner(table: str, virtual: Iterable[str]) -> bool:
    """Whether `table` is one in which a virtual table keeps its data (https://sqlite.org/vtab.html#xshadowname)."""
    return any(table.lower().startswith(f"{name.lower()}_") for name in virtual)


def _is_rowid(link: Link, table: str) -> bool:
    """Whether the key is the rowid by another name: any other has an index of its own."""
    return not link.own("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", (table,))


def _without_rowid(link: Link, table: str) -> bool:
    return bool(
        link.own("SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = ? AND wr", (table,))
    )

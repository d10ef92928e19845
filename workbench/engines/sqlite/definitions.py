"""How a table of a SQLite file is defined: its SQL, and what pragmas tell of its indexes and keys."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from workbench.catalog import Table
from workbench.definitions import Definition, ForeignKey, Index, Trigger
from workbench.engines.sqlite.connections import Link

_SQL = "SELECT sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?"
_KIND = "SELECT strict, wr FROM pragma_table_list(?) WHERE schema = 'main'"
_INDEXES = """
SELECT l.name, l."unique", l.partial, l.origin, s.sql
  FROM pragma_index_list(?) AS l LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name
 ORDER BY l.origin = 'c', l.seq DESC
"""
_TERMS = 'SELECT name, "desc" FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno'
_TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE"
_FOREIGN_KEYS = """
SELECT m.name, f.id, f."from", f."table", f."to", f.on_update, f.on_delete
  FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f
 WHERE m.type = 'table' AND {}
 ORDER BY m.name, f.id DESC, f.seq
"""
_OCTETS = "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name = ?"


def definition_of(link: Link, table: Table) -> Definition:
    """The definition of `table`, with everything that hangs on it."""
    ((sql,),) = link.own(_SQL, (table.name,))
    found = link.own(_KIND, (table.name,)) if table.kind == "table" else []
    strict, without_rowid = found[0] if found else (0, 0)
    return Definition(
        table.name,
        table.kind,
        table.columns,
        sql or "",
        bool(strict),
        bool(without_rowid),
        _indexes(link, table.name),
        _foreign_keys(link, "m.name = ? COLLATE NOCASE", table.name),
        _foreign_keys(link, 'f."table" = ? COLLATE NOCASE', table.name),
        tuple(Trigger(*row) for row in link.own(_TRIGGERS, (table.name,))),
        table.problem,
    )


def all_foreign_keys(link: Link) -> tuple[ForeignKey, ...]:
    """Those of every table."""
    return _foreign_keys(link, "true")


def octets_of(link: Link, names: Sequence[str]) -> int | None:
    """What these tables and indexes take in the file (https://sqlite.org/dbstat.html); None where this SQLite
    was built without it.
    """
    try:
        return sum(link.own(_OCTETS, (name,))[0][0] or 0 for name in names)
    except apsw.InterruptError:
        raise
    except apsw.SQLError:
        return None


def _indexes(link: Link, table: str) -> tuple[Index, ...]:
    return tuple(
        Index(name, bool(unique), bool(partial), origin, _terms(link, name), sql)
        for name, unique, partial, origin, sql in link.own(_INDEXES, (table,))
    )


def _terms(link: Link, index: str) -> tuple[str, ...]:
    found = link.own(_TERMS, (index,))
    return tuple(
        f"{'(expression)' if name is None else name}{' DESC' if descending else ''}"
        for name, descending in found
    )


def _foreign_keys(link: Link, which: str, *table: str) -> tuple[ForeignKey, ...]:
    grouped: dict[tuple, list[tuple[str, str | None]]] = {}
    for name, number, column, parent, to, *actions in link.own(_FOREIGN_KEYS.format(which), table):
        grouped.setdefault((name, number, parent, *actions), []).append((column, to))
    return tuple(
        ForeignKey(name, tuple(c for c, _ in pairs), parent, tuple(to for _, to in pairs if to), *actions)
        for (name, _, parent, *actions), pairs in grouped.items()
    )

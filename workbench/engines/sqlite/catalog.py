"""The catalog of a SQLite file: its schema, and what `pragma_table_xinfo` tells of each table."""

from __future__ import annotations

from pathlib import Path

import apsw

from workbench.catalog import Catalog, Table, TableColumn
from workbench.engines.sqlite.connections import Link
from workbench.sql import quoted

_QUERIES = Path(__file__).resolve().parents[3] / "database" / "catalog"
_TABLES = (_QUERIES / "tables.sql").read_text(encoding="utf-8")
_COLUMNS = (_QUERIES / "columns.sql").read_text(encoding="utf-8")

# What FTS and R-Tree call the tables in which they keep their data: https://sqlite.org/vtab.html#xshadowname
_SHADOWS = (
    "content", "segments", "segdir", "docsize", "stat", "data", "idx", "config", "node", "rowid", "parent",
)  # fmt: skip


def read_catalog(link: Link) -> Catalog:
    """All tables and views; one that cannot be read tells why and leaves the others alone.

    When it is interrupted, the tables that are left say that there was no time for them.
    """
    try:
        found = link.connection.execute(_TABLES).fetchall()
    except (apsw.Error, UnicodeDecodeError) as error:
        return Catalog(problem=str(error))
    names = [(raw.decode(link.encoding, "backslashreplace"), kind, virtual) for raw, kind, virtual in found]
    virtuals = {name for name, _, virtual in names if virtual}
    tables, in_time = [], True
    for name, kind, virtual in names:
        shown = "virtual" if virtual else "shadow" if _is_shadow(name, virtuals) else kind
        table = _table(link, name, shown) if in_time else None
        in_time = table is not None
        tables.append(table or Table(name, shown, problem="its columns take too long to work out"))
    return Catalog(tuple(sorted(tables, key=lambda t: t.kind == "shadow")))


def _table(link: Link, name: str, kind: str) -> Table | None:
    """The table with its columns, or with why they cannot be told; None when it was interrupted."""
    try:
        rows = link.connection.execute(_COLUMNS, {"name": name}).fetchall()
    except apsw.InterruptError:
        return None
    except (apsw.Error, UnicodeDecodeError) as error:
        return Table(name, kind, problem=str(error))
    columns = tuple(
        TableColumn(column, type_ or "", bool(not_null), default, key, hidden)
        for column, type_, not_null, default, key, hidden in rows
    )
    keyed = kind == "table" and any(c.key for c in columns)
    return Table(name, kind, columns, without_rowid=keyed and not _has_rowid(link, name))


def _has_rowid(link: Link, name: str) -> bool:
    try:
        link.connection.execute(f"SELECT rowid FROM {quoted(name)} LIMIT 0")
    except apsw.SQLError:
        return False
    return True


def _is_shadow(name: str, virtuals: set[str]) -> bool:
    owner, _, part = name.rpartition("_")
    return owner in virtuals and part in _SHADOWS

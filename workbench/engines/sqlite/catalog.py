"""The catalog of a SQLite file: what `pragma_table_list` and `pragma_table_xinfo` tell."""

from __future__ import annotations

from pathlib import Path

import apsw

from workbench.catalog import Catalog, Table, TableColumn
from workbench.engines.sqlite.connections import Link

_QUERIES = Path(__file__).resolve().parents[3] / "database" / "catalog"
_TABLES = (_QUERIES / "tables.sql").read_text(encoding="utf-8")
_COLUMNS = (_QUERIES / "columns.sql").read_text(encoding="utf-8")


def read_catalog(link: Link) -> Catalog:
    """All tables and views; one that cannot be read tells why and leaves the others alone."""
    try:
        found = link.connection.execute(_TABLES).fetchall()
    except (apsw.Error, UnicodeDecodeError) as error:
        return Catalog(problem=str(error))
    return Catalog(tuple(_table(link, name, kind, bool(wr)) for name, kind, wr in found))


def _table(link: Link, name: str, kind: str, without_rowid: bool) -> Table:
    try:
        rows = link.connection.execute(_COLUMNS, {"name": name}).fetchall()
    except (apsw.Error, UnicodeDecodeError) as error:
        return Table(name, kind, without_rowid=without_rowid, problem=str(error))
    columns = tuple(
        TableColumn(column, type_ or "", bool(not_null), default, key, hidden)
        for column, type_, not_null, default, key, hidden in rows
    )
    return Table(name, kind, columns, without_rowid)

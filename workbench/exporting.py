"""What a person wants taken out of a database: plain values, no I/O."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from workbench.catalog import Catalog, Table
from workbench.errors import BadRequest

WHATS = ("tables", "all", "schema", "database")
"""Some tables and views, every table, how everything is made as SQL, or the file itself."""

KINDS = ("table", "virtual", "view")
"""The kinds of tables that are exported; shadow tables are those of a virtual one."""


class Made(NamedTuple):
    """A table, view, index or trigger (`kind`) and the SQL that makes it; it is about `table`."""

    kind: str
    name: str
    table: str
    sql: str


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """`what` is one of `WHATS`, `tables` are names, `format` is one of those of rows.

    `safe`: no text is to look like a formula to a spreadsheet.
    """

    what: str = "tables"
    tables: tuple[str, ...] = ()
    format: str = "csv"
    safe: bool = False

    @property
    def of_rows(self) -> bool:
        """Whether rows are wanted, and so a format."""
        return self.what in ("tables", "all")


def exportable(catalog: Catalog) -> list[Table]:
    """The tables and views that can be exported."""
    return [table for table in catalog.tables if table.kind in KINDS and not table.problem]


def chosen(wanted: Wanted, catalog: Catalog) -> list[Table]:
    """The tables whose rows are wanted. Raises BadRequest when there is none, or one is not there."""
    if not wanted.of_rows:
        return []
    there = exportable(catalog)
    if wanted.what == "all":
        found = [table for table in there if table.kind != "view"]
    else:
        found = [_found(name, catalog, there) for name in dict.fromkeys(wanted.tables)]
    if not found:
        hint = "Choose at least one." if there else "There is none in this database."
        raise BadRequest("No table is chosen.", code="NOTHING_CHOSEN", hint=hint)
    return found


def columns_of(table: Table, *, settable: bool) -> list[str]:
    """The names of its columns; `settable`: of those alone that an INSERT may name."""
    allowed = (0,) if settable else (0, 2, 3)
    return [column.name for column in table.columns if column.hidden in allowed]


def _found(name: str, catalog: Catalog, there: list[Table]) -> Table:
    table = catalog.find(name)
    if table is None or table not in there:
        problem = table.problem if table else None
        hint = "Choose another one." if table else "It may have been dropped or renamed meanwhile."
        words = f"{name} cannot be read: {problem}" if problem else f"There is no table {name} to export."
        raise BadRequest(words, code="NO_TABLE", hint=hint)
    return table

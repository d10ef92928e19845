"""The catalog: tables are found by their names as SQLite compares them."""

from __future__ import annotations

import apsw
import pytest

from workbench.catalog import Catalog, Table


@pytest.mark.parametrize(
    ("table", "asked"),
    [
        ("Student", "sTUDENT"),
        ("Ä", "ä"),
        ("ä", "Ä"),
        ("straße", "STRASSE"),
        ("straße", "STRAßE"),
        ("K", "\u212a"),
        ("i", "İ"),
        ("a_1", "A_1"),
    ],
)
def test_a_name_finds_the_table_that_sqlite_would_find(table: str, asked: str) -> None:
    connection = apsw.Connection("")
    connection.execute(f'CREATE TABLE "{table}" (a)')
    try:
        connection.execute(f'SELECT * FROM "{asked}"')
        found = table
    except apsw.SQLError:
        found = None
    here = Catalog((Table("other", "table"), Table(table, "table"))).find(asked)
    assert (here.name if here else None) == found


def test_no_name_finds_nothing() -> None:
    assert Catalog((Table("student", "table"),)).find(None) is None

"""Which tables a picture shows, and what ties them together."""

from __future__ import annotations

from workbench.catalog import Catalog, Table
from workbench.definitions import ForeignKey
from workbench.pictures import picture_of

TABLES = Catalog(
    tuple(Table(name, kind) for name, kind in (
        ("Student", "table"), ("visit", "table"), ("room", "table"), ("best", "view"), ("words", "virtual"),
        ("words_data", "shadow"),
    ))
)  # fmt: skip
KEYS = [
    ForeignKey("visit", ("s",), "student", ("id",)),
    ForeignKey("visit", ("r",), "room"),
    ForeignKey("visit", ("x",), "nowhere"),
]


def test_all_tables_are_there_and_their_keys_lead_to_them_whatever_their_capitals() -> None:
    found = picture_of(TABLES, KEYS)
    assert [table.name for table in found.tables] == ["Student", "visit", "room", "words"]
    assert [key.parent for key in found.keys["visit"]] == ["Student", "room"]
    assert found.left_out == 0


def test_what_is_looked_for_comes_with_what_is_tied_to_it() -> None:
    found = picture_of(TABLES, KEYS, "STUD")
    assert [table.name for table in found.tables] == ["Student", "visit"]
    assert found.named == {"Student"}
    assert [key.parent for key in found.keys["visit"]] == ["Student"]
    assert picture_of(TABLES, KEYS, "nothing").tables == []


def test_more_than_can_be_drawn_are_counted_and_those_looked_for_come_first() -> None:
    found = picture_of(TABLES, KEYS, "visit", most=2)
    assert {table.name for table in found.tables} == {"visit", "Student"}
    assert found.left_out == 1

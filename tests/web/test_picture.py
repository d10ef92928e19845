"""A person sees which tables there are and what ties them together, in a list that needs no scripts."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from bs4 import BeautifulSoup

from tests.conftest import Visitor, see

SCHOOL = """
CREATE TABLE room (id INTEGER PRIMARY KEY, "<b>name" TEXT);
CREATE TABLE visit (student INT REFERENCES Student ON DELETE CASCADE, room INT REFERENCES room (id), lost REFERENCES x);
CREATE VIEW best AS SELECT 1; CREATE VIEW "all tables" AS SELECT * FROM nowhere;
"""  # noqa: E501


@pytest.fixture(autouse=True)
def school(student: Path) -> apsw.Connection:
    """What somebody else does to the same file."""
    other = apsw.Connection(str(student))
    other.execute(SCHOOL)
    return other


def look(visitor: Visitor, wanted: str = "", **headers: str) -> BeautifulSoup:
    return see(visitor.client.get("/schema/picture", query_string={"q": wanted}, headers=headers))


def names(page: BeautifulSoup) -> list[str]:
    return [each["data-table"] for each in page.select("#as-list [data-table]")]


def test_tables_columns_and_keys_are_a_list_and_each_leads_to_its_page(alice: Visitor) -> None:
    page = look(alice)
    assert names(page) == ["room", "student", "visit"]
    visit = page.select_one("[data-table=visit]")
    assert [" ".join(key.text.split()) for key in visit.select("[data-parent]")] == [
        "student to student, ON DELETE CASCADE",
        "room to room (id)",
    ]
    assert [c["data-column"] for c in page.select("[data-table=room] [data-column]")] == ["id", "<b>name"]
    assert page.select_one("[data-table=room] [data-key]")["data-column"] == "id"
    there = see(alice.client.get(visit.a["href"]))
    assert there.h1.text == "Structure of visit"


def test_a_name_is_looked_for_and_what_is_tied_to_it_is_there_too(alice: Visitor) -> None:
    page = look(alice, "ROO")
    assert names(page) == ["room", "visit"]
    assert [each["data-table"] for each in page.select("[data-near]")] == ["visit"]
    assert "No table has that in its name" in look(alice, "nothing").text
    assert alice.client.get("/schema/picture?q=" + "%00" * 9).status_code == 200


def test_htmx_gets_the_picture_alone(alice: Visitor) -> None:
    part = look(alice, "room", **{"HX-Request": "true"})
    assert part.h1 is None
    assert part.select_one("#picture").prettify() == look(alice, "room").select_one("#picture").prettify()


def test_of_very_many_tables_some_are_shown_and_the_others_counted(
    alice: Visitor, school: apsw.Connection
) -> None:
    with school:
        for number in range(400):
            school.execute(f"CREATE TABLE many_{number:03} (a)")
    page = look(alice)
    assert len(names(page)) == 300
    assert "Only the first 300 tables are here, and 103 more are not" in " ".join(page.text.split())
    assert names(look(alice, "many_399")) == ["many_399"]


def test_a_database_without_tables_says_so(alice: Visitor, school: apsw.Connection) -> None:
    school.execute("DROP TABLE visit; DROP TABLE room; DROP TABLE student")
    assert "There are no tables yet" in look(alice).text

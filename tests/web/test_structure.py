"""A person looks at how a table is made, and goes from there to changing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.conftest import Visitor, see

SCHOOL = """
CREATE TABLE course (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE DEFAULT 'none', CHECK (title <> ''));
CREATE TABLE enrolment (student INT REFERENCES student ON DELETE CASCADE, course INT REFERENCES course (id),
  grade INT, double INT AS (grade * 2), triple INT AS (grade * 3) STORED, PRIMARY KEY (student, course))
  STRICT, WITHOUT ROWID;
CREATE INDEX "odd 'index'" ON enrolment (grade DESC, grade + 1) WHERE grade > 0;
CREATE TRIGGER "a ""trigger" AFTER INSERT ON course BEGIN SELECT 1; END;
CREATE TABLE "<b>""'é select" ("a/b" TEXT);
CREATE VIEW best AS SELECT name FROM student;
CREATE VIRTUAL TABLE words USING fts5 (a);
INSERT INTO course VALUES (1, 'Seafaring');
"""


@pytest.fixture(autouse=True)
def school(student: Path) -> apsw.Connection:
    """What somebody else does to the same file."""
    other = apsw.Connection(str(student))
    other.execute(SCHOOL)
    return other


def look(visitor: Visitor, name: str) -> BeautifulSoup:
    return see(visitor.client.get("/schema/table", query_string={"name": name}))


def columns(page: BeautifulSoup) -> list[list[str]]:
    return [[cell.text for cell in row.select("th, td")] for row in page.select(".structure tbody tr")]


def test_a_table_tells_its_columns_its_keys_and_what_is_special(alice: Visitor) -> None:
    page = look(alice, "enrolment")
    assert columns(page) == [
        ["student", "INT", "no", "", "primary key 1"],
        ["course", "INT", "no", "", "primary key 2"],
        ["grade", "INT", "yes", "", ""],
        ["double", "INT", "yes", "", "generated, worked out when read"],
        ["triple", "INT", "yes", "", "generated, stored"],
    ]
    text = " ".join(page.select_one(".structure").text.split())
    assert "Primary key: student, course" in text
    assert "STRICT: a value of another type" in text
    assert "WITHOUT ROWID" in text
    assert "By grade DESC, (expression), of some rows only" in text
    assert "student to student, ON DELETE CASCADE" in text
    assert "course to course (id)" in text
    assert "0 rows" in text
    assert "bytes in the file" in text


def test_defaults_checks_unique_indexes_and_triggers_are_told(alice: Visitor) -> None:
    page = look(alice, "course")
    assert columns(page)[1] == ["title", "TEXT", "no", "'none'", ""]
    text = " ".join(page.select_one(".structure").text.split())
    assert "By title, unique, made for UNIQUE" in text
    assert "CHECK (title <> '')" in text
    assert 'CREATE TRIGGER "a ""trigger"' in text


def test_foreign_keys_lead_both_ways(alice: Visitor) -> None:
    page = look(alice, "course")
    there = see(alice.client.get(page.find("a", string="enrolment")["href"]))
    assert there.h1.text == "Structure of enrolment"
    assert there.find("a", string="course") is not None


@pytest.mark.parametrize(
    ("name", "words"), [("best", "A view"), ("words", "A virtual table"), ("words_data", "A shadow table")]
)
def test_what_is_no_plain_table_says_so(alice: Visitor, name: str, words: str) -> None:
    assert words in look(alice, name).text


def test_a_view_that_does_not_work_says_why_and_can_be_dropped(
    alice: Visitor, school: apsw.Connection
) -> None:
    school.execute("CREATE VIEW broken AS SELECT * FROM nowhere")
    page = look(alice, "broken")
    assert "It does not work: no such table: main.nowhere." in page.text
    assert "CREATE VIEW broken" in page.select_one("#sql").text
    form = page.select(".structure form")[-1]
    sent = {each["name"]: each["value"] for each in form.select("input")} | {"action": "preview"}
    alice.press(see(alice.client.post(form["action"], data=sent)).select_one("#commit-button"))
    assert alice.client.get("/schema/table?name=broken").status_code == 404


def test_any_name_is_found_from_its_rows_and_can_be_dropped_and_brought_back(
    alice: Visitor, school: apsw.Connection
) -> None:
    name = "<b>\"'é select"
    rows = see(alice.client.get("/tables", query_string={"name": name}))
    page = see(alice.client.get(rows.find("a", string="Structure")["href"]))
    assert page.h1.text == f"Structure of {name}"
    form = page.select(".structure form")[-1]
    sent = {each["name"]: each["value"] for each in form.select("input")} | {"action": "preview"}
    shown = see(alice.client.post(form["action"], data=sent))
    assert "table dropped" in shown.text
    assert school.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchall()
    done = see(alice.press(shown.select_one("#commit-button")))
    assert not school.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchall()
    alice.press(done.select_one("button.undo"))
    assert school.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchall()


@pytest.mark.parametrize(
    ("table", "kind", "name"),
    [
        ("enrolment", "index", "odd 'index'"),
        ("course", "trigger", 'a "trigger'),
        ("best", "view", "best"),
    ],
)
def test_an_index_a_trigger_and_a_view_are_dropped_by_preview(
    alice: Visitor, school: apsw.Connection, table: str, kind: str, name: str
) -> None:
    page = look(alice, table)
    form = next(f for f in page.select(".structure form") if f.button.text.endswith(f" {kind} {name}"))
    sent = {each["name"]: each["value"] for each in form.select("input")} | {"action": "preview"}
    shown = see(alice.client.post(form["action"], data=sent))
    alice.press(shown.select_one("#commit-button"))
    assert not school.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchall()


def test_who_may_only_read_is_offered_no_change(serve: Callable[..., Flask]) -> None:
    page = look(Visitor(serve(read_only=True).test_client()), "course")
    assert page.h1.text == "Structure of course"
    assert not page.select(".structure form")


def test_a_table_that_is_not_there_is_not_found(alice: Visitor) -> None:
    assert alice.client.get("/schema/table?name=nothing").status_code == 404
    assert alice.client.get("/schema/table").status_code == 404

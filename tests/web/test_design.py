"""A person makes a table and an index by form: with buttons that need no scripts, and the SQL before all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.conftest import Visitor, see

COURSE = {
    "name": "course",
    "strict": "1",
    "columns": "4",
    "0.name": "id",
    "0.type": "INTEGER",
    "0.key": "1",
    "1.name": "title of it",
    "1.type": "TEXT",
    "1.not_null": "1",
    "1.unique": "1",
    "1.default": "'none'",
    "1.check": "\"title of it\" <> ''",
    "2.name": "teacher",
    "2.type": "INTEGER",
    "2.parent": "student",
    "2.parent_column": "id",
    "2.on_delete": "SET NULL",
    "3.name": "twice",
    "3.type": "INT",
    "3.generated": "teacher * 2",
    "3.stored": "1",
    "constraint": "CHECK (id > 0)",
}
SQL = """CREATE TABLE course (
  id INTEGER PRIMARY KEY,
  "title of it" TEXT NOT NULL UNIQUE DEFAULT 'none' CHECK ("title of it" <> ''),
  teacher INTEGER REFERENCES student (id) ON DELETE SET NULL,
  twice INT GENERATED ALWAYS AS (teacher * 2) STORED,
  CHECK (id > 0)
) STRICT;"""


@pytest.fixture
def other(student: Path) -> apsw.Connection:
    """What is really in the file."""
    return apsw.Connection(str(student))


def says(form: BeautifulSoup) -> dict[str, str]:
    """What the fields of a form say, as a browser would send it."""
    said = {each["name"]: each.get("value", "") for each in form.select("input:not([type=checkbox])")}
    said |= {each["name"]: each["value"] for each in form.select("input[type=checkbox][checked]")}
    for select in form.select("select"):
        chosen = select.select_one("[selected]") or select.option
        said[select["name"]] = chosen.get("value", chosen.text)
    return said


def press(
    visitor: Visitor, page: BeautifulSoup, action: str, status: int = 200, **typed: str
) -> BeautifulSoup:
    """The page after this button of its form, with these fields typed over."""
    form = page.select_one("form.design")
    assert form.select_one(f'button[name=action][value="{action}"]')
    constraints = [each.text.removeprefix("\n") for each in form.select("textarea")]
    sent = says(form) | {"constraint": constraints} | typed | {"action": action}
    answer = visitor.client.post(form["action"], data=sent)
    assert answer.status_code == status
    return see(answer)


def begun(visitor: Visitor) -> BeautifulSoup:
    return see(visitor.client.get("/schema/new"))


def names(page: BeautifulSoup) -> list[str]:
    return [each["value"] for each in page.select('input[name$=".name"]')]


def test_columns_are_added_moved_and_taken_away_by_buttons(alice: Visitor) -> None:
    page = press(alice, begun(alice), "add", **{"1.name": "b", "2.name": "c", "name": "t", "2.not_null": "1"})
    assert names(page) == ["id", "b", "c", ""]
    assert page.select_one("[autofocus]")["name"] == "3.name"
    page = press(alice, page, "up-2")
    assert names(page) == ["id", "c", "b", ""]
    assert page.select_one('[name="1.not_null"]').has_attr("checked")
    page = press(alice, press(alice, page, "down-0"), "remove-3")
    assert names(page) == ["c", "id", "b"]
    assert page.select_one("[name=name]")["value"] == "t"


def test_the_sql_is_shown_then_previewed_then_committed_and_taken_back(
    alice: Visitor, other: apsw.Connection
) -> None:
    token = says(begun(alice).select_one("form.design"))["csrf_token"]
    page = see(alice.client.post("/schema/new", data=COURSE | {"csrf_token": token, "action": "show"}))
    assert page.select_one("#sql").text == SQL
    preview = press(alice, page, "preview")
    assert "table made" in preview.text
    assert not other.execute("SELECT 1 FROM sqlite_schema WHERE name = 'course'").fetchall()
    done = see(alice.press(preview.select_one("#commit-button")))
    assert other.execute("SELECT sql || ';' FROM sqlite_schema WHERE name = 'course'").fetchall() == [(SQL,)]
    alice.press(done.select_one("button.undo"))
    assert not other.execute("SELECT 1 FROM sqlite_schema WHERE name = 'course'").fetchall()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "the table needs a name"),
        ({"1.type": "TEXT"}, "a column needs a name"),
        ({"1.name": "b", "1.check": "b > 1) CHECK (b < 2"}, "is not one piece of SQL"),
        ({"2.default": "1"}, "a column needs a name"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_typed_is_lost(
    alice: Visitor, typed: dict, words: str
) -> None:
    page = press(alice, begun(alice), "show", 422, **{"name": "t"} | typed)
    assert words in page.select_one("#design").text
    assert names(page)[0] == "id"


def test_a_form_has_an_end_that_is_told(alice: Visitor) -> None:
    token = says(begun(alice).select_one("form.design"))["csrf_token"]
    sent = {"csrf_token": token, "action": "add", "columns": "250", "249.name": "last"}
    answer = alice.client.post("/schema/new", data=sent)
    assert answer.status_code == 413
    assert "250 columns at most" in see(answer).text
    assert names(see(answer))[-1] == "last"
    assert alice.client.post("/schema/new", data=sent | {"columns": "9" * 30}).status_code == 413


def test_what_sqlite_refuses_is_told_in_the_form(alice: Visitor) -> None:
    page = press(alice, begun(alice), "show", name="student", **{"1.name": "b", "1.default": "soon"})
    assert "DEFAULT (soon)" in page.select_one("#sql").text
    page = press(alice, page, "preview", 400)
    assert "table student already exists" in page.select_one("#design").text
    page = press(alice, page, "preview", 400, name="t")
    assert "default value of column [b] is not constant" in page.select_one("#design").text
    assert names(page) == ["id", "b", ""]


def test_an_index_is_made_of_columns_and_expressions_of_some_rows(
    alice: Visitor, other: apsw.Connection
) -> None:
    structure = see(alice.client.get("/schema/table?name=student"))
    page = see(alice.client.get(structure.find("a", string="Add an index")["href"]))
    page = press(alice, page, "add", **{"0.column": "name", "0.descending": "1"})
    typed = {"1.sql": "nr % 10", "unique": "1", "where": "nr > 0"}
    page = press(alice, page, "show", **typed)
    sql = "CREATE UNIQUE INDEX student_name ON student (name DESC, (nr % 10))\n WHERE nr > 0"
    assert page.select_one("#sql").text == f"{sql};"
    preview = press(alice, page, "preview")
    alice.press(preview.select_one("#commit-button"))
    assert other.execute("SELECT sql FROM sqlite_schema WHERE type = 'index'").fetchall() == [(sql,)]


def test_htmx_gets_the_form_alone(alice: Visitor) -> None:
    token = says(begun(alice).select_one("form.design"))["csrf_token"]
    sent = COURSE | {"csrf_token": token, "action": "show"}
    whole = see(alice.client.post("/schema/new", data=sent)).select_one("#design")
    part = see(alice.client.post("/schema/new", data=sent, headers={"HX-Request": "true"}))
    assert part.select_one("#design").prettify() == whole.prettify()
    assert part.select_one("h1") is None


def test_who_may_only_read_sees_why_and_keeps_what_they_typed(serve: Callable[..., Flask]) -> None:
    visitor = Visitor(serve(read_only=True).test_client())
    page = press(visitor, begun(visitor), "show", 403, name="t")
    assert "open for reading only" in page.text
    assert names(page)[0] == "id"
    assert not see(visitor.client.get("/")).find("a", string="New table")


def test_an_index_of_what_is_no_table_is_not_found(alice: Visitor) -> None:
    assert alice.client.get("/schema/index?table=nothing").status_code == 404
    assert alice.client.get("/schema/index").status_code == 404


# --- altering ---------------------------------------------------------------------------------


def altered(visitor: Visitor, table: str = "student") -> BeautifulSoup:
    structure = see(visitor.client.get("/schema/table", query_string={"name": table}))
    return see(visitor.client.get(structure.find("a", string="Alter it")["href"]))


def told(page: BeautifulSoup) -> list[str]:
    return [" ".join(each.text.split()) for each in page.select(".designed-notes li")]


def test_a_table_is_altered_after_it_was_told_what_that_does(alice: Visitor, other: apsw.Connection) -> None:
    other.execute("ALTER TABLE student ADD COLUMN code; UPDATE student SET code = '007' WHERE id < 3")
    other.execute("CREATE VIEW codes AS SELECT code FROM student")
    before = other.execute("SELECT * FROM student").fetchall()
    page = altered(alice)
    assert page.h1.text == "Alter a table: student"
    assert names(page) == ["id", "name", "nr", "code"]
    page = press(alice, page, "show", **{"3.type": "INTEGER", "3.name": "number"})
    assert "ALTER TABLE student RENAME COLUMN code TO number;" in page.select_one("#sql").text
    assert told(page) == [
        "SQLite has no ALTER for this: the table is made anew, with its rows and what hangs on it.",
        "2 texts of code become numbers. Look at them",
    ]
    looked = see(alice.client.get(page.select_one(".designed-notes a")["href"]))
    assert "typeof(code) = 'text'" in looked.select_one("#query").text
    preview = press(alice, page, "preview")
    assert other.execute("SELECT * FROM student").fetchall() == before
    done = see(alice.press(preview.select_one("#commit-button")))
    assert other.execute("SELECT number FROM student").fetchall() == [(7,), (7,), (None,)]
    assert other.execute("SELECT * FROM codes").fetchall() == [(7,), (7,), (None,)]
    alice.press(next(each for each in done.select("button.undo") if each.text == "Undo"))
    assert other.execute("SELECT * FROM student").fetchall() == before


def test_values_that_would_be_refused_are_named_before_and_nothing_is_lost(
    alice: Visitor, other: apsw.Connection
) -> None:
    page = press(alice, altered(alice), "show", **{"2.check": "nr < 3000"})
    assert told(page)[1] == "1 row would be refused by CHECK (nr < 3000). Look at them"
    page = press(alice, page, "preview", 422)
    assert "CHECK constraint failed" in page.select_one("#design").text
    assert page.select_one('[name="2.check"]')["value"] == "nr < 3000"
    assert other.execute("SELECT count(*) FROM student").fetchall() == [(3,)]


def test_who_comes_second_is_told_and_alters_nothing(alice: Visitor, other: apsw.Connection) -> None:
    page = press(alice, altered(alice), "show", **{"1.name": "mine"})
    other.execute("ALTER TABLE student ADD COLUMN theirs")
    page = press(alice, page, "preview", 412)
    assert "somebody has altered this table" in page.text
    assert names(page)[1] == "mine"
    assert names(altered(alice))[-1] == "theirs"


def test_a_form_that_changes_nothing_says_so(alice: Visitor) -> None:
    page = press(alice, altered(alice), "show", 422)
    assert "there is nothing to change" in page.text


@pytest.mark.parametrize("name", ["nothing", "", "best", "words"])
def test_only_a_table_can_be_altered(alice: Visitor, other: apsw.Connection, name: str) -> None:
    other.execute("CREATE VIEW best AS SELECT 1; CREATE VIRTUAL TABLE words USING fts5 (a)")
    assert alice.client.get("/schema/alter", query_string={"was": name}).status_code == 404

"""A person looks through tables and changes their rows: by links and forms alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.conftest import Visitor, see

SCHOOL = """
CREATE TABLE course (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE COLLATE NOCASE);
INSERT INTO course VALUES (1, 'Seafaring'), (2, '<b>Charms</b>');
CREATE TABLE enrolment (student INT REFERENCES student, course INT REFERENCES course, grade, note TEXT,
  double AS (grade * 2), PRIMARY KEY (student, course DESC)) WITHOUT ROWID;
INSERT INTO enrolment VALUES (1, 1, 1.5, '007'), (1, 2, 7, NULL), (2, 1, x'00ff', '');
CREATE TABLE strict (id INTEGER PRIMARY KEY, n INT CHECK (n < 10) DEFAULT 3) STRICT;
CREATE TABLE "<b>""'" ("a/b" TEXT); CREATE TABLE "a/b" (x); CREATE TABLE "a
b" (x); CREATE TABLE "%" (x); CREATE TABLE "select" (x);
INSERT INTO "<b>""'" VALUES ('found'); INSERT INTO "a/b" VALUES ('found');
INSERT INTO "a
b" VALUES ('found'); INSERT INTO "%" VALUES ('found');
INSERT INTO "select" VALUES ('found');
CREATE VIEW best AS SELECT name FROM student;
"""


@pytest.fixture(autouse=True)
def school(student: Path) -> apsw.Connection:
    """What somebody else does to the same file."""
    other = apsw.Connection(str(student))
    other.execute(SCHOOL)
    return other


def cells(page: BeautifulSoup) -> list[list[str]]:
    return [[cell.text for cell in row.select("td")] for row in page.select("#table .scroll tbody tr")]


def press(visitor: Visitor, page: BeautifulSoup, action: str, **typed: object) -> BeautifulSoup:
    """Fill the form of the page and press one of its buttons."""
    button = page.select_one(f"button[value='{action}']")
    form = button.find_parent("form")
    fields = {each["name"]: each.get("value", "") for each in form.select("input[type=hidden]")}
    fields["key"] = [each["value"] for each in form.select("input[name=key]")]
    fields |= {each["name"]: each["value"] for each in form.select("input[type=text]")}
    fields |= {each["name"]: each.text.removeprefix("\n") for each in form.select("textarea")}
    for each in form.select("select"):
        fields[each["name"]] = each.select_one("option[selected]")["value"]
    data = fields | {"action": action} | typed
    address = button.get("formaction", form["action"])
    return see(visitor.client.post(address, data=data, follow_redirects=True))


def row(visitor: Visitor, table: str, *key: object) -> BeautifulSoup:
    return see(visitor.client.get(f"/tables/{table}", query_string={"key": key}))


@pytest.mark.parametrize("name", ["<b>\"'", "a/b", "a\nb", "%", "select"])
def test_any_name_can_be_browsed(alice: Visitor, name: str) -> None:
    link = see(alice.open("/")).find(class_="browse", attrs={"aria-label": f"Browse {name}"})
    page = see(alice.client.get(link["href"]))
    assert (page.h1.text, cells(page)) == (name, [["found"]])
    page = press(alice, see(alice.client.get(page.select_one("th.row a")["href"])), "save", v_0="x")
    assert page.select_one(".strip").text == f"Saved 1 row of {name}."


def test_a_row_of_two_thousand_columns_can_be_edited(alice: Visitor, school: apsw.Connection) -> None:
    school.execute(f"CREATE TABLE wide (id INTEGER PRIMARY KEY, {', '.join(f'c{i}' for i in range(1999))})")
    school.execute("INSERT INTO wide (id, c1998) VALUES (1, 'last')")
    page = press(alice, row(alice, "wide", 1), "save", v_1="x", k_1="text")
    assert "more than 998 columns, more than can be put back" in page.select_one(".decision").text
    assert alice.press(page.select_one("#commit-button")).status_code == 200
    assert school.execute("SELECT c0, c1998 FROM wide").fetchall() == [("x", "last")]


def test_pages_go_on_from_a_row_and_back(alice: Visitor, school: apsw.Connection) -> None:
    for i in range(4, 251):
        school.execute("INSERT INTO student VALUES (?, 'n', ?)", (i, 1000 - i))
    page, seen = see(alice.client.get("/tables/student?sort=-3")), []
    while True:
        seen += [row[2] for row in cells(page)]
        following = page.find("a", string="Next")
        if not following:
            break
        page = see(alice.client.get(following["href"]))
    assert seen == sorted(seen, key=int, reverse=True)
    assert len(seen) == 250
    page = see(alice.client.get("/tables/student?page=last"))
    assert cells(page)[-1][0] == "250"
    page = see(alice.client.get(page.find("a", string="Previous")["href"]))
    assert cells(page)[0][0] == "51"


def test_a_mistake_in_a_where_keeps_what_was_typed(alice: Visitor) -> None:
    answer = alice.client.get("/tables/student", query_string={"where": "nmae = 1"})
    page = see(answer)
    assert answer.status_code == 400
    assert "no such column: nmae" in page.select_one(".banner").text
    assert page.select_one("#where")["value"] == "nmae = 1"
    assert "name" in page.select_one(".suggestion").text


def test_facets_filters_and_references_lead_to_rows(alice: Visitor) -> None:
    page = see(alice.client.get("/tables/enrolment?column=2"))
    facet = page.select_one("table.facets a[title='Only these rows']")
    assert len(cells(see(alice.client.get(facet["href"])))) == 2
    page = see(alice.client.get("/tables/enrolment?column=1"))
    assert page.select_one("table.facets").tbody.td.text == "1 Mark Twain"
    lead = page.find("a", class_="lead-to", string="<b>Charms</b>")
    assert cells(see(alice.client.get(lead["href"])))[0][1] == "<b>Charms</b>"
    refers = row(alice, "course", 1).select_one(".referring li")
    assert refers.text.split() == ["enrolment", "by", "course:", "2", "rows"]
    assert len(cells(see(alice.client.get(refers.a["href"])))) == 2


def test_columns_of_few_values_are_offered_and_lead_to_their_rows(
    alice: Visitor, school: apsw.Connection
) -> None:
    school.execute('CREATE TABLE loan (id INTEGER PRIMARY KEY, state, book, back, same, "a/b")')
    rows = [(i, ["out", "in", None][i % 3], i, i % 2 or None, 1, i % 12) for i in range(24)]
    school.executemany("INSERT INTO loan VALUES (?, ?, ?, ?, ?, ?)", rows)
    page = see(alice.client.get("/tables/loan?where=id+%3E%3D+0"))
    offered = {a.text: a["href"] for a in page.select(".suggested a")}
    assert list(offered) == ["state", "back", "a/b"]
    page = see(alice.client.get(offered["state"]))
    only = {row.td.text: row.a["href"] for row in page.select("table.facets tbody tr")}
    page = see(alice.client.get(only["NULL"]))
    assert [row[1] for row in cells(page)] == ["NULL"] * 8
    assert "state" not in [a.text for a in page.select(".suggested a")]
    school.execute("DELETE FROM loan WHERE id > 8")
    assert not see(alice.client.get("/tables/loan")).select(".suggested")


def test_a_cell_is_edited_found_in_the_history_and_undone(alice: Visitor, school: apsw.Connection) -> None:
    page = press(alice, row(alice, "student", 2), "save", v_1="Jane Doe")
    assert page.select_one(".strip").text == "Saved 1 row of student."
    newest = see(alice.open("/")).select_one("#entries .entry").text
    assert "UPDATE student SET name = :name WHERE id IS 2 AND name IS 'John Doe'" in " ".join(newest.split())
    alice.press(page.select_one("button.undo"))
    assert school.execute("SELECT name FROM student WHERE id = 2").fetchall() == [("John Doe",)]


def test_a_row_changed_meanwhile_is_shown_then_now_and_yours(alice: Visitor, school: apsw.Connection) -> None:
    page = row(alice, "student", 2)
    school.execute("UPDATE student SET name = 'Theirs', nr = 5 WHERE id = 2")
    page = press(alice, page, "save", v_1="Mine")
    told = [[cell.text.strip() for cell in each.select("td")] for each in page.select("#table-row tbody tr")]
    assert told == [["'John Doe'", "Theirs", "Mine"], ["2222", "5", "2222"]]
    press(alice, page, "save")
    assert school.execute("SELECT name, nr FROM student WHERE id = 2").fetchall() == [("Mine", 5)]


def test_a_row_deleted_meanwhile_is_said(alice: Visitor, school: apsw.Connection) -> None:
    page = row(alice, "student", 2)
    school.execute("DELETE FROM student WHERE id = 2")
    assert "is gone" in press(alice, page, "save", v_1="Mine").select_one(".banner").text


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("2 auto", "12", 12),
        ("2 auto", "1e3", 1000.0),
        ("2 text", "12", "12"),
        ("2 auto", "12345678901234567890123", "12345678901234567890123"),
        ("2 null", "", None),
        ("2 blob", "00 ff", b"\0\xff"),
        ("3 auto", "0042", "0042"),
        ("3 text", "", ""),
        ("3 auto", "two\r\nlines", "two\nlines"),
    ],
)
def test_what_is_typed_is_taken_as_the_column_takes_it(
    alice: Visitor, school: apsw.Connection, field: str, typed: str, value: object
) -> None:
    place, kind = field.split()
    press(alice, row(alice, "enrolment", 1, 2), "save", **{f"k_{place}": kind, f"v_{place}": typed})
    found = school.execute("SELECT * FROM enrolment WHERE student = 1 AND course = 2").fetchone()[int(place)]
    assert (type(found), found) == (type(value), value)


def test_saving_without_a_change_writes_nothing(alice: Visitor, school: apsw.Connection) -> None:
    for key in ((1, 1), (1, 2), (2, 1)):
        assert "nothing was changed" in press(alice, row(alice, "enrolment", *key), "save").text
    assert school.execute("SELECT * FROM enrolment").fetchall()[2][2:4] == (b"\0\xff", "")


def test_a_refused_value_is_explained_and_stays_typed(alice: Visitor) -> None:
    page = press(alice, row(alice, "course", 2), "save", v_1="SEAFARING")
    assert "Every row of course has its own title" in page.select_one(".banner").text
    assert page.select_one("input[name=v_1]")["value"] == "SEAFARING"
    new = see(alice.client.get("/tables/strict?new=1"))
    page = press(alice, new, "add", k_1="auto", v_1="many")
    assert "cannot store TEXT value in INT column" in page.select_one(".banner").text
    assert page.select_one("input[name=v_1]")["value"] == "many"
    page = press(alice, page, "add", v_1="11")
    assert "CHECK constraint" in page.select_one(".banner").text
    page = press(alice, row(alice, "enrolment", 1, 2), "save", v_0="99")
    assert "A reference would lead nowhere" in page.select_one(".banner").text


def test_rows_are_added_with_defaults_and_duplicated(alice: Visitor, school: apsw.Connection) -> None:
    page = press(alice, see(alice.client.get("/tables/strict?new=1")), "add")
    assert page.select_one(".strip").text == "Added 1 row of strict."
    again = see(alice.client.get(page.find("a", string="Duplicate")["href"]))
    press(alice, again, "add", v_1="4")
    assert school.execute("SELECT * FROM strict").fetchall() == [(1, 3), (2, 4)]


def test_chosen_rows_are_deleted_if_nobody_changed_them(alice: Visitor, school: apsw.Connection) -> None:
    for i in range(10, 40):
        school.execute("INSERT INTO student VALUES (?, 'n', 1)", (i,))
    page = see(alice.client.get("/tables/student"))
    chosen = [each["value"] for each in page.select("input[name=rows]")][-2:]
    school.execute("UPDATE student SET nr = 2 WHERE id = 39")
    refused = press(alice, page, "delete-rows", rows=chosen)
    assert "have changed since" in refused.select_one(".banner").text
    page = see(alice.client.get("/tables/student"))
    chosen = [each["value"] for each in page.select("input[name=rows]")][-2:]
    done = press(alice, page, "delete-rows", rows=chosen)
    assert done.select_one(".strip").text == "Deleted 2 rows of student."
    alice.press(done.select_one("button.undo"))
    assert school.execute("SELECT count(*) FROM student").fetchone() == (33,)


def test_an_edit_can_be_previewed(alice: Visitor, school: apsw.Connection) -> None:
    page = press(alice, row(alice, "student", 2), "preview", v_1="Jane Doe")
    assert "1 change waiting" in page.select_one(".decision").text
    assert school.execute("SELECT name FROM student WHERE id = 2").fetchall() == [("John Doe",)]
    alice.press(page.select_one("#commit-button"))
    assert school.execute("SELECT name FROM student WHERE id = 2").fetchall() == [("Jane Doe",)]


def test_what_cannot_be_edited_says_why(alice: Visitor, serve: Callable[..., Flask]) -> None:
    assert "A view has no rows of its own" in alice.client.get("/tables/best").text
    reader = Visitor(serve(read_only=True).test_client())
    page = see(reader.client.get("/tables/student"))
    assert "This workbench only reads." in page.text
    assert not page.select("button[name=action], button[name=only]")
    assert not row(reader, "student", 1).select("button[name=action]")


@pytest.mark.parametrize(
    ("asked", "sql"),
    [
        ("", "SELECT * FROM student;"),
        ("?sort=-3", "SELECT * FROM student\n ORDER BY nr DESC;"),
        ("?where=id+%3E+1+--+not+the+first", "SELECT * FROM student\n WHERE id > 1 -- not the first\n;"),
        (
            "?f=3~ge~2222&f=2~ne~'O''Hara'&where=id+%3C+3+OR+0&sort=2",
            "SELECT * FROM student\n WHERE nr >= 2222\n   AND name IS NOT 'O''Hara'\n"
            "   AND (id < 3 OR 0)\n ORDER BY name;",
        ),
    ],
)
def test_what_is_shown_is_sql_in_the_editor(alice: Visitor, asked: str, sql: str) -> None:
    page = see(alice.client.get(f"/tables/student{asked}"))
    there = see(alice.client.get(page.find("a", string="Query it")["href"]))
    assert there.select_one("#query").text.strip() == sql
    answered = see(alice.run(sql)).select("#run tbody tr")
    assert {each.select("td")[1].text for each in answered} == {row[1] for row in cells(page)}


def test_the_way_to_other_tables_and_files_is_short(alice: Visitor) -> None:
    page = see(alice.client.get("/tables/student"))
    assert [a["href"] for a in page.select("#schema [aria-current='page']")] == ["/tables/student"]
    sizes = {
        a.select_one(".table-name").text: a.select_one(".size") for a in page.select("#schema .table-link")
    }
    assert (sizes["student"].text, sizes["enrolment"].text, sizes["best"]) == ("3 rows", "3 rows", None)
    beside = {a.select_one(".table-name").text: a["href"] for a in page.select("#schema .table-link")}
    assert cells(see(alice.client.get(beside["<b>\"'"]))) == [["found"]]
    structure = see(alice.client.get("/schema/table?name=student"))
    there = structure.find(class_="table-name", string="course").parent["href"]
    assert see(alice.client.get(there)).h1.text == "Structure of course"
    chosen = see(alice.client.get(page.find("a", string="Import", class_="button")["href"]))
    assert chosen.select_one("#into option[selected]")["value"] == "student"


def test_a_row_is_deleted_where_it_is_listed(alice: Visitor, school: apsw.Connection) -> None:
    page = see(alice.client.get("/tables/student?sort=-1&where=id+%3E+1"))
    button = page.select_one("tbody tr").select_one("button[name=only]")
    form = page.select_one(f"form#{button['form']}")
    fields = {each["name"]: each["value"] for each in form.select("input")} | {"only": button["value"]}
    page = see(alice.client.post(form["action"], data=fields, follow_redirects=True))
    assert page.select_one(".strip").text == "Deleted 1 row of student."
    assert (cells(page), page.select_one("#where")["value"]) == ([["2", "John Doe", "2222"]], "id > 1")
    refused = see(alice.client.post(form["action"], data=fields))
    assert "have changed since" in refused.select_one(".banner").text
    page = see(alice.press(page.select_one("button.undo")))
    assert page.select_one(".strip").text.startswith("Undo is done: DELETE FROM student")
    assert (len(cells(page)), page.select_one("#where")["value"]) == (2, "id > 1")
    assert page.select_one("button.undo").text.strip() == "Redo"
    assert school.execute("SELECT count(*) FROM student").fetchone() == (3,)


def test_who_asks_to_see_all_writes_first_sees_the_deletion_of_a_row_first(
    alice: Visitor, school: apsw.Connection
) -> None:
    page = see(alice.client.get("/tables/student"))
    fields = {each["name"]: each["value"] for each in page.select("#one-row input")}
    alice.client.post("/ask-first", data={"ask_first": "always", "csrf_token": alice.token()})
    button = page.select("button[name=only]")[-1]
    page = see(alice.client.post("/tables/-/change", data=fields | {"only": button["value"]}))
    assert "1 change waiting" in page.select_one(".decision").text
    assert school.execute("SELECT count(*) FROM student").fetchone() == (3,)
    alice.press(page.select_one("#commit-button"))
    assert school.execute("SELECT count(*) FROM student").fetchone() == (2,)


def test_a_row_is_duplicated_and_opened_where_it_is_listed(alice: Visitor) -> None:
    strip = see(alice.client.get("/tables/student")).select_one("tbody tr .row-menu")
    page = see(alice.client.get(strip.find("a", string="Duplicate")["href"]))
    assert page.select_one("input[name=v_1]")["value"] == "Mark Twain"
    page = see(alice.client.get(strip.find("a", string="Edit")["href"]))
    assert page.h1.text == "Row of student"


def copied(visitor: Visitor, page: BeautifulSoup, format: str, **chosen: object) -> str:
    form = page.select_one("#chosen")
    fields = {each["name"]: each["value"] for each in form.select("input")}
    answer = visitor.client.post(form["action"], data=fields | {"format": format} | chosen)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    return answer.text


def test_rows_are_copied_exactly(alice: Visitor, school: apsw.Connection) -> None:
    page = see(alice.client.get("/tables/enrolment?where=student+%3D+1&sort=3"))
    assert copied(alice, page, "tsv").splitlines()[1:] == ["1\t1\t1.5\t007\t3.0", "1\t2\t7\t\t14"]
    chosen = page.select("tbody tr")[1].select_one("input[name=rows]")["value"]
    assert copied(alice, page, "insert", rows=chosen) == (
        "INSERT INTO enrolment (student, course, grade, note) VALUES (1, 2, 7, NULL);\n"
    )
    one = page.select_one("tbody tr a[data-copy-row]")["href"]
    assert '"note":"007"' in alice.client.get(one).text
    told = [alice.client.get(one.replace("objects", f"value&column={i}")).text for i in range(1, 6)]
    assert told == ["1", "1", "1.5", "007", "3.0"]
    assert alice.client.get(one.replace("objects", "value&column=6")).status_code == 400
    school.execute("DELETE FROM enrolment WHERE course = 2")
    form = page.select_one("#chosen")
    fields = {each["name"]: each["value"] for each in form.select("input")}
    gone = alice.client.post(form["action"], data=fields | {"format": "tsv", "rows": chosen})
    assert gone.status_code == 404
    assert "some of these rows are gone" in see(gone).select_one(".banner").text


def test_rows_without_a_key_are_copied_as_they_are_shown(alice: Visitor) -> None:
    page = see(alice.client.get("/tables/best?sort=-1"))
    assert not page.select("input[name=rows], .row-menu")
    assert copied(alice, page, "tsv").splitlines()[1:3] == ["Mark Twain", "John Doe"]
    assert alice.client.get("/tables/-/copy?name=best&format=poem").status_code == 400
    assert alice.client.get("/tables/-/copy?name=nowhere&format=tsv").status_code == 404
    assert alice.client.get("/tables/-/copy").status_code == 302


def test_a_long_list_beside_a_table_is_one_of_names_alone(alice: Visitor, school: apsw.Connection) -> None:
    assert see(alice.client.get("/tables/student")).select("#schema .columns")
    for i in range(200):
        school.execute(f"CREATE TABLE many_{i} (x)")
    page = see(alice.client.get("/tables/student"))
    assert len(page.select("#schema .table-link")) > 200
    assert not page.select("#schema .columns")
    assert see(alice.open("/")).select("#schema .columns")

"""Alice imports a file: she sees how it is read, what will be stored, and what came of it."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see

PEOPLE = b'id,name,zip,born,note\n1,Mark Twain,00720,1835-11-30,\n2,"Doe, John",12345,1999-01-01,""\n'


class Import:
    """A file on its way, as somebody sees it."""

    def __init__(
        self, visitor: Visitor, content: bytes | str, name: str = "people.csv", **fields: str
    ) -> None:
        self.visitor = visitor
        form = {"csrf_token": visitor.token(), **fields}
        form |= {"text": content} if isinstance(content, str) else {"file": (BytesIO(content), name)}
        self.show(visitor.client.post("/import", data=form, follow_redirects=True))

    def show(self, answer: TestResponse) -> None:
        """What is on the page."""
        self.answer, self.page = answer, see(answer)

    @property
    def address(self) -> str:
        """Where it is."""
        return self.answer.request.path.removesuffix("/run").removesuffix("/read")

    def send(self, what: str, **changed: object) -> Import:
        """Press the button of the form that does `what`, with some fields as `changed` says."""
        form = self.page.select_one(f'form[action$="/{what}"]')
        fields = _fields(form) | changed
        fields = {name: value for name, value in fields.items() if value is not None}
        answer = self.visitor.client.post(form["action"], data=fields)
        answer.close()  # it is imported when the answer is out
        if answer.status_code == 303:
            answer = self.visitor.open(answer.location)
        self.show(answer)
        return self

    def words(self, selector: str) -> str:
        """The text of an element."""
        return " ".join(self.page.select_one(selector).text.split())

    @property
    def alert(self) -> str:
        """What went wrong."""
        return self.words("[role=alert]")


def _fields(form: BeautifulSoup) -> dict[str, object]:
    fields: dict[str, object] = {}
    for each in form.select("input[name], select[name]"):
        if each.name == "select":
            chosen = each.select_one("option[selected]") or each.select_one("option")
            fields[each["name"]] = chosen["value"]
        elif each.get("type") != "checkbox":
            fields[each["name"]] = each.get("value", "")
        elif each.has_attr("checked"):
            fields.setdefault(each["name"], [])
            fields[each["name"]] = [*fields[each["name"]], each["value"]]
    return fields


def rows(visitor: Visitor, query: str) -> list[list[object]]:
    """What is in the database."""
    answer = visitor.client.get("/run", query_string={"query": query})
    found = json.loads(answer.get_data())
    assert not isinstance(found, str), found
    return found


def test_a_csv_becomes_a_new_table_and_not_a_value_is_changed(alice: Visitor) -> None:
    sent = Import(alice, PEOPLE)
    assert "00720” in line 2 would come back as 720, so it is text" in sent.words(".columns-to")
    sent.send("run")
    assert "2 rows imported into people" in sent.words("h2")
    assert rows(alice, "SELECT * FROM people") == [
        [1, "Mark Twain", "00720", "1835-11-30", None],
        [2, "Doe, John", "12345", "1999-01-01", ""],
    ]
    assert rows(alice, "SELECT sql FROM sqlite_schema WHERE name = 'people'")[0][0].count("TEXT") == 4


def test_it_is_one_run_in_the_history_and_undo_drops_the_table(alice: Visitor) -> None:
    sent = Import(alice, PEOPLE).send("run")
    button = sent.page.select_one(".second-thoughts button")
    assert "Import: people.csv into people" in see(alice.open("/")).select_one("#entries").text
    alice.press(button)
    assert rows(alice, "SELECT name FROM sqlite_schema WHERE name = 'people'") == []


def test_rows_are_added_to_a_table_and_can_be_taken_back(alice: Visitor) -> None:
    sent = Import(alice, b"nr,name\n9,Eve\n", into="student").send("run")
    assert rows(alice, "SELECT name, nr FROM student WHERE nr = 9") == [["Eve", 9]]
    alice.press(sent.page.select_one(".second-thoughts button"))
    assert rows(alice, "SELECT name, nr FROM student WHERE nr = 9") == []
    assert len(rows(alice, "SELECT * FROM student")) == 3


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ("skip", ["Mark Twain", "Eve"]),
        ("replace", ["Anna", "Eve"]),
        ("update", ["Anna", "Eve"]),
    ],
)
def test_what_becomes_of_a_key_that_is_there_is_chosen(alice: Visitor, how: str, names: list[str]) -> None:
    sent = Import(alice, b"id,name,nr\n1,Anna,5\n9,Eve,6\n", into="student").send("run", on_conflict=how)
    assert f"{1 if how == 'skip' else 2} row" in sent.words("h2")
    found = rows(alice, "SELECT name FROM student WHERE id IN (1, 9) ORDER BY id")
    assert [name for (name,) in found] == names


def test_otherwise_it_ends_everything_and_says_in_which_line(alice: Visitor) -> None:
    sent = Import(alice, b"id,name,nr\n9,Eve,6\n1,Anna,5\n", into="student").send("run")
    assert "line 3: UNIQUE constraint failed: student.id" in sent.alert
    assert len(rows(alice, "SELECT * FROM student")) == 3
    assert sent.send("run", on_conflict="skip").words("h2").startswith("1 row imported")


def test_pasted_text_is_imported_too(alice: Visitor) -> None:
    Import(alice, "a\tb\r\n1\tx\r\n", format="tsv").send("run", table="pasted")
    assert rows(alice, "SELECT * FROM pasted") == [[1, "x"]]


def test_a_column_is_left_out_renamed_or_taken_another_way(alice: Visitor) -> None:
    sent = Import(alice, PEOPLE)
    sent.send("run", keep_4=None, name_1="who", take_2="INTEGER")
    assert rows(alice, "SELECT * FROM people") == [
        [1, "Mark Twain", 720, "1835-11-30"],
        [2, "Doe, John", 12345, "1999-01-01"],
    ]
    assert rows(alice, "SELECT who FROM people LIMIT 1") == [["Mark Twain"]]


def test_it_is_read_another_way_when_she_says_so(alice: Visitor) -> None:
    sent = Import(alice, "name;town\nJürgen;Köln\n".encode("cp1252")).send(
        "read", encoding="cp1252", header="no"
    )
    sent.send("run", table="towns")
    assert rows(alice, "SELECT * FROM towns") == [["name", "town"], ["Jürgen", "Köln"]]


def test_rejected_lines_are_in_a_file_with_their_numbers_and_reasons(alice: Visitor) -> None:
    sent = Import(alice, b"a,b\n1,x\n2\n3,y\n4,z,z\n").send("run", table="t")
    assert "2 lines rejected" in sent.words(".facts")
    file = alice.client.get(f"{sent.address}/rejects.csv").get_data(as_text=True)
    assert file.splitlines()[1:] == [
        "3,1 field where there should be 2,2",
        "5,3 fields where there should be 2,4,z,z",
    ]
    assert rows(alice, "SELECT * FROM t") == [[1, "x"], [3, "y"]]


def test_too_many_of_them_end_everything(alice: Visitor) -> None:
    sent = Import(alice, b"a,b\n1,x\n2\n3\n").send("run", table="t", most_rejects="1")
    assert "2 lines cannot be imported, and at most 1 may be rejected" in sent.alert
    assert rows(alice, "SELECT name FROM sqlite_schema WHERE name = 't'") == []
    assert alice.client.get(f"{sent.address}/rejects.csv").status_code == 200


def test_a_name_that_is_taken_is_said_and_can_be_changed(alice: Visitor) -> None:
    sent = Import(alice, b"a\n1\n").send("run", table="STUDENT")
    assert sent.answer.status_code == 422
    assert "There is a table STUDENT already" in sent.alert
    assert "1 row imported into pupil" in sent.send("run", table="pupil").words("h2")


def test_nobody_else_reaches_what_she_sent(alice: Visitor, bob: Visitor) -> None:
    sent = Import(alice, b"a,b\n1\n")
    for path in ("", "/rejects.csv"):
        assert bob.open(sent.address + path).status_code == 404
    for path in ("/run", "/read", "/cancel", "/drop"):
        answer = bob.client.post(sent.address + path, data={"csrf_token": bob.token()})
        assert answer.status_code == 404
    assert alice.open(sent.address).status_code == 200


def test_what_she_sent_is_gone_when_it_is_imported_or_she_says_so(app: Flask, alice: Visitor) -> None:
    folder = app.extensions["settings"].inbox
    assert folder.exists() is False
    Import(alice, b"a\n1\n").send("run", table="t")
    assert [path.suffix for path in folder.glob("*.data")] == []
    assert folder.stat().st_mode & 0o777 == 0o700
    sent = Import(alice, b"a\n1\n")
    alice.client.post(f"{sent.address}/drop", data={"csrf_token": alice.token()})
    assert list(folder.glob("*.data")) == []


def test_a_file_may_be_larger_than_other_requests_and_no_larger_than_is_said(serve) -> None:
    visitor = Visitor(serve(upload_bytes=6 << 20).test_client())
    line = b"x" * 99 + b"\n"
    assert Import(visitor, b"a\n" + line * 50_000).answer.status_code == 200
    refused = Import(visitor, b"a\n" + line * 80_000)
    assert refused.answer.status_code == 413
    assert "may have 6 MB" in refused.alert


def test_a_workbench_that_only_reads_imports_nothing(serve) -> None:
    visitor = Visitor(serve(read_only=True).test_client())
    assert "only reads" in Import(visitor, b"a\n1\n").alert


def test_nothing_is_sent_without_a_file_or_text(alice: Visitor) -> None:
    assert "Choose a file, or paste text" in Import(alice, "  ").alert

"""A person takes the rows of a result away as a file, all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import Tag
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see
from workbench.settings import Settings

MANY = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 1500) SELECT x FROM c"


def exports(answer: TestResponse) -> list[Tag]:
    return see(answer).select("#run form.export")


def press(visitor: Visitor, form: Tag, name: str, **ticked: str) -> TestResponse:
    """Send an export's form as a browser does, by the button of that format."""
    fields = {each["name"]: each.get("value", "") for each in form.select("input[type=hidden]")}
    assert form.select_one(f"button[name=format][value={name}]")
    fields |= {"format": name} | ticked
    if form["method"] == "get":
        return visitor.client.get(form["action"], query_string=fields, buffered=True)
    return visitor.client.post(form["action"], data=fields, buffered=True)


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [
        ("csv", "text/csv", "id,name\r\n1,Mark Twain"),
        ("json", "application/json", '{"columns":[{"name":"id"'),
        ("ndjson", "application/x-ndjson", "{"),
    ],
)
def test_a_result_becomes_a_file_named_after_the_database(
    alice: Visitor, name: str, kind: str, begins: str
) -> None:
    (form,) = exports(alice.run("SELECT id, name FROM student"))
    file = press(alice, form, name)
    assert (file.status_code, file.mimetype) == (200, kind)
    assert file.headers["Content-Disposition"] == (
        f"attachment; filename=\"student.{name}\"; filename*=UTF-8''student.{name}"
    )
    assert file.text.startswith(begins)
    assert "Harry Potter" in file.text


def test_a_name_in_another_script_has_one_for_old_readers_too(
    serve: Callable[..., Flask], settings: Settings
) -> None:
    odd = settings.database.rename(settings.database.with_name('zoë "日本".db'))
    carol = Visitor(serve(database=odd).test_client())
    (form,) = exports(carol.run("SELECT 1"))
    named = press(carol, form, "csv").headers["Content-Disposition"]
    assert named == (
        "attachment; filename=\"zoe __.csv\"; filename*=UTF-8''zo%C3%AB%20%22%E6%97%A5%E6%9C%AC%22.csv"
    )


def test_more_rows_than_are_kept_are_all_in_the_file(alice: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.snapshots.MOST_ROWS", 1000)
    answer = alice.run(MANY)
    assert "An export that runs it again has all of them" in see(answer).select_one("#run .below").text
    kept, again = exports(answer)
    assert "these rows, 1,000, not all" in kept.text
    assert press(alice, kept, "csv").text.splitlines() == ["x", *map(str, range(1, 1001))]
    assert '"truncated":true' in press(alice, kept, "json").text
    assert press(alice, again, "csv").text.splitlines() == ["x", *map(str, range(1, 1501))]


def test_the_values_go_along_and_only_those_of_the_statement(alice: Visitor) -> None:
    values = {"p_a": "007", "as_a": "text", "p_b": "2"}
    form = {"query": "SELECT :a AS a; SELECT :b AS b", "csrf_token": alice.token()} | values
    first, second = exports(alice.client.post("/query", data=form, follow_redirects=True))
    assert press(alice, first, "csv").text == "a\r\n007\r\n"
    assert press(alice, second, "csv").text == "b\r\n2\r\n"
    assert not second.select("[name=p_a]")


def test_an_answer_shown_again_can_be_exported(alice: Visitor) -> None:
    alice.run("SELECT :a AS a")
    form = {"query": "SELECT :a AS a", "csrf_token": alice.token(), "p_a": "1"}
    address = alice.client.post("/query", data=form).headers["Location"]
    assert press(alice, exports(alice.open(address))[0], "csv").text == "a\r\n1\r\n"


def test_a_spreadsheet_finds_no_formulas(alice: Visitor) -> None:
    (form,) = exports(alice.run("SELECT '=1+1' AS a"))
    assert form.select_one("[name=csv_safe]")["type"] == "checkbox"
    assert press(alice, form, "csv", csv_safe="true").text == "a\r\n'=1+1\r\n"
    assert press(alice, form, "csv").text == "a\r\n=1+1\r\n"


@pytest.mark.parametrize(
    "script",
    [
        "DELETE FROM student",
        "CREATE TABLE t (a)",
        "-- nothing",
    ],
)
def test_what_writes_has_no_export(alice: Visitor, script: str) -> None:
    assert exports(alice.run(script)) == []


def test_of_a_script_each_statement_that_reads_has_its_own(alice: Visitor) -> None:
    first, second = exports(alice.run("SELECT 1; DELETE FROM student; SELECT 2"))
    assert first["aria-label"] == "Export of statement 1"
    assert [press(alice, form, "csv").text for form in (first, second)] == ["1\r\n1\r\n", "2\r\n2\r\n"]


def test_an_export_that_fails_is_a_page_with_the_statement_and_the_error(alice: Visitor) -> None:
    answer = alice.client.post("/export", data={"query": "SELECT a\nFROM t", "format": "csv"})
    page = see(answer)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "Content-Disposition" not in answer.headers
    assert "no such table: t" in page.select_one("#run [role=alert]").text
    assert page.select_one("textarea").text.strip() == "SELECT a\nFROM t"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"query": "DELETE FROM student", "format": "csv"}, 403),
        ({"query": "SELECT 1; SELECT 2", "format": "csv"}, 400),
        ({"query": "SELECT 1", "format": "parquet"}, 400),
        ({"query": "SELECT 1"}, 400),
        ({"query": "SELECT :a", "format": "csv"}, 422),
        ({"query": "SELECT :a", "format": "csv", "p_a": "0g", "as_a": "blob"}, 422),
        ({"query": "", "format": "csv"}, 400),
        ({"format": "csv"}, 400),
    ],
)
def test_what_is_no_export_is_told_on_a_page_and_changes_nothing(
    alice: Visitor, form: dict[str, str], status: int
) -> None:
    answer = alice.client.post("/export", data=form)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert see(answer).select_one(".banner")
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[3]]


def test_another_site_cannot_ask_for_an_export(alice: Visitor) -> None:
    form = {"query": "SELECT 1", "format": "csv"}
    answer = alice.client.post("/export", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_an_export_is_in_the_history_with_its_values(alice: Visitor) -> None:
    alice.open("/")
    file = alice.client.post("/export", data={"query": "SELECT :a", "format": "csv", "p_a": "5"})
    assert file.text.splitlines()[1:] == ["5"]
    entry = see(alice.open("/")).select_one("#entries a")
    assert "1 row" in entry.text
    assert see(alice.open(entry["href"])).select_one("[name=p_a]")["value"] == "5"

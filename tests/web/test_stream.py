"""Programs ask /run for rows of any length, as lines, as one object, or as a file for another program."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

BREAKS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000)"
    " SELECT i, abs(-9223372036854775807 - (i > 6000)) FROM n"
)


def ask(program: FlaskClient, query: str, form: str, **fields: str) -> TestResponse:
    return program.post("/run", data={"query": query, "format": form, **fields})


def lines(answer: TestResponse) -> list:
    return [json.loads(line) for line in answer.get_data().splitlines()]


def remembered(app: Flask) -> list[tuple]:
    """Script, outcome, rows and message of what programs ran, newest first."""
    found = app.extensions["bench"].remembered("program").entries
    return [(e.script, e.outcome, e.row_count, e.message) for e in found]


def test_rows_come_as_lines_with_a_first_and_a_last(program: FlaskClient) -> None:
    answer = ask(program, "SELECT id, name FROM student", "ndjson")
    assert (answer.status_code, answer.content_type) == (200, "application/x-ndjson")
    head, *rows, end = lines(answer)
    assert head == {
        "columns": [{"name": "id", "decltype": "INTEGER"}, {"name": "name", "decltype": "TEXT"}],
        "request_id": answer.headers["X-Request-Id"],
    }
    assert rows == [[1, "Mark Twain"], [2, "John Doe"], [3, "Harry Potter"]]
    assert end | {"time_ms": 0} == {
        "end": True,
        "row_count": 3,
        "unsafe_integers": 0,
        "rows_affected": 0,
        "last_insert_rowid": None,
        "readonly": True,
        "applied": "none",
        "time_ms": 0,
    }


@pytest.mark.parametrize(
    "send",
    [
        lambda p, q: p.get("/run", query_string={"query": q, "format": "csv"}),
        lambda p, q: p.get("/run", query_string={"query": q}, headers={"Accept": "text/csv"}),
        lambda p, q: p.post("/run", json={"sql": q, "format": "csv"}),
        lambda p, q: p.post("/run?format=csv", data=q, content_type="application/sql"),
        lambda p, q: p.post("/run", data={"query": q, "format": "csv"}),
    ],
)
def test_csv_may_be_asked_for_in_every_way(program: FlaskClient, send: Callable) -> None:
    answer = send(program, "SELECT id, name, NULL AS note, '' AS empty FROM student WHERE id = 1")
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="result.csv"'
    assert answer.get_data() == b'id,name,note,empty\r\n1,Mark Twain,,""\r\n'


def test_csv_may_be_had_for_spreadsheets_and_with_hexadecimal_bytes(program: FlaskClient) -> None:
    answer = ask(program, "SELECT '=1' AS a, x'ff' AS b", "csv", csv_safe="true", blob="hex")
    assert list(csv.reader(answer.get_data(as_text=True).splitlines()))[1] == ["'=1", "ff"]


@pytest.mark.parametrize(
    ("form", "kind", "content"),
    [
        ("tsv", "text/tab-separated-values", b"a\tb\r\n'=1\tx, y\r\n"),
        ("markdown", "text/markdown", b"| a | b |\n| --- | --- |\n| =1 | x, y |\n"),
        ("insert", "application/sql", b"INSERT INTO result (a, b) VALUES ('=1', 'x, y');\n"),
    ],
)
def test_other_formats_are_streams_too(program: FlaskClient, form: str, kind: str, content: bytes) -> None:
    query = "SELECT '=1' AS a, 'x, y' AS b"
    answer = ask(program, query, form, csv_safe="true")
    assert (answer.mimetype, answer.get_data()) == (kind, content)
    by_header = program.get("/run", query_string={"query": query}, headers={"Accept": kind})
    assert (by_header.mimetype, by_header.get_data()) == (kind, content.replace(b"'=1\t", b"=1\t"))


def test_a_workbook_is_sent_while_it_is_made_and_breaks_off_like_csv(program: FlaskClient) -> None:
    answer = ask(program, "SELECT 1 AS a, '=1' AS b UNION ALL SELECT 9007199254740993, NULL", "xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="result.xlsx"'
    sheet = load_workbook(BytesIO(answer.get_data())).worksheets[0]
    assert list(sheet.values) == [("a", "b"), (1, "=1"), ("9007199254740993", None)]
    late = BREAKS.replace("9000", "90000").replace("6000", "80000")
    broken = BytesIO(_as_far_as_it_goes(ask(program, late, "xlsx")).get_data())
    with pytest.raises(BadZipFile):
        load_workbook(broken)


def test_a_text_too_long_for_a_cell_is_a_problem_and_no_file(program: FlaskClient) -> None:
    answer = ask(program, "SELECT printf('%.40000c', 'x')", "xlsx")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "NOT_FOR_XLSX")


@pytest.mark.parametrize("form", ["ndjson", "csv", "json", "tsv", "xlsx", "markdown", "insert"])
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("SELEC 1", 400, "SQLITE_ERROR"),
        ("SELECT 1; SELECT 2", 400, "MULTIPLE_STATEMENTS"),
        ("ATTACH 'x' AS y", 403, "SQLITE_AUTH"),
        ("INSERT INTO student VALUES (1, 'x', 1) RETURNING id", 409, "SQLITE_CONSTRAINT_PRIMARYKEY"),
        ("SELECT abs(-9223372036854775807 - 1)", 400, "SQLITE_ERROR"),
    ],
)
def test_an_error_before_the_first_row_has_a_status_of_its_own(
    app: Flask, form: str, query: str, status: int, code: str
) -> None:
    answer = ask(app.test_client(use_cookies=False), query, form)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert (answer.get_json()["code"], answer.get_json()["applied"]) == (code, "none")
    assert remembered(app)[0][:2] == (query, "error")


def test_an_error_between_rows_is_the_last_line(program: FlaskClient, app: Flask) -> None:
    *_, last_row, error = lines(_as_far_as_it_goes(ask(program, BREAKS, "ndjson")))
    assert isinstance(last_row, list)
    assert error["error"]["detail"] == "integer overflow"
    assert error["error"]["status"] == 400
    assert error["error"]["applied"] == "none"
    assert remembered(app)[0][1:] == ("error", last_row[0], "integer overflow")


def test_csv_says_nothing_of_an_error_between_rows(program: FlaskClient) -> None:
    answer = _as_far_as_it_goes(ask(program, BREAKS, "csv"))
    rows = list(csv.reader(answer.get_data(as_text=True).splitlines()))
    assert {len(row) for row in rows} == {2}
    assert 5000 < len(rows) <= 6001


def test_one_object_has_what_a_page_of_rows_has_and_all_the_rows(program: FlaskClient) -> None:
    page = program.post("/run", json={"sql": "SELECT * FROM student"}).get_json()
    answer = program.post("/run", json={"sql": "SELECT * FROM student", "format": "json"})
    assert answer.content_type == "application/json"
    varying = {"time_ms": 0, "request_id": ""}
    assert answer.get_json() | varying == page | varying
    many = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 12000) SELECT x FROM c"
    assert ask(program, many, "json").get_json()["rows"] == [[x] for x in range(1, 12001)]


def test_one_object_that_an_error_breaks_off_is_not_json(program: FlaskClient) -> None:
    answer = _as_far_as_it_goes(ask(program, BREAKS, "json"))
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.get_data())


def _as_far_as_it_goes(answer: TestResponse) -> TestResponse:
    """The pieces that came before the error, which a real server would break the connection with."""
    pieces: list[bytes] = []
    with pytest.raises(Exception, match="integer overflow"):
        pieces.extend(iter(lambda: next(answer.response), None))
    answer.response = pieces
    return answer


def test_a_write_is_done_before_its_answer_begins_and_has_a_length(
    program: FlaskClient, student: Path
) -> None:
    answer = ask(program, "INSERT INTO student (name, nr) VALUES ('a', 1), ('b', 2) RETURNING id", "ndjson")
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 5
    assert answer.content_length == len(answer.get_data())
    _, *rows, end = lines(answer)
    assert rows == [[4], [5]]
    assert (end["applied"], end["rows_affected"], end["last_insert_rowid"]) == ("all", 2, 5)


def test_a_write_without_rows_has_its_counts_in_ndjson_and_is_refused_as_csv(
    program: FlaskClient, student: Path
) -> None:
    refused = ask(program, "DELETE FROM student", "csv")
    assert (refused.status_code, refused.get_json()["code"]) == (400, "NO_RESULT_SET")
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3
    assert lines(ask(program, "DELETE FROM student", "ndjson"))[-1]["rows_affected"] == 3


def test_a_write_that_gives_back_too_much_is_rolled_back(serve: Callable[..., Flask], student: Path) -> None:
    app = serve(result_bytes=2000)
    answer = ask(
        app.test_client(use_cookies=False),
        "UPDATE student SET name = printf('%.*c', 3000, 'x') RETURNING name",
        "csv",
    )
    assert (answer.status_code, answer.get_json()["code"]) == (413, "RESULT_TOO_LARGE")
    assert answer.get_json()["applied"] == "none"
    assert apsw.Connection(str(student)).execute("SELECT max(length(name)) FROM student").get == 12
    assert remembered(app)[0][1] == "error"


def test_get_does_not_write(program: FlaskClient, student: Path) -> None:
    answer = program.get("/run", query_string={"query": "DELETE FROM student RETURNING id", "format": "csv"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3


@pytest.mark.parametrize(
    "body",
    [
        {"statements": [{"sql": "SELECT 1"}, {"sql": "SELECT 2"}]},
        {"sql": "DELETE FROM student WHERE id = ?", "params_seq": [[1], [2]]},
        {"sql": "SELECT 1", "next": "x"},
    ],
)
def test_what_is_not_one_statement_with_all_its_rows_is_refused(program: FlaskClient, body: dict) -> None:
    answer = program.post("/run", json=body | {"format": "ndjson"})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "NOT_TOGETHER")


def test_a_stream_is_remembered_with_its_rows_and_its_time(program: FlaskClient, app: Flask) -> None:
    assert len(lines(ask(program, "SELECT * FROM student", "ndjson"))) == 5
    assert remembered(app) == [("SELECT * FROM student", "ok", 3, None)]
    assert app.extensions["bench"].remembered("program").entries[0].duration > 0


def test_a_dry_run_shows_its_rows_and_changes_nothing(program: FlaskClient, student: Path) -> None:
    body = {"sql": "DELETE FROM student RETURNING id", "format": "ndjson", "dry_run": True}
    _, *rows, end = lines(program.post("/run", json=body))
    assert (rows, end["applied"], end["rows_affected"]) == ([[1], [2], [3]], "none", 3)
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3


def test_a_client_of_http_1_0_gets_all_at_once_or_nothing(serve: Callable[..., Flask]) -> None:
    program = serve(result_bytes=2000).test_client(use_cookies=False)
    old = {"X-Client-Protocol": "HTTP/1.0"}
    answer = program.get("/run?query=SELECT+1+AS+a&format=csv", headers=old)
    assert (answer.get_data(), answer.content_length) == (b"a\r\n1\r\n", 6)
    broken = program.get("/run", query_string={"query": BREAKS, "format": "csv"}, headers=old)
    assert broken.status_code in (400, 413)
    assert broken.content_type == "application/problem+json"

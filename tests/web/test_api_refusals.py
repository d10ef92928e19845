"""What a program gets wrong when it asks /run is named, and nothing runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.programs import ask, count


def test_a_problem_has_its_place_in_bytes_lines_and_columns(program: FlaskClient) -> None:
    problem = ask(program, sql="SELECT 'é',\n zz FROM student").json
    assert problem["position"] == {"byte": 14, "line": 2, "column": 2}
    assert (problem["detail"], problem["extended_code"]) == ("no such column: zz", 1)
    assert ask(program, sql="SELECT * FROM studnet").json["suggestion"] == "student"


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"", 400, "JSON"),
        (b"null", 400, "object"),
        (b"[]", 400, "object"),
        (b"{", 400, "JSON"),
        (b'{"sql": 5}', 400, "sql"),
        (b'{"sql": "DELETE FROM student", "dryrun": true}', 400, "dryrun"),
        (b'{"sql": "DELETE FROM student", "dry_run": "yes"}', 400, "dry_run"),
        (b'{"sql": "DELETE FROM student", "dry_run": 1}', 400, "dry_run"),
        (b'{"sql": "DELETE FROM student", "sql": "SELECT 1"}', 400, "twice"),
        (b'{"sql": "DELETE FROM student", "statements": []}', 400, "statements"),
        (b'{"sql": "DELETE FROM student", "statements": [{"sql": "SELECT 1"}]}', 400, "either"),
        (b'{"statements": [{"sql": "DELETE FROM student", "x": 1}]}', 400, "x"),
        (b'{"statements": [{"sql": "DELETE FROM student"}], "params": [1]}', 400, "params"),
        (b'{"sql": "DELETE FROM student", "limit": 0}', 400, "limit"),
        (b'{"sql": "DELETE FROM student", "limit": 10001}', 400, "limit"),
        (b'{"sql": "DELETE FROM student", "limit": 5.5}', 400, "limit"),
        (b'{"sql": "DELETE FROM student", "limit": null, "next": 1}', 400, "next"),
        (b'{"sql": "DELETE FROM student", "format": "seed"}', 400, "seed"),
        (b'{"sql": "DELETE FROM student", "int64": "text"}', 400, "int64"),
        (b'{"sql": "DELETE FROM student", "int64": "\\ud800"}', 400, "surrogate"),
        (b'{"sql": "DELETE FROM student", "\\ud800": 1}', 400, "surrogate"),
        (b'{"sql": "DELETE FROM student", "next": "\\ud800"}', 400, "next"),
        (b'{"sql": "DELETE FROM student", "params": {"\\ud800": 1}}', 400, "parameter"),
        (b'{"sql": "DELETE FROM student", "timeout_ms": 0}', 400, "timeout_ms"),
        (b'{"sql": "DELETE FROM student", "timeout_ms": 1' + b"0" * 400 + b"}", 400, "timeout_ms"),
        (b'{"sql": "DELETE FROM student", "wait_ms": 1' + b"0" * 30 + b"}", 400, "wait_ms"),
        (b'{"sql": "DELETE FROM student", "wait_ms": "5"}', 400, "wait_ms"),
        (b'{"sql": "DELETE FROM student", "describe": "yes"}', 400, "describe"),
        (b'{"sql": "DELETE FROM student", "transaction": "exclusive"}', 400, "transaction"),
        (b'{"sql": "DELETE FROM student", "expect": {"affected": -1}}', 400, "affected"),
        (b'{"sql": "DELETE FROM student", "expect": {"affected": 3, "afected": 1}}', 400, "afected"),
        (b'{"sql": "DELETE FROM student", "max_affected": 1.5}', 400, "max_affected"),
        (b'{"sql": null, "statements": null}', 400, "either"),
        (b'{"statements": [{"sql": "DELETE FROM student"}], "params": []}', 400, "params"),
        (b'{"statements": [{"sql": "DELETE FROM student"}, "SELECT 1"]}', 400, "object"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": {"a": 1, "a": 2}}', 400, "twice"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [-9223372036854775809]}', 400, "64 bits"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [Infinity]}', 400, "Infinity"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [1, 2]}', 400, "2 values"),
        (
            b'{"sql": "DELETE FROM student WHERE id = ? OR id = :b", "params": {"b": 1}}',
            400,
            "?1",
        ),
        (b'{"sql": "DELETE FROM student"} {"sql": "SELECT 1"}', 400, "JSON"),
        (b'{"sql": "DELETE FROM student", "format": "xml"}', 400, "format"),
        (b'{"sql": "DELETE FROM student", "params": "x"}', 400, "params"),
        (b'{"sql": "DELETE FROM student", "params": [], "params_seq": []}', 400, "either"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [[1]]}', 400, "list"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [{"a": 1}]}', 400, "object"),
        (
            b'{"sql": "DELETE FROM student WHERE id = ?", "params": [{"$base64": true, "encoded": "!"}]}',
            400,
            "base64",
        ),
        (
            b'{"sql": "DELETE FROM student WHERE id = ?", '
            b'"params": [{"$base64": true, "encoded": "\\u0084"}]}',
            400,
            "base64",
        ),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [9223372036854775808]}', 400, "64 bits"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": ["\\ud800"]}', 400, "surrogate"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [NaN]}', 400, "NaN"),
        (b'{"sql": "DELETE FROM student WHERE id = ?", "params": [' + b"9" * 5000 + b"]}", 400, "JSON"),
        (b'{"sql": "DELETE FROM student WHERE id = ?"}', 400, "parameter"),
        (b'{"sql": "DELETE FROM student WHERE id = :a", "params": {"b": 1}}', 400, "'a'"),
        (b'{"sql": "DELETE FROM student WHERE id = :a", "params": {"a": 1, "b": 1}}', 400, "'b'"),
        (b'{"sql": "DELETE FROM student; SELECT 1"}', 400, "more than one"),
        (b'{"sql": "-- nothing"}', 400, "no statement"),
        (b'{"sql": ""}', 400, "no statement"),
        (b'{"sql": "DELETE FROM student\\u0000"}', 400, "NUL"),
        (b'{"sql": "DELETE FROM student", "params": ' + b"[" * 40 + b"]" * 40 + b"}", 400, "deep"),
        (b'{"sql": "DELETE FROM student", "params": ' + b"[" * 200000 + b"]" * 200000 + b"}", 400, "deep"),
        (b'{"sql": "' + b"x" * (1 << 20) + b'"}', 413, "bytes"),
        (b'\xff{"sql": "DELETE FROM student"}', 400, "JSON"),
    ],
)
def test_a_body_that_is_wrong_is_named_and_nothing_runs(
    program: FlaskClient, student: Path, body: bytes, status: int, named: str
) -> None:
    answer = program.post("/run", data=body, content_type="application/json")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert named in answer.json["detail"]
    assert answer.json["applied"] == "none"
    assert count(student) == 3


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"path": "/run", "headers": {"Accept": "image/png"}}, 406, "NOT_ACCEPTABLE"),
        (
            {"path": "/v1/run", "method": "POST", "data": "x", "content_type": "text/plain"},
            400,
            "UNSUPPORTED_MEDIA",
        ),
        ({"path": "/run?query=x&format=xml"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=x&sql=y"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=x&dryrun=1"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run"}, 400, "EMPTY"),
        ({"path": "/run?limit=5", "method": "POST", "json": {"sql": "SELECT 1"}}, 400, "BAD_REQUEST"),
        (
            {"path": "/run?sql=y", "method": "POST", "data": "SELECT 1", "content_type": "application/sql"},
            400,
            "BAD_REQUEST",
        ),
        ({"path": "/v1/run?query=SELECT+1&query=SELECT+2"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=SELECT+1&limit=1&limit=2"}, 400, "BAD_REQUEST"),
        ({"path": "/run?query=SELECT+1&format=arrays&format=seed"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=SELECT+:a&p_a=1&p_a=2"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=SELECT+:a&p_a=1&params={}"}, 400, "PARAM_COUNT"),
        ({"path": "/v1/run?query=SELECT+?&params=[1"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=SELECT+?&params=" + "[" * 40 + "]" * 40}, 400, "BODY_TOO_DEEP"),
        ({"path": "/v1/run?query=SELECT+?&params=[%5D" + "[" * 3000}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=SELECT+'%FF'"}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=SELECT+1", "json": {"sql": "SELECT 2"}}, 400, "BAD_REQUEST"),
        ({"path": "/v1/run?query=a", "method": "POST", "data": {"query": "SELECT 1"}}, 400, "BAD_REQUEST"),
        (
            {"path": "/v1/run", "method": "POST", "data": {"query": ["SELECT 1", "SELECT 2"]}},
            400,
            "BAD_REQUEST",
        ),
        (
            {"path": "/v1/run", "method": "POST", "data": {"query": "SELECT 1", "dry_run": ""}},
            400,
            "BAD_REQUEST",
        ),
        ({"path": "/v1/run", "method": "QUERY"}, 415, "UNSUPPORTED_MEDIA"),
    ],
)
def test_a_request_that_is_wrong_is_named(
    program: FlaskClient, request_: dict, status: int, code: str
) -> None:
    answer = program.open(**request_)
    assert answer.json["code"] == code
    assert answer.status_code == (415 if code == "UNSUPPORTED_MEDIA" else status)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("query=DELETE+FROM+student&format=seed&dry_run=true", "NOT_TOGETHER"),
        ("query=DELETE+FROM+student+WHERE+id=:a&format=seed&p_a=1", "NOT_TOGETHER"),
        ("query=DELETE+FROM+student&dry_run=true&dry_run=false", "BAD_REQUEST"),
        ("query=DELETE+FROM+student&query=SELECT+1&format=arrays", "BAD_REQUEST"),
        ("query=DELETE+FROM+student&timeout_ms=null", "BAD_REQUEST"),
        ("query=DELETE+FROM+student&max_affected=NULL", "BAD_REQUEST"),
        ("format=arrays", "EMPTY"),
    ],
)
def test_no_option_of_a_form_is_passed_over(
    program: FlaskClient, student: Path, fields: str, code: str
) -> None:
    answer = program.post("/run", data=fields, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.headers["X-Sql-Code"]) == (400, code)
    assert count(student) == 3


def test_a_field_may_not_stand_in_the_address_and_in_the_form(program: FlaskClient, student: Path) -> None:
    answer = program.post("/run?dry_run=false", data={"query": "DELETE FROM student", "dry_run": "true"})
    assert answer.status_code == 400
    assert count(student) == 3


@pytest.mark.parametrize("path", ["/run", "/v1/run"])
def test_a_part_of_a_form_without_a_name_is_refused(program: FlaskClient, path: str) -> None:
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\nSELECT 1\r\n--x--\r\n"
    answer = program.post(path, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert "no name" in answer.text


def test_a_whole_number_may_be_written_with_a_point(program: FlaskClient) -> None:
    answer = ask(program, sql="SELECT ?, typeof(?1)", params=[5.0], limit=10.0, expect={"rows": 1.0})
    assert answer.json["rows"] == [[5.0, "real"]]
    assert ask(program, sql="SELECT 1", limit=10.5).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [("PUT", "/v1/run", 405, "GET, HEAD, OPTIONS, POST, QUERY"), ("GET", "/v1/nothing", 404, None)],
)
def test_what_http_has_a_number_for_is_a_problem_document_too(
    program: FlaskClient, method: str, path: str, status: int, allowed: str | None
) -> None:
    answer = program.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert (answer.json["code"], answer.json["applied"]) == (f"HTTP_{status}", "none")
    assert answer.headers.get("Allow") == allowed


@pytest.mark.parametrize("field", ["dryrun", "dryRun", "Dry_Run", "dry-run", "maxAffected", "TIMEOUT_MS"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_misspelt_option_of_a_form_runs_nothing(
    program: FlaskClient, student: Path, field: str, method: str
) -> None:
    fields = {"query": "DELETE FROM student", field: "true"}
    sent = {"data": fields} if method == "POST" else {"query_string": fields}
    answer = program.open("/run", method=method, **sent)
    assert (answer.status_code, answer.json["applied"]) == (400, "none")
    assert field in answer.json["detail"]
    assert count(student) == 3


def test_fields_of_a_form_that_are_nothing_of_ours_are_passed_over(program: FlaskClient) -> None:
    answer = program.post("/run", data={"query": "SELECT 1", "submit": "Run", "utf8": "✓"})
    assert answer.json == [[1]]

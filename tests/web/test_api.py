"""Programs that ask /run for more: shapes, values, batches, dry runs, and problems that name the fault."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from workbench.results import InvalidText


@pytest.fixture
def program(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def ask(program: FlaskClient, **body: Any) -> TestResponse:
    return program.post("/run", json=body)


def count(student: Path, table: str = "student") -> int:
    return apsw.Connection(str(student)).execute(f"SELECT count(*) FROM {table}").get


# --- which shape -----------------------------------------------------------------------------


def test_an_envelope_has_all_its_keys_whatever_the_data_are(program: FlaskClient) -> None:
    for sql in (
        "SELECT * FROM student",
        "SELECT 1 WHERE 0",
        "DELETE FROM student WHERE id = 1",
        "CREATE TABLE t (a)",
    ):
        assert set(ask(program, sql=sql).json) == {
            "columns",
            "rows",
            "row_count",
            "truncated",
            "next",
            "rows_affected",
            "last_insert_rowid",
            "readonly",
            "unsafe_integers",
            "time_ms",
            "applied",
            "request_id",
        }


@pytest.mark.parametrize(
    ("request_", "shape"),
    [
        ({"path": "/run?query=SELECT+1"}, "seed"),
        ({"path": "/run?query=SELECT+1", "headers": {"Accept": "*/*"}}, "seed"),
        ({"path": "/run?query=SELECT+1", "headers": {"Accept": "application/json"}}, "seed"),
        ({"path": "/run?query=SELECT+1", "headers": {"Accept": "text/html,*/*;q=0.8"}}, "seed"),
        ({"path": "/run?query=SELECT+1", "headers": {"Accept": "application/vnd.run.v1+json"}}, "arrays"),
        ({"path": "/run?query=SELECT+1&format=arrays"}, "arrays"),
        ({"path": "/run?query=SELECT+1&limit=5"}, "arrays"),
        ({"path": "/v1/run?query=SELECT+1"}, "arrays"),
        ({"path": "/run", "method": "POST", "data": {"query": "SELECT 1"}}, "seed"),
        ({"path": "/run", "method": "POST", "data": {"query": "SELECT 1", "format": "typed"}}, "typed"),
        ({"path": "/run", "method": "POST", "data": {"query": "SELECT 1", "format": "seed"}}, "seed"),
        ({"path": "/run", "method": "POST", "json": {"sql": "SELECT 1"}}, "arrays"),
        ({"path": "/run", "method": "POST", "json": {"sql": "SELECT 1", "format": "objects"}}, "objects"),
        ({"path": "/run", "method": "POST", "data": "SELECT 1", "content_type": "application/sql"}, "arrays"),
        ({"path": "/run", "method": "QUERY", "json": {"sql": "SELECT 1"}}, "arrays"),
        (
            {
                "path": "/run?format=typed",
                "method": "POST",
                "data": "SELECT 1",
                "content_type": "application/sql",
            },
            "typed",
        ),
    ],
)
def test_the_request_alone_decides_the_shape(program: FlaskClient, request_: dict, shape: str) -> None:
    answer = program.open(**request_)
    assert answer.status_code == 200
    rows = answer.json if shape == "seed" else answer.json["rows"]
    assert rows == {"seed": [[1]], "arrays": [[1]], "objects": [{"1": 1}], "typed": [[{"i": "1"}]]}[shape]


def test_columns_of_the_same_name_stay_apart_in_objects(program: FlaskClient) -> None:
    answer = ask(program, sql="SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a", format="objects").json
    assert answer["rows"] == [{"a": 1, "a_3": 2, "a_2": 3, "a_4": 4}]
    assert [c["name"] for c in answer["columns"]] == ["a", "a", "a_2", "a"]


# --- values ----------------------------------------------------------------------------------

TEXT = st.text(st.characters(blacklist_categories=("Cs",)))
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT | st.binary()


def sent(value: Any) -> Any:
    """A value as a program writes it."""
    if isinstance(value, bytes):
        return {"$base64": True, "encoded": base64.b64encode(value).decode()}
    return (
        {"$real": str(value).replace("inf", "Infinity")} if value in (float("inf"), -float("inf")) else value
    )


def received(value: Any) -> Any:
    """A value as a program reads it, plain or with its type."""
    if not isinstance(value, dict):
        return value
    if value.get("$base64"):
        return base64.b64decode(value["encoded"])
    ((tag, inner),) = value.items()
    read = {"$real": float, "r": float, "i": int, "b": base64.b64decode}
    read |= {tag: lambda text: InvalidText(base64.b64decode(text)) for tag in ("$text_base64", "t64")}
    return read.get(tag, lambda same: same)(inner)


@pytest.mark.parametrize("shape", ["arrays", "objects", "typed"])
@tries(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(VALUES, min_size=1, max_size=4))
def test_every_value_goes_in_and_comes_out_exactly(program: FlaskClient, shape: str, values: list) -> None:
    sql = "SELECT " + ", ".join(f"? AS c{i}" for i in range(len(values)))
    answer = ask(program, sql=sql, params=[sent(v) for v in values], format=shape).json
    (row,) = answer["rows"]
    again = [received(v) for v in (row.values() if shape == "objects" else row)]
    assert again == values
    assert [type(v) for v in again] == [type(v) for v in values]


def test_integers_that_doubles_cannot_hold_are_counted_or_sent_as_text(program: FlaskClient) -> None:
    sql = "SELECT 9007199254740991, 9007199254740993, 1.5"
    assert ask(program, sql=sql).json["unsafe_integers"] == 1
    assert ask(program, sql=sql, int64="string").json["rows"] == [
        ["9007199254740991", "9007199254740993", 1.5]
    ]


def test_values_by_name_take_any_prefix(program: FlaskClient) -> None:
    answer = ask(program, sql="SELECT :a, @b, $c", params={"a": 1, "@b": True, "$c": None})
    assert answer.json["rows"] == [[1, 1, None]]


def test_fields_of_a_form_are_texts_by_name(program: FlaskClient) -> None:
    answer = program.post("/run", data={"query": "SELECT :who, typeof(:nr)", "p_who": "Alice", "p_nr": "7"})
    assert answer.json["rows"] == [["Alice", "text"]]
    by_get = program.get("/run", query_string={"query": "SELECT ?", "params": '[{"$raw": {"a": 1}}]'})
    assert by_get.json["rows"] == [['{"a":1}']]


def test_one_statement_runs_for_each_of_many_values(program: FlaskClient, student: Path) -> None:
    many = [[f"n{i}", i] for i in range(50)]
    answer = ask(program, sql="INSERT INTO student (name, nr) VALUES (?, ?)", params_seq=many).json
    assert (answer["rows_affected"], answer["last_insert_rowid"], answer["applied"]) == (50, 53, "all")
    assert count(student) == 53


def test_the_last_rowid_is_told_only_by_what_inserted(program: FlaskClient) -> None:
    assert ask(program, sql="INSERT INTO student VALUES (70, 'a', 1)").json["last_insert_rowid"] == 70
    assert ask(program, sql="UPDATE student SET nr = 1").json["last_insert_rowid"] is None
    assert (
        ask(program, sql="INSERT INTO student SELECT * FROM student WHERE 0").json["last_insert_rowid"]
        is None
    )


def test_typed_columns_say_which_tables_column_they_come_from(program: FlaskClient) -> None:
    sql = "SELECT s.name AS who, count(*) FROM student AS s"
    assert ask(program, sql=sql, format="typed").json["columns"] == [
        {"name": "who", "decltype": "TEXT", "table": "student", "origin": "name"},
        {"name": "count(*)", "decltype": None, "table": None, "origin": None},
    ]
    assert ask(program, sql=sql).json["columns"][0] == {"name": "who", "decltype": "TEXT"}


# --- pages -----------------------------------------------------------------------------------


def test_page_after_page_gives_every_row_once(program: FlaskClient) -> None:
    body: dict[str, Any] = {
        "sql": "WITH RECURSIVE c(x) AS (SELECT :from UNION ALL SELECT x + 1 FROM c LIMIT 25) SELECT x FROM c",
        "params": {"from": 1},
        "limit": 10,
    }
    seen, pages = [], 0
    while True:
        answer = ask(program, **body).json
        seen += [row[0] for row in answer["rows"]]
        pages += 1
        if not answer["truncated"]:
            break
        body["next"] = answer["next"]
    assert (seen, pages, answer["next"]) == (list(range(1, 26)), 3, None)


def test_a_page_of_another_query_is_refused(program: FlaskClient) -> None:
    token = ask(program, sql="SELECT * FROM student", limit=1).json["next"]
    for body in ({"sql": "SELECT 1", "limit": 1}, {"sql": "SELECT * FROM student", "limit": 2}):
        assert ask(program, **body, next=token).status_code == 400
    assert ask(program, sql="SELECT * FROM student", limit=1, next="forged").status_code == 400


# --- batches ---------------------------------------------------------------------------------


def test_a_batch_is_one_transaction(program: FlaskClient, student: Path) -> None:
    batch = [
        {
            "sql": "UPDATE student SET nr = nr - :n WHERE id = 1",
            "params": {"n": 5},
            "expect": {"affected": 1},
        },
        {"sql": "INSERT INTO student (name, nr) VALUES ('x', 1) RETURNING id", "expect": {"rows": 1}},
        {"sql": "SELECT count(*) FROM student"},
    ]
    answer = ask(program, statements=batch).json
    assert [r["rows"] for r in answer["results"]] == [[], [[4]], [[4]]]
    assert (answer["committed"], answer["applied"]) == (True, "all")


@pytest.mark.parametrize(
    ("last", "status", "code"),
    [
        ({"sql": "UPDATE student SET nr = 0 WHERE id = 99", "expect": {"affected": 1}}, 412, "GUARD_FAILED"),
        ({"sql": "UPDATE student SET nr = 0", "expect": {"max_affected": 1}}, 412, "GUARD_FAILED"),
        ({"sql": "SELECT * FROM student", "expect": {"max_rows": 0}}, 412, "GUARD_FAILED"),
        ({"sql": "SELECT * FROM student WHERE 0", "expect": {"min_rows": 1}}, 412, "GUARD_FAILED"),
        ({"sql": "INSERT INTO student VALUES (2, 'twice', 1)"}, 409, "SQLITE_CONSTRAINT_PRIMARYKEY"),
        ({"sql": "INSERT INTO student VALUES (9, NULL, 1)"}, 422, "SQLITE_CONSTRAINT_NOTNULL"),
        ({"sql": "SELEC"}, 400, "SQLITE_ERROR"),
        ({"sql": "SELECT ?", "params": []}, 400, "PARAM_COUNT"),
        ({"sql": "COMMIT"}, 403, "SQLITE_AUTH"),
        ({"sql": "SAVEPOINT s"}, 403, "SQLITE_AUTH"),
        ({"sql": "ATTACH 'x' AS y"}, 403, "SQLITE_AUTH"),
    ],
)
def test_a_batch_that_fails_leaves_nothing_and_shows_no_results(
    program: FlaskClient, student: Path, last: dict, status: int, code: str
) -> None:
    answer = ask(program, statements=[{"sql": "DELETE FROM student WHERE id = 1"}, last])
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert (problem["code"], problem["statement"], problem["applied"]) == (code, 1, "none")
    assert "results" not in problem
    assert count(student) == 3


def test_each_statement_may_be_a_transaction_of_its_own(program: FlaskClient, student: Path) -> None:
    batch = [{"sql": "DELETE FROM student WHERE id = 1"}, {"sql": "SELEC"}, {"sql": "DELETE FROM student"}]
    problem = ask(program, statements=batch, transaction="none").json
    assert (problem["statement"], problem["applied"]) == (1, "some")
    assert count(student) == 2


def test_a_snapshot_for_reading_refuses_a_write(program: FlaskClient, student: Path) -> None:
    reads = [{"sql": "SELECT count(*) FROM student"}] * 2
    assert ask(program, statements=reads, transaction="deferred").status_code == 200
    assert (
        ask(program, statements=[*reads, {"sql": "DELETE FROM student"}], transaction="deferred").status_code
        == 403
    )
    assert count(student) == 3


# --- dry runs --------------------------------------------------------------------------------


def test_a_dry_run_tells_and_changes_nothing(program: FlaskClient, student: Path) -> None:
    answer = ask(program, sql="DELETE FROM student WHERE id < 3 RETURNING id", dry_run=True).json
    assert (answer["rows"], answer["rows_affected"], answer["dry_run"], answer["applied"]) == (
        [[1], [2]],
        2,
        True,
        "none",
    )
    assert answer["would_fail_at_commit"] == []
    assert count(student) == 3


def test_a_dry_run_finds_what_would_fail_at_the_commit(program: FlaskClient, student: Path) -> None:
    ask(program, sql="CREATE TABLE grade (s REFERENCES student (id) DEFERRABLE INITIALLY DEFERRED)")
    answer = ask(program, sql="INSERT INTO grade VALUES (99)", dry_run=True).json
    assert answer["would_fail_at_commit"] == [["grade", 1, "student"]]
    assert count(student, "grade") == 0


@pytest.mark.parametrize("fields", [{"dry_run": "true"}, {"dry_run": "1"}])
def test_a_form_can_ask_for_a_dry_run_too(program: FlaskClient, student: Path, fields: dict) -> None:
    answer = program.post("/run", data={"query": "DELETE FROM student"} | fields)
    assert answer.json["dry_run"] is True
    assert count(student) == 3


@pytest.mark.parametrize("preference", ["tx=rollback", 'respond-async, TX="rollback"; x=1'])
@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/run", "json": {"sql": "DELETE FROM student"}},
        {"path": "/run", "data": {"query": "DELETE FROM student"}},
        {"path": "/v1/run", "data": {"query": "DELETE FROM student"}},
    ],
)
def test_a_dry_run_may_be_preferred_in_a_header(
    program: FlaskClient, student: Path, request_: dict, preference: str
) -> None:
    answer = program.post(**request_, headers={"Prefer": preference})
    assert (answer.json["rows_affected"], answer.json["dry_run"]) == (3, True)
    assert answer.headers["Preference-Applied"] == "tx=rollback"
    assert count(student) == 3
    assert "Preference-Applied" not in program.post(**request_, headers={"Prefer": "tx=commit"}).headers


def test_what_cannot_be_rolled_back_cannot_be_tried(program: FlaskClient) -> None:
    answer = ask(program, sql="VACUUM", dry_run=True)
    assert (answer.status_code, answer.json["code"]) == (422, "DRY_RUN_UNSUPPORTED")


# --- methods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/run?format=arrays&query=DELETE+FROM+student", "/v1/run?query=DELETE+FROM+student"]
)
@pytest.mark.parametrize("method", ["GET", "QUERY", "HEAD"])
def test_only_post_writes(program: FlaskClient, student: Path, path: str, method: str) -> None:
    body = {"data": "", "content_type": "application/x-www-form-urlencoded"} if method == "QUERY" else {}
    answer = program.open(path, method=method, **body)
    if method != "HEAD":
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert answer.json["code"] == "METHOD_READ_ONLY"
    assert count(student) == 3


def test_query_reads_with_a_body(program: FlaskClient) -> None:
    answer = program.open("/run", method="QUERY", json={"sql": "SELECT ?", "params": [7]})
    assert answer.json["rows"] == [[7]]
    by_form = program.open("/run", method="QUERY", data={"query": "SELECT 7"})
    assert by_form.json == [[7]]


# --- problems --------------------------------------------------------------------------------


def test_a_problem_has_its_place_in_bytes_lines_and_columns(program: FlaskClient) -> None:
    problem = ask(program, sql="SELECT 'é',\n zz FROM student").json
    assert problem["position"] == {"byte": 14, "line": 2, "column": 2}
    assert (problem["detail"], problem["extended_code"]) == ("no such column: zz", 1)
    assert ask(program, sql="SELECT * FROM studnet").json["suggestion"] == "student"


NOTHING_RUNS = "DELETE FROM student"


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


# --- limits ----------------------------------------------------------------------------------


def test_the_limits_are_told_and_are_the_ones_that_hold(program: FlaskClient) -> None:
    told = program.get("/run/limits").json
    series = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20000) SELECT x FROM c"
    most = told["rows_of_a_page"]
    assert ask(program, sql=series, limit=most).json["row_count"] == most
    assert ask(program, sql=series, limit=most + 1).status_code == 400
    batch = [{"sql": "SELECT 1"}] * told["statements"]
    assert ask(program, statements=batch).status_code == 200
    assert ask(program, statements=[*batch, {"sql": "SELECT 1"}]).status_code == 400
    assert ask(program, sql="x" * told["body_bytes"]).status_code == 413


FOR_EVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT count(*) FROM c"


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("body_bytes", lambda most: {"sql": "x" * most}),
        ("rows_of_a_page", lambda most: {"sql": "SELECT 1", "limit": most + 1}),
        ("statements", lambda most: {"statements": [{"sql": "SELECT 1"}] * (most + 1)}),
        ("parameters", lambda most: {"sql": "SELECT ?", "params": [1] * (most + 1)}),
        ("params_seq", lambda most: {"sql": "DELETE FROM student", "params_seq": [[]] * (most + 1)}),
        ("json_depth", lambda most: {"sql": "SELECT 1", "params": _nested(most)}),
        ("value_bytes", lambda _: {"sql": "SELECT hex(zeroblob(40000000))"}),
        ("answer_bytes", lambda most: {"sql": f"SELECT printf('%.*c', {most + 1}, 'x')"}),
        ("time_limit_seconds", lambda _: {"sql": FOR_EVER}),
    ],
)
def test_a_limit_that_is_passed_is_named_with_its_number(
    serve: Callable[..., Flask], name: str, passes: Callable[[int], dict]
) -> None:
    program = serve(result_bytes=1024, time_limit=0.3).test_client(use_cookies=False)
    most = program.get("/run/limits").json[name]
    problem = ask(program, **passes(most)).json
    assert (problem["limit"], problem["applied"]) == (most, "none")
    assert problem.get("actual", most + 1) >= most


def _nested(deep: int) -> list:
    value: list = []
    for _ in range(deep):
        value = [value]
    return value


def test_a_program_may_say_how_long_it_waits(program: FlaskClient, student: Path) -> None:
    """Each wait is shorter than the server's own, which is five seconds."""
    other = apsw.Connection(str(student))
    other.execute("BEGIN IMMEDIATE")
    began = monotonic()
    for _ in range(2):  # its first run and one on a connection that is there already
        answer = ask(program, sql="DELETE FROM student", wait_ms=50)
        assert (answer.status_code, answer.json["code"]) == (503, "SQLITE_BUSY")
        assert (answer.json["retryable"], answer.json["applied"]) == (True, "none")
        assert answer.headers["Retry-After"]
    assert monotonic() - began < 5
    other.execute("COMMIT")
    assert ask(program, sql="DELETE FROM student", wait_ms=0).json["applied"] == "all"


def test_waiting_shortly_once_does_not_make_the_next_run_impatient(
    program: FlaskClient, student: Path
) -> None:
    assert ask(program, sql="DELETE FROM student WHERE id = 1", wait_ms=0).status_code == 200
    other = apsw.Connection(str(student))
    other.execute("BEGIN IMMEDIATE")
    finishing = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    finishing.start()
    assert ask(program, sql="DELETE FROM student WHERE id = 2").status_code == 200
    finishing.join()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"progress": True}, "progress"),
        ({"progress": True, "format": "csv"}, "progress"),
        ({"on_disconnect": "continue", "format": "ndjson"}, "on_disconnect"),
        ({"on_disconnect": "stay"}, "on_disconnect"),
        ({"limit": 5, "format": "json"}, "pages"),
        ({"wait_ms": -1}, "wait_ms"),
        ({"wait_ms": 1.5}, "wait_ms"),
    ],
)
def test_an_option_for_which_there_is_no_place_is_refused(
    program: FlaskClient, options: dict, named: str
) -> None:
    answer = ask(program, sql="SELECT 1", **options)
    assert answer.status_code == 400
    assert answer.json["code"] in ("BAD_REQUEST", "NOT_TOGETHER")
    assert named in answer.json["detail"]


def test_a_run_that_may_go_on_alone_is_answered_like_any_other(program: FlaskClient) -> None:
    assert ask(program, sql="SELECT 1", on_disconnect="continue").json["rows"] == [[1]]

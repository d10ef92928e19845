"""Programs call /run: what the tutorial's server answered, and what it could not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web import seed
from workbench.settings import HOME


def ask(program: FlaskClient, query: str, method: str = "POST") -> object:
    if method == "GET":
        return program.get("/run", query_string={"query": query}).get_json()
    return program.post("/run", data={"query": query}).get_json()


AS_EVER = [
    "SELECT * FROM student",
    "select name from student where id = 2;",
    "SELECT * FROM student WHERE 0",
    "WITH x AS (SELECT 1 AS a) SELECT a, 2.5, NULL, 'ä' FROM x",
    "EXPLAIN QUERY PLAN SELECT 1",
    "SELECT 9223372036854775807, -9223372036854775808, 1e300, 0.1",
    "INSERT INTO student (name, nr) VALUES ('Peter Pan', 4444);",
    "UPDATE student SET name = 'Arnold Schwarzenegger', nr = 800 WHERE id = 2;",
    "DELETE FROM student WHERE id = 1;",
    "DELETE FROM student WHERE id = 99",
    "UPDATE student SET nr = nr + 1",
    "CREATE TABLE t (a)",
    "ALTER TABLE student ADD COLUMN x",
    "DROP TABLE student",
    "-- only a comment",
    "/* only a comment */",
    "   ",
    "\n",
    "",
    "selec * from student",
    "SELECT * FROM nothing_here",
    "SELECT nothing FROM student",
    "INSERT INTO student VALUES (1, 'twice', 1)",
    "INSERT INTO student (name) VALUES ('no number')",
    "INSERT INTO student VALUES (1)",
    "VACUUM",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("query", AS_EVER)
def test_callers_of_the_tutorials_server_get_the_same_value(
    program: FlaskClient, student: Path, tmp_path: Path, query: str, method: str
) -> None:
    """Run the same on a copy with the tutorial's own rules, and look at the data afterwards too."""
    own = tmp_path / "seed.db"
    sqlite3.connect(own).executescript((HOME / "database" / "student.sql").read_text()).close()
    assert ask(program, query, method) == seed.answer(own, query)
    assert _dump(student) == _dump(own)


def _dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_a_missing_query_is_warned_of_by_get_and_refused_by_post(program: FlaskClient) -> None:
    assert program.get("/run").get_json() == "Warning: Empty query string!"
    answer = program.post("/run", data={"text": "SELECT 1"})
    assert answer.status_code == 400
    assert answer.get_json().startswith("Error - ")
    assert program.post("/run", json={"query": "SELECT 1"}).status_code == 400


@pytest.mark.parametrize("option", ["dry_run", "p_id", "expect", "limit"])
def test_an_option_that_a_bare_value_has_no_place_for_is_not_passed_over(
    program: FlaskClient, student: Path, option: str
) -> None:
    form = {"query": "DELETE FROM student", "format": "seed", option: "1"}
    answer = program.post("/run", data=form)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "NOT_TOGETHER")
    assert option in answer.get_json()["detail"]
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/run?query=DELETE+FROM+student&query=SELECT+1"},
        {"path": "/run", "method": "POST", "data": {"query": ["DELETE FROM student", "SELECT 1"]}},
        {"path": "/run?query=SELECT+1", "method": "POST", "data": {"query": "DELETE FROM student"}},
    ],
)
def test_of_two_queries_none_is_run(program: FlaskClient, student: Path, request_: dict) -> None:
    answer = program.open(**request_)
    assert (answer.status_code, answer.get_json()) == (400, "Error - query is given more than once")
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("UPDATE student SET nr = (SELECT max(nr) FROM student) WHERE id = 1", "Done - Rows affected: 1"),
        ("WITH x AS (SELECT 1) DELETE FROM student WHERE id = 1", "Done - Rows affected: 1"),
        ("INSERT INTO student (name, nr) VALUES ('select', 1) RETURNING id", "Done - Rows affected: 1"),
        ("INSERT INTO student (name, nr) VALUES ('a', 1); SELECT count(*) FROM student;", [[4]]),
        ("SELECT 1; DELETE FROM student", "Done - Rows affected: 3"),
        ("PRAGMA user_version", [[0]]),
        ("VALUES (1), (2)", [[1], [2]]),
        ("CREATE TABLE t AS SELECT 1", "Done - Rows affected: -1"),
    ],
)
def test_what_that_server_got_wrong_is_right(
    program: FlaskClient, student: Path, query: str, value: object
) -> None:
    assert ask(program, query) == value


def test_an_update_that_holds_the_word_select_is_committed(program: FlaskClient, student: Path) -> None:
    ask(program, "UPDATE student SET nr=(SELECT max(nr) FROM student) WHERE id=1")
    assert apsw.Connection(str(student)).execute("SELECT nr FROM student WHERE id = 1").get == 3333


def test_values_that_json_has_no_word_for_say_what_they_are(program: FlaskClient) -> None:
    value = ask(
        program, "SELECT x'deadbeef', 9e999, -9e999, CAST(x'fc41' AS TEXT), 'a' || char(0) || 'b', x''"
    )
    assert value == [
        [
            {"$base64": True, "encoded": "3q2+7w=="},
            {"$real": "Infinity"},
            {"$real": "-Infinity"},
            {"$text_base64": "/EE="},
            "a\0b",
            {"$base64": True, "encoded": ""},
        ]
    ]


def test_an_error_of_sql_has_its_code_in_a_header(program: FlaskClient) -> None:
    answer = program.post("/run", data={"query": "INSERT INTO student VALUES (1, 'x', 1)"})
    assert answer.status_code == 200
    assert answer.headers["X-Sql-Code"] == "SQLITE_CONSTRAINT_PRIMARYKEY"


def test_every_answer_is_json_not_stored_and_has_an_id(program: FlaskClient) -> None:
    for answer in (program.get("/run?query=SELECT+1"), program.get("/run?query=x"), program.put("/run")):
        assert answer.content_type == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert len(answer.headers["X-Request-Id"]) == 32
    assert program.get("/run", headers={"X-Request-Id": "mine-0001"}).headers["X-Request-Id"] == "mine-0001"
    assert (
        program.get("/run", headers={"X-Request-Id": "a b <script>"}).headers["X-Request-Id"]
        != "a b <script>"
    )


def test_head_never_runs_anything(program: FlaskClient, student: Path) -> None:
    answer = program.head("/run", query_string={"query": "DELETE FROM student"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Purpose": "prefetch"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_write_by_any_method(
    program: FlaskClient, student: Path, headers: dict[str, str]
) -> None:
    by_get = program.get("/run", query_string={"query": "DELETE FROM student"}, headers=headers)
    assert by_get.status_code == 403
    if "Sec-Purpose" not in headers:
        by_post = program.post("/run", data={"query": "DELETE FROM student"}, headers=headers)
        assert by_post.status_code == 403
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3


def test_our_own_page_may_write(program: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    answer = program.post("/run", data={"query": "DELETE FROM student WHERE id = 1"}, headers=headers)
    assert answer.get_json() == "Done - Rows affected: 1"


def test_a_get_that_wrote_is_told_that_this_will_end(program: FlaskClient) -> None:
    wrote = program.get("/run", query_string={"query": "DELETE FROM student WHERE id = 1"})
    assert "Deprecation" in wrote.headers
    assert "Deprecation" not in program.get("/run?query=SELECT+1").headers


def test_where_get_may_not_write_it_says_to_post(serve: Callable[..., Flask]) -> None:
    program = serve(get_writes=False).test_client()
    answer = program.get("/run", query_string={"query": "DELETE FROM student"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.get_json().startswith("Error - ")
    assert program.get("/run?query=SELECT+1").get_json() == [[1]]
    assert program.post("/run", data={"query": "DELETE FROM student"}).get_json() == "Done - Rows affected: 3"


def test_a_database_opened_for_reading_refuses_writes(serve: Callable[..., Flask]) -> None:
    program = serve(read_only=True).test_client()
    answer = program.post("/run", data={"query": "DELETE FROM student"})
    assert answer.status_code == 403
    assert "only reading" in answer.get_json()


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"query=SELECT+%27%FF%27", "UTF-8"),
        (b"query=SELECT+'\xff'", "UTF-8"),
        (b"", "no field"),
        (b"%00", "no field"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(program: FlaskClient, body: bytes, what: str) -> None:
    answer = program.post("/run", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert what in answer.get_json()


def test_an_address_that_is_not_utf8_is_refused(program: FlaskClient) -> None:
    answer = program.get("/run?query=SELECT%20'%FF'")
    assert answer.status_code == 400
    assert "UTF-8" in answer.get_json()


def test_a_nul_is_an_error_of_the_text(program: FlaskClient) -> None:
    assert "NUL" in ask(program, "DELETE FROM student\0 WHERE id = 1")


def test_a_statement_of_a_megabyte_runs_and_larger_ones_are_refused(program: FlaskClient) -> None:
    assert ask(program, f"SELECT length('{'x' * 1_000_000}')") == [[1_000_000]]
    too_long = program.post("/run", data={"query": f"SELECT '{'x' * 2_000_000}'"})
    assert too_long.status_code == 413
    too_large = program.post("/run", data={"query": "x" * 5_000_000})
    assert too_large.status_code == 413
    assert too_large.get_json().startswith("Error - ")


def test_a_result_over_the_limit_is_refused_whole(serve: Callable[..., Flask]) -> None:
    program = serve(result_bytes=2000).test_client()
    series = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {}) SELECT x FROM c"
    answer = program.post("/run", data={"query": series.format(1000)})
    assert answer.status_code == 413
    assert "2,000 bytes" in answer.get_json()
    assert len(ask(program, series.format(100))) == 100


def test_a_run_that_is_stopped_is_a_504_in_words(serve: Callable[..., Flask]) -> None:
    program = serve(time_limit=0.2).test_client()
    answer = program.post(
        "/run",
        data={
            "query": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
        },
    )
    assert answer.status_code == 504
    assert answer.get_json() == "Error - the run took longer than 0.2 s and was stopped"


@pytest.mark.parametrize("path", ["/run/", "/run/x/y", "/runs"])
def test_unknown_addresses_answer_in_kind(program: FlaskClient, path: str) -> None:
    answer = program.get(path)
    assert answer.status_code == 404
    assert answer.is_json is path.startswith("/run/")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/run/", 404),
        ("GET", "/run/x/y", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/run/some-run-of-mine", 405),
        ("POST", "/run/active", 405),
        ("PUT", "/run/limits", 405),
        ("PUT", "/v1/run", 405),
    ],
)
def test_failures_of_http_are_problems_where_no_caller_is_used_to_sentences(
    program: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = program.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    problem = answer.get_json()
    assert (problem["code"], problem["applied"], problem["retryable"]) == (f"HTTP_{status}", "none", False)
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert ("Allow" in answer.headers) is (status == 405)


def test_whoever_asks_for_more_than_a_value_is_refused_by_a_problem(program: FlaskClient) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    problem = program.post("/run", json={"sql": "SELECT 1"}, headers=elsewhere)
    assert (problem.status_code, problem.get_json()["code"]) == (403, "CROSS_SITE")
    sentence = program.post("/run", data={"query": "SELECT 1"}, headers=elsewhere)
    assert sentence.get_json().startswith("Error - ")
    too_large = program.post("/run", data={"query": "x" * 5_000_000, "format": "arrays"})
    assert (too_large.status_code, too_large.get_json()[:8]) == (413, "Error - ")
    assert program.post("/v1/run", data={"query": "x" * 5_000_000}).get_json()["code"] == "HTTP_413"


@pytest.mark.parametrize("path", ["/run", "/v1/run"])
def test_options_tells_the_methods_and_the_bodies_of_query_and_opens_no_database(
    program: FlaskClient, student: Path, path: str
) -> None:
    student.unlink()
    answer = program.options(path)
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "QUERY", "OPTIONS"}
    assert answer.headers["Accept-Query"] == (
        "application/json, application/sql, application/x-www-form-urlencoded"
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/run?query=SELECT+1"),
        ("GET", "/run?query=x"),
        ("GET", "/run?query=SELECT+1&format=ndjson"),
        ("OPTIONS", "/run"),
        ("PUT", "/run"),
        ("GET", "/run/limits"),
        ("GET", "/run/active"),
        ("DELETE", "/run/none-such"),
        ("GET", "/v1/run?query=SELECT+1"),
        ("GET", "/v1/nothing"),
    ],
)
def test_every_answer_says_which_interface_it_is_of(program: FlaskClient, method: str, path: str) -> None:
    answer = program.open(path, method=method, buffered=True)
    assert answer.headers["X-Run-Api"] == "1"
    assert set(answer.vary) >= {"Accept", "Authorization"}


def test_other_methods_are_told_which_there_are(program: FlaskClient) -> None:
    answer = program.delete("/run")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
    assert program.options("/run").status_code == 200

"""The limits of /run: told, kept, and lower where a program wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.promptness import in_time, seconds_of
from tests.web.programs import ask


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

    def refused_twice() -> None:
        for _ in range(2):  # its first run and one on a connection that is there already
            answer = ask(program, sql="DELETE FROM student", wait_ms=50)
            assert (answer.status_code, answer.json["code"]) == (503, "SQLITE_BUSY")
            assert (answer.json["retryable"], answer.json["applied"]) == (True, "none")
            assert answer.headers["Retry-After"]

    assert in_time(lambda: seconds_of(refused_twice), 2)
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

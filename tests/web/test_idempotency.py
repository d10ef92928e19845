"""A key makes a retry harmless: what was asked for runs once, and every retry gets the first answer."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.programs import count
from workbench.engines.sqlite.keys import KeysAtWork
from workbench.jobs import Key

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
INSERT = {"sql": "INSERT INTO student (name, nr) VALUES (?, 1) RETURNING id", "params": ["Eve"]}


def test_a_retry_gets_the_first_answer_and_runs_nothing(program: FlaskClient, student: Path) -> None:
    first = program.post("/run", json=INSERT, headers={"Idempotency-Key": f'"{KEY}"'})
    assert (first.json["rows"], first.json["applied"]) == ([[4]], "all")
    assert "Idempotency-Replayed" not in first.headers
    for given in (f'"{KEY}"', KEY):
        again = program.post("/run", json=INSERT, headers={"Idempotency-Key": given})
        assert again.data == first.data
        assert again.headers["Idempotency-Replayed"] == "true"
    assert count(student) == 4


def test_callers_of_the_bare_values_have_keys_too(program: FlaskClient, student: Path) -> None:
    form = {"query": "INSERT INTO student (name, nr) VALUES ('Eve', 1)"}
    for _ in range(3):
        answer = program.post("/run", data=form, headers={"Idempotency-Key": KEY})
        assert answer.json == "Done - Rows affected: 1"
    assert count(student) == 4


def test_another_request_with_the_same_key_is_refused(program: FlaskClient, student: Path) -> None:
    program.post("/run", json=INSERT, headers={"Idempotency-Key": KEY})
    other = program.post("/run", json=INSERT | {"params": ["Mallory"]}, headers={"Idempotency-Key": KEY})
    assert (other.status_code, other.json["code"], other.json["applied"]) == (
        422,
        "IDEMPOTENCY_MISMATCH",
        "none",
    )
    assert count(student) == 4


def test_what_failed_may_be_tried_again(program: FlaskClient, student: Path) -> None:
    body = {"sql": "INSERT INTO student VALUES (4, 'Eve', (SELECT nr FROM later))"}
    assert program.post("/run", json=body, headers={"Idempotency-Key": KEY}).status_code == 400
    program.post("/run", json={"sql": "CREATE TABLE later AS SELECT 5 AS nr"})
    assert program.post("/run", json=body, headers={"Idempotency-Key": KEY}).json["applied"] == "all"
    assert count(student) == 4


def test_a_key_at_work_is_told_from_one_that_is_done(program: FlaskClient, tmp_path: Path) -> None:
    program.post("/run", json={"sql": "DELETE FROM student"}, headers={"Idempotency-Key": "x" * 20})
    (path,) = tmp_path.glob("*.keys")
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with KeysAtWork(path).hold(Key("program", KEY, "")):
            os.write(tell, b"!")
            signal.pause()
    os.read(told, 1)
    answer = program.post("/run", json=INSERT, headers={"Idempotency-Key": KEY})
    assert (answer.status_code, answer.json["code"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert program.post("/run", json=INSERT, headers={"Idempotency-Key": KEY}).json["applied"] == "all"


@pytest.mark.parametrize("key", ["short", "x" * 256, "with space in the middle", "", "ünïcödé-ünïcödé-1"])
def test_a_key_that_is_none_is_refused_and_nothing_runs(
    program: FlaskClient, student: Path, key: str
) -> None:
    answer = program.post("/run", json=INSERT, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (400, "BAD_REQUEST")
    assert count(student) == 3


def test_reading_needs_no_key_and_remembers_nothing(program: FlaskClient, student: Path) -> None:
    for _ in range(2):
        answer = program.post("/run", json={"sql": "SELECT 1"}, headers={"Idempotency-Key": KEY})
        assert (answer.json["rows"], "Idempotency-Replayed" in answer.headers) == ([[1]], False)
    tables = apsw.Connection(str(student)).execute("SELECT name FROM sqlite_schema").fetchall()
    assert ("__run_idempotency",) not in tables


def test_an_answer_too_large_to_remember_is_no_answer(program: FlaskClient, student: Path) -> None:
    body = {"sql": "INSERT INTO student VALUES (9, printf('%.*c', 70000, 'x'), 1) RETURNING name"}
    answer = program.post("/run", json=body, headers={"Idempotency-Key": KEY})
    assert (answer.status_code, answer.json["applied"]) == (413, "none")
    assert count(student) == 3


def test_keys_stay_out_of_the_schema(program: FlaskClient, app: Flask) -> None:
    program.post("/run", json=INSERT, headers={"Idempotency-Key": KEY})
    assert "__run_idempotency" not in app.test_client().get("/").text


def test_a_retry_of_what_cannot_run_twice_gets_the_first_answer(program: FlaskClient) -> None:
    for _ in range(2):
        answer = program.post("/run", json={"sql": "CREATE TABLE once (a)"}, headers={"Idempotency-Key": KEY})
        assert (answer.status_code, answer.json["applied"]) == (200, "all")

"""Every code that a program is refused with: its status, whether to try again, what is in the database.

Each is reached by a real request. The first statement of a batch deletes something, which would
show if it stayed.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from workbench import errors
from workbench.engines.sqlite.keys import KeysAtWork
from workbench.folders import Trouble
from workbench.jobs import Key
from workbench.web.failures import problem_of

DELETES = "DELETE FROM student WHERE id = 1"
FOR_EVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT count(*) FROM c"
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"

WAITING = {
    "TOKEN_INVALID": "there are no tokens: a password is asked for, see PASSWORD_REQUIRED",
    "SCOPE_REQUIRED": "there are no tokens that could lack a right",
    "RATE_LIMITED": "no caller is counted yet",
    "NO_LEADER": "there is no engine of several machines",
    "OUTCOME_UNKNOWN": "there is no engine beyond a network, whose answer could be lost",
}
"""Codes of the contract that nothing can cause yet, and why."""

CONTRACT = {
    "SQLITE_ERROR", "PARAM_COUNT", "MULTIPLE_STATEMENTS", "BAD_REQUEST", "TOKEN_INVALID", "SCOPE_REQUIRED",
    "SQLITE_AUTH", "METHOD_READ_ONLY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_FOREIGNKEY", "SQLITE_CONSTRAINT_NOTNULL", "SQLITE_CONSTRAINT_CHECK",
    "SQLITE_CONSTRAINT_DATATYPE", "GUARD_FAILED", "IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_MISMATCH",
    "BODY_TOO_LARGE", "RESULT_TOO_LARGE", "RATE_LIMITED", "QUERY_TIMEOUT", "CANCELLED", "OVERLOADED",
    "SQLITE_BUSY", "NO_LEADER", "OUTCOME_UNKNOWN", "UNSUPPORTED_ON_ENGINE", "SQLITE_FULL",
    "SQLITE_CORRUPT", "SQLITE_IOERR",
}  # fmt: skip


class World:
    """A database with rules, and whoever asks for things in it."""

    def __init__(self, serve: Callable[..., Flask], student: Path) -> None:
        self.student = student
        self.folder = student.parent
        self.serve = serve
        apsw.Connection(str(student)).execute(
            """
            CREATE TABLE rules (
                u UNIQUE, n NOT NULL DEFAULT 1, c CHECK (c > 0), now REFERENCES student (id),
                later REFERENCES student (id) DEFERRABLE INITIALLY DEFERRED
            );
            CREATE TABLE strict (v INTEGER) STRICT;
            INSERT INTO rules (u) VALUES (1);
            CREATE TRIGGER refuses BEFORE UPDATE ON rules BEGIN SELECT RAISE(ABORT, 'never'); END;
            """
        )

    def program(self, **settings: Any) -> FlaskClient:
        """A program: no cookies, no browser's headers."""
        return self.serve(**settings).test_client(use_cookies=False)

    def contents(self) -> list[str]:
        """What another program finds in the database, but for the keys that are kept there."""
        connection = sqlite3.connect(self.student)
        try:
            return [line for line in connection.iterdump() if "__run_idempotency" not in line]
        finally:
            connection.close()


class Case(NamedTuple):
    """How a code is reached, and what its problem says."""

    code: str
    status: int
    happens: Callable[[World], TestResponse]
    applied: str = "none"
    retryable: bool = False

    def __str__(self) -> str:
        return f"{self.code}-{self.happens.__name__}"


CASES: list[Case] = []


def case(code: str, status: int, **told: Any) -> Callable:
    """Add what a function does to the cases."""

    def add(happens: Callable[[World], TestResponse]) -> Callable:
        CASES.append(Case(code, status, happens, **told))
        return happens

    return add


def batch(*last: str, **options: Any) -> Callable[[World], TestResponse]:
    """A batch that deletes something before it fails."""

    def ask(world: World) -> TestResponse:
        statements = [{"sql": sql} for sql in (DELETES, *last)]
        return world.program().post("/run", json={"statements": statements} | options)

    ask.__name__ = (last[-1] if last else "batch")[:40]
    return ask


for code, status, sql in (
    ("SQLITE_ERROR", 400, "SELEC"),
    ("SQLITE_ERROR", 400, "SELECT nothing FROM student"),
    ("PARAM_COUNT", 400, "SELECT ?"),
    ("MULTIPLE_STATEMENTS", 400, "SELECT 1; SELECT 2"),
    ("EMPTY", 400, "-- nothing"),
    ("SQLITE_AUTH", 403, "ATTACH 'x' AS y"),
    ("SQLITE_AUTH", 403, "COMMIT"),
    ("SQLITE_CONSTRAINT_UNIQUE", 409, "INSERT INTO rules (u) VALUES (1)"),
    ("SQLITE_CONSTRAINT_UNIQUE", 409, "INSERT OR FAIL INTO rules (u) VALUES (2), (1)"),
    ("SQLITE_CONSTRAINT_UNIQUE", 409, "INSERT OR ROLLBACK INTO rules (u) VALUES (2), (1)"),
    ("SQLITE_CONSTRAINT_PRIMARYKEY", 409, "INSERT INTO student VALUES (2, 'twice', 1)"),
    ("SQLITE_CONSTRAINT_FOREIGNKEY", 409, "INSERT INTO rules (now) VALUES (99)"),
    ("SQLITE_CONSTRAINT_FOREIGNKEY", 409, "INSERT INTO rules (later) VALUES (99)"),
    ("SQLITE_CONSTRAINT_NOTNULL", 422, "INSERT INTO rules (n) VALUES (NULL)"),
    ("SQLITE_CONSTRAINT_CHECK", 422, "INSERT INTO rules (c) VALUES (-1)"),
    ("SQLITE_CONSTRAINT_DATATYPE", 422, "INSERT INTO strict VALUES ('x')"),
    ("SQLITE_CONSTRAINT_TRIGGER", 422, "UPDATE rules SET u = 5"),
    ("SQLITE_TOOBIG", 413, "SELECT hex(zeroblob(40000000))"),
):
    CASES.append(Case(code, status, batch(sql)))

CASES += [
    Case("GUARD_FAILED", 412, batch("DELETE FROM student", max_affected=1)),
    Case("BODY_TOO_LARGE", 413, batch("x" * (1 << 20))),
    Case("BAD_REQUEST", 400, batch("SELECT 1", dryrun=True)),
    Case("NOT_TOGETHER", 400, batch("SELECT 1", transaction="none", max_affected=1)),
    Case("QUERY_TIMEOUT", 504, batch(FOR_EVER, timeout_ms=100)),
    Case("DRY_RUN_UNSUPPORTED", 422, batch("SELECT 1", transaction="none", dry_run=True)),
    # Each statement is a transaction of its own: what was committed before the error stays.
    Case("SQLITE_ERROR", 400, batch("SELEC", transaction="none"), applied="some"),
    Case("QUERY_TIMEOUT", 504, batch(FOR_EVER, transaction="none", timeout_ms=100), applied="some"),
]


@case("SQLITE_CONSTRAINT_UNIQUE", 409, applied="some")
def a_statement_of_its_own_keeps_what_was_before_a_conflict(world: World) -> TestResponse:
    statements = [{"sql": "SELECT 1"}, {"sql": "INSERT OR FAIL INTO rules (u) VALUES (2), (1)"}]
    return world.program().post("/run", json={"statements": statements, "transaction": "none"})


@case("SQLITE_CONSTRAINT_UNIQUE", 409)
def a_statement_of_its_own_after_one_that_reads(world: World) -> TestResponse:
    statements = [{"sql": "SELECT 1"}, {"sql": "INSERT INTO rules (u) VALUES (2), (1)"}]
    return world.program().post("/run", json={"statements": statements, "transaction": "none"})


@case("SQLITE_CONSTRAINT_UNIQUE", 409)
def one_statement_is_a_transaction_whatever_is_asked(world: World) -> TestResponse:
    body = {"sql": "INSERT OR FAIL INTO rules (u) VALUES (2), (1)", "transaction": "none"}
    return world.program().post("/run", json=body)


@case("GUARD_FAILED", 412)
def a_streamed_write_that_does_not_do_what_is_expected(world: World) -> TestResponse:
    body = {"sql": f"{DELETES} RETURNING id", "expect": {"affected": 2}, "transaction": "none"}
    return world.program().post("/run", json=body | {"format": "ndjson"})


@case("PARAM_COUNT", 400)
def both_params_and_params_seq(world: World) -> TestResponse:
    return world.program().post("/run", json={"sql": DELETES, "params": [], "params_seq": []})


@case("PASSWORD_REQUIRED", 401)
def nobody_said_the_password(world: World) -> TestResponse:
    return world.program(password="s3cret").post("/run", json={"sql": DELETES})


@case("CROSS_SITE", 403)
def another_site_asks(world: World) -> TestResponse:
    return world.program().post("/run", json={"sql": DELETES}, headers={"Sec-Fetch-Site": "cross-site"})


@case("READ_ONLY", 403)
def the_workbench_is_for_reading(world: World) -> TestResponse:
    return world.program(read_only=True).post("/run", json={"sql": DELETES})


@case("METHOD_READ_ONLY", 405)
def a_get_writes(world: World) -> TestResponse:
    return world.program().get("/v1/run", query_string={"query": DELETES})


@case("METHOD_READ_ONLY", 405)
def a_query_writes(world: World) -> TestResponse:
    return world.program().open("/run", method="QUERY", json={"sql": DELETES})


@case("NOT_ACCEPTABLE", 406)
def nothing_there_is_will_do(world: World) -> TestResponse:
    return world.program().post("/run", json={"sql": DELETES}, headers={"Accept": "image/png"})


@case("UNSUPPORTED_MEDIA", 415)
def a_body_of_another_kind(world: World) -> TestResponse:
    return world.program().post("/v1/run", data=DELETES, content_type="text/plain")


@case("NO_RESULT_SET", 400)
def rows_of_a_write_that_has_none(world: World) -> TestResponse:
    return world.program().post("/run", json={"sql": DELETES, "format": "csv"})


@case("RESULT_TOO_LARGE", 413)
def a_write_gives_back_too_much(world: World) -> TestResponse:
    body = {"sql": "DELETE FROM student RETURNING printf('%.*c', 2000, 'x')"}
    return world.program(result_bytes=2000).post("/run", json=body)


@case("IDEMPOTENCY_MISMATCH", 422)
def a_key_was_used_for_something_else(world: World) -> TestResponse:
    program, key = world.program(), {"Idempotency-Key": KEY}
    program.post("/run", json={"sql": "DELETE FROM student WHERE id = 99"}, headers=key)
    return program.post("/run", json={"sql": DELETES}, headers=key)


@case("IDEMPOTENCY_IN_PROGRESS", 409)
def a_key_is_at_work(world: World) -> TestResponse:
    program = world.program()
    program.post(
        "/run", json={"sql": "DELETE FROM student WHERE id = 99"}, headers={"Idempotency-Key": "x" * 20}
    )
    (path,) = world.folder.glob("*.keys")
    with elsewhere(lambda: KeysAtWork(path).hold(Key("program", KEY, ""))):
        return program.post("/run", json={"sql": DELETES}, headers={"Idempotency-Key": KEY})


@case("UNSUPPORTED_ON_ENGINE", 501)
def a_key_for_what_runs_outside_transactions(world: World) -> TestResponse:
    return world.program().post("/run", json={"sql": "VACUUM"}, headers={"Idempotency-Key": KEY})


@case("CANCELLED", 409)
def somebody_stops_it(world: World) -> TestResponse:
    app, over = world.serve(time_limit=10), threading.Event()
    program, somebody = (app.test_client(use_cookies=False) for _ in range(2))

    def stop() -> None:
        while not over.is_set() and somebody.delete("/run/the-run-of-this-test").status_code == 404:
            pass

    stopping = threading.Thread(target=stop)
    stopping.start()
    body = {"statements": [{"sql": DELETES}, {"sql": FOR_EVER}]}
    answer = program.post("/run", json=body, headers={"X-Request-Id": "the-run-of-this-test"})
    over.set()
    stopping.join()
    return answer


@case("OVERLOADED", 503, retryable=True)
def every_slot_is_taken(world: World) -> TestResponse:
    app = world.serve(processes=3)
    with elsewhere(app.extensions["bench"]._runner._supervisor._slots.take):
        return app.test_client(use_cookies=False).post("/run", json={"sql": DELETES, "wait_ms": 20})


@case("SQLITE_BUSY", 503, retryable=True)
def another_program_writes(world: World) -> TestResponse:
    program, other = world.program(), apsw.Connection(str(world.student))
    other.execute("BEGIN IMMEDIATE")
    return program.post("/run", json={"sql": DELETES, "wait_ms": 20})


@case("SQLITE_BUSY", 503, retryable=True)
def another_write_is_before_it_in_line(world: World) -> TestResponse:
    app = world.serve()
    engine = app.extensions["bench"].engine
    with elsewhere(lambda: engine.apart()._writers().turn()):
        return app.test_client(use_cookies=False).post("/run", json={"sql": DELETES, "wait_ms": 20})


@case("SQLITE_FULL", 507)
def there_is_no_room(world: World) -> TestResponse:
    app = world.serve()
    program = app.test_client(use_cookies=False)
    program.post("/run", json={"sql": "DELETE FROM student WHERE id = 99"})
    app.extensions["bench"].engine._links.writer.own("PRAGMA max_page_count = 1")
    statements = [{"sql": DELETES}, {"sql": "INSERT INTO rules (n) VALUES (zeroblob(1000000))"}]
    return program.post("/run", json={"statements": statements})


@case("SQLITE_IOERR_WRITE", 500)
def the_disk_refuses(world: World) -> TestResponse:
    program = world.program()
    statements = [{"sql": DELETES}, {"sql": "INSERT INTO rules (n) VALUES (zeroblob(3000000))"}]
    with no_file_beyond(1 << 20):
        return program.post("/run", json={"statements": statements})


@case("SQLITE_CORRUPT", 500)
def the_file_is_damaged(world: World) -> TestResponse:
    with world.student.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (world.student.stat().st_size - 4096))
    damaged = world.student.read_bytes()
    answer = world.program().post("/run", json={"statements": [{"sql": "DELETE FROM student"}]})
    assert world.student.read_bytes() == damaged
    return answer


@case("DATABASE_MOVED", 503, retryable=True)
def the_file_has_changed_places(world: World) -> TestResponse:
    program = world.program()
    world.student.rename(world.folder / "moved.db")
    answer = program.post("/run", json={"sql": DELETES})
    (world.folder / "moved.db").rename(world.student)
    return answer


@contextmanager
def elsewhere(hold: Callable[[], AbstractContextManager]) -> Iterator[None]:
    """Another process holds something for the time inside."""
    (told, tell), (ended, end) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(end)
            with hold():
                os.write(tell, b"!")
                os.read(ended, 1)
        finally:
            os._exit(0)
    os.close(ended)
    os.read(told, 1)
    try:
        yield
    finally:
        os.close(end)
        os.waitpid(child, 0)
        os.close(told)
        os.close(tell)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes for the time inside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_problem_says_what_happened_and_what_is_in_the_database(
    serve: Callable[..., Flask], student: Path, case: Case
) -> None:
    world = World(serve, student)
    before = world.contents()
    answer = case.happens(world)
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert (problem["code"], problem["status"], answer.status_code) == (case.code, case.status, case.status)
    assert (problem["applied"], problem["retryable"]) == (case.applied, case.retryable)
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert all(problem[said] for said in ("type", "title", "detail"))
    assert ("Retry-After" in answer.headers) is (case.status == 503)
    assert answer.headers["X-Sql-Code"] == case.code
    if case.code != "SQLITE_CORRUPT":  # that looks at the file itself, since nobody can read it
        assert (world.contents() == before) is (case.applied == "none")


def test_every_code_of_the_contract_is_reached_or_is_known_to_wait() -> None:
    reached = {case.code for case in CASES} | {"SQLITE_IOERR" for c in CASES if c.code[:12] == "SQLITE_IOERR"}
    assert CONTRACT - reached == set(WAITING)


@pytest.mark.parametrize("kind", errors.WorkbenchError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_what_is_kept_of_an_export_that_failed_is_told_like_the_failure_itself(
    kind: type[errors.WorkbenchError],
) -> None:
    error = kind("so it was", hint="Try again.")
    kept, told = problem_of(Trouble.of(error).as_error), problem_of(error)
    assert (kept.status, kept.title, kept.hint) == (told.status, told.title, told.hint)

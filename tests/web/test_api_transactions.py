"""Programs that ask /run for several statements at once, or only to try them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.programs import ask, count

# --- batches ----------------------------------------------------------------------------------


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


# --- dry runs ---------------------------------------------------------------------------------


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

"""Programs ask what a statement is before they run it: nothing is run, whatever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.programs import count


@pytest.fixture
def program(app: Flask, student: Path) -> FlaskClient:
    apsw.Connection(str(student)).execute(
        "CREATE VIEW names AS SELECT name FROM student; CREATE TABLE gone (id);"
        "CREATE TRIGGER note AFTER DELETE ON student BEGIN INSERT INTO gone VALUES (old.id); END"
    )
    return app.test_client(use_cookies=False)


def described(program: FlaskClient, sql: str) -> dict[str, Any]:
    answer = program.post("/v1/run", json={"sql": sql, "describe": True})
    assert answer.status_code == 200
    return answer.json


def test_a_select_tells_its_parameters_and_where_its_columns_come_from(program: FlaskClient) -> None:
    found = described(program, "SELECT id, name AS who, nr + 1 FROM student WHERE nr > :least AND id <> ?")
    assert found["parameters"] == ["least", None]
    assert found["columns"] == [
        {"name": "id", "decltype": "INTEGER", "table": "student", "origin": "id"},
        {"name": "who", "decltype": "TEXT", "table": "student", "origin": "name"},
        {"name": "nr + 1", "decltype": None, "table": None, "origin": None},
    ]
    assert (found["readonly"], found["is_explain"], found["applied"]) == (True, False, "none")


@pytest.mark.parametrize(
    ("sql", "readonly", "touched"),
    [
        ("SELECT count(*) FROM student", True, ({"student"}, set())),
        ("SELECT * FROM names", True, ({"student", "names"}, set())),
        ("DELETE FROM student WHERE id = 1", False, ({"student"}, {"student", "gone"})),
        ("INSERT INTO gone SELECT id FROM student", False, ({"student"}, {"gone"})),
        ("CREATE TABLE t AS SELECT * FROM student", False, ({"student"}, {"t"})),
        ("DROP TABLE gone", False, (set(), {"gone"})),
        ("ALTER TABLE gone ADD COLUMN why", False, (set(), {"gone"})),
        ("EXPLAIN DELETE FROM student WHERE id = 1", True, ({"student"}, set())),
        ("VACUUM", False, (set(), set())),
        ("PRAGMA user_version = 5", False, (set(), set())),
    ],
)
def test_a_statement_tells_which_tables_it_touches_and_is_not_run(
    program: FlaskClient, student: Path, sql: str, readonly: bool, touched: tuple[set, set]
) -> None:
    before = student.read_bytes()
    found = described(program, sql)
    assert found["readonly"] is readonly
    assert (set(found["tables"]["read"]), set(found["tables"]["written"])) == touched
    assert found["is_explain"] is sql.startswith("EXPLAIN")
    assert student.read_bytes() == before
    assert count(student) == 3


def test_each_statement_of_a_batch_is_described(program: FlaskClient) -> None:
    batch = [{"sql": "SELECT ?"}, {"sql": "DELETE FROM student WHERE id = :id"}]
    found = program.post("/run", json={"statements": batch, "describe": True}).json
    assert [(r["parameters"], r["readonly"]) for r in found["results"]] == [([None], True), (["id"], False)]


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELECT * FROM studnet", 400, "SQLITE_ERROR"),
        ("ATTACH 'x' AS y", 403, "SQLITE_AUTH"),
        ("BEGIN", 403, "SQLITE_AUTH"),
        ("SELECT 1; SELECT 2", 400, "MULTIPLE_STATEMENTS"),
        ("-- nothing", 400, "EMPTY"),
    ],
)
def test_what_could_not_be_run_cannot_be_described(
    program: FlaskClient, sql: str, status: int, code: str
) -> None:
    answer = program.post("/run", json={"sql": sql, "describe": True})
    assert (answer.status_code, answer.json["code"], answer.json["statement"]) == (status, code, 0)


def test_a_write_may_be_described_by_a_method_that_only_reads(program: FlaskClient, student: Path) -> None:
    asked = {"query": "DELETE FROM student", "describe": "true"}
    assert program.get("/run", query_string=asked).json["readonly"] is False
    body = {"sql": "DELETE FROM student", "describe": True}
    assert program.open("/run", method="QUERY", json=body).json["readonly"] is False
    assert count(student) == 3


def test_nothing_described_is_in_the_history(program: FlaskClient, app: Flask) -> None:
    described(program, "SELECT 1")
    assert not app.extensions["bench"].remembered("program").entries


@pytest.mark.parametrize("shape", ["ndjson", "csv", "json"])
def test_a_stream_has_no_place_for_a_description(program: FlaskClient, shape: str) -> None:
    answer = program.post("/run", json={"sql": "SELECT 1", "describe": True, "format": shape})
    assert (answer.status_code, answer.json["code"]) == (400, "NOT_TOGETHER")

"""Programs that ask /run for more: a shape, one page after the other, and reading with a body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.programs import ask, count

# --- which shape ------------------------------------------------------------------------------


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


# --- pages ------------------------------------------------------------------------------------


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


# --- methods ----------------------------------------------------------------------------------


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

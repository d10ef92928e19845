"""Values of programs go into /run and come out of it exactly."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from tests.web.programs import ask, count
from workbench.results import InvalidText

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

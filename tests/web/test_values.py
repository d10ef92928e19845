"""Every value that SQLite can hold goes in by the application and comes out of it, exactly, in every format.

What is in the database is read by another program, byte for byte. The decoders here know what README
says of the formats, and nothing of the application.
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from math import isinf, isnan, nan
from pathlib import Path
from typing import Any

import apsw
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from werkzeug.test import TestResponse

Exact = tuple[str, Any]
"""A value as ``typeof`` names its type: texts as their bytes, reals as theirs."""

READ = "SELECT a, b, c FROM held ORDER BY rowid"


class Bytes(bytes):
    """Bytes to be held as a text, whatever they are."""


SPECIAL = st.sampled_from([
    None, nan, float("inf"), -float("inf"), 0.0, -0.0, 1.0, 5e-324, 1.7976931348623157e308, 0.1,
    0, 2**53, -(2**53), 2**63 - 1, -(2**63),
    "", "\0", "a\0b", '"', "],[", "null", ",", "\r\n", "=1+1", "Infinity", "\ud7ff\U0010ffff", "1",
    b"", b"\0", b"],[", Bytes(b"\xff"), Bytes(b"\xed\xa0\x80"), Bytes(b"a\0\xfc"), Bytes(b"\xc0\x80"),
])  # fmt: skip
VALUES = (
    SPECIAL
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
    | st.binary(max_size=12)
    | st.binary(max_size=6).map(Bytes)
)
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=30)


@pytest.fixture
def program(app: Flask, student: Path) -> FlaskClient:
    apsw.Connection(str(student)).execute("CREATE TABLE held (a, b, c)")
    return app.test_client(use_cookies=False)


# --- in --------------------------------------------------------------------------------------


def insert(row: tuple) -> dict[str, Any]:
    """A statement that holds `row`: by parameters, or by literals where JSON has no word."""
    words = [_word(value) for value in row]
    sql = f"INSERT INTO held VALUES ({', '.join(word for word, _ in words)})"
    return {"sql": sql, "params": [value for _, given in words for value in given]}


def _word(value: Any) -> tuple[str, list]:
    if isinstance(value, Bytes):
        return f"CAST(x'{value.hex()}' AS TEXT)", []
    if isinstance(value, bytes):
        return "?", [{"$base64": True, "encoded": b64encode(value).decode()}]
    if isinstance(value, float) and isnan(value):
        return "9e999 - 9e999", []
    if isinstance(value, float) and isinf(value):
        return "?", [{"$real": "Infinity" if value > 0 else "-Infinity"}]
    return "?", [value]


def held(path: Path) -> list[list[Exact]]:
    """What another program finds in the database."""
    picks = ", ".join(f"typeof({c}), iif(typeof({c}) = 'text', CAST({c} AS BLOB), {c})" for c in "abc")
    found = apsw.Connection(str(path)).execute(f"SELECT {picks} FROM held ORDER BY rowid")
    return [[_exact(kind, value) for kind, value in zip(r[::2], r[1::2], strict=True)] for r in found]


def _exact(kind: str, value: Any) -> Exact:
    return kind, struct.pack("d", value) if kind == "real" else value


# --- out -------------------------------------------------------------------------------------


def plain(value: Any) -> Exact:
    """A value of JSON."""
    match value:
        case {"$real": word, **rest} if not rest:
            return _exact("real", float(word))
        case {"$text_base64": text, **rest} if not rest:
            return "text", b64decode(text)
        case {"$base64": True, "encoded": text, **rest} if not rest:
            return "blob", b64decode(text)
    kind = {type(None): "null", int: "integer", float: "real", str: "text"}[type(value)]
    return _exact(kind, value.encode() if kind == "text" else value)


def typed(value: dict[str, Any]) -> Exact:
    """A value of JSON with its type."""
    ((tag, inner),) = value.items()
    assert isinstance(inner, {"n": type(None), "r": (float, str)}.get(tag, str))
    kind, read = {
        "n": ("null", lambda nothing: nothing),
        "i": ("integer", int),
        "r": ("real", float),
        "t": ("text", str.encode),
        "t64": ("text", b64decode),
        "b": ("blob", b64decode),
    }[tag]
    return _exact(kind, read(inner))


def rows_of_json(answer: TestResponse, value: Callable[[Any], Exact]) -> list[list[Exact]]:
    found = json.loads(answer.get_data())
    rows = found if isinstance(found, list) else found["rows"]
    return [[value(v) for v in (row.values() if isinstance(row, dict) else row)] for row in rows]


def rows_of_ndjson(answer: TestResponse) -> list[list[Exact]]:
    head, *rows, end = map(json.loads, answer.get_data().splitlines())
    assert [c["name"] for c in head["columns"]] == ["a", "b", "c"]
    assert (end["end"], end["row_count"]) == (True, len(rows))
    return [[plain(v) for v in row] for row in rows]


def cells_of_csv(text: str) -> Iterator[list[str | None]]:
    """The records of RFC 4180; a field that is empty and not quoted is None."""
    at, row = 0, []
    while at < len(text):
        if text[at] == '"':
            end = at + 1
            while text[end : end + 2] == '""' or text[end] != '"':
                end += 2 if text[end] == '"' else 1
            row.append(text[at + 1 : end].replace('""', '"'))
            at = end + 1
        else:
            end = min(i for mark in (",", "\r\n") if (i := text.find(mark, at)) >= 0)
            row.append(text[at:end] or None)
            at = end
        if text[at] == ",":
            at += 1
            continue
        assert text[at : at + 2] == "\r\n"
        yield row
        at, row = at + 2, []


def is_cell_of(value: Exact, cell: str | None) -> bool:
    """Whether a field, which has no type, is what is written for this value."""
    kind, inner = value
    if kind == "null" or cell is None:
        return kind == "null" and cell is None
    if kind == "integer":
        return cell == str(inner)
    if kind == "real":
        return struct.pack("d", float(cell)) == inner
    if kind == "blob":
        return b64decode(cell, validate=True) == inner
    try:
        return cell == inner.decode()
    except UnicodeDecodeError:
        return b64decode(json.loads(cell)["$text_base64"]) == inner


# --- there and back --------------------------------------------------------------------------


@tries(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(rows=ROWS)
def test_what_goes_in_is_in_the_database_and_comes_out_in_every_format(
    program: FlaskClient, student: Path, rows: list[tuple]
) -> None:
    statements = [{"sql": "DELETE FROM held"}, *map(insert, rows)]
    assert program.post("/run", json={"statements": statements}).status_code == 200
    inside = held(student)
    assert [[value for _, value in row] for row in inside] == [[_as_held(v) for v in row] for row in rows]

    def asked(**options: str) -> TestResponse:
        answer = program.post("/run", data={"query": READ, **options})
        assert answer.status_code == 200
        return answer

    assert rows_of_json(asked(), plain) == inside
    for shape in ("seed", "arrays", "objects", "json"):
        assert rows_of_json(asked(format=shape), plain) == inside
    assert rows_of_json(asked(format="typed"), typed) == inside
    assert rows_of_ndjson(asked(format="ndjson")) == inside
    as_texts = [[("text", b"%d" % v) if kind == "integer" else (kind, v) for kind, v in r] for r in inside]
    for shape in ("arrays", "objects", "json"):
        assert rows_of_json(asked(format=shape, int64="string"), plain) == as_texts
    assert rows_of_ndjson(asked(format="ndjson", int64="string")) == as_texts
    names, *records = cells_of_csv(asked(format="csv").get_data(as_text=True))
    assert names == ["a", "b", "c"]
    assert len(records) == len(inside)
    assert all(map(is_cell_of, row, cells) for row, cells in zip(inside, records, strict=True))


def _as_held(value: Any) -> Any:
    """What SQLite keeps of a value: all but NaN."""
    if isinstance(value, float):
        return None if isnan(value) else struct.pack("d", value)
    return value.encode() if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("NULL", [None, {"n": None}, ""]),
        ("''", ["", {"t": ""}, '""']),
        ("x''", [{"$base64": True, "encoded": ""}, {"b": ""}, '""']),
        ("0", [0, {"i": "0"}, "0"]),
        ("0.0", [0.0, {"r": 0.0}, "0.0"]),
        ("'0'", ["0", {"t": "0"}, "0"]),
        ("9e999 - 9e999", [None, {"n": None}, ""]),
    ],
)
def test_what_looks_empty_or_alike_is_told_apart(program: FlaskClient, sql: str, told: list) -> None:
    """In CSV, which has no types, NULL is told from the rest."""
    query = {"query": f"SELECT {sql} AS v, 1 AS one"}
    (row,) = program.post("/run", data=query).json
    (with_type,) = program.post("/run", data=query | {"format": "typed"}).json["rows"]
    as_csv = program.post("/run", data=query | {"format": "csv"}).get_data(as_text=True)
    assert [row[0], with_type[0], as_csv] == [*told[:2], f"v,one\r\n{told[2]},1\r\n"]
    assert [type(row[0]), type(with_type[0].get("r", 0.0))] == [type(told[0]), float]

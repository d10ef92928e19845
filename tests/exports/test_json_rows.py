"""Rows as JSON lose nothing: every value SQLite can hold comes back from what was written."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import TooLarge
from workbench.exports.json_rows import encode, json_rows
from workbench.results import InvalidText

TEXT = st.text(st.characters(blacklist_categories=("Cs",)))
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT | st.binary()


def read_back(value: Any) -> Any:
    """A value as a careful client reads it."""
    if not isinstance(value, dict):
        return value
    if "$real" in value:
        return float(value["$real"])
    if "$text_base64" in value:
        return InvalidText(b64decode(value["$text_base64"]))
    return b64decode(value["encoded"])


@given(st.lists(st.tuples(VALUES, VALUES), max_size=5))
def test_what_sqlite_holds_comes_back_exactly(rows: list[tuple]) -> None:
    connection = apsw.Connection("")
    connection.execute("CREATE TABLE t (a, b)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    held = connection.execute("SELECT a, b FROM t").fetchall()
    again = [tuple(read_back(v) for v in row) for row in json.loads(encode(held))]
    assert again == held
    assert [[type(v) for v in row] for row in again] == [[type(v) for v in row] for row in held]


@given(st.binary())
def test_text_that_is_not_utf8_is_told_from_a_blob(raw: bytes) -> None:
    ((text, blob),) = json.loads(encode([(InvalidText(raw), raw)]))
    assert (type(read_back(text)), read_back(text)) == (InvalidText, raw)
    assert (type(read_back(blob)), read_back(blob)) == (bytes, raw)


def test_batches_make_one_array() -> None:
    kept = json_rows(1000)(iter([[(1,), (2,)], [("three",)]]))
    assert json.loads(kept.rows) == [[1], [2], ["three"]]
    assert (kept.row_count, kept.truncated) == (3, False)


def test_no_rows_are_an_empty_array() -> None:
    assert json_rows(10)(iter([])).rows == b"[]"


def test_a_result_over_its_limit_is_no_result() -> None:
    with pytest.raises(TooLarge) as caught:
        json_rows(100)(iter([[("x" * 200,)]]))
    assert caught.value.code == "RESULT_TOO_LARGE"

"""Many rows at once are written as each of them would be alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.test_json_rows import VALUES, read_back
from workbench.exports.copies import insert_rows, markdown_rows, object_rows
from workbench.exports.csv_rows import tsv_rows
from workbench.results import Column, InvalidText, Row

TWO = (Column("a", "TEXT"), Column("b", None))
WORDS = st.text(st.sampled_from("a1.|'\"\\\n\r\t\0{},[]x-+ N"), max_size=5) | st.sampled_from(
    ["NULL", "},{", "x'", "", "null", "plain words", "=1"]
)
ANY = VALUES | WORDS | st.binary(max_size=3) | st.binary(max_size=3).map(InvalidText)
COLUMN = st.sampled_from([WORDS, st.just("plain words"), st.integers(-9, 9), st.floats(allow_nan=False), ANY])
ROWS = COLUMN.flatmap(lambda one: COLUMN.flatmap(lambda two: st.lists(st.tuples(one, two), max_size=30)))


def batches(rows: list[Row], size: int) -> Iterator[list[Row]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


@pytest.mark.parametrize("write", [object_rows, markdown_rows, insert_rows, tsv_rows])
@settings(deadline=None)
@given(rows=ROWS)
def test_a_batch_is_its_rows(write: Callable, rows: list[Row]) -> None:
    at_once, alone = (b"".join(write(TWO, batches(rows, size))) for size in (30, 1))
    assert at_once == alone


@given(ROWS)
def test_objects_are_json_with_every_value(rows: list[Row]) -> None:
    found = json.loads(b"".join(object_rows(TWO, batches(rows, 10))))
    assert [[repr(read_back(v)) for v in each.values()] for each in found] == [[*map(repr, r)] for r in rows]


def test_a_table_without_a_name_is_a_table_too() -> None:
    for columns, into in (((Column("a", "TEXT", table=""),), None), ((Column("a", "TEXT"),), "")):
        assert b"".join(insert_rows(columns, [[(1,)]], into=into)) == b'INSERT INTO "" (a) VALUES (1);\n'

"""Rows go into SQLite and come out as they were, sorted, filtered and counted as SQLite does that."""

from __future__ import annotations

import math
import struct
from collections import Counter
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import BadRequest
from workbench.results import InvalidText, Row, Value
from workbench.rowsets import Filter, RowSet, View

ODD = InvalidText(b"caf\xe9\0\xff")
EDGES = (
    None, 0, 2**63 - 1, -(2**63), 0.0, -0.0, 1e300, 5e-324, math.inf, -math.inf, 2.0**53,
    "", "a", "A", "a\0b", "\0", "NULL", "42", "'", "é", "\U0001f600", b"", b"a", b"\0\xff", ODD,
)  # fmt: skip

values = st.one_of(
    st.sampled_from(EDGES),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.binary(max_size=8),
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[values] * width), min_size=1, max_size=30)
)


def exactly(value: Value) -> tuple[object, ...]:
    """What tells a value from any other: its type, and the bits of a float."""
    return type(value), struct.pack("d", value) if isinstance(value, float) else value


def all_exactly(rows: list[Row]) -> list[list[object]]:
    return [[exactly(value) for value in row] for row in rows]


def in_sqlite(rows: list[Row]) -> apsw.Connection:
    """The same rows in a table of an ordinary connection, as `t (n, a, …)`."""
    connection = apsw.Connection(":memory:")
    names = [chr(97 + i) for i in range(len(rows[0]))]
    connection.execute(f"CREATE TABLE t (n INTEGER PRIMARY KEY, {', '.join(names)})")
    for row in rows:
        marks = ["CAST(? AS TEXT)" if isinstance(v, InvalidText) else "?" for v in row]
        connection.execute(f"INSERT INTO t ({', '.join(names)}) VALUES ({', '.join(marks)})", row)
    return connection


@given(rows=tables)
def test_rows_come_out_value_for_value(rows: list[Row]) -> None:
    kept = RowSet.of(rows, len(rows[0]))
    assert kept.count() == len(rows)
    assert all_exactly([row for batch in kept.batches() for row in batch]) == all_exactly(rows)
    assert exactly(kept.cell(len(rows), 0)) == exactly(rows[-1][0])


@given(rows=tables, descending=st.booleans(), offset=st.integers(0, 5))
def test_they_are_sorted_as_sqlite_sorts_and_equal_ones_stay_in_order(
    rows: list[Row], descending: bool, offset: int
) -> None:
    way = "DESC" if descending else "ASC"
    order = [n for (n,) in in_sqlite(rows).execute(f"SELECT n FROM t ORDER BY a {way}, n")]
    view = View(sort=0, descending=descending)
    kept = RowSet.of(rows, len(rows[0]))
    numbers = kept.numbers(view, offset, 10)
    assert list(numbers) == order[offset : offset + 10]
    assert all_exactly(kept.rows(numbers)) == all_exactly([rows[n - 1] for n in numbers])


@given(
    rows=tables,
    value=values,
    test=st.sampled_from(
        [("eq", "="), ("ne", "IS NOT"), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")]
    ),
)
def test_they_are_filtered_as_sqlite_compares(rows: list[Row], value: Value, test: tuple[str, str]) -> None:
    mark = "CAST(? AS TEXT)" if isinstance(value, InvalidText) else "?"
    found = in_sqlite(rows).execute(f"SELECT n FROM t WHERE a {test[1]} {mark} ORDER BY n", (value,))
    view = View(filters=(Filter(0, test[0], value),))
    kept = RowSet.of(rows, len(rows[0]))
    assert list(kept.numbers(view)) == [n for (n,) in found]
    assert kept.count(view) == len(kept.numbers(view))


@given(rows=tables)
def test_facets_count_what_is_equal(rows: list[Row]) -> None:
    facets = RowSet.of(rows, len(rows[0])).facets(0, most=100)
    counted = Counter((isinstance(r[0], InvalidText), r[0]) for r in rows)  # 1 is 1.0 here as it is there
    assert {(isinstance(f.value, InvalidText), f.value): f.count for f in facets} == counted
    assert [f.count for f in facets] == sorted(counted.values(), reverse=True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("B", ["abc", "xBx", "ab\0c"]), ("b\0", ["ab\0c"]), ("3", ["3", 13]), ("%", ["100%"]), (".5", [1.5])],
)
def test_contains_looks_into_texts_and_numbers_and_takes_nothing_for_a_pattern(
    typed: str, found: list[Value]
) -> None:
    rows = [(v,) for v in ("abc", "xBx", "ab\0c", "3", 13, "100%", "é", 1.5, None, b"abc")]
    numbers = RowSet.of(rows, 1).numbers(View(filters=(Filter(0, "contains", typed),)))
    assert [rows[n - 1][0] for n in numbers] == found


def test_two_thousand_columns_with_text_that_is_not_utf8_in_each() -> None:
    rows = [tuple(ODD if i % 2 else i for i in range(2000)), tuple(range(2000)), (ODD,) * 2000]
    kept = RowSet.of(rows, 2000)
    assert all_exactly(kept.rows([3, 1])) == all_exactly([rows[2], rows[0]])
    assert kept.rows([2, 1], [1999, 0, 1]) == [(1999, 0, 1), (ODD, 0, ODD)]


def test_what_there_is_not_is_said() -> None:
    kept = RowSet.of([(1, 2)], 2)
    for look in (
        lambda: kept.cell(1, 2),
        lambda: kept.cell(2, 0),
        lambda: kept.cell(2**70, 0),
        lambda: kept.numbers(View(sort=-1)),
        lambda: kept.count(View(filters=(Filter(0, "like", 1),))),
        lambda: kept.facets(2),
    ):
        with pytest.raises(BadRequest, match="there is no"):
            look()


@settings(max_examples=20)
@given(rows=tables)
def test_a_file_is_the_same_as_memory(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    path = tmp_path_factory.mktemp("rows") / "made ?#%.rows"
    path.touch()
    made = RowSet.make(path, len(rows[0]))
    made.add(rows)
    made.finish()
    made.close()
    opened = RowSet.open(path)
    assert all_exactly(opened.rows(opened.numbers())) == all_exactly(rows)
    opened.close()
    assert [each.name for each in Path(path.parent).iterdir()] == [path.name]

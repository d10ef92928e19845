"""Two results of one statement: what was added, what is gone, what changed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog import Catalog, Table, TableColumn
from workbench.comparing import keys_in
from workbench.comparison import compare, exact
from workbench.results import Column, InvalidText, Kind, Result

VALUES = st.none() | st.integers(-2, 2) | st.floats(-1, 1) | st.text(max_size=2) | st.binary(max_size=1)
ROWS = st.lists(st.tuples(VALUES, VALUES), max_size=8)


def result(*rows: tuple, names: str = "id name", **told: object) -> Result:
    columns = tuple(Column(name, None) for name in names.split())
    return Result("SELECT", Kind.READ, columns, list(rows), **({"row_count": len(rows)} | told))


def told(comparison) -> list[tuple]:
    return [(c.op, c.old, c.new) for c in comparison.changes.changes]


def test_with_a_key_a_changed_row_is_one_change_and_its_columns_are_counted() -> None:
    before, after = result((1, "a"), (2, "b"), (3, "c")), result((3, "c"), (2, "B"), (4, "d"))
    found = compare(before, after, [(0,)])
    assert told(found) == [
        ("update", (2, "b"), (2, "B")),
        ("insert", None, (4, "d")),
        ("delete", (1, "a"), None),
    ]
    assert (found.key, found.differing) == (("id",), {"name": 1})


def test_a_key_that_does_not_tell_the_rows_apart_is_none() -> None:
    twice = result((1, "a"), (1, "b"))
    found = compare(twice, result((1, "a")), [(0,)])
    assert (found.key, told(found)) == ((), [("delete", (1, "b"), None)])


@pytest.mark.parametrize("other", [1.0, "1", b"1", InvalidText(b"1"), None])
def test_what_only_looks_alike_is_different(other: object) -> None:
    assert compare(result((1, "a")), result((other, "a"))).changes.total == 2
    assert compare(result((0.0, "a")), result((-0.0, "a"))).changes.total == 2


def test_columns_that_came_and_went_are_told_and_the_others_compared() -> None:
    found = compare(result((1, "a")), result((2, 1), names="nr id"), [(1,)])
    assert (found.came, found.went, found.key) == (("nr",), ("name",), ("id",))
    assert found.changes.total == 0
    assert not found.same


def test_the_same_rows_in_another_order_are_said_to_be_that() -> None:
    found = compare(result((1, "a"), (2, "b")), result((2, "b"), (1, "a")))
    assert found.same
    assert found.reordered


def test_rows_that_are_not_kept_are_not_compared_and_a_part_is_called_one() -> None:
    assert compare(result(row_count=9), result((1, "a"))).unkept
    assert compare(result((1, "a"), truncated=True), result((1, "a"))).partly


@given(ROWS, ROWS)
def test_the_changes_lead_from_one_to_the_other(before: list, after: list) -> None:
    for keys in ((), [(0,)]):
        found = compare(result(*before), result(*after), keys).changes.changes
        rows = Counter(map(exact, before))
        rows.subtract(exact(c.old) for c in found if c.old is not None)
        assert min(rows.values(), default=0) >= 0
        rows.update(exact(c.new) for c in found if c.new is not None)
        assert +rows == Counter(map(exact, after))


def test_a_key_is_found_where_a_result_has_all_of_it() -> None:
    mark = Table("mark", "table", (TableColumn("b", "", key=2), TableColumn("a", "", key=1)))
    catalog = Catalog((mark, Table("loose", "table", (TableColumn("x", ""),))))
    columns = [Column(n, None, table, n) for table, n in (("loose", "x"), ("mark", "b"), ("mark", "a"))]
    assert list(keys_in(columns, catalog)) == [(2, 1)]
    assert list(keys_in(columns[:2], catalog)) == []

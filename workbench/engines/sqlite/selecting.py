"""SELECTs of the workbench's own from a person's table: which rows, in which order, how many.

Rows after a row are found by its key, never by counting those before them (OFFSET reads them all). The
conditions are split so that each is one range of the table or of an index: `(a, b)` after `(1, 2)` is first
`a = 1 AND b > 2`, then `a > 1`. That holds with NULL, with DESC and with any collation, where row values
(https://sqlite.org/rowvalue.html) do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.browsing import Order, Shape, Term
from workbench.errors import BadRequest
from workbench.results import InvalidText, Row, Value
from workbench.rowsets import TESTS, WITHOUT_VALUE, Filter
from workbench.sql import quoted


class Condition(NamedTuple):
    """SQL that is true or not of a row, and the values bound in it."""

    sql: str
    values: tuple[Value, ...] = ()


ALWAYS = Condition("")


def select(shape: Shape, picks: Sequence[str], within: Sequence[Condition], order: Order = ()) -> Condition:
    """A SELECT of these expressions from the table."""
    terms = [each for each in within if each.sql]
    where = " WHERE " + " AND ".join(f"({each.sql})" for each in terms) if terms else ""
    by = ", ".join(f"{term.compared} {'DESC' if term.descending else 'ASC'}" for term in order)
    sql = f"SELECT {', '.join(picks)} FROM main.{quoted(shape.name)}{where}"
    sql += f" ORDER BY {by}" if by else ""
    return Condition(sql, _bound([value for each in terms for value in each.values]))


def limited(query: Condition, limit: int, offset: int = 0) -> Condition:
    """The same, with so many rows at most, after so many others."""
    return Condition(f"{query.sql} LIMIT {limit} OFFSET {offset}", query.values)


def behind(order: Order, start: Row) -> Iterator[Condition]:
    """The rows behind the one that has these values in `order`: one range after the other."""
    for i in reversed(range(len(order))):
        same = equal(order[:i], start[:i])
        for beyond in _beyond(order[i], start[i]):
            both = [each for each in (same, beyond) if each.sql]
            yield Condition(
                " AND ".join(each.sql for each in both), tuple(v for each in both for v in each.values)
            )


def _beyond(term: Term, value: Value) -> Iterator[Condition]:
    """NULL comes first, or last of a descending order (https://sqlite.org/datatype3.html#sort_order)."""
    if not term.descending:
        yield (
            Condition(f"{term.sql} IS NOT NULL")
            if value is None
            else Condition(f"{term.compared} > {_mark(value)}", (value,))
        )
    elif value is not None:
        yield Condition(f"{term.compared} < {_mark(value)}", (value,))
        yield Condition(f"{term.sql} IS NULL")


def equal(order: Order, values: Row) -> Condition:
    """The rows that have these values."""
    pairs = list(zip(order, values, strict=True))
    sql = " AND ".join(
        f"{term.sql} IS NULL" if value is None else f"{term.compared} = {_mark(value)}"
        for term, value in pairs
    )
    return Condition(sql, tuple(value for _, value in pairs if value is not None))


def named(columns: Sequence[str], values: Row) -> Condition:
    """The rows that have these values in these columns."""
    return equal(tuple(Term(quoted(name), None) for name in columns), values)


def passing(shape: Shape, one: Filter) -> Condition:
    """The rows that pass a filter. Raises BadRequest for one that there is not."""
    if not 0 <= one.column < len(shape.columns):
        raise BadRequest(f"there is no column {one.column + 1:,} in this table")
    if one.test not in TESTS:
        raise BadRequest(f"there is no filter {one.test!r}", hint=f"There are {', '.join(TESTS)}.")
    sql = TESTS[one.test].format(quoted(shape.columns[one.column].name), _mark(one.value))
    return Condition(sql, () if one.test in WITHOUT_VALUE else (one.value,))


def _mark(value: Value) -> str:
    """Where a value is bound. Text that is not UTF-8 is bound as its bytes; the + keeps the comparison what
    it is for any other text (https://sqlite.org/datatype3.html#determination_of_expression_affinity).
    """
    return "+CAST(? AS TEXT)" if isinstance(value, InvalidText) else "?"


def _bound(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(bytes(value) if isinstance(value, InvalidText) else value for value in values)

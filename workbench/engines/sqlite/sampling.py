"""Columns that have few values, told by a sample: what is worth being offered as a facet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.results import Row
from workbench.sql import quoted

SAMPLED = 1_000
"""How many rows are looked at."""

FEW = 12
"""How many values, NULL among them, are few."""

_LOOKED_AT = 60  # columns; SQLite gives back 2,000 at most, and three things are asked of each
_LEAST = 10  # rows that tell anything


def sampled(names: Sequence[str]) -> list[str]:
    """What the sample has of each of these columns."""
    return [f"{quoted(name)} AS c{i}" for i, name in enumerate(names[:_LOOKED_AT])]


def tallied(sample: str, columns: int) -> str:
    """SQL that counts the rows of a `sample`, and of each of its columns the values and the NULLs."""
    told = [f"count(DISTINCT c{i}), count(*) - count(c{i})" for i in range(min(columns, _LOOKED_AT))]
    return f"SELECT count(*), {', '.join(told)} FROM ({sample})"


def few_valued(tally: Row) -> Iterator[int]:
    """The columns, from 0, whose values are few and come again."""
    rows, *told = tally
    for column, (values, nulls) in enumerate(zip(told[::2], told[1::2], strict=True)):
        kinds = values + (nulls > 0)
        if 2 <= kinds <= FEW and rows >= max(_LEAST, 2 * kinds):
            yield column

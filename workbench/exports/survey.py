"""What a batch of rows holds that an encoder must know of, found column by column because that is quick."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

from workbench.results import Row, Value

EXACT_IN_DOUBLES = 2**53 - 1
"""Readers that keep numbers as doubles lose digits of integers beyond this (RFC 7493, section 2.2)."""


def unsafe_integers(rows: list[Row]) -> int:
    """How many integers of `rows` lose digits in a double."""
    return sum(map(_unsafe, _of_kind(rows, int)))


def has_infinity(rows: list[Row]) -> bool:
    """Whether a REAL of `rows` is an infinity."""
    return any(max(reals) == inf or min(reals) == -inf for reals in _of_kind(rows, float))


def texts_for_integers(rows: Iterable[Row]) -> list[Row]:
    """`rows` with every integer as a text, for readers that keep numbers as doubles."""
    return [tuple(str(v) if v.__class__ is int else v for v in row) for row in rows]


def _of_kind(rows: list[Row], kind: type) -> Iterator[Iterable[Value]]:
    """The values of this kind of each column that has some."""
    for column in zip(*rows, strict=True):
        kinds = set(map(type, column))
        if kind in kinds:
            yield column if len(kinds) == 1 else [v for v in column if v.__class__ is kind]


def _unsafe(integers: Iterable[int]) -> int:
    if min(integers) >= -EXACT_IN_DOUBLES and max(integers) <= EXACT_IN_DOUBLES:
        return 0
    return sum(not -EXACT_IN_DOUBLES <= v <= EXACT_IN_DOUBLES for v in integers)

"""What a batch of rows holds that an encoder must know of, found column by column because that is quick."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from workbench.results import Row

EXACT_IN_DOUBLES = 2**53 - 1
"""Readers that keep numbers as doubles lose digits of integers beyond this (RFC 7493, section 2.2)."""


class Survey(NamedTuple):
    """`infinite`: a REAL is an infinity. `unsafe_integers`: how many lose digits in a double."""

    infinite: bool
    unsafe_integers: int


def survey(rows: list[Row]) -> Survey:
    """Look at all values of `rows`."""
    infinite, unsafe = False, 0
    for column in zip(*rows, strict=True):
        kinds = set(map(type, column))
        if int in kinds:
            unsafe += _unsafe(column if len(kinds) == 1 else [v for v in column if v.__class__ is int])
        if float in kinds:
            reals = column if len(kinds) == 1 else [v for v in column if v.__class__ is float]
            infinite = infinite or max(reals) == inf or min(reals) == -inf
    return Survey(infinite, unsafe)


def texts_for_integers(rows: Iterable[Row]) -> list[Row]:
    """`rows` with every integer as a text, for readers that keep numbers as doubles."""
    return [tuple(str(v) if v.__class__ is int else v for v in row) for row in rows]


def _unsafe(integers: Iterable[int]) -> int:
    if min(integers) >= -EXACT_IN_DOUBLES and max(integers) <= EXACT_IN_DOUBLES:
        return 0
    return sum(not -EXACT_IN_DOUBLES <= v <= EXACT_IN_DOUBLES for v in integers)

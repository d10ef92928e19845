"""Texts that are plainly numbers: those that SQLite gives back as they were written."""

from __future__ import annotations

import re
from math import isfinite

LEAST, MOST = -(2**63), 2**63 - 1
"""What an integer may be (https://sqlite.org/datatype3.html)."""

_WHOLE = re.compile(r"(?:0|-?[1-9][0-9]{0,18})\Z")
_REAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?\Z")
_LOOSE = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*\Z")

_ALL_WHOLE = re.compile(r"(?:(?:0|-?[1-9][0-9]{0,17})\n)*\Z")


def all_whole(texts: list[str]) -> bool:
    """Whether all are integers of at most 18 digits, told at once; False may mean that it cannot be."""
    joined = "\n".join([*texts, ""])
    return joined.count("\n") == len(texts) and _ALL_WHOLE.match(joined) is not None


def all_real(texts: list[str]) -> list[float] | None:
    """All of them as numbers with a fraction, told at once; None may mean that it cannot be."""
    try:
        reals = list(map(float, texts))
    except ValueError:
        return None
    return (
        reals
        if list(map(repr, reals)) == texts and all(map(isfinite, reals)) and "-0.0" not in texts
        else None
    )


def plain(text: str) -> int | float | None:
    """The number that is written exactly like this; None for any other text."""
    if _WHOLE.match(text):
        whole = int(text)
        return whole if LEAST <= whole <= MOST else None
    if _REAL.match(text):
        real = float(text)
        return real if (isfinite(real) and repr(real) == text and real != 0) or text == "0.0" else None
    return None


def looks_like_one(text: str) -> bool:
    """Whether SQLite would take it for a number where it prefers those (type affinity)."""
    return _LOOSE.match(text) is not None


def meant(text: str) -> int | float | None:
    """The number that a person means by it, however it is written."""
    if not looks_like_one(text):
        return None
    bare = text.strip()
    if bare.lstrip("+-").isdecimal():
        return int(bare) if len(bare) < 30 else None
    real = float(bare)
    return real if isfinite(real) else None


def comes_back_as(text: str) -> str:
    """In words what would become of a text that looks like a number and is none that is written so."""
    number = meant(text)
    if number is None or (isinstance(number, int) and not LEAST <= number <= MOST):
        return "is beyond what a number holds exactly"
    return f"would come back as {number!r}"

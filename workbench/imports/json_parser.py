"""Which of ijson's parsers reads a document: the fast one, where it reads what is there.

Of version 3.6.0 the fast one ends its process at an integer that Python does not read, and puts a
question mark in the place of half a character. What comes of both is found before.
"""

from __future__ import annotations

import re
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import ModuleType

import ijson
from ijson.backends import python

from workbench.errors import BadRequest
from workbench.imports.json_values import DIGITS

_DIGIT = b"0123456789"
_HALF = re.compile(rb"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])", re.DOTALL)


def parser_of(path: Path) -> ModuleType:
    """What has `parse` and `items` for the document. Raises BadRequest for a number beyond all measure."""
    if not path.stat().st_size:
        return ijson  # which says so; no map can be made of nothing
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        _refuse_long_numbers(text)
        return python if _HALF.search(text) else ijson


def no_json(words: str, at: int) -> BadRequest:
    """The refusal of a document that is none."""
    return BadRequest(
        f"This is no JSON, before byte {at:,}: {' '.join(words.split())[:200]}.",
        code="NOT_JSON",
        hint="Nothing was imported.",
    )


def _refuse_long_numbers(text: mmap) -> None:
    """Of more digits in a row than `DIGITS`, one is found by looking at each byte of so many."""
    for at in range(0, len(text), DIGITS):
        before, behind = text[max(0, at - DIGITS) : at], text[at : at + DIGITS + 1]
        digits = len(before) - len(before.rstrip(_DIGIT)) + len(behind) - len(behind.lstrip(_DIGIT))
        if digits > DIGITS:
            raise no_json(f"there are more than {DIGITS:,} digits in a row", at)

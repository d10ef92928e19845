"""SQL laid out anew: lines, indents and the case of keywords change, and nothing else.

`sqlparse` knows no SQLite; so every piece is compared with what it was, token by token, and one that
would have become anything else stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlparse
from sqlparse.exceptions import SQLParseError

from workbench.errors import TooLarge
from workbench.tokens import TOKEN

LENGTH = 50_000
"""The most characters of a text: it takes about a second."""

# Words that are nothing but keywords, so that their case is nobody's business. Those that SQLite also
# takes as names (`fallback` in its parse.y), such as KEY or FIRST, are left alone.
_WORDS = """
add all alter and as autoincrement between case check collate commit constraint create default
deferrable delete distinct drop else escape except exists foreign from group having in index insert
intersect into is isnull join limit not nothing notnull null on or order primary references
returning select set table then to transaction union unique update using values when where
"""
_RESERVED = frozenset(_WORDS.split())

_LAID_OUT = frozenset(("select", "with", "insert", "update", "delete", "replace", "values", "explain"))
"""How statements begin that are laid out; others keep their lines."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text laid out anew. `left` is how many of its statements had to stay as they were."""

    script: str
    left: int = 0


def formatted(script: str) -> Formatted:
    """`script` laid out anew; it does and means the same. Raises TooLarge."""
    if len(script) > LENGTH:
        raise TooLarge(
            f"a text longer than {LENGTH:,} characters is not formatted",
            code="TEXT_TOO_LONG",
            hint="It stays as it is.",
            limit=LENGTH,
            actual=len(script),
        )
    before = [piece for piece in sqlparse.split(script) if piece.strip()]
    after = [_laid_out(piece) for piece in before]
    together = "\n\n".join(same if new is None else new for same, new in zip(before, after, strict=True))
    if tokens(together) != tokens(script):
        return Formatted(script, max(len(before), 1))
    return Formatted(together, after.count(None))


def tokens(script: str) -> list[str]:
    """What SQLite reads of `script`: no white space, and reserved words in capitals."""
    return [
        _in_capitals(found) if found["word"] else found[0].rstrip() if found[0][:2] == "--" else found[0]
        for found in TOKEN.finditer(script)
        if not found["white"]
    ]


def _laid_out(piece: str) -> str | None:
    """One statement laid out; None if it would not be the same any more."""
    new = piece.strip()
    if _first_word(piece) in _LAID_OUT:
        try:
            new = sqlparse.format(piece, reindent=True, indent_width=2).strip()
        except (SQLParseError, RecursionError):
            return None
    new = TOKEN.sub(lambda found: _in_capitals(found) if found["word"] else found[0], new)
    return new if tokens(new) == tokens(piece) else None


def _first_word(piece: str) -> str:
    return next((f["word"].lower() for f in TOKEN.finditer(piece) if f["word"]), "")


def _in_capitals(found: re.Match[str]) -> str:
    word = found["word"]
    return word.upper() if word.lower() in _RESERVED else word

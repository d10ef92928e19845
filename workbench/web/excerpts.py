"""The line of a script where an error is, and the word there that is wrong."""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.errors import Position, StatementError
from workbench.sql import quoted


class Excerpt(NamedTuple):
    """The line of a script where an error is: its number, and its text around the marked place.

    `offset` counts characters of the script up to the mark. `instead` is what to write there, quoted
    as need be, when what is marked is the misspelt name.
    """

    line_number: int
    before: str
    marked: str
    after: str
    offset: int
    instead: str | None = None


# A name in SQL, bare or in any of the quotation marks that SQLite reads, and the dot between two.
_QUOTES = ('"', "`", "[")
_NAME = re.compile(r'"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$]+')
_GAP = r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*"
_DOT = re.compile(rf"{_GAP}\.{_GAP}")


def excerpt(script: str, error: StatementError) -> Excerpt:
    """The line with its place: the misspelt name is marked, else the word there, a character, or the end."""
    misspelt = _misspelt(script, error)
    start, stop = misspelt or _word(script, error.position.offset)
    begin = script.rfind("\n", 0, start) + 1
    end = script.find("\n", stop)
    end = end if end >= 0 else len(script)
    shown, kept = max(begin, start - 60), min(end, stop + 60)
    return Excerpt(
        Position.at(script, start).line,
        ("…" if shown > begin else "") + script[shown:start],
        script[start:stop],
        script[stop:kept] + ("…" if kept < end else ""),
        start,
        quoted(error.suggestion) if misspelt else None,
    )


def _word(script: str, offset: int) -> tuple[int, int]:
    """Where the name at `offset` begins and ends, or the one character that is there, or the end."""
    name = _NAME.match(script, offset)
    if name:
        return name.span()
    return offset, offset if script[offset : offset + 1] in ("", "\n") else offset + 1


def _misspelt(script: str, error: StatementError) -> tuple[int, int] | None:
    """Where the name stands that a better one is known for.

    SQLite points at the beginning of a qualified name, and may point behind the opening quotation mark.
    """
    if not error.suggestion:
        return None
    offset = error.position.offset
    begin = offset - 1 if script[offset - 1 : offset] in _QUOTES else offset
    last = None
    while name := _NAME.match(script, begin):
        last = name
        dot = _DOT.match(script, name.end())
        if not dot:
            break
        begin = dot.end()
    known = last and error.message.endswith(_bare(last[0])) and _bare(last[0]) != error.suggestion
    return last.span() if known else None


def _bare(name: str) -> str:
    """A name without its quotation marks."""
    mark = name[0]
    if mark not in _QUOTES:
        return name
    return name[1:-1] if mark == "[" else name[1:-1].replace(mark * 2, mark)

"""How a value is shown in a result table: exact, and each kind told apart.

`describe` runs for every cell, so the common ones (a number, a short plain text) take the shortest
way through it, and what only some need is in `More`.
"""

from __future__ import annotations

import re
import unicodedata
from math import isinf
from typing import NamedTuple

from workbench.results import InvalidText, Row, Value

SHORT_TEXT = 200
SHORT_LINES = 6
PREVIEW = 120
WHOLE = 100_000
BLOB_PREVIEW = 16
BLOB_WHOLE = 4096

# The largest integer that a double, and so most other tools, still holds exactly.
EXACT_IN_DOUBLES = 2**53

# Texts that could be taken for something else get visible quotation marks.
_LOOKS_LIKE_A_MARK = frozenset({"null", "infinity", "-infinity", "not utf-8", "blob", "empty text"})
_LOOKS_LIKE_A_NUMBER = re.compile(r"[+-]?\s*(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*\Z", re.IGNORECASE)

_SYMBOLS = {
    "\n": ("↵", "line feed"),
    "\t": ("→", "tab"),
    " ": ("␣", "space"),
    "\x7f": ("DEL", "delete"),
}
# https://www.rfc-editor.org/rfc/rfc20, in the order of their codes.
_CONTROLS = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
)  # fmt: skip
_JOINERS = "\u200c\u200d"


class Piece(NamedTuple):
    """A stretch of text; `name` is set when it stands for a character that cannot be seen."""

    text: str
    name: str | None = None


class More(NamedTuple):
    """What an unusual cell shows beyond its text.

    `pieces` is the text with what cannot be seen made visible; `whole` what unfolds; `size` counts
    characters or bytes; `cut` says that even `whole` is only the beginning.
    """

    pieces: tuple[Piece, ...] = ()
    whole: tuple[Piece, ...] = ()
    size: int = 0
    cut: bool = False


class Cell(NamedTuple):
    """What a table cell shows.

    `kind` is ``number``, ``big``, ``infinity``, ``text``, ``quoted``, ``pieces``, ``long``, ``null``,
    ``empty``, ``blob`` or ``invalid``; those after ``quoted`` may say `more`.
    """

    kind: str
    text: object = ""
    more: More | None = None


NULL = Cell("null", "NULL")
EMPTY = Cell("empty", "empty text")


def cells(row: Row) -> list[Cell]:
    """How to show each value of `row`."""
    return [describe(value) for value in row]


def describe(value: Value) -> Cell:
    """How to show `value`."""
    kind = type(value)
    if kind is int:
        return Cell("number" if -EXACT_IN_DOUBLES <= value <= EXACT_IN_DOUBLES else "big", value)
    if kind is str:
        return Cell("text", value) if _is_plain(value) else _text(value)
    if value is None:
        return NULL
    if kind is float:
        return _float(value)
    if kind is InvalidText:
        return _invalid(value)
    return _blob(value)


def _is_plain(text: str) -> bool:
    """Whether what is seen is exactly what is there, and cannot be taken for anything else."""
    return (
        text[:1].isalpha()
        and len(text) <= SHORT_TEXT
        and text.isprintable()
        and text[-1] != " "
        and "  " not in text
        and text.lower() not in _LOOKS_LIKE_A_MARK
    )


def _float(value: float) -> Cell:
    if isinf(value):
        return Cell("infinity", "Infinity" if value > 0 else "-Infinity")
    return Cell("number", repr(value))


def _text(text: str) -> Cell:
    if not text:
        return EMPTY
    if len(text) > SHORT_TEXT or text.count("\n") >= SHORT_LINES:
        return _long(text)
    pieces = visible(text)
    if len(pieces) > 1 or pieces[0].name:
        return Cell("pieces", text, More(pieces))
    if _LOOKS_LIKE_A_NUMBER.match(text) or text.lower() in _LOOKS_LIKE_A_MARK:
        return Cell("quoted", text)
    return Cell("text", text)


def _long(text: str) -> Cell:
    beginning = text[:PREVIEW].replace("\r\n", "\n").replace("\n", " ")
    whole = visible(text[:WHOLE])
    return Cell("long", text, More(visible(beginning, edges=False), whole, len(text), len(text) > WHOLE))


def _blob(value: bytes) -> Cell:
    size = len(value)
    if size <= BLOB_PREVIEW:
        return Cell("blob", value.hex(" "), More(size=size))
    whole = (Piece(value[:BLOB_WHOLE].hex(" ")),)
    return Cell("blob", value[:BLOB_PREVIEW].hex(" "), More(whole=whole, size=size, cut=size > BLOB_WHOLE))


def _invalid(value: InvalidText) -> Cell:
    decoded = bytes(value[:WHOLE]).decode("utf-8", "surrogateescape")
    short = len(decoded) <= SHORT_TEXT
    pieces = visible(decoded if short else decoded[:PREVIEW])
    whole = () if short else visible(decoded)
    return Cell("invalid", "", More(pieces, whole, len(value), len(value) > WHOLE))


def visible(text: str, *, edges: bool = True) -> tuple[Piece, ...]:
    """`text` in pieces, each character that cannot be seen standing alone under its name.

    With `edges`, spaces at the beginning and the end count as such. Line feeds and tabs are
    followed by themselves, so that lines still break and columns still align.
    """
    if text.isprintable() and not (edges and (text[:1] == " " or text[-1:] == " ")):
        return (Piece(text),)
    first, last = _edges(text) if edges else (0, len(text))
    pieces: list[Piece] = []
    start = 0
    for place, character in enumerate(text):
        if character.isprintable() and not (character == " " and not first <= place < last):
            continue
        if character in _JOINERS and _joins(text, place):
            continue
        if start < place:
            pieces.append(Piece(text[start:place]))
        pieces.append(_piece(character))
        start = place if character in "\n\t" else place + 1
    if start < len(text):
        pieces.append(Piece(text[start:]))
    return tuple(pieces)


def _edges(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip(" ")), len(text.rstrip(" "))


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands where scripts and emoji need it: between two characters beyond ASCII."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(around) == 2 and all(ord(c) > 127 and c.isprintable() for c in around)


def _piece(character: str) -> Piece:
    code = ord(character)
    if character in _SYMBOLS:
        return Piece(*_SYMBOLS[character])
    if code < 32:
        return Piece(_CONTROLS[code], f"control character {_CONTROLS[code]}")
    if 0xDC80 <= code <= 0xDCFF:
        return Piece(f"{code - 0xDC00:02X}", f"byte {code - 0xDC00:02X}, not UTF-8")
    return Piece(f"U+{code:04X}", unicodedata.name(character, "unnamed character").lower())

"""How a value is shown in a result table: exact, and each kind told apart.

`describe` runs for every cell, so the common ones (a number, a short plain text) take the shortest
way through it, and what only some need is in `More`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from math import isinf
from typing import NamedTuple

from markupsafe import Markup, escape

from workbench.results import InvalidText, Row, Value
from workbench.web.unseen import BLANK, ODD_ALONE, Piece, beginning_of, is_seen, visible

SHORT_TEXT = 200
SHORT_LINES = 6
PREVIEW = 120
BRIEF = 24
WHOLE = 100_000
BLOB_PREVIEW = 16
BLOB_WHOLE = 4096

PAGE_TEXT = 2_000_000
"""How many characters, as HTML, unusual cells may fill on one page before they show only beginnings."""

PAGE_PIECES = 20_000
"""How many pieces the same cells may have."""

# The largest integer that a double, and so most other tools, still holds exactly.
EXACT_IN_DOUBLES = 2**53

# Texts that could be taken for something else get visible quotation marks.
_LOOKS_LIKE_A_MARK = frozenset({"null", "infinity", "-infinity", "not utf-8", "blob", "empty text"})
_LOOKS_LIKE_A_NUMBER = re.compile(r"[+-]?\s*(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*\Z", re.IGNORECASE)


class More(NamedTuple):
    """What an unusual cell shows beyond its text.

    `pieces` is the text with what cannot be seen made visible; `whole` what unfolds; `size` counts
    characters or bytes; `cut` says that even `whole` is only the beginning, `brief` that there would
    be more to show if the page were not full.
    """

    pieces: tuple[Piece, ...] = ()
    whole: tuple[Piece, ...] = ()
    size: int = 0
    cut: bool = False
    brief: bool = False


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


class Sheet:
    """Describes the cells of one page, and sees to it that the page stays small enough to be shown.

    `shortened` counts the cells that show less because the page is full.
    """

    def __init__(self) -> None:
        self.shortened = 0
        self._text = PAGE_TEXT
        self._pieces = PAGE_PIECES
        self._full = False
        self._null = ""

    def rows_html(
        self, rows: Iterable[Row], unusual: Callable[..., Markup], numbers: Sequence[int] = (), link: str = ""
    ) -> Markup:
        """The rows of a table, a line of text each; `unusual` is the macro for cells of rarer kinds.

        Where they have `numbers`, each begins with its own, which leads to `link` with the number behind.
        """
        lines = ["".join([usual_html(value) or self._html(value, unusual) for value in row]) for row in rows]
        if numbers:
            begun = f'<tr><th scope="row" class="row"><a href="{html.escape(link)}'
            lines = [f'{begun}{n}">{n}</a></th>{line}' for n, line in zip(numbers, lines, strict=False)]
            return Markup("".join([f"{line}</tr>\n" for line in lines]))
        return Markup("".join([f"<tr>{line}</tr>\n" for line in lines]))

    def row(self, row: Row) -> list[Cell]:
        """How to show each value of `row`."""
        return [self._cell(value) for value in row]

    def brief(self, value: Value) -> Cell:
        """How to show the beginning of `value`."""
        return describe(value, brief=True)

    def name(self, name: str) -> tuple[Piece, ...]:
        """How to show the name of a column."""
        pieces = visible(name, alone=0 if self._full else ODD_ALONE)
        if len(pieces) > 1:
            self._spend(pieces)
        return pieces

    def _html(self, value: Value, unusual: Callable[..., Markup]) -> str:
        if value is None:
            self._null = self._null or unusual(*NULL)
            return self._null
        cell = self._cell(value)
        return f"<td>{html.escape(cell.text)}</td>" if cell.kind == "text" else unusual(*cell)

    def _cell(self, value: Value) -> Cell:
        cell = describe(value, self._full)
        if cell.more:
            self.shortened += cell.more.brief
            self._spend(cell.more.pieces + cell.more.whole)
        return cell

    def _spend(self, pieces: tuple[Piece, ...]) -> None:
        self._pieces -= len(pieces)
        self._text -= sum(len(escape(piece.text)) for piece in pieces)
        self._full = self._text <= 0 or self._pieces <= 0


def usual_html(value: Value) -> str | None:
    """The cell of a value as most are: what `describe` would tell of it, and no more; None for others."""
    kind = type(value)
    if kind is int and -EXACT_IN_DOUBLES <= value <= EXACT_IN_DOUBLES:
        return f'<td class="n">{value}</td>'
    if kind is str and _is_plain(value):
        return f"<td>{html.escape(value)}</td>"
    return f'<td class="n">{value!r}</td>' if kind is float and not isinf(value) else None


def cells() -> Sheet:
    """A sheet for the cells of one page; templates ask for it."""
    return Sheet()


def describe(value: Value, brief: bool = False) -> Cell:
    """How to show `value`; `brief` says that there is room for the beginning of an unusual one only."""
    kind = type(value)
    if kind is int:
        return Cell("number" if -EXACT_IN_DOUBLES <= value <= EXACT_IN_DOUBLES else "big", value)
    if kind is str:
        return Cell("text", value) if _is_plain(value) else _text(value, brief)
    if value is None:
        return NULL
    if kind is float:
        return _float(value)
    if kind is InvalidText:
        return _invalid(value, brief)
    return _blob(value, brief)


def _is_plain(text: str) -> bool:
    """Whether what is seen is exactly what is there, and cannot be taken for anything else."""
    return (
        text[:1].isalpha()
        and len(text) <= SHORT_TEXT
        and text.isprintable()
        and (text.isascii() or not BLANK.search(text))
        and text[-1] != " "
        and "  " not in text
        and text.lower() not in _LOOKS_LIKE_A_MARK
    )


def _float(value: float) -> Cell:
    if isinf(value):
        return Cell("infinity", "Infinity" if value > 0 else "-Infinity")
    return Cell("number", repr(value))


def _text(text: str, brief: bool) -> Cell:
    if not text:
        return EMPTY
    if _is_long(text, brief):
        return _long(text, brief)
    pieces = visible(text, alone=0 if brief else ODD_ALONE)
    if len(pieces) > 1 or pieces[0].name:
        return Cell("pieces", text, More(pieces, brief=brief))
    if _LOOKS_LIKE_A_NUMBER.match(text) or text.lower() in _LOOKS_LIKE_A_MARK:
        return Cell("quoted", text)
    return Cell("text", text)


def _is_long(text: str, brief: bool) -> bool:
    if len(text) > SHORT_TEXT or text.count("\n") >= SHORT_LINES:
        return True
    return brief and len(text) > BRIEF and not is_seen(text)


def _long(text: str, brief: bool) -> Cell:
    beginning = text[: BRIEF if brief else PREVIEW].replace("\r\n", "\n").replace("\n", " ")
    if brief:
        return Cell("long", text, More(beginning_of(beginning, alone=0), size=len(text), brief=True))
    whole = visible(text[:WHOLE])
    return Cell("long", text, More(beginning_of(beginning), whole, len(text), len(text) > WHOLE))


def _blob(value: bytes, brief: bool) -> Cell:
    size = len(value)
    if size <= BLOB_PREVIEW or brief:
        return Cell("blob", value[:BLOB_PREVIEW].hex(" "), More(size=size, brief=size > BLOB_PREVIEW))
    whole = (Piece(value[:BLOB_WHOLE].hex(" ")),)
    return Cell("blob", value[:BLOB_PREVIEW].hex(" "), More(whole=whole, size=size, cut=size > BLOB_WHOLE))


def _invalid(value: InvalidText, brief: bool) -> Cell:
    decoded = bytes(value[: BRIEF if brief else WHOLE]).decode("utf-8", "surrogateescape")
    if brief:
        return Cell("invalid", "", More(beginning_of(decoded, alone=0), size=len(value), brief=True))
    short = len(decoded) <= SHORT_TEXT
    pieces = visible(decoded) if short else beginning_of(decoded[:PREVIEW])
    whole = () if short else visible(decoded)
    return Cell("invalid", "", More(pieces, whole, len(value), len(value) > WHOLE))

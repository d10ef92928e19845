"""How a value is shown in a result table: exact, and each kind told apart.

`describe` runs for every cell, so the common ones (a number, a short plain text) take the shortest
way through it, and what only some need is in `More`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isinf
from typing import NamedTuple

from markupsafe import Markup, escape

from workbench.results import InvalidText, Row, Value

SHORT_TEXT = 200
SHORT_LINES = 6
PREVIEW = 120
BRIEF = 24
WHOLE = 100_000
BLOB_PREVIEW = 16
BLOB_WHOLE = 4096

ODD_ALONE = 200
"""How many characters of one text that cannot be seen get a sign each."""

ODD_IN_BEGINNING = 20
"""The same where only the beginning of a text is shown."""

PAGE_TEXT = 2_000_000
"""How many characters, as HTML, unusual cells may fill on one page before they show only beginnings."""

PAGE_PIECES = 20_000
"""How many pieces the same cells may have."""

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
# Printable by their category, and yet nothing is drawn: fillers, joiners, variation selectors, blank signs
# (Default_Ignorable_Code_Point of https://www.unicode.org/reports/tr44/, and two that are drawn blank).
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]"
)
_JOINERS = "\u200c\u200d"
_EMOJI_STYLES = "\ufe0e\ufe0f"
_HELPERS = frozenset(_JOINERS + _EMOJI_STYLES)
_KEYCAP = "\u20e3"
_EMOJI_ELSEWHERE = "‼⁉〰〽↔↕↖↗↘↙↩↪⤴⤵▪▫◾◽ℹ"  # what is an emoji and not a symbol by its category
_STAND_IN = "\N{REPLACEMENT CHARACTER}"


class Piece(NamedTuple):
    """A stretch of text; `name` is set when it stands for what cannot be seen, and may say just the same."""

    text: str
    name: str | None = None


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
        and (text.isascii() or not _BLANK.search(text))
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
    return brief and len(text) > BRIEF and not _is_seen(text)


def _long(text: str, brief: bool) -> Cell:
    beginning = text[: BRIEF if brief else PREVIEW].replace("\r\n", "\n").replace("\n", " ")
    if brief:
        return Cell("long", text, More(_beginning(beginning, alone=0), size=len(text), brief=True))
    whole = visible(text[:WHOLE])
    return Cell("long", text, More(_beginning(beginning), whole, len(text), len(text) > WHOLE))


def _blob(value: bytes, brief: bool) -> Cell:
    size = len(value)
    if size <= BLOB_PREVIEW or brief:
        return Cell("blob", value[:BLOB_PREVIEW].hex(" "), More(size=size, brief=size > BLOB_PREVIEW))
    whole = (Piece(value[:BLOB_WHOLE].hex(" ")),)
    return Cell("blob", value[:BLOB_PREVIEW].hex(" "), More(whole=whole, size=size, cut=size > BLOB_WHOLE))


def _invalid(value: InvalidText, brief: bool) -> Cell:
    decoded = bytes(value[: BRIEF if brief else WHOLE]).decode("utf-8", "surrogateescape")
    if brief:
        return Cell("invalid", "", More(_beginning(decoded, alone=0), size=len(value), brief=True))
    short = len(decoded) <= SHORT_TEXT
    pieces = visible(decoded) if short else _beginning(decoded[:PREVIEW])
    whole = () if short else visible(decoded)
    return Cell("invalid", "", More(pieces, whole, len(value), len(value) > WHOLE))


def visible(text: str, *, alone: int = ODD_ALONE) -> tuple[Piece, ...]:
    """`text` in pieces, each character that cannot be seen standing alone under its name.

    Spaces at the beginning and the end count as such. Line feeds and tabs are followed by
    themselves, so that lines still break and columns still align. After `alone` of them there is
    one stand-in for each stretch, and a last piece that says how many more there are.
    """
    if _is_seen(text) and text[:1] != " " and text[-1:] != " ":
        return (Piece(text),)
    places = list(_unseen(text, *_edges(text)))
    pieces = _pieces(text, places, alone)
    if len(places) > alone:
        pieces.append(_and_more(len(places) - alone, "more " if alone else ""))
    return tuple(pieces)


def _beginning(text: str, *, alone: int = ODD_IN_BEGINNING) -> tuple[Piece, ...]:
    """The same for what is followed by more: its spaces are inside, and stand-ins are not counted."""
    return tuple(_pieces(text, list(_unseen(text, 0, len(text))), alone))


def _pieces(text: str, places: list[int], alone: int) -> list[Piece]:
    """`text` with a sign at each of the first `alone` places, and one for each stretch of the others."""
    pieces: list[Piece] = []
    done = 0
    for place in places[:alone]:
        if done < place:
            pieces.append(Piece(text[done:place]))
        pieces.append(_piece(text[place]))
        done = place if text[place] in "\n\t" else place + 1
    rest = _with_stand_ins(text, done, places[alone:])
    return [*pieces, Piece(rest)] if rest else pieces


def _is_seen(text: str) -> bool:
    """Whether every character of `text` draws something, spaces inside it aside."""
    return text.isprintable() and (text.isascii() or not _BLANK.search(text))


def _unseen(text: str, first: int, last: int) -> Iterator[int]:
    """Where the characters are that cannot be seen, all before `first` and from `last` on included."""
    yield from range(first)
    odd = "".join(character for character in set(text) if not _is_seen(character))
    if odd:
        for found in re.compile(f"[{re.escape(odd)}]").finditer(text, first, last):
            place = found.start()
            if text[place] not in _HELPERS or not _helps(text, place):
                yield place
    yield from range(last, len(text))


def _with_stand_ins(text: str, begin: int, places: list[int]) -> str:
    """`text` from `begin`, with one stand-in for each stretch of `places`; lines and columns stay."""
    parts: list[str] = []
    done = begin
    for place in places:
        if text[place] in "\n\t":
            continue
        if done < place or not parts:
            parts += (text[done:place], _STAND_IN)
        done = place + 1
    parts.append(text[done:])
    return "".join(parts)


def _and_more(count: int, more: str) -> Piece:
    words = f"and {count:,} {more}{'character' if count == 1 else 'characters'} that cannot be seen"
    return Piece(words, words)


def _edges(text: str) -> tuple[int, int]:
    first = len(text) - len(text.lstrip(" "))
    return first, max(first, len(text.rstrip(" ")))


def _helps(text: str, place: int) -> bool:
    """Whether the helper at `place` stands where scripts and emoji need it."""
    character, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if character in _JOINERS:
        return all(c > "\x7f" and c.isprintable() for c in (before, after))
    if character in _EMOJI_STYLES and before:
        return _is_emoji(before) or (before in "0123456789#*" and after == _KEYCAP)
    return False


def _is_emoji(character: str) -> bool:
    """Whether it may be one: a symbol that is drawn, or one of the few emoji of other categories."""
    if character in _EMOJI_ELSEWHERE:
        return True
    return unicodedata.category(character) in ("So", "Sk") and not _BLANK.match(character)


def _piece(character: str) -> Piece:
    code = ord(character)
    if character in _SYMBOLS:
        return Piece(*_SYMBOLS[character])
    if code < 32:
        return Piece(_CONTROLS[code], f"control character {_CONTROLS[code]}")
    if 0xDC80 <= code <= 0xDCFF:
        return Piece(f"{code - 0xDC00:02X}", f"byte {code - 0xDC00:02X}, not UTF-8")
    return Piece(f"U+{code:04X}", unicodedata.name(character, "unnamed character").lower())

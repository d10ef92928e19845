"""Texts with what cannot be seen in them made visible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

ODD_ALONE = 200
"""How many characters of one text that cannot be seen get a sign each."""

ODD_IN_BEGINNING = 20
"""The same where only the beginning of a text is shown."""

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
BLANK = re.compile(
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


def visible(text: str, *, alone: int = ODD_ALONE) -> tuple[Piece, ...]:
    """`text` in pieces, each character that cannot be seen standing alone under its name.

    Spaces at the beginning and the end count as such. Line feeds and tabs are followed by
    themselves, so that lines still break and columns still align. After `alone` of them there is
    one stand-in for each stretch, and a last piece that says how many more there are.
    """
    if is_seen(text) and text[:1] != " " and text[-1:] != " ":
        return (Piece(text),)
    places = list(_unseen(text, *_edges(text)))
    pieces = _pieces(text, places, alone)
    if len(places) > alone:
        pieces.append(_and_more(len(places) - alone, "more " if alone else ""))
    return tuple(pieces)


def beginning_of(text: str, *, alone: int = ODD_IN_BEGINNING) -> tuple[Piece, ...]:
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


def is_seen(text: str) -> bool:
    """Whether every character of `text` draws something, spaces inside it aside."""
    return text.isprintable() and (text.isascii() or not BLANK.search(text))


def _unseen(text: str, first: int, last: int) -> Iterator[int]:
    """Where the characters are that cannot be seen, all before `first` and from `last` on included."""
    yield from range(first)
    odd = "".join(character for character in set(text) if not is_seen(character))
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
    return unicodedata.category(character) in ("So", "Sk") and not BLANK.match(character)


def _piece(character: str) -> Piece:
    code = ord(character)
    if character in _SYMBOLS:
        return Piece(*_SYMBOLS[character])
    if code < 32:
        return Piece(_CONTROLS[code], f"control character {_CONTROLS[code]}")
    if 0xDC80 <= code <= 0xDCFF:
        return Piece(f"{code - 0xDC00:02X}", f"byte {code - 0xDC00:02X}, not UTF-8")
    return Piece(f"U+{code:04X}", unicodedata.name(character, "unnamed character").lower())

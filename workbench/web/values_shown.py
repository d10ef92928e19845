"""One value in full, as the viewer shows it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from workbench.results import InvalidText, Value
from workbench.web.unseen import Piece, visible

CHUNK = 100_000
"""How many characters, or bytes, of a long value are shown at once."""

HEX_ROWS = 256
"""How many lines of sixteen bytes."""

TREE_CHARACTERS = 200_000
"""A longer JSON text is shown as text only."""

TREE_LEAVES = 5_000
"""So is one of more parts."""

PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
"""What pictures begin with that a browser may show; WEBP begins with a length."""


class HexLine(NamedTuple):
    """Sixteen bytes: where they are, and as digits and characters."""

    offset: str
    digits: str
    characters: str


class Shown(NamedTuple):
    """A value in words and parts; `size` counts characters or bytes, and `begin` and `end` tell the part of
    them that is shown. `tree` is what a JSON text says, in a tuple of one.
    """

    kind: str
    size: int = 0
    begin: int = 0
    end: int = 0
    pieces: tuple[Piece, ...] = ()
    lines: tuple[HexLine, ...] = ()
    picture: str | None = None
    tree: tuple[Any, ...] = ()


def shown(value: Value, begin: int = 0) -> Shown:
    """`value`, of a long one the part from character or byte `begin` on."""
    if value is None:
        return Shown("NULL")
    if isinstance(value, bytes) and not isinstance(value, InvalidText):
        return _blob(value, begin)
    if isinstance(value, InvalidText):
        text = bytes(value).decode("utf-8", "surrogateescape")
        return _text("text that is not UTF-8", text, begin)
    if isinstance(value, str):
        return _text("text", value, begin)._replace(tree=_tree(value))
    text = str(value).replace("inf", "Infinity")
    return Shown("integer" if isinstance(value, int) else "real", len(text), 0, len(text), (Piece(text),))


def picture_type(octets: bytes) -> str | None:
    """The type of the picture that these bytes are; None for none that a browser may show."""
    if octets[:4] == b"RIFF" and octets[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begin, kind in PICTURES.items() if octets.startswith(begin)), None)


def _text(kind: str, text: str, begin: int) -> Shown:
    begin = min(begin, len(text))
    end = min(len(text), begin + CHUNK)
    return Shown(kind, len(text), begin, end, visible(text[begin:end]) if text else ())


def _blob(value: bytes, begin: int) -> Shown:
    begin = min(begin, len(value)) // 16 * 16
    end = min(len(value), begin + 16 * HEX_ROWS)
    lines = tuple(
        _line(begin + i, value[begin + i : min(end, begin + i + 16)]) for i in range(0, end - begin, 16)
    )
    return Shown("BLOB", len(value), begin, end, lines=lines, picture=picture_type(value))


def _line(offset: int, octets: bytes) -> HexLine:
    characters = "".join(chr(b) if 32 <= b < 127 else "·" for b in octets)
    return HexLine(f"{offset:08x}", octets.hex(" "), characters)


class Members(list):
    """The members of an object of JSON, as pairs: a name may be there twice."""


class Number(str):
    """A number of JSON, digit for digit."""

    __slots__ = ()


def _tree(text: str) -> tuple[Any, ...]:
    """What an object or array of JSON says, if it is one and small enough to be seen as a tree."""
    if text.lstrip()[:1] not in ("{", "[") or len(text) > TREE_CHARACTERS:
        return ()
    exactly = {"parse_int": Number, "parse_float": Number, "parse_constant": _refuse}
    try:
        found = json.loads(text, object_pairs_hook=Members, **exactly)
    except (ValueError, RecursionError):
        return ()
    return (found,) if _leaves(found, TREE_LEAVES) >= 0 else ()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _leaves(found: Any, left: int, depth: int = 0) -> int:
    """How many parts may still come after `found`; negative for too many, or too deep."""
    if depth > 50:
        return -1
    parts = [value for _, value in found] if isinstance(found, Members) else found
    for part in parts if isinstance(parts, list) else ():
        left = _leaves(part, left - 1, depth + 1)
        if left < 0:
            return left
    return left

"""Texts in the XML of a workbook: what XML has no letter for is `_xHHHH_`, and so is what looks like that.

See ECMA-376, part 1, section 22.9.2.19 (ST_Xstring): Excel and LibreOffice read and write it.
"""

from __future__ import annotations

import re

_CARE = re.compile("[<>&\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_NO_LETTER = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff]")


def escaped(text: str) -> str:
    """`text` as it stands in an element."""
    return _CARE.sub(_escape, text) if _CARE.search(text) else text


def needs_care(text: str) -> bool:
    """Whether `text` stands in an element as something else than itself."""
    return _CARE.search(text) is not None


def unescaped(text: str) -> str:
    """The text that is meant by what stands in an element, once XML itself is read."""
    return _ESCAPED.sub(lambda found: _letter(found[0], int(found[1], 16)), text) if "_x" in text else text


def has_no_letter(text: str) -> bool:
    """Whether `text` holds a character that XML has no letter for."""
    return _NO_LETTER.search(text) is not None


def _escape(found: re.Match[str]) -> str:
    return _NAMED.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _letter(written: str, code: int) -> str:
    return written if 0xD800 <= code < 0xE000 else chr(code)

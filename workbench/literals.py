"""Values as SQLite writes them in SQL, and back from what a person types."""

from __future__ import annotations

import re
from math import inf

from workbench.parameters import number_in
from workbench.results import InvalidText, Value

_BLOB = re.compile(r"[xX]'((?:[0-9a-fA-F]{2})*)'\Z")
_TEXT_AS_BYTES = re.compile(r"CAST\(x'((?:[0-9a-f]{2})*)' AS TEXT\)\Z")
_INFINITIES = {"9e999": inf, "-9e999": -inf}


def literal_of(value: Value) -> str:
    """`value` as an expression that SQLite reads as exactly that."""
    if value is None:
        return "NULL"
    if isinstance(value, InvalidText) or (isinstance(value, str) and "\0" in value):
        octets = value.encode() if isinstance(value, str) else value
        return f"CAST(x'{octets.hex()}' AS TEXT)"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, float):
        return {inf: "9e999", -inf: "-9e999"}.get(value) or repr(value)
    return str(value)


def value_in(text: str) -> Value:
    """The value that `text` is as such an expression; what is none of them is a text itself.

    ``42`` is a number, ``'42'`` a text, ``x'2a'`` a BLOB, and ``Peter`` a text as well.
    """
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if found := _BLOB.match(text):
        return bytes.fromhex(found[1])
    if found := _TEXT_AS_BYTES.match(text):
        return _text(bytes.fromhex(found[1]))
    if text in _INFINITIES:
        return _INFINITIES[text]
    number = number_in(text)
    return text if number is None else number


def _text(octets: bytes) -> str | InvalidText:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return InvalidText(octets)

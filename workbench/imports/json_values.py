"""Values of JSON as SQLite has them: exact, or as the text they were."""

from __future__ import annotations

import json
from base64 import b64decode
from decimal import Decimal, InvalidOperation
from math import inf
from typing import Any

from workbench.imports.numbers import LEAST, MOST
from workbench.loads import Reject
from workbench.results import Row, Value

DIGITS = 4300
"""Python reads no longer integer (https://docs.python.org/3/library/stdtypes.html#int-max-str-digits)."""

ENDLESS = "a number in it is beyond all measure"


def whole(text: str) -> int | Decimal:
    """An integer of any length: what Python does not read as one stays exact too."""
    return int(text) if len(text) <= DIGITS else Decimal(text)


def real(text: str) -> float | Decimal:
    """A number with a fraction or an exponent, as a float where that is the same number.

    Raises ValueError for an exponent that has no end.
    """
    number = float(text)
    try:
        return number if repr(number) == text or _same(number, Decimal(text)) else Decimal(text)
    except InvalidOperation as error:
        raise ValueError(ENDLESS) from error


def _same(number: float, exact: Decimal) -> bool:
    return abs(number) != inf and Decimal(repr(number)) == exact


def value(found: Any) -> Value:
    """What is stored for it: true and false as 1 and 0, what is nested as JSON text.

    Raises ValueError for a text that is no UTF-8, which no column of texts can hold.
    """
    if isinstance(found, str):
        return _of_whole_characters(found)
    if found is None or isinstance(found, float):
        return found
    if isinstance(found, bool):
        return int(found)
    if isinstance(found, int):
        return found if LEAST <= found <= MOST else str(found)
    if isinstance(found, Decimal):
        return float(found) if _same(float(found), found) else str(found)
    tagged = isinstance(found, dict) and any(key.startswith("$") for key in found)
    return _tagged(found) if tagged else _of_whole_characters(nested(found))


def _of_whole_characters(text: str) -> str:
    if not text.isascii():
        refuse_half(text)
    return text


def refuse_half(text: str) -> None:
    """Raise ValueError for a text with half of a surrogate pair, which no UTF-8 can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it holds half of a character (a surrogate by itself)") from error


def _tagged(found: dict[str, Any]) -> Value:
    """What the workbench's own JSON says in objects (`exports.json_rows`)."""
    if found.keys() == {"$base64", "encoded"} and found["$base64"] is True:
        return b64decode(found["encoded"], validate=True)
    if found.keys() == {"$real"} and found["$real"] in ("Infinity", "-Infinity"):
        return float(found["$real"])
    if found.keys() == {"$text_base64"}:
        raise ValueError("it holds a text that is not UTF-8")
    return _of_whole_characters(nested(found))


def nested(found: Any) -> str:
    """JSON text with its numbers as exact as they were."""
    if isinstance(found, dict):
        members = (f"{json.dumps(k, ensure_ascii=False)}:{nested(v)}" for k, v in found.items())
        return "{" + ",".join(members) + "}"
    if isinstance(found, list):
        return "[" + ",".join(map(nested, found)) + "]"
    return str(found) if isinstance(found, Decimal) else json.dumps(found, ensure_ascii=False)


class Rows:
    """Objects and arrays as rows of `columns`, which are known before; what is neither is rejected."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns, self._known = columns, frozenset(columns)

    def row(self, line: int, found: Any) -> Row | Reject:
        """One row, or why it is none."""
        try:
            if isinstance(found, dict):
                return self._of_object(line, found)
            if isinstance(found, list):
                return self._of_array(line, found)
        except (ValueError, TypeError) as error:
            return Reject(line, str(error), [nested(found).encode(errors="replace").decode()])
        except RecursionError:
            return Reject(line, "it is nested too deep", [None])
        return Reject(line, "it is neither an object nor an array", [nested(found)])

    def _of_object(self, line: int, found: dict[str, Any]) -> Row | Reject:
        if not found.keys() <= self._known:
            more = next(name for name in found if name not in self._known)
            return Reject(
                line, f"it has a member “{more[:40]}” that no column was found for", [nested(found)]
            )
        return tuple(value(found.get(name)) for name in self._columns)

    def _of_array(self, line: int, found: list[Any]) -> Row | Reject:
        if len(found) != len(self._columns):
            reason = f"it has {len(found)} values where there should be {len(self._columns)}"
            return Reject(line, reason, [nested(found)])
        return tuple(map(value, found))

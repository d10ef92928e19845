"""Rows as JSON, exact: what JSON has no word for becomes an object with a member that begins with `$`."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import orjson

from workbench.engines.base import Keeper, Kept
from workbench.errors import TooLarge
from workbench.exports.survey import survey
from workbench.results import InvalidText, Row, Value

_NONE = type(None)


def json_rows(most_bytes: int) -> Keeper:
    """A keeper of all rows as one JSON array of arrays, in `bytes`.

    It raises TooLarge when the array would have more than `most_bytes`, and then before it has
    made it: the encoder does not survive a lack of memory.
    """

    def keep(batches: Iterator[list[Row]]) -> Kept:
        parts, size, count = [], 2, 0
        for batch in batches:
            refuse_over(most_bytes, size + _least_size(batch))
            part = encode(batch)[1:-1]
            size += len(part) + 1
            refuse_over(most_bytes, size)
            count += len(batch)
            parts.append(part)
        return Kept(b"[" + b",".join(parts) + b"]", count, False)

    return keep


def encode(rows: list[Row], *, infinite: bool | None = None) -> bytes:
    """`rows` as a JSON array of arrays; integers keep all their 64 bits, infinities are tagged.

    `infinite` says whether a value is an infinity, when that is known.
    """
    encoded = b"" if infinite else orjson.dumps(rows, default=_tagged)
    if infinite is None:
        infinite = b"null" in encoded and survey(rows).infinite  # which orjson writes as null too
    return orjson.dumps(_all_finite(rows), default=_tagged) if infinite else encoded


def encode_objects(names: list[str], rows: list[Row]) -> bytes:
    """`rows` as a JSON array of objects with the members `names`."""
    told = _all_finite(rows) if survey(rows).infinite else rows
    return orjson.dumps([dict(zip(names, row, strict=True)) for row in told], default=_tagged)


def one_by_one(rows: list[Row]) -> Iterator[bytes]:
    """Each of `rows` as a JSON array."""
    return (encode([row])[1:-1] for row in rows)


def refuse_over(most_bytes: int, size: int) -> None:
    """Raise TooLarge when `size` is more than `most_bytes`."""
    if size > most_bytes:
        raise TooLarge(
            f"the result is larger than {most_bytes:,} bytes, the most one answer may have",
            code="RESULT_TOO_LARGE",
            hint="Ask for fewer rows or columns, with LIMIT for example.",
            limit=most_bytes,
            actual=size,
        )


def _least_size(rows: list[Row]) -> int:
    """A size that the encoded rows reach for certain: the lengths of their texts and BLOBs."""
    size = 0
    for column in zip(*rows, strict=True):
        kinds = set(map(type, column))
        if kinds == {str}:
            size += sum(map(len, column))
        elif not kinds <= {int, float, _NONE}:
            size += sum(len(v) for v in column if isinstance(v, (str, bytes)))
    return size


def _all_finite(rows: list[Row]) -> list[Row]:
    return [tuple(map(_finite, row)) for row in rows]


def as_json(value: Value) -> Any:
    """One value as what JSON has a word for."""
    return _tagged(value) if isinstance(value, bytes) else _finite(value)


def _finite(value: Value) -> Any:
    if value.__class__ is float and math.isinf(value):
        return {"$real": "Infinity" if value > 0 else "-Infinity"}
    return value


def _tagged(value: Any) -> dict[str, Any]:
    if isinstance(value, InvalidText):
        return {"$text_base64": b64encode(value).decode()}
    return {"$base64": True, "encoded": b64encode(value).decode()}

"""A result as one JSON object: rows as arrays, as objects, or with every value's type beside it."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

import orjson

from workbench.engines.base import Keeper, Kept
from workbench.exports.facts import described
from workbench.exports.json_rows import as_json, encode, refuse_over
from workbench.exports.survey import survey, texts_for_integers
from workbench.results import Column, InvalidText, Kind, Result, Row, Value, weight


def page_of_rows(most: int, *, skip: int, most_bytes: int) -> Keeper:
    """A keeper of `most` rows after the first `skip`.

    It raises TooLarge when their texts and BLOBs are more than `most_bytes`.
    """

    def keep(batches: Iterator[list[Row]]) -> Kept:
        rows: list[Row] = []
        size = 0
        for row in islice(chain.from_iterable(batches), skip, None):
            if len(rows) == most:
                return Kept(rows, most, True)
            size += weight(row)
            refuse_over(most_bytes, size)
            rows.append(row)
        return Kept(rows, len(rows), False)

    return keep


def envelope(result: Result, shape: str, *, integers_as_text: bool = False) -> dict[str, Any]:
    """`result` in the `shape` that was asked for: ``arrays``, ``objects`` or ``typed``.

    All keys are always there; None means that one does not apply.
    """
    return {
        "columns": described(result.columns, with_origin=shape == "typed"),
        "rows": orjson.Fragment(_ROWS[shape](result, integers_as_text)),
        "row_count": result.row_count,
        "truncated": result.truncated,
        "next": None,
        "rows_affected": result.rows_affected or 0,
        "last_insert_rowid": result.last_rowid,
        "readonly": result.kind is Kind.READ,
        "unsafe_integers": survey(result.rows).unsafe_integers,
        "time_ms": round(result.duration * 1000, 3),
    }


def distinct_names(columns: tuple[Column, ...]) -> list[str]:
    """The columns' names as keys of an object: a second `a` is `a_2`, whatever else is called so."""
    names: list[str] = []
    taken = {c.name for c in columns}
    for column in columns:
        name, number = column.name, 1
        while name in names or (number > 1 and name in taken):
            number += 1
            name = f"{column.name}_{number}"
        names.append(name)
    return names


def _arrays(result: Result, integers_as_text: bool) -> bytes:
    return encode(texts_for_integers(result.rows) if integers_as_text else list(result.rows))


def _objects(result: Result, integers_as_text: bool) -> bytes:
    names = distinct_names(result.columns)
    rows = texts_for_integers(result.rows) if integers_as_text else result.rows
    return orjson.dumps([dict(zip(names, map(as_json, row), strict=True)) for row in rows])


def _typed(result: Result, _integers_as_text: bool) -> bytes:
    return orjson.dumps([[_with_type(v) for v in row] for row in result.rows])


_ROWS: dict[str, Callable[[Result, bool], bytes]] = {"arrays": _arrays, "objects": _objects, "typed": _typed}


def _with_type(value: Value) -> dict[str, Any]:
    if value is None:
        return {"n": None}
    if isinstance(value, InvalidText):
        return {"t64": b64encode(value).decode()}
    if isinstance(value, bytes):
        return {"b": b64encode(value).decode()}
    if isinstance(value, float):
        return {"r": as_json(value)["$real"] if math.isinf(value) else value}
    return {"i": str(value)} if isinstance(value, int) else {"t": value}

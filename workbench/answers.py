"""A run as bytes and back, exact to the last value: how an answer is kept for its address."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from typing import Any

import orjson

from workbench import errors
from workbench.errors import Position, StatementError, WorkbenchError
from workbench.results import Column, InvalidText, Kind, Result, Row, Run, Value


def pack(run: Run, *, with_rows: bool = True) -> bytes:
    """`run` as JSON, without its script. `with_rows` false leaves the rows out."""
    return orjson.dumps(
        {
            "applied": run.applied,
            "duration": run.duration,
            "notices": run.notices,
            "error": _pack_error(run.error) if run.error else None,
            "results": [_pack_result(r, with_rows) for r in run.results],
        },
        default=_tagged,
    )


def unpack(packed: bytes, script: str) -> Run:
    """The run that `pack` made these bytes of; `script` is its text."""
    found = orjson.loads(packed)
    return Run(
        script,
        [_unpack_result(r) for r in found["results"]],
        _unpack_error(found["error"]) if found["error"] else None,
        found["applied"],
        found["duration"],
        found["notices"],
    )


def _pack_result(result: Result, with_rows: bool) -> dict[str, Any]:
    return {
        "statement": result.statement,
        "kind": result.kind.value,
        "columns": [(c.name, c.decltype) for c in result.columns],
        "rows": _all_finite(result.rows) if with_rows else [],
        "row_count": result.row_count,
        "truncated": result.truncated,
        "rows_affected": result.rows_affected,
        "duration": result.duration,
        "parameters": result.parameters,
    }


def _unpack_result(found: dict[str, Any]) -> Result:
    return Result(
        **found
        | {
            "kind": Kind(found["kind"]),
            "columns": tuple(Column(name, decltype) for name, decltype in found["columns"]),
            "parameters": tuple(found.get("parameters", ())),
            "rows": [tuple(_unpack_value(v) for v in row) for row in found["rows"]],
        }
    )


def _all_finite(rows: list[Row]) -> list[Row]:
    """`rows` with infinities tagged: orjson would silently write them as null."""
    infinite = any(math.inf in row or -math.inf in row for row in rows)
    return [tuple(map(_finite, row)) for row in rows] if infinite else rows


def _finite(value: Value) -> Any:
    return {"r": str(value)} if value.__class__ is float and math.isinf(value) else value


def _tagged(value: bytes) -> dict[str, str]:
    """JSON has no bytes, nor infinity: those are objects with one member that says what they are."""
    return {"t" if isinstance(value, InvalidText) else "b": b64encode(value).decode()}


def _unpack_value(value: Any) -> Value:
    if not isinstance(value, dict):
        return value
    ((tag, text),) = value.items()
    if tag == "r":
        return float(text)
    return (InvalidText if tag == "t" else bytes)(b64decode(text))


def _pack_error(error: WorkbenchError) -> dict[str, Any]:
    position = getattr(error, "position", None)
    return {
        "class": type(error).__name__,
        "message": error.message,
        "code": error.code,
        "hint": error.hint,
        "place": [position.offset, position.line, position.column] if position else None,
        "suggestion": getattr(error, "suggestion", None),
    }


def _unpack_error(found: dict[str, Any]) -> WorkbenchError:
    made = getattr(errors, found["class"])(found["message"], code=found["code"], hint=found["hint"])
    if isinstance(made, StatementError):
        made.position = Position(*found["place"]) if found["place"] else None
        made.suggestion = found["suggestion"]
    return made

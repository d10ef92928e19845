"""A run as bytes and back, exact to the last value: how an answer is kept for its address."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections import Counter
from typing import Any

import orjson

from workbench import errors
from workbench.changes import Cause, Change, Effects, ObjectChange, TableChanges
from workbench.errors import Position, StatementError, WorkbenchError
from workbench.explanations import Evidence, Explanation
from workbench.results import Column, InvalidText, Kind, Result, Row, Run, Value

LESS = ("", "snapshots", "rows")
"""What may be left out: nothing, the rows that are in a snapshot too, or all rows and what was changed."""


def pack(run: Run, *, leave_out: str = "") -> bytes:
    """`run` as JSON, without its script; without what `leave_out`, a word of LESS, says."""
    return orjson.dumps(
        {
            "applied": run.applied,
            "duration": run.duration,
            "notices": run.notices,
            "error": _pack_error(run.error) if run.error else None,
            "effects": [_pack_effects(e) for e in run.effects] if leave_out != "rows" else [],
            "results": [_pack_result(r, has_rows(r, leave_out)) for r in run.results],
        },
        default=_tagged,
    )


def has_rows(result: Result, leave_out: str) -> bool:
    """Whether the rows of `result` are packed."""
    return not leave_out or (leave_out == "snapshots" and result.snapshot is None)


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
        effects=[_unpack_effects(e) for e in found.get("effects", ())],
    )


def _pack_result(result: Result, with_rows: bool) -> dict[str, Any]:
    return {
        "statement": result.statement,
        "kind": result.kind.value,
        "columns": [tuple(c) for c in result.columns],
        "rows": _all_finite(result.rows) if with_rows else [],
        "row_count": result.row_count,
        "truncated": result.truncated,
        "rows_affected": result.rows_affected,
        "duration": result.duration,
        "parameters": result.parameters,
        "snapshot": result.snapshot,
    }


def _unpack_result(found: dict[str, Any]) -> Result:
    return Result(
        **found
        | {
            "kind": Kind(found["kind"]),
            "columns": tuple(Column(*told) for told in found["columns"]),
            "parameters": tuple(found.get("parameters", ())),
            "rows": [tuple(_unpack_value(v) for v in row) for row in found["rows"]],
        }
    )


def _pack_effects(effects: Effects) -> dict[str, Any]:
    return {
        "statement": effects.statement,
        "number": effects.number,
        "tables": [_pack_table(table) for table in effects.tables],
        "objects": [(o.kind, o.name, o.table, o.before, o.after) for o in effects.objects],
        "inner": effects.inner,
        "unseen": effects.unseen,
    }


def _pack_table(table: TableChanges) -> dict[str, Any]:
    return {
        "table": table.table,
        "columns": table.columns,
        "counts": [(op, cause.value, count) for (op, cause), count in table.counts.items()],
        "changes": [(c.op, _pack_row(c.old), _pack_row(c.new), c.cause.value) for c in table.changes],
    }


def _unpack_effects(found: dict[str, Any]) -> Effects:
    return Effects(
        found["statement"],
        found["number"],
        [_unpack_table(table) for table in found["tables"]],
        [ObjectChange(*told) for told in found["objects"]],
        found["inner"],
        found["unseen"],
    )


def _unpack_table(found: dict[str, Any]) -> TableChanges:
    return TableChanges(
        found["table"],
        tuple(found["columns"]),
        Counter({(op, Cause(cause)): count for op, cause, count in found["counts"]}),
        [Change(op, _unpack_row(old), _unpack_row(new), Cause(c)) for op, old, new, c in found["changes"]],
    )


def _pack_row(row: Row | None) -> list[Any] | None:
    return None if row is None else [_finite(v) for v in row]


def _unpack_row(row: list[Any] | None) -> Row | None:
    return None if row is None else tuple(_unpack_value(v) for v in row)


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
        "explanation": _pack_explanation(error.explanation) if error.explanation else None,
    }


def _pack_explanation(told: Explanation) -> dict[str, Any]:
    evidence = [
        [e.title, e.columns, [[_finite(v) for v in row] for row in e.rows], e.more] for e in told.evidence
    ]
    return {"text": told.text, "evidence": evidence, "query": told.query}


def _unpack_explanation(found: dict[str, Any]) -> Explanation:
    evidence = (
        Evidence(title, tuple(columns), tuple(tuple(_unpack_value(v) for v in row) for row in rows), more)
        for title, columns, rows, more in found["evidence"]
    )
    return Explanation(found["text"], tuple(evidence), found["query"])


def _unpack_error(found: dict[str, Any]) -> WorkbenchError:
    made = getattr(errors, found["class"])(found["message"], code=found["code"], hint=found["hint"])
    if isinstance(made, StatementError):
        made.position = Position(*found["place"]) if found["place"] else None
        made.suggestion = found["suggestion"]
    if found.get("explanation"):
        made.explanation = _unpack_explanation(found["explanation"])
    return made

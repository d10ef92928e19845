"""Problem documents (RFC 9457): what a program is told of an error."""

from __future__ import annotations

from typing import Any

from workbench.errors import Position
from workbench.explanations import Explanation
from workbench.exports.json_rows import as_json
from workbench.web.failures import Problem


def status_of(problem: Problem, applied: str) -> int:
    """The status of a problem after which `applied` is in the database.

    503 invites to send the same again, so it is for what was not executed at all.
    """
    return 500 if problem.status == 503 and applied != "none" else problem.status


_ALWAYS = {"type", "title", "status", "detail", "code", "retryable", "applied", "request_id"}


def document_of(problem: Problem, *, applied: str, request_id: str, script: str = "") -> dict[str, Any]:
    """A problem document (RFC 9457).

    `applied` is what is in the database now, `script` the text the error is in, for its place in bytes.
    """
    status = status_of(problem, applied)
    document = {
        "type": f"/errors/{problem.code.lower().replace('_', '-')}",
        "title": problem.title,
        "status": status,
        "detail": problem.message,
        "code": problem.code,
        "extended_code": problem.number,
        "statement": problem.statement,
        "position": _position(problem.position, script) if problem.position else None,
        "suggestion": problem.suggestion,
        "hint": problem.hint,
        "explanation": _explanation(problem.explanation) if problem.explanation else None,
        "limit": problem.limit,
        "actual": problem.actual,
        "retryable": status == 503,
        "applied": applied,
        "request_id": request_id,
    }
    return {name: value for name, value in document.items() if value is not None or name in _ALWAYS}


def _explanation(told: Explanation) -> dict[str, Any]:
    """An explanation with its rows as `/run` gives rows, each kind of them under its title."""
    rows = [
        {
            "title": evidence.title,
            "columns": evidence.columns,
            "rows": [[as_json(value) for value in row] for row in evidence.rows],
            "more": evidence.more,
        }
        for evidence in told.evidence
    ]
    return {"text": told.text, "rows": rows, "query": told.query}


def _position(position: Position, script: str) -> dict[str, int]:
    before = script[: position.offset].encode("utf-8", "surrogatepass")
    return {"byte": len(before), "line": position.line, "column": position.column}

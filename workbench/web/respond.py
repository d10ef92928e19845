"""Page, fragment, JSON or problem document: decided here and only here."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, make_response, render_template, request

from workbench.web.documents import document_of
from workbench.web.failures import Problem
from workbench.web.here import known_database, request_id
from workbench.web.shape import tells_problems


def wants_fragment() -> bool:
    """Whether htmx asks for a part to swap, rather than for a page to show.

    htmx says which in HX-Request-Type; when it restores its history it wants the page.
    """
    asked = request.headers
    return (
        asked.get("HX-Request") == "true"
        and asked.get("HX-Request-Type", "partial") == "partial"
        and "HX-History-Restore-Request" not in asked
        and "HX-Boosted" not in asked
    )


def is_for_programs() -> bool:
    """Whether this address is for programs: everything under /run and /v1, and the description of it."""
    return request.path.split("/")[1] in ("run", "v1", "openapi.json")


def wants_json() -> bool:
    """Whether a program is asking: at an address of theirs, or after our health and figures."""
    return is_for_programs() or request.path.split("/")[1] in ("healthz", "readyz", "metrics")


def show(page: str, *, fragment: str, status: int = 200, **context: Any) -> Response:
    """`fragment` for htmx and `page`, which includes that same file, for everyone else."""
    response = make_response(render_template(fragment if wants_fragment() else page, **context), status)
    depends_on(response, "HX-Request")
    return response


def depends_on(response: Response, *names: str) -> None:
    """Tell caches which headers of the request the answer depends on (RFC 9110, section 12.5.5)."""
    told = response.headers.get("Vary")
    response.headers["Vary"] = ", ".join((told, *names) if told else names)


def show_problem(problem: Problem, *, applied: str = "none") -> Response:
    """A problem that has no answer of its own; `applied` is what is in the database now."""
    if tells_problems():
        return as_document(problem, applied)
    if wants_json():
        return as_json(f"Error - {problem.message}", problem.status)
    # Where the workbench itself is in trouble, what surrounds the words might be so too.
    database = known_database() if problem.status < 500 else None
    page, fragment = "pages/problem.html", "fragments/run.html"
    return show(page, fragment=fragment, status=problem.status, problem=problem, database=database)


def as_document(problem: Problem, applied: str, script: str = "") -> Response:
    """`problem` for a program; `script` is the text it is in."""
    document = document_of(problem, applied=applied, request_id=request_id(), script=script)
    response = as_json(document, document["status"])
    response.content_type = "application/problem+json"
    response.headers["X-Sql-Code"] = problem.code
    return response


def as_json(value: Any, status: int = 200) -> Response:
    """`value` as JSON; bytes are JSON already."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return Response(body, status, content_type="application/json")

"""Page, fragment or JSON: decided here and only here."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, make_response, render_template, request

from workbench.web.failures import Problem


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


def wants_json() -> bool:
    """Whether a program is asking: everything under /run and /v1, and the health addresses."""
    return request.path.split("/")[1] in ("run", "v1", "healthz", "readyz")


def show(page: str, *, fragment: str, status: int = 200, **context: Any) -> Response:
    """`fragment` for htmx and `page`, which includes that same file, for everyone else."""
    response = make_response(render_template(fragment if wants_fragment() else page, **context), status)
    response.vary.add("HX-Request")
    return response


def show_problem(problem: Problem) -> Response:
    """A problem that has no page of its own."""
    if wants_json():
        return as_json(f"Error - {problem.message}", problem.status)
    return show("pages/problem.html", fragment="fragments/run.html", status=problem.status, problem=problem)


def as_json(value: Any, status: int = 200) -> Response:
    """`value` as JSON; bytes are JSON already."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return Response(body, status, {"Vary": "Accept, Authorization"}, content_type="application/json")

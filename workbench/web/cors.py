"""Pages of other origins that may call /run from a browser: those that WORKBENCH_CORS_ORIGINS names.

See "CORS protocol" in https://fetch.spec.whatwg.org. Never with cookies: an answer is for whoever
gives the password, if there is one, and otherwise for anybody's program.
"""

from __future__ import annotations

from flask import Flask, Response, request

from workbench.web.here import settings
from workbench.web.respond import depends_on, is_for_programs

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, QUERY, DELETE",
    "Access-Control-Allow-Headers": (
        "Accept, Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-None-Match, Prefer,"
        " X-Request-Id"
    ),
    "Access-Control-Max-Age": "7200",
}

_EXPOSED = "X-Request-Id, X-Sql-Code, Retry-After, ETag, Idempotency-Replayed, Link, X-Run-Api"


def install(app: Flask) -> None:
    """Tell browsers which pages may read what views of `app` answer to programs."""
    app.after_request(_add_headers)


def is_allowed() -> bool:
    """Whether a page that may do so calls an address for programs; no page can set its Origin."""
    return is_for_programs() and request.headers.get("Origin") in settings().cors_origins


def preflight() -> Response | None:
    """The answer to a browser that asks what an allowed page may send; it brings no password yet."""
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    return Response(status=204, headers=_PREFLIGHT) if asks and is_allowed() else None


def _add_headers(response: Response) -> Response:
    if not (settings().cors_origins and is_for_programs()):
        return response
    depends_on(response, "Origin")
    if is_allowed():
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    return response

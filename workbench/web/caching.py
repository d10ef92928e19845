"""What a program keeps and asks for again with `If-None-Match` (RFC 9110, section 13.1.2).

The statement runs each time, only the way back is saved: nothing but running it tells whether
its answer is still the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from flask import Response, request

from workbench.errors import BadRequest

_METHODS = ("GET", "QUERY")

_OF_THE_REQUEST = ("request_id", "time_ms")
"""Members that are new in every answer and say nothing of the data."""


def refuse_unfit(shape_is_streamed: bool) -> None:
    """Raise BadRequest when what is asked for is not a read whose answer is made as a whole."""
    if request.method not in _METHODS:
        raise BadRequest(
            f"{request.method} may write, so its answer is not cached",
            code="NOT_TOGETHER",
            hint="Send it by GET or QUERY.",
        )
    if shape_is_streamed:
        raise BadRequest(
            "a stream is not cached", code="NOT_TOGETHER", hint="Ask for arrays, objects or typed values."
        )


def as_cached(response: Response, answer: Mapping[str, Any]) -> Response:
    """`response` with the tag of `answer`, or 304 without a body for a client that has that already."""
    response.set_etag(_tag(answer), weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains_weak(response.get_etag()[0]):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Type"]
    return response


def _tag(answer: Mapping[str, Any]) -> str:
    parts = [_lasting(answer), *map(_lasting, answer.get("results", ()))]
    return sha256(b"".join(map(orjson.dumps, parts))).hexdigest()[:32]


def _lasting(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in (*_OF_THE_REQUEST, "results")}

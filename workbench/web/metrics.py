"""`GET /metrics`: what is counted, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Flask, Response, current_app, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from workbench.meters import Meters
from workbench.web.chunked import Chunked
from workbench.web.here import bench

_METHODS = frozenset({"GET", "HEAD", "POST", "QUERY", "DELETE", "OPTIONS"})


def install(app: Flask, meters: Meters) -> None:
    """Count what views of `app` answer."""
    app.extensions["meters"] = meters
    app.after_request(lambda response: _count(response, meters))


def metrics() -> Response:
    """All counts of all workers."""
    meters: Meters = current_app.extensions["meters"]
    return Response(meters.text(bench().running()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _count(response: Response, meters: Meters) -> Response:
    method = request.method
    method = method if method in _METHODS else "other"
    code = response.headers.get("X-Sql-Code", "")
    meters.answered(request.endpoint or "none", method, response.status_code, code)
    if isinstance(response, Chunked):
        response.response = _counted(response.response, meters)
    else:
        meters.sent(response.content_length or 0)
    return response


def _counted(pieces: Iterable[bytes], meters: Meters) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        meters.sent(len(piece))

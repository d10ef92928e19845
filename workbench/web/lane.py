"""The short way through `/run`, for what nearly all programs send it: a query and nothing else.

A request that could mean more goes the long way, and so does an answer that is not simply the value
that was asked for: the guard, Flask's contexts and what comes after each request are for those.
What is left is the same verb, and the same answer to the last header: the first request goes the
long way, and its headers are those of all that come after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from io import BytesIO
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import orjson
from flask import Flask, Response, g

from workbench.bench import Bench
from workbench.entries import PROGRAM
from workbench.exports.json_rows import json_rows
from workbench.jobs import Job
from workbench.meters import Meters
from workbench.runner import Handling
from workbench.settings import Settings
from workbench.waiting import Answer, Waiting
from workbench.web import compression, run
from workbench.web.lastwords import as_sent, last_words
from workbench.web.waiting import has_left

Environ = dict[str, Any]
Start = Callable[..., Any]
LongWay = Callable[[Environ, Start], Iterable[bytes]]

_SILENT = frozenset(
    {
        "HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE", "HTTP_CONNECTION",
        "HTTP_USER_AGENT", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_X_CLIENT_PROTOCOL",
        "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO",
    }
)  # fmt: skip
"""Headers that ask for nothing more than a value: any other may."""

_FORM = "application/x-www-form-urlencoded"

_ONE_QUERY = re.compile(rb"query=([^&]+)\Z")

_LONGEST = 1 << 16
"""Bytes of a body: longer ones are rare, and are not held twice for it."""

_HOSTS = 32
"""For how many names of ours headers are known; with their ports there could be any number."""

_OWN_HEADERS = frozenset({"X-Request-Id", "Content-Length"})
"""Those that are another for each answer."""

_NOT_ALWAYS = frozenset({"X-Sql-Code", "Content-Encoding", "Deprecation"})
"""Those that some answers have."""


class _Asked(NamedTuple):
    text: str
    method: str
    host: str


def install(app: Flask) -> None:
    """Let requests of `app` that can take the short way take it."""
    ours: Settings = app.extensions["settings"]
    if not (ours.password or ours.cors_origins):
        app.wsgi_app = Lane(app, app.wsgi_app)


class Lane:
    """A WSGI application that answers `/run` itself where it can, and has `long_way` do the rest."""

    def __init__(self, app: Flask, long_way: LongWay) -> None:
        self._app = app
        self._long_way = long_way
        self._bench: Bench = app.extensions["bench"]
        self._meters: Meters = app.extensions["meters"]
        self._settings: Settings = app.extensions["settings"]
        self._headers: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer the request, one way or the other."""
        asked = _asked(environ)
        if asked is None:
            return self._long_way(environ, start)
        headers = self._headers.get((asked.method, asked.host))
        if headers is None:
            return self._long_way(environ, self._learning(asked, start))
        return self._answer(asked, environ, start, headers)

    def _learning(self, asked: _Asked, start: Start) -> Start:
        """`start`, which remembers the headers of an answer to be had from this host by this method."""

        def learn(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            names = {name for name, _ in headers}
            if status == "200 OK" and not names & _NOT_ALWAYS and len(self._headers) < _HOSTS:
                common = [(name, value) for name, value in headers if name not in _OWN_HEADERS]
                self._headers[asked.method, asked.host] = common
            return start(status, headers, *more)

        return learn

    def _answer(
        self, asked: _Asked, environ: Environ, start: Start, headers: list[tuple[str, str]]
    ) -> Iterable[bytes]:
        name = token_hex(16)
        try:
            answer = self._run(asked, environ, name)
            value = None if answer.run.error else run.value_of(answer.run)
            body = value if isinstance(value, bytes) else orjson.dumps(value)
        except Exception as error:
            failed = partial(self._app.handle_user_exception, error)
            return self._in_context(environ, name, failed)(environ, start)
        writes_by_get = asked.method == "GET" and answer.run.applied != "none"
        if value is None or writes_by_get or len(body) >= compression.LEAST:
            return self._in_context(environ, name, partial(run.show, answer))(environ, start)
        self._meters.answered("run", asked.method, 200, "")
        self._meters.sent(len(body))
        start("200 OK", [*headers, ("Content-Length", str(len(body))), ("X-Request-Id", name)])
        return [body]

    def _run(self, asked: _Asked, environ: Environ, name: str) -> Answer:
        def speak(answer: Answer) -> bytes:
            return as_sent(self._in_context(environ, name, partial(run.show, answer)))

        may_write = asked.method == "POST" or self._settings.get_writes
        handling = Handling(json_rows(self._settings.result_bytes), may_write=may_write)
        waits = Waiting(name, has_left(), last_words(speak))
        return self._bench.call(PROGRAM, Job.of(asked.text), handling, waiting=waits)

    def _in_context(self, environ: Environ, name: str, show: Callable[[], Response]) -> Response:
        """What `show` gives, finished as the long way does it."""
        with self._app.request_context(environ):
            g.request_id, g.from_elsewhere = name, False
            return self._app.finalize_request(show())


def _asked(environ: Environ) -> _Asked | None:
    """What is asked for, when that is one query by GET or by a form, and for sure nothing else."""
    if environ["PATH_INFO"] != "/run" or environ.get("HTTP_ACCEPT", "*/*") != "*/*":
        return None
    if [name for name in environ if name.startswith("HTTP_") and name not in _SILENT]:
        return None
    method, host = environ["REQUEST_METHOD"], environ.get("HTTP_HOST", "")
    if method == "GET" and environ.get("CONTENT_LENGTH", "") in ("", "0"):
        text = _query(environ["QUERY_STRING"].encode("latin-1"))
    elif method == "POST" and "?" not in environ["REQUEST_URI"] and environ.get("CONTENT_TYPE") == _FORM:
        text = _query(_body(environ))
    else:
        return None
    return _Asked(text, method, host) if text else None


def _body(environ: Environ) -> bytes:
    """The body, which stays there for who comes next; nothing where it is long, or of unknown length."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > _LONGEST:
        return b""
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    return body if len(body) == int(length) else b""


def _query(encoded: bytes) -> str | None:
    """The text of the one field `query` (see application/x-www-form-urlencoded in https://url.spec.whatwg.org)."""
    found = _ONE_QUERY.match(encoded)
    try:
        return unquote_to_bytes(found[1].replace(b"+", b" ")).decode() if found else None
    except UnicodeDecodeError:
        return None

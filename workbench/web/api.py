"""`/run` for programs that ask for more than a value."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer
from msgspec.structs import replace

from workbench.errors import BadRequest, TooLarge, WorkbenchError, WriteRefused
from workbench.exports.changes_json import changes_told
from workbench.exports.envelope import envelope, page_of_rows
from workbench.exports.formats import FORMATS
from workbench.jobs import Job, Key
from workbench.results import Run
from workbench.runner import Handling
from workbench.waiting import Answer
from workbench.web import caching
from workbench.web.asked import Asked
from workbench.web.attaching import attached
from workbench.web.bodies import from_fields, from_json
from workbench.web.describe import describe
from workbench.web.failures import problem_of
from workbench.web.here import bench, caller, settings
from workbench.web.respond import as_document, as_json, depends_on
from workbench.web.shape import is_form, prefers_rollback, shape_asked
from workbench.web.stream import stream
from workbench.web.text import fields
from workbench.web.waiting import waiting

SQL_BYTES = 1 << 20
"""The most bytes a body of SQL or JSON may have."""

_KEY = re.compile(r'"?([!#-~]{16,255})"?\Z')

_SHAPES = ("arrays", "objects", "typed", *FORMATS)

VERSION = 1
"""Of the interface: what is told and taken here changes by additions only."""

_QUERIES = "application/json, application/sql, application/x-www-form-urlencoded"
"""What the body of QUERY may be (RFC 10008, section 3)."""


def install(app: Flask) -> None:
    """Have every answer at /run, and below it and /v1, say which interface it is of."""
    app.after_request(_add_headers)


def run() -> Response:
    """Run what is asked for, in any shape but the seed's bare values."""
    job: Job | None = None
    try:
        asked = _asked()
        asked.dry_run = asked.dry_run or prefers_rollback()
        shape = _shape(asked)
        job = replace(asked.job(), key=key_asked(asked), attach=attached(asked.attached))
        if asked.describe:
            return describe(job, batch=asked.statements is not None)
        return _stream(job, asked, shape) if shape in FORMATS else _page(job, asked, shape)
    except WorkbenchError as error:
        return show_failure(Run("", error=error), job)


def _shape(asked: Asked) -> str:
    shape = asked.format or shape_asked("arrays")
    if shape not in _SHAPES:
        raise BadRequest(f"the format {shape} is for GET and forms at /run alone")
    asked.refuse_unfit(shape)
    if asked.cache:
        caching.refuse_unfit(shape in FORMATS)
    return shape


def _stream(job: Job, asked: Asked, shape: str) -> Response:
    """All rows, while they come."""
    if job.key:
        raise BadRequest(
            "a stream is not kept for a key", code="NOT_TOGETHER", hint="Ask for arrays, objects or typed."
        )
    return stream(job, shape, show_failure, may_write=_may_write(), **asked.writing(shape))


def _page(job: Job, asked: Asked, shape: str) -> Response:
    """A page of rows, or the results of a batch."""
    skip = _skipped(asked)
    keep = page_of_rows(asked.page_rows, skip=skip, most_bytes=settings().result_bytes)

    def seal(run: Run) -> bytes:
        return _show(run, asked, shape, skip).get_data()

    def show(answer: Answer) -> Response:
        if answer.run.error is not None:
            return show_failure(answer.run, job)
        if answer.run.replayed is not None:
            return as_replayed(answer.run.replayed)
        return _show(answer.run, asked, shape, skip)

    handling = Handling(keep, may_write=_may_write(), seal=seal)
    patron = waiting(show, may_leave=asked.on_disconnect == "continue")
    return show(bench().call(caller(), job, handling, waiting=patron))


def _may_write() -> bool:
    return request.method == "POST"


def key_asked(asked: object) -> Key | None:
    """The key that came with the request, for what `asked` says. Raises BadRequest for one that is none."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    found = _KEY.match(given.strip())
    if not found:
        raise BadRequest("Idempotency-Key has 16 to 255 visible characters", hint="A UUID is a good one.")
    told = repr(asked).encode("utf-8", "surrogatepass")
    return Key(caller(), found[1], sha256(told).hexdigest())


def as_replayed(answer: bytes) -> Response:
    """An answer that was given before, and that it is."""
    response = as_json(answer)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def show_failure(run: Run, job: Job | None) -> Response:
    """A problem document for `run.error`; `job` is None when the request was not understood."""
    error = _named_by_method(run.error)
    script = job.asks[error.statement].sql if job and error.statement is not None else ""
    response = as_document(problem_of(error, script), run.applied, script)
    if response.status_code == 405:
        response.headers["Allow"] = "POST"
    return response


def _add_headers(response: Response) -> Response:
    if request.path == "/run" or request.path.startswith(("/run/", "/v1/")):
        response.headers["X-Run-Api"] = str(VERSION)
        depends_on(response, "Accept", "Authorization")
    if request.method == "OPTIONS" and request.endpoint in ("run", "v1"):
        response.headers["Accept-Query"] = _QUERIES
    if request.endpoint in ("run", "v1") and prefers_rollback():
        response.headers["Preference-Applied"] = "tx=rollback"
    return response


def _named_by_method(error: WorkbenchError) -> WorkbenchError:
    """A write that only the method forbids says so: the same by POST would do."""
    if isinstance(error, WriteRefused) and request.method != "POST" and not bench().engine.read_only:
        error.code = "METHOD_READ_ONLY"
        error.hint = "Send it by POST."
    return error


def _asked() -> Asked:
    """The request as one description, however it was sent."""
    if request.method == "GET":
        if request.content_length:
            raise BadRequest("a GET with a body is not understood", hint="Send it by POST or QUERY.")
        return from_fields(fields())
    if is_form():
        return from_fields(fields())
    options = fields()
    if request.mimetype == "application/json":
        if options:
            raise BadRequest(
                f"{next(iter(options))} stands in the address, and the body is JSON: send it there"
            )
        return from_json(_body())
    if request.mimetype == "application/sql":
        if "sql" in options or "query" in options:
            raise BadRequest("the SQL is in the address and in the body: send it once")
        return from_fields(options | {"sql": _text(_body())})
    raise BadRequest(
        f"a body of type {request.mimetype or 'nothing'} is not understood",
        code="UNSUPPORTED_MEDIA",
        hint="Send application/json, application/sql or a form.",
    )


def _body() -> bytes:
    body = request.get_data()
    if len(body) > SQL_BYTES:
        raise TooLarge(
            f"the body has {len(body):,} bytes, and {SQL_BYTES:,} are the most there may be",
            code="BODY_TOO_LARGE",
            limit=SQL_BYTES,
            actual=len(body),
        )
    return body


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8 (byte {error.start})") from error


def _show(run: Run, asked: Asked, shape: str, skip: int) -> Response:
    results = [envelope(r, shape, integers_as_text=asked.int64 == "string") for r in run.results]
    facts: dict[str, Any] = {"applied": run.applied, "request_id": g.request_id}
    if asked.dry_run:
        facts |= {"dry_run": True, "would_fail_at_commit": run.fails_at_commit}
        facts["changes"] = changes_told(run.effects)
    if asked.statements is not None:
        whole = {"results": results, "committed": run.applied == "all"}
        whole |= facts | {"time_ms": round(run.duration * 1000, 3)}
    else:
        (whole,) = results
        if whole["truncated"]:
            whole["next"] = _signer().dumps([_fingerprint(asked), skip + asked.page_rows])
        whole |= facts
    return caching.as_cached(as_json(whole), whole) if asked.cache else as_json(whole)


def _skipped(asked: Asked) -> int:
    """How many rows the pages before this one had. Raises BadRequest for a `next` of another query."""
    if asked.next is None:
        return 0
    try:
        fingerprint, skip = _signer().loads(asked.next)
    except (BadData, ValueError, TypeError) as error:
        raise BadRequest("next is not one that was given out here", code="NEXT_UNKNOWN") from error
    if fingerprint != _fingerprint(asked):
        raise BadRequest("next belongs to another query, other values or another limit", code="NEXT_UNKNOWN")
    return skip


def _fingerprint(asked: Asked) -> str:
    told = repr((asked.sql, asked.params, asked.page_rows, *asked.attached))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="next page")

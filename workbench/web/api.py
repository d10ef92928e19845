"""`/run` for programs that ask for more than a value: the shape of an answer depends on the request alone.

See the table of C1 in README: `format`, else `Accept`, else the kind of body decide which shape.
"""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from typing import Any

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from workbench.bench import Answer
from workbench.errors import BadRequest, TooLarge, WorkbenchError, WriteRefused
from workbench.exports.envelope import envelope, page_of_rows
from workbench.exports.formats import FORMATS
from workbench.jobs import Job, Key
from workbench.results import Run
from workbench.runner import Handling
from workbench.web.asked import OPTIONS, Asked, from_fields, from_json
from workbench.web.failures import Problem, Situation, as_document, problem_of
from workbench.web.here import bench, caller, settings
from workbench.web.respond import as_json
from workbench.web.stream import stream
from workbench.web.waiting import waiting

SQL_BYTES = 1 << 20
"""The most bytes a body of SQL or JSON may have."""

_ACCEPTED = {
    "application/json": None,
    "application/vnd.run.v1+json": "arrays",
    "application/x-ndjson": "ndjson",
    "text/csv": "csv",
    "application/problem+json": None,
}

_KEY = re.compile(r'"?([!#-~]{16,255})"?\Z')

_SHAPES = ("arrays", "objects", "typed", "ndjson", "csv")

_BODIES = ("application/json", "application/sql")


def shape_asked(usual: str) -> str:
    """The shape of the answer that the request asks for, `usual` when it asks for nothing special.

    Raises:
        BadRequest: when no format there is will do for `Accept`.
    """
    fields = _fields()
    if "format" in fields:
        return request.values["format"]
    accepted = "application/json"
    if request.accept_mimetypes:
        accepted = request.accept_mimetypes.best_match(_ACCEPTED)
    if accepted is None:
        raise BadRequest(
            f"none of the formats there are will do for Accept: {request.headers['Accept']}",
            code="NOT_ACCEPTABLE",
            hint=f"There are {', '.join(_ACCEPTED)}.",
        )
    richer = request.mimetype in _BODIES or _options(fields)
    return _ACCEPTED[accepted] or ("arrays" if richer else usual)


def refuse_options_beside_seed() -> None:
    """Raise BadRequest for an option that a bare value has no place for: a dry run must not write."""
    options = _options(_fields()) - {"format"}
    if options:
        raise BadRequest(f"{min(options)} does not go together with the format seed", code="NOT_TOGETHER")


def _fields() -> set[str]:
    return set(request.args) | (set(request.form) if _is_form() else set())


def _options(fields: set[str]) -> set[str]:
    """Those fields that ask for more than a bare value."""
    return {name for name in fields if name in OPTIONS or name.startswith("p_")}


def run() -> Response:
    """Run what is asked for, in one of the shapes ``arrays``, ``objects`` and ``typed``."""
    job: Job | None = None
    try:
        asked = _asked()
        shape = asked.format or shape_asked("arrays")
        if shape not in _SHAPES:
            raise BadRequest(f"the format {shape} is not for this kind of request")
        job = replace(asked.job(), key=key_asked(asked))
        if shape in FORMATS:
            if job.key:
                raise BadRequest(
                    "a stream is not kept for a key",
                    code="NOT_TOGETHER",
                    hint="Ask for arrays, objects or typed.",
                )
            return stream(
                job, shape, show_failure, may_write=request.method == "POST", **asked.writing(shape)
            )
        skip = _skipped(asked)
        keep = page_of_rows(asked.limit, skip=skip, most_bytes=settings().result_bytes)
    except WorkbenchError as error:
        return show_failure(Run("", error=error), job)

    def seal(run: Run) -> bytes:
        return _show(run, asked, shape, skip).get_data()

    def show(answer: Answer) -> Response:
        if answer.run.error is not None:
            return show_failure(answer.run, job)
        if answer.run.replayed is not None:
            return as_replayed(answer.run.replayed)
        return _show(answer.run, asked, shape, skip)

    handling = Handling(keep, may_write=request.method == "POST", seal=seal)
    return show(bench().call(caller(), job, handling, waiting=waiting(show)))


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
    problem = problem_of(error, script)
    response = as_problem(error, problem, run.applied, script)
    if problem.status == 405:
        response.headers["Allow"] = "POST"
    return response


def as_problem(error: WorkbenchError, problem: Problem, applied: str, script: str = "") -> Response:
    """The problem document of `error`; `script` is the text it is in."""
    document = as_document(error, problem, Situation(applied, g.request_id), script)
    response = as_json(document, problem.status)
    response.content_type = "application/problem+json"
    response.headers["X-Sql-Code"] = problem.code
    return response


def _named_by_method(error: WorkbenchError) -> WorkbenchError:
    """A write that only the method forbids says so: the same by POST would do."""
    if isinstance(error, WriteRefused) and request.method != "POST" and not settings().read_only:
        error.code = "METHOD_READ_ONLY"
        error.hint = "Send it by POST."
    return error


def _asked() -> Asked:
    """The request as one description, however it was sent."""
    options = _once(request.args)
    if request.mimetype == "application/json" and request.method != "GET":
        if options:
            raise BadRequest(
                f"{next(iter(options))} stands in the address, and the body is JSON: send it there"
            )
        return from_json(_body())
    if request.mimetype == "application/sql" and request.method != "GET":
        if "sql" in options or "query" in options:
            raise BadRequest("the SQL is in the address and in the body: send it once")
        return from_fields(options | {"sql": _text(_body())})
    if request.method != "GET" and not _is_form():
        raise BadRequest(
            f"a body of type {request.mimetype or 'nothing'} is not understood",
            code="UNSUPPORTED_MEDIA",
            hint="Send application/json, application/sql or a form.",
        )
    return from_fields(_once(CombinedMultiDict([request.args, request.form])))


def _once(fields: MultiDict[str, str]) -> dict[str, str]:
    """The fields by name. Raises BadRequest for one that stands twice: which of them is meant?"""
    for name, values in fields.lists():
        if len(values) > 1:
            raise BadRequest(f"the field {name} stands twice")
    return fields.to_dict()


def _is_form() -> bool:
    return request.method != "GET" and request.mimetype in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    )


def _body() -> bytes:
    body = request.get_data()
    if len(body) > SQL_BYTES:
        raise TooLarge(
            f"the body has {len(body):,} bytes, and {SQL_BYTES:,} are the most there may be",
            code="BODY_TOO_LARGE",
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
    if asked.statements is not None:
        whole = {"results": results, "committed": run.applied == "all"}
        return as_json(whole | facts | {"time_ms": round(run.duration * 1000, 3)})
    (result,) = results
    if result["truncated"]:
        result["next"] = _signer().dumps([_fingerprint(asked), skip + asked.limit])
    return as_json(result | facts)


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
    told = repr((asked.sql, asked.params, asked.limit))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="next page")

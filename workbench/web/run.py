"""`/run`: SQL in, JSON out, for programs.

What the first server at this address answered is kept, value for value: rows as arrays for
what reads, a sentence for what writes, a sentence for an error, with status 200 for those
of SQL. Failures that server never had carry a status of their own.
"""

from __future__ import annotations

from flask import Response, request

from workbench.errors import BadRequest, StatementError, WorkbenchError, WriteRefused
from workbench.exports.json_rows import json_rows
from workbench.jobs import Job
from workbench.results import Kind, Run
from workbench.runner import Handling
from workbench.waiting import Answer
from workbench.web import api
from workbench.web.documents import status_of
from workbench.web.failures import problem_of
from workbench.web.guard import is_foreign
from workbench.web.here import bench, caller, settings
from workbench.web.respond import as_json
from workbench.web.shape import shape_asked
from workbench.web.text import query_in_address, query_in_form
from workbench.web.waiting import waiting


def run() -> Response:
    """Run what was asked, and answer with a bare value unless the request asks for another shape."""
    if request.method == "HEAD":
        return as_json(b"")
    try:
        shape = shape_asked("seed")
    except WorkbenchError as error:
        return api.show_failure(Run("", error=error), None)
    return _run_for_a_value() if shape == "seed" else api.run()


def run_v1() -> Response:
    """The same without the bare values: for clients that begin today."""
    return as_json(b"") if request.method == "HEAD" else api.run()


def _run_for_a_value() -> Response:
    try:
        text = query_in_address() if request.method == "GET" else query_in_form()
    except BadRequest as error:
        return _show_failure(Run("", error=error))
    if not text:
        return as_json("Warning: Empty query string!")
    keep = json_rows(settings().result_bytes)
    try:
        job = Job.of(text, key=api.key_asked(text))
    except BadRequest as error:
        return _show_failure(Run("", error=error))
    handling = Handling(keep, may_write=_may_write(), seal=_sealed)
    return show(bench().call(caller(), job, handling, waiting=waiting(show)))


def _sealed(run: Run) -> bytes:
    return as_json(value_of(run)).get_data()


def _may_write() -> bool:
    """GET writes only for callers from the time when it did, and never for another site's page."""
    return request.method == "POST" or (settings().get_writes and not is_foreign())


def show(answer: Answer) -> Response:
    """The answer as a bare value; a failure as a sentence."""
    if answer.run.error is not None:
        return _show_failure(answer.run)
    if answer.run.replayed is not None:
        return api.as_replayed(answer.run.replayed)
    response = as_json(value_of(answer.run))
    if request.method == "GET" and answer.run.applied != "none":
        response.headers["Deprecation"] = "@1767225600"  # RFC 9745: writing by GET, since 2026
    return response


def value_of(run: Run) -> bytes | str:
    """The last statement's rows, or how many rows it wrote; -1 where that has no meaning."""
    last = run.results[-1] if run.results else None
    if last is not None and last.kind is Kind.READ and last.columns:
        return last.rows
    affected = last.rows_affected if last is not None else None
    return f"Done - Rows affected: {-1 if affected is None else affected}"


def _show_failure(run: Run) -> Response:
    error = run.error
    problem = problem_of(error, run.script)
    status = 200 if isinstance(error, StatementError) else status_of(problem, run.applied)
    if isinstance(error, WriteRefused) and request.method == "GET" and not bench().engine.read_only:
        status = 403 if is_foreign() else 405
    response = as_json(f"Error - {problem.message}", status)
    response.headers["X-Sql-Code"] = problem.code
    if status == 405:
        response.headers["Allow"] = "POST"
    return response

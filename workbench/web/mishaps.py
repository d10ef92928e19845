"""What no view has told: errors on their way out, each in the form that its address speaks."""

from __future__ import annotations

import logging
from dataclasses import replace
from traceback import clear_frames

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from workbench.errors import BadRequest, TooLarge, WorkbenchError
from workbench.results import Run
from workbench.web import limits, parameters, query
from workbench.web.failures import Problem, problem_of, problem_of_http
from workbench.web.here import settings
from workbench.web.respond import show_problem
from workbench.web.uploads import is_upload

log = logging.getLogger("workbench")


def install(app: Flask) -> None:
    """Have every error of `app` told."""
    app.register_error_handler(WorkbenchError, _ours)
    app.register_error_handler(MemoryError, _without_memory)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unforeseen)


def _ours(error: WorkbenchError) -> Response:
    return show_problem(problem_of(error), applied="none")


def _without_memory(error: MemoryError) -> Response:
    """Lets go of what the answer was made of: telling so takes memory too."""
    log.warning("There is no memory for the answer to %s %s", request.method, request.path)
    clear_frames(error.__traceback__)
    words = "The answer is too large to show; what was run is in the history"
    return show_problem(problem_of(TooLarge(words)), applied="unknown")


def _expired(_error: CSRFError) -> Response:
    """The page was open since before the keys changed: give a text back with a fresh form."""
    if request.endpoint != "query":
        hint = "Go back, load the page again, and try once more. Cookies must be allowed for this address."
        return _ours(BadRequest("Nothing was changed.", code="FORM_EXPIRED", hint=hint))
    error = BadRequest(
        "Nothing was run. Your text is still here: run it again.",
        code="FORM_EXPIRED",
        hint="If you see this on every try, allow cookies for this address.",
    )
    run = Run(request.form.get("query", "").replace("\r\n", "\n"), error=error)
    return query.show_run(run, parameters.given_in_form())


def _of_http(error: HTTPException) -> Response:
    unknown = (error.code or 500) >= 500
    problem = problem_of_http(error)
    if error.code == 413:
        problem = _over_its_limit(problem)
    response = show_problem(problem, applied="unknown" if unknown else "none")
    if error.code == 405:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or []))
    return response


def _over_its_limit(problem: Problem) -> Problem:
    """How large a request may be depends on its address."""
    most = request.max_content_length or limits.REQUEST_BYTES
    if is_upload():
        largest = settings().upload_bytes >> 20
        words = f"A file that is imported may have {largest:,} MB, and text that is pasted 4 MB."
        problem = replace(problem, message=words, hint="Nothing was imported.")
    return replace(problem, limit=most, actual=request.content_length)


def _unforeseen(_error: Exception) -> Response:
    log.exception("An error of the workbench's own")
    return _of_http(InternalServerError())

"""The room of plans: how the editor's text would be carried out, and trying an index."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for

from workbench.errors import ValueMissing, WorkbenchError
from workbench.jobs import Job
from workbench.parameters import Given
from workbench.planner import TRY_SECONDS
from workbench.waiting import Answer
from workbench.web.attaching import with_attached
from workbench.web.failures import Problem, problem_of
from workbench.web.here import bench, person, planner
from workbench.web.page import show_page
from workbench.web.parameters import Field, fields_of, given_in_form
from workbench.web.part import Part
from workbench.web.text import query_in_form
from workbench.web.waiting import waiting


def explain(part: Part, given: tuple[Given, ...]) -> Response:
    """The plan of each statement of `part`, with the indexes that would help. Runs nothing."""
    text = part.whole

    def show(answer: Answer) -> Response:
        return _show_problem(text, given, part.placed(answer.run.error))

    try:
        plans = planner().explain(person(), with_attached(Job.of(part.script)), waiting=waiting(show))
    except WorkbenchError as error:
        return _show_problem(text, given, part.placed(error))
    fields = _fields(text, given)
    return show_page(query=text, plans=plans, fields=fields, trying=_trying(text, fields))


def try_index() -> Response:
    """Measure a statement without and with an index. Its bare address leads back to the page."""
    if request.method == "GET":
        return redirect(url_for("index"))
    text, given = query_in_form().replace("\r\n", "\n"), given_in_form()
    statement, index = (_line_ends(request.form.get(name, "")) for name in ("statement", "index"))

    def show(answer: Answer) -> Response:
        return _show_problem(text, given, answer.run.error)

    try:
        job = Job.typed(statement, given)
        trial = planner().try_index(person(), job, index, waiting=waiting(show))
    except ValueMissing as error:
        return _show_problem(text, given, error, wanted=error.names)
    except WorkbenchError as error:
        return _show_problem(text, given, error)
    return show_page(query=text, trial=trial, fields=_fields(text, given))


def _trying(text: str, fields: list[Field]) -> dict[str, Any]:
    """What the forms need with which an index is tried."""
    read_only = bench().engine.read_only
    return {"text": text, "fields": fields, "read_only": read_only, "seconds": int(TRY_SECONDS)}


def _show_problem(
    text: str, given: tuple[Given, ...], error: WorkbenchError, *, wanted: tuple[str, ...] = ()
) -> Response:
    problem = _value_missing() if wanted else problem_of(error, text)
    fields = _fields(text, given, wanted)
    return show_page(query=text, problem=problem, status=problem.status, fields=fields)


def _value_missing() -> Problem:
    hint = "Nothing was run. Give each parameter a value, press Explain, and try the index then."
    return Problem(422, "The statement is measured with values", "", hint, "VALUE_MISSING")


def _fields(text: str, given: tuple[Given, ...], wanted: tuple[str, ...] = ()) -> list[Field]:
    return fields_of(text, bench().parameters(text, given), wanted=wanted)


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")

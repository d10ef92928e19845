"""The room where SQL is typed: the page, running a query, and an answer's own address."""

from __future__ import annotations

from flask import Response, abort, redirect, request, url_for

from workbench import sql
from workbench.bench import Answer
from workbench.errors import BadRequest, StoreTrouble, WorkbenchError
from workbench.web.failures import problem_of
from workbench.web.here import bench, person
from workbench.web.page import show_page
from workbench.web.respond import wants_fragment
from workbench.web.text import query_in_address, query_in_form
from workbench.web.waiting import waiting


def index() -> Response:
    """The workbench. An address may aim the presets at a table and fill the editor; it runs nothing."""
    return show_page(query=_preset_text() or query_in_address() or "")


def query() -> Response:
    """Run what the editor holds, and show what came back. Its bare address leads back to the page."""
    if request.method == "GET":
        return redirect(url_for("index"))
    text = query_in_form().replace("\r\n", "\n")  # forms send line ends so, whatever was typed
    if not text.strip():
        error = BadRequest(
            "There is nothing to run yet.", code="EMPTY", hint="Type SQL, or start from a preset."
        )
        return show_page(query=text, problem=problem_of(error), status=400)
    return _show_answer(bench().run(person(), text, waiting=waiting(_show_answer)))


def entry(number: int) -> Response:
    """An entry of the history: its text in the editor, and what it answered then. Runs nothing."""
    try:
        found = bench().again(person(), number)
    except StoreTrouble as trouble:
        return show_page(problem=problem_of(trouble), status=503)
    if found is None:
        abort(404)
    remembered, run = found
    problem = problem_of(run.error, run.script) if run and run.error else None
    return show_page(query=remembered.script, run=run, entry=remembered, problem=problem)


def _show_answer(answer: Answer) -> Response:
    """An answer in its place. One without an error gets its own address, so that no reload runs it again."""
    run, number = answer.run, answer.number
    problem = problem_of(run.error, run.script) if run.error else None
    if not wants_fragment() and number is not None and problem is None:
        return redirect(_address(number), 303)
    response = show_page(
        query=run.script, run=run, problem=problem, status=problem.status if problem else 200
    )
    if wants_fragment():
        if number is not None:
            response.headers["HX-Push-Url"] = _address(number)
        response.headers["HX-Trigger"] = (
            "history-changed, schema-changed" if run.schema_changed else "history-changed"
        )
    return response


def _address(number: int) -> str:
    """Where the answer is shown again, with the presets still aimed at the same table."""
    return url_for("entry", number=number, table=request.values.get("table") or None)


def _preset_text() -> str | None:
    """The text of the preset that the address names, if there is such a table and preset."""
    name, wanted = request.args.get("table"), request.args.get("preset")
    if not wanted:
        return None
    try:
        table = bench().catalog().find(name)
    except WorkbenchError:
        return None
    return next((p.sql for p in sql.presets(table) if p.name == wanted), None) if table else None

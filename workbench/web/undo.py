"""The room of second thoughts: taking a run back, and when to be asked before one."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request, url_for

from workbench.entries import Entry
from workbench.errors import BadRequest, WorkbenchError
from workbench.results import Run
from workbench.waiting import Answer
from workbench.web.failures import problem_of
from workbench.web.here import bench, choose_ask_first, person
from workbench.web.page import show_page
from workbench.web.query import address_of, show_answer
from workbench.web.table_parts import address_back
from workbench.web.waiting import waiting


def undo(number: int) -> Response:
    """Take back what an entry's run changed, or one `statement` of it; with ``how=safe`` what can be."""
    entry = bench().entry(person(), number)
    if entry is None:
        abort(404)
    if request.method == "GET":
        return redirect(address_of(number))
    if not entry.can_be_undone:
        return _show_error(entry, BadRequest(_why_not(entry), code="NOTHING_TO_UNDO"))

    def show(answer: Answer) -> Response:
        if answer.run.error is None:
            return _back(entry, answer) if "back" in request.form else show_answer(answer)
        return _show_failure(entry, answer.run)

    statement, safe = request.form.get("statement", type=int), request.form.get("how") == "safe"
    try:
        return show(bench().undo(person(), entry, statement, safe_only=safe, waiting=waiting(show)))
    except WorkbenchError as error:
        return _show_error(entry, error)


def _back(entry: Entry, answer: Answer) -> Response:
    """The part of the table where the button was, as it is now."""
    flash(f"{entry.way_back} is done: {entry.subject}")
    return redirect(address_back(request.form.get("table", ""), answer.number), 303)


def ask() -> Response:
    """When to be shown a write before it is done."""
    choose_ask_first(request.form.get("ask_first", ""))
    return redirect(url_for("index"), 303)


def _why_not(entry: Entry) -> str:
    if entry.undone_by is not None:
        return "It was taken back already."
    if not entry.certain:
        return "It is not known yet whether it was committed."
    return f"It cannot be undone: {entry.why_not}." if entry.why_not else "It changed nothing."


def _show_error(entry: Entry, error: WorkbenchError) -> Response:
    return _show_failure(entry, Run(entry.script, error=error))


def _show_failure(entry: Entry, run: Run) -> Response:
    """Why it was not taken back, above the entry as it is."""
    problem = problem_of(run.error)
    return show_page(
        query=entry.script, run=run, problem=problem, status=problem.status, undoing=entry, fields=[]
    )

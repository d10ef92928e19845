"""The room where SQL is typed: the page, running a query, and an answer's own address."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Response, redirect, request, url_for

from workbench import sql
from workbench.caution import Caution
from workbench.errors import BadRequest, StoreTrouble, TooLarge, ValueMissing, WorkbenchError
from workbench.jobs import Job
from workbench.parameters import Given, as_written, filled
from workbench.results import Run
from workbench.waiting import Answer
from workbench.web.aside import aside
from workbench.web.attaching import can_be_attached, with_attached
from workbench.web.failures import Problem, problem_of
from workbench.web.here import ask_first, bench, person
from workbench.web.missing import no_entry
from workbench.web.page import show_page
from workbench.web.parameters import MOST, fields_of, given_in_form
from workbench.web.part import Part, part_in_form
from workbench.web.parts import RowsPart, part_asked, place_asked
from workbench.web.plan import explain
from workbench.web.respond import wants_fragment
from workbench.web.tabs import current_text, keep_without_scripts, named_tab
from workbench.web.text import query_in_address, query_in_form
from workbench.web.waiting import waiting


def index() -> Response:
    """The workbench, with the text of the current tab. An address may aim the presets at a table and
    fill the editor; it runs nothing.
    """
    text = _preset_text() or query_in_address() or current_text()
    return show_page(query=text, fields=fields_of(text, bench().parameters(text)))


def query() -> Response:
    """Run what the editor holds, and show what came back. Its bare address leads back to the page."""
    if request.method == "GET":
        return redirect(url_for("index"))
    text = query_in_form().replace("\r\n", "\n")  # forms send line ends so, whatever was typed
    part = part_in_form(text)
    keep_without_scripts(text)
    if not part.script.strip():
        error = BadRequest(
            "There is nothing to run yet.", code="EMPTY", hint="Type SQL, or start from a preset."
        )
        return show_page(query=text, problem=problem_of(error), status=400)
    given = given_in_form()
    if request.form.get("action") == "explain":
        return explain(part, given)
    if request.form.get("action") == "discard":
        return show_page(query=text, fields=fields_of(text, bench().parameters(text, given)))
    return _run(part, given)


def _run(part: Part, given: tuple[Given, ...]) -> Response:
    """Run it, or show what it would change."""

    def show(answer: Answer) -> Response:
        return show_answer(answer, given, part)

    try:
        job = with_attached(Job.typed(part.script, given))
    except BadRequest as error:
        return show(Answer(Run(part.script, error=error), None))
    preview = request.form.get("action") == "preview"
    act = bench().preview if preview else partial(bench().run, caution=_caution())
    return show(act(person(), job, waiting=waiting(show)))


def entry(number: int) -> Response:
    """An entry of the history: its text in the editor, and what it answered then. Runs nothing."""
    try:
        found = bench().kept.again(person(), number)
    except StoreTrouble as trouble:
        return show_page(problem=problem_of(trouble), status=503)
    if found is None:
        no_entry(number)
    remembered, run = found
    problem = problem_of(run.error, run.script) if run and run.error else None
    fields = fields_of(remembered.script, bench().parameters(remembered.script, remembered.given))
    shown = {"query": remembered.script, "run": run, "entry": remembered, "fields": fields}
    shown |= {"at": number if run and not run.error else None, "aside": aside(number, run)}
    try:
        return show_page(**shown, problem=problem, looked_at=_looked_at(number))
    except WorkbenchError as error:
        problem = problem_of(error)
        return show_page(**shown, problem=problem, status=problem.status)


def _looked_at(number: int) -> RowsPart | None:
    """The part of a result that the address names, if it names one."""
    place = place_asked()
    if place is None:
        return None
    with bench().kept.rows(person(), number, place) as kept:
        return part_asked(kept) if kept else None


def show_run(run: Run, given: Iterable[Given], part: Part | None = None, **shown: Any) -> Response:
    """A run in its place, with the error that ended it, and what was given for its parameters.

    `part`: of which text it is a part, if not all of one.
    """
    part = part or Part.all_of(run.script)
    return _show(run, given, part, _problem(run, part), **shown)


def _show(run: Run, given: Iterable[Given], part: Part, problem: Problem | None, **shown: Any) -> Response:
    wanted = run.error.names if isinstance(run.error, ValueMissing) else ()
    known = filled(run.parameters, given, all_known=run.error is None)
    fields = fields_of(run.script, known, wanted=wanted)
    status = problem.status if problem else 200
    shown |= {"run": run, "problem": problem, "fields": fields, "part": part}
    shown["other"] = can_be_attached(run.error)
    return show_page(query=part.whole, status=status, **shown)


def show_answer(answer: Answer, given: tuple[Given, ...] = (), part: Part | None = None) -> Response:
    """An answer in its place. One without an error gets its own address, so that no reload runs it again."""
    run, number = answer.run, answer.number
    if not wants_fragment() and number is not None and run.error is None:
        return redirect(address_of(number), 303)
    done = bench().entry(person(), number) if number is not None and run.effects else None
    at = None if run.error else number
    part = part or Part.all_of(run.script)
    problem = _problem(run, part)
    response = _show(run, given, part, problem, done=done, at=at, aside=aside(number, run))
    if wants_fragment():
        if number is not None:
            response.headers["HX-Push-Url"] = address_of(number)
        response.headers["HX-Trigger"] = _news(run, problem)
    return response


def _news(run: Run, problem: Problem | None) -> str:
    """What on the page is to be asked for anew."""
    if problem and problem.about_values:
        return "values-wanted"
    return "history-changed, schema-changed" if run.schema_changed else "history-changed"


def _problem(run: Run, part: Part) -> Problem | None:
    if isinstance(run.error, ValueMissing):
        return _question(run)
    return problem_of(part.placed(run.error), part.whole) if run.error else None


def _question(run: Run) -> Problem:
    """What to ask for when a value is missing: nothing was run, and nothing is wrong with the text."""
    if len(run.parameters) > MOST:
        words = f"This text has {len(run.parameters):,} parameters, and the page has {MOST} fields at most"
        return problem_of(TooLarge(words, hint="Nothing was run. A program can send values to /run."))
    *others, last = [as_written(name, run.script) for name in run.error.names]
    what = f"values for {', '.join(others)} and {last}" if others else f"a value for {last}"
    title = f"Give {what} and run again"
    return Problem(422, title, run.error.message, "Nothing was run.", "VALUE_MISSING")


def _caution() -> Caution:
    """What the person has seen, and when they want to see more before it is done."""
    shown, for_good = request.form.get("shown") or None, request.form.get("for_good") == "yes"
    return Caution(ask_first(), shown, for_good)


def address_of(number: int) -> str:
    """Where the answer is shown again, in the same tab, with the presets still aimed at the same table, and
    the saved query that the editor was opened with.
    """
    around = {name: request.values.get(name) or None for name in ("table", "saved")}
    return url_for("entry", number=number, tab=named_tab(), **around)


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

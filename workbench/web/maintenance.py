"""The room where a database file is looked after: how it is, and what can be done for it."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from flask import Response, redirect, request, url_for
from msgspec.structs import replace

from workbench import upkeep
from workbench.errors import StoreTrouble, WorkbenchError, WriteRefused
from workbench.jobs import Job
from workbench.upkeep import Chore
from workbench.waiting import Answer, Waiting
from workbench.web.failures import problem_of
from workbench.web.guard import is_request_id
from workbench.web.here import bench, person, settings
from workbench.web.respond import show, wants_fragment
from workbench.web.waiting import waiting


def maintenance() -> Response:
    """How the file is, what can be done, and what came of the run that the address names."""
    return _show(**_done(request.args.get("entry", type=int)))


def do() -> Response:
    """Do what was chosen: a run like any other, so it has a limit, can be stopped, and is remembered."""
    try:
        chore = upkeep.find(request.form.get("chore", ""), request.form.get("value", ""))
    except WorkbenchError as error:
        return _show_problem(error)

    if chore.writes and bench().engine.read_only:
        words = f"{chore.title} writes, and this database is open for reading only."
        return _show_problem(WriteRefused(words), chore)

    def tell(answer: Answer) -> Response:
        return _tell(chore, answer)

    return tell(bench().run(person(), Job.of(chore.script), waiting=_named(waiting(tell))))


def _named(waits: Waiting) -> Waiting:
    """`waits`, under the name by which the page's Stop asks for it."""
    name = request.form.get("run_id", "")
    return replace(waits, request_id=name) if is_request_id(name) else waits


def _tell(chore: Chore, answer: Answer) -> Response:
    """What came of it; at an address of its own, so that no reload does it again."""
    if answer.run.error is not None:
        return _show_problem(answer.run.error, chore)
    if answer.number is not None and not wants_fragment():
        return redirect(url_for("maintenance", entry=answer.number), 303)
    return _show(chore=chore, told=chore.tell(answer.run), entry=answer.number, took=answer.run.duration)


def _done(number: int | None) -> dict[str, Any]:
    """What that entry of the history tells, if it is this person's and a chore."""
    try:
        found = bench().kept.again(person(), number) if number is not None else None
    except StoreTrouble:
        found = None
    chore = upkeep.chore_of(found[0].script) if found else None
    if not found or not chore or not found[1] or found[1].error:
        return {}
    entry, run = found
    return {"chore": chore, "told": chore.tell(run), "entry": number, "took": entry.duration}


def _show_problem(error: WorkbenchError, chore: Chore | None = None) -> Response:
    problem = problem_of(error)
    return _show(problem=problem, chore=chore, status=problem.status)


def _show(*, status: int = 200, **shown: Any) -> Response:
    person()  # known by now, whoever comes here first: Stop is another request than what it stops
    engine = bench().engine
    context: dict[str, Any] = dict.fromkeys(("chore", "told", "entry", "took", "problem")) | shown
    try:
        condition = engine.condition()
        context |= {"condition": condition, "traits": upkeep.traits(condition, read_only=engine.read_only)}
    except WorkbenchError as error:
        context |= {"condition": None, "traits": [], "problem": context["problem"] or problem_of(error)}
    context |= {"database": engine, "chores": upkeep.CHORES, "run_id": token_hex(16)}
    context["time_limit"] = settings().time_limit
    page, fragment = "pages/maintenance.html", "fragments/maintenance.html"
    return show(page, fragment=fragment, status=status, **context)

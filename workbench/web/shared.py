"""The room of shared results: freeze one, show it to whoever has its link, give it as a file, end it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response, abort, flash, redirect, request, session, url_for

from workbench.errors import BadRequest
from workbench.exports.csv_rows import csv_rows
from workbench.exports.facts import Facts
from workbench.exports.formats import FORMATS
from workbench.exports.json_stream import json_stream
from workbench.frozen import BYTES
from workbench.kept import Bounds
from workbench.results import Column, Result, Row
from workbench.web.export import as_file_named
from workbench.web.failures import problem_of
from workbench.web.here import bench, person, sharing
from workbench.web.missing import no_entry
from workbench.web.page import show_page
from workbench.web.parameters import fields_of
from workbench.web.respond import show

_Writer = Callable[[tuple[Column, ...], Iterator[list[Row]], Facts], Iterator[bytes]]

_WRITERS: dict[str, _Writer] = {"csv": csv_rows, "json": json_stream}


def freeze(number: int) -> Response:
    """Make a link to what an entry answered, and lead there."""
    found = bench().kept.in_full(person(), number, Bounds(octets=BYTES))
    if found is None:
        no_entry(number)
    entry, run = found
    try:
        made = sharing().frozen.freeze(person(), entry, run, bench().engine.name, request.form.get("for", ""))
    except BadRequest as error:
        fields = fields_of(entry.script, bench().parameters(entry.script, entry.given))
        problem = problem_of(error)
        shown = {"run": run, "entry": entry, "at": number, "fields": fields, "problem": problem}
        return show_page(query=entry.script, status=problem.status, **shown)
    flash("This is the link: its address opens the rows below, as they are here, for whoever has it.")
    return redirect(url_for("frozen", token=sharing().frozen.token(made)), 303)


def frozen(token: str) -> Response:
    """The rows as they were. Nothing is run, and nobody's history is looked at."""
    found, run = sharing().frozen.open(token)
    return show(
        "pages/frozen.html",
        fragment="pages/frozen.html",
        database=bench().engine,
        frozen=found,
        run=run,
        token=token,
        fields=fields_of(found.script, found.given),
        mine=session.get("person") == found.person,
    )


def as_file(token: str, place: int, ending: str) -> Response:
    """The rows of one statement, from the copy, as a file."""
    found, run = sharing().frozen.open(token)
    write = _WRITERS.get(ending)
    result = _result_at(run.results, place)
    if write is None or result is None:
        abort(404)
    pieces = write(result.columns, iter([list(result.rows)]), Facts())
    response = Response(b"".join(pieces), content_type=FORMATS[ending].content_type)
    response.headers["Content-Disposition"] = as_file_named(found.database, ending)
    return response


def end(frozen_id: str) -> Response:
    """Let a link of one's own show nothing any more."""
    sharing().frozen.end(person(), frozen_id)
    flash("The link has ended, and its copy of the rows is gone.")
    return redirect(url_for("history", _anchor="links"), 303)


def _result_at(results: list[Result], place: int) -> Result | None:
    """The result of statement `place`, from 1, if it has rows."""
    found = results[place - 1 : place] if place else []
    return next((result for result in found if result.columns), None)

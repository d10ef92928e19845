"""The room of exports: the rows of one statement as a file, all of them.

A room of the page rather than `/run`: the shape of what `/run` answers depends on the request
alone, and a program that posts a form there gets problem documents. A person whose export fails
before its first row gets the page, with the statement and what is wrong with it, as for a run.
"""

from __future__ import annotations

from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from flask import Response, request

from workbench.errors import BadRequest, WorkbenchError
from workbench.exports.formats import FORMATS
from workbench.jobs import Job
from workbench.results import Run
from workbench.web.attaching import with_attached
from workbench.web.here import bench
from workbench.web.parameters import given_in_form
from workbench.web.query import show_run
from workbench.web.stream import stream
from workbench.web.text import query_in_form


def export() -> Response:
    """Run the one statement of the form again, which must only read, and send its rows as they come."""
    script = query_in_form().replace("\r\n", "\n")
    given = given_in_form()
    try:
        name = _format_asked()
        job = with_attached(Job.typed(script, given, single=True))
    except WorkbenchError as error:
        return show_run(Run(script, error=error), given)

    def show_failure(run: Run, _job: Job) -> Response:
        return show_run(run, given)

    response = stream(job, name, show_failure, may_write=False, **_options(name))
    if response.status_code == 200:
        response.headers["Content-Disposition"] = as_file_named(bench().engine.name, FORMATS[name].ending)
    return response


def _format_asked() -> str:
    name = request.form.get("format", "")
    if name not in FORMATS:
        raise BadRequest(f"there is no format {name!r}", hint=f"There are {', '.join(FORMATS)}.")
    return name


def _options(name: str) -> dict[str, Any]:
    return FORMATS[name].taking(safe="csv_safe" in request.form)


def as_file_named(database: str, ending: str) -> str:
    """The header that saves an answer under the database's name (RFC 6266, with a name for old readers)."""
    name = f"{database.rsplit('.', 1)[0] or 'result'}.{ending}"
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join("_" if each in '"\\%/' or not each.isprintable() else each for each in plain)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"

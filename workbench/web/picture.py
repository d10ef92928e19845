"""The room of the picture: tables and the foreign keys between them, drawn from a list of them."""

from __future__ import annotations

from flask import Response, abort, request

from workbench.errors import WorkbenchError
from workbench.pictures import Picture
from workbench.web.failures import problem_of
from workbench.web.here import bench, person, tables
from workbench.web.respond import show
from workbench.web.waiting import waiting

_LONGEST = 200
"""How many characters of a name are looked for."""


def picture() -> Response:
    """The tables with what ``q`` names in their name, and what is tied to them; all without it."""
    wanted, problem, status = request.args.get("q", "")[:_LONGEST].strip(), None, 200
    try:
        found = tables().picture(person(), wanted, waiting=waiting(lambda _: abort(504)))
    except WorkbenchError as error:
        found, problem = Picture((), {}, frozenset()), problem_of(error)
        status = problem.status
    shown = {"picture": found, "wanted": wanted, "problem": problem, "database": bench().engine}
    return show("pages/picture.html", fragment="fragments/picture.html", status=status, **shown)

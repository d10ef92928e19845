"""The room of definitions: how a table is made, what hangs on it, and ways to change that."""

from __future__ import annotations

from flask import Response, abort, request, url_for

from workbench.errors import WorkbenchError
from workbench.sql import quoted
from workbench.web.failures import problem_of
from workbench.web.here import person, tables
from workbench.web.missing import no_table
from workbench.web.tables import show_in
from workbench.web.waiting import waiting


def structure() -> Response:
    """How the table or view that ``name`` names is defined."""
    name = request.args.get("name", "")
    try:
        found = tables().structure(person(), name, waiting=waiting(lambda _: abort(504)))
    except WorkbenchError as error:
        problem = problem_of(error)
        return show_structure(name, problem.status, problem=problem, weighed=None)
    if found is None:
        no_table(name)
    return show_structure(found.definition.name, weighed=found)


def show_structure(name: str, status: int = 200, **shown: object) -> Response:
    """The page of a definition; the tables beside it lead to theirs."""
    return show_in("structure", status, name=name, leads_to=address_of_structure, **shown)


def address_of_structure(name: str) -> str:
    """Where the definition of a table is shown."""
    return url_for("structure", name=name)


def dropping(kind: str, name: str) -> str:
    """The SQL that drops an object."""
    return f"DROP {kind.upper()} {quoted(name)};"


def templated() -> dict[str, object]:
    """What templates know of definitions."""
    return {
        "address_of_structure": address_of_structure,
        "dropping": dropping,
    }

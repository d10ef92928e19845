"""The room of tables: looking through one, and at one row with all that it is tied to."""

from __future__ import annotations

from flask import Response, abort, request

from workbench.bench import Answer
from workbench.catalog import Catalog
from workbench.errors import BadRequest, WorkbenchError
from workbench.results import Row
from workbench.rowsets import WITHOUT_VALUE
from workbench.web.failures import Problem, problem_of
from workbench.web.here import bench, person, tables
from workbench.web.respond import show
from workbench.web.table_parts import (
    TablePart,
    address_of_table,
    key_asked,
    lead_of,
    look_asked,
    referring,
)
from workbench.web.values_shown import shown
from workbench.web.waiting import waiting

MOST_VALUES = 300
"""How many values of one row are shown on its page."""


def named_table() -> Response:
    """A table whose name cannot stand in a path: the field ``name`` has it."""
    if "name" not in request.args:
        abort(404)
    return table(request.args["name"])


def table(name: str) -> Response:
    """A part of a table or view; with ``key`` one of its rows."""
    try:
        key = key_asked()
        return _one(name, key) if key else _part(name)
    except WorkbenchError as error:
        return _problem(name, problem_of(error, request.args.get("where", "")))


def _part(name: str) -> Response:
    look = look_asked(name)
    seen = tables().look(person(), look, waiting=waiting(lambda answer: _last(name, answer)))
    if seen is None:
        abort(404)
    part = TablePart(seen, _catalog())
    return _show("table", name=seen.shape.name, part=part, where=look.where)


def _one(name: str, key: Row) -> Response:
    found = tables().row(person(), name, key, waiting=waiting(lambda answer: _last(name, answer)))
    if found is None:
        abort(404)
    if found.row is None:
        gone = BadRequest("there is no row with this key", code="NO_SUCH_ROW")
        return _problem(name, problem_of(gone), status=404)
    catalog = _catalog()
    leads = {
        i: lead
        for i in range(len(found.shape.columns))
        if (lead := lead_of(catalog, found, i, found.row)) is not None
    }
    return _show(
        "table_row",
        name=found.shape.name,
        shape=found.shape,
        key=key,
        values=[shown(value) for value in found.row[:MOST_VALUES]],
        leads=leads,
        referring=list(referring(catalog, found.referring)),
    )


def _last(name: str, answer: Answer) -> Response:
    return _problem(name, problem_of(answer.run.error))


def _problem(name: str, problem: Problem, status: int | None = None) -> Response:
    where = request.args.get("where", "")
    return _show("table", status or problem.status, name=name, part=None, problem=problem, where=where)


def _show(what: str, status: int = 200, **shown: object) -> Response:
    usual = {"problem": None, "database": bench().engine}
    return show(f"pages/{what}.html", fragment=f"fragments/{what}.html", status=status, **usual | shown)


def _catalog() -> Catalog:
    try:
        return bench().catalog()
    except WorkbenchError:
        return Catalog()


def templated() -> dict[str, object]:
    """What templates know of tables."""
    return {"address_of_table": address_of_table, "tests_without_value": WITHOUT_VALUE}

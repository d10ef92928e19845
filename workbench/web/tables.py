"""The room of tables: looking through one, and at one row with all that it is tied to."""

from __future__ import annotations

from flask import Response, abort, request

from workbench.browsing import OneRow
from workbench.catalog import Catalog
from workbench.editing import why_not
from workbench.entries import Entry
from workbench.errors import BadRequest, WorkbenchError
from workbench.literals import literal_of
from workbench.plans import Size
from workbench.results import Row
from workbench.rowsets import WITHOUT_VALUE
from workbench.waiting import Answer
from workbench.web.failures import Problem, problem_of
from workbench.web.fields import fields_of, new_fields
from workbench.web.here import bench, person, tables
from workbench.web.missing import no_table
from workbench.web.respond import show, wants_fragment
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
        if "new" in request.args:
            return new_row(name, key)
        return _one(name, key) if key else _part(name)
    except WorkbenchError as error:
        return _problem(name, problem_of(error, request.args.get("where", "")))


def _part(name: str) -> Response:
    look = look_asked(name)
    seen = tables().look(person(), look, waiting=waiting(lambda answer: _last(name, answer)))
    if seen is None:
        no_table(name)
    part = TablePart(seen, _catalog())
    fixed = why_not(seen.shape, read_only=bench().engine.read_only)
    return show_in("table", name=seen.shape.name, part=part, where=look.where, fixed=fixed, done=_done())


def _one(name: str, key: Row) -> Response:
    found = tables().row(person(), name, key, waiting=waiting(lambda answer: _last(name, answer)))
    if found is None:
        no_table(name)
    if found.row is None:
        gone = BadRequest("there is no row with this key", code="NO_SUCH_ROW")
        return _problem(name, problem_of(gone), status=404)
    return show_row(found)


def show_row(found: OneRow, status: int = 200, **shown_with: object) -> Response:
    """The page of a row, with what its fields say where they are not as it is."""
    catalog, shape = _catalog(), found.shape
    leads = {
        i: lead
        for i in range(len(shape.columns))
        if (lead := lead_of(catalog, found, i, found.row)) is not None
    }
    usual = {
        "fixed": why_not(shape, read_only=bench().engine.read_only),
        "fields": fields_of(shape, found.row),
        "done": _done(),
    }
    return show_in(
        "table_row",
        status,
        **usual
        | {
            "name": shape.name,
            "shape": shape,
            "key": [literal_of(value) for value in found.key],
            "again": address_of_table(shape.name, {"new": 1, "key": [literal_of(v) for v in found.key]}),
            "values": [shown(value) for value in found.row[:MOST_VALUES]],
            "leads": leads,
            "referring": list(referring(catalog, found.referring)),
        }
        | shown_with,
    )


def new_row(name: str, like: Row | None = None, status: int = 200, **shown_with: object) -> Response:
    """The form for another row, filled like the one with the key `like`."""
    shape = tables().shape(person(), name)
    if shape is None:
        no_table(name)
    fixed = why_not(shape, read_only=bench().engine.read_only)
    row = next(iter(tables().rows(person(), name, [like])), None) if like else None
    usual = {"name": shape.name, "shape": shape, "fixed": fixed, "fields": new_fields(shape, row)}
    return show_in("table_new", status, **usual | shown_with)


def _done() -> Entry | None:
    """The edit that led here, to be taken back."""
    number = request.args.get("did", type=int)
    return bench().entry(person(), number) if number else None


def _last(name: str, answer: Answer) -> Response:
    return _problem(name, problem_of(answer.run.error))


def _problem(name: str, problem: Problem, status: int | None = None) -> Response:
    where = request.args.get("where", "")
    return show_in("table", status or problem.status, name=name, part=None, problem=problem, where=where)


def show_in(what: str, status: int = 200, **shown: object) -> Response:
    """A page about a table, with the list of all of them beside it, or its fragment."""
    catalog = _catalog()
    usual = {"problem": None, "database": bench().engine, "catalog": catalog, "leads_to": address_of_table}
    usual["table"] = catalog.find(str(shown.get("name")))
    usual["sizes"] = {} if wants_fragment() else _sizes()
    return show(f"pages/{what}.html", fragment=f"fragments/{what}.html", status=status, **usual | shown)


def _sizes() -> dict[str, Size]:
    try:
        return tables().sizes(person())
    except WorkbenchError:
        return {}


def _catalog() -> Catalog:
    try:
        return bench().catalog()
    except WorkbenchError:
        return Catalog()


def templated() -> dict[str, object]:
    """What templates know of tables."""
    return {
        "address_of_table": address_of_table,
        "tests_without_value": WITHOUT_VALUE,
    }

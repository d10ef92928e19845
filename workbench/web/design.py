"""The room where tables and indexes are designed by form: the SQL is shown, then previewed like any write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Response, abort, request

from workbench.catalog import Table
from workbench.designs.alteration import Alteration
from workbench.designs.design import ACTIONS, TYPES, Column, IndexDesign, TableDesign, Term
from workbench.designs.writing import create_index, create_table
from workbench.errors import WorkbenchError, WriteRefused
from workbench.jobs import Job
from workbench.web.design_forms import filled, filled_index, index_in_form, rearranged, table_in_form
from workbench.web.failures import problem_of
from workbench.web.here import bench, person
from workbench.web.query import show_answer
from workbench.web.respond import show
from workbench.web.waiting import waiting

Design = TableDesign | IndexDesign

_NEW = TableDesign("", (Column("id", "INTEGER", key=True), Column(""), Column("")))


def new_table() -> Response:
    """A form for a new table; what its buttons do to it; its SQL, and a preview of that."""
    if request.method == "GET":
        return show_design("new_table", _NEW)
    design = table_in_form()

    def make() -> Alteration:
        return Alteration((create_table(filled(design)),))

    return answered("new_table", partial(with_columns, design), make, design=design)


def new_index() -> Response:
    """The same for a new index of the table that ``table`` names."""
    table = _table(request.values.get("table", ""))
    if request.method == "GET":
        return show_design("new_index", IndexDesign("", table.name, (Term(""),)), of=table)
    design = index_in_form()
    design = replace(design, name=design.name or _name_of(design))

    def change(action: str) -> IndexDesign | None:
        terms = rearranged(design.terms, action, Term(""))
        return None if terms is None else replace(design, terms=terms)

    def make() -> Alteration:
        return Alteration((create_index(filled_index(design)),))

    return answered("new_index", change, make, design=design, of=table)


def with_columns(design: TableDesign, action: str) -> TableDesign | None:
    """The table after a button that adds, moves or removes a column; None for another button."""
    columns = rearranged(design.columns, action, Column(""))
    return None if columns is None else replace(design, columns=columns)


def answered(
    what: str, change: Callable[[str], Design | None], make: Callable[[], Alteration], **told: object
) -> Response:
    """What the button of a form asks for: the form after a `change`, with the SQL that `make` gives, or a
    preview of what that would do, as of any write.
    """
    action = request.form.get("action", "")
    try:
        if (changed := change(action)) is not None:
            return show_design(what, **told | {"design": changed, "focus": _focus(changed)})
        made = make()
        if bench().engine.read_only:
            raise WriteRefused("this database is open for reading only", hint="Nothing was changed.")
        told |= {"sql": made.script, "notes": made.notes}
        if action != "preview":
            return show_design(what, **told)
        answer = bench().preview(person(), Job.of(made.script), waiting=waiting(show_answer))
    except WorkbenchError as error:
        return _refused(what, error, **told)
    return _refused(what, answer.run.error, **told) if answer.run.error else show_answer(answer)


def _refused(what: str, error: WorkbenchError, **told: object) -> Response:
    """The form as it was sent, with what is wrong with it."""
    problem = problem_of(error, str(told.get("sql", "")))
    return show_design(what, status=problem.status, problem=problem, **told)


def show_design(what: str, design: Design, *, status: int = 200, **told: object) -> Response:
    """The page of a form."""
    usual = dict.fromkeys(("problem", "sql", "focus", "of", "notes", "seal", "was")) | {
        "what": what,
        "design": design,
        "database": bench().engine,
        "tables": [table for table in bench().catalog().tables if table.kind == "table"],
        "actions": ACTIONS,
        "types": TYPES,
    }
    page = "index_design" if what == "new_index" else "design"
    fragment = f"fragments/{page}.html"
    return show(f"pages/{page}.html", fragment=fragment, status=status, **usual | told)


def _table(name: str) -> Table:
    table = bench().catalog().find(name)
    return table if table is not None and table.kind == "table" else abort(404)


def _name_of(design: IndexDesign) -> str:
    """A name that says what the index is of; empty while that is not known."""
    terms = [term.text for term in design.terms if term.text and not term.is_sql]
    return "_".join([design.table, *terms]) if terms else ""


def _focus(design: Design) -> int:
    """Which of the form's columns gets the focus after a button: the one that was moved, or the last."""
    verb, _, place = request.form.get("action", "").partition("-")
    moved = {"up": -1, "down": 1}.get(verb, 0)
    last = len(design.columns if isinstance(design, TableDesign) else design.terms) - 1
    return min(max(0, int(place) + moved), last) if place else last

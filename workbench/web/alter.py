"""The room where a table is altered by form: as it is, as it is to be, and how it becomes that."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from flask import Response, abort, request

from workbench.definitions import Definition
from workbench.designs.alteration import Alteration
from workbench.designs.reading import read_table
from workbench.errors import GuardFailed, WorkbenchError
from workbench.web.design import answered, show_design, with_columns
from workbench.web.design_forms import as_sent, filled, refuse_more, table_in_form
from workbench.web.failures import problem_of
from workbench.web.here import person, tables
from workbench.web.structure import show_structure


def alter_table() -> Response:
    """A form that says how the table ``was`` is, and what its buttons do; its SQL, and a preview of that."""
    name = as_sent("was")
    try:
        definition = tables().definition(person(), name)
        if definition is None or definition.kind != "table":
            abort(404)
        now = read_table(definition.sql)
        refuse_more(len(now.columns))
    except WorkbenchError as error:
        problem = problem_of(error)
        return show_structure(name, problem.status, problem=problem, weighed=None)
    told = {"was": definition.name, "seal": _seal(definition)}
    if request.method == "GET":
        return show_design("alter_table", now, **told)
    design = table_in_form()

    def make() -> Alteration:
        _refuse_moved(definition)
        return tables().alteration(person(), definition.name, filled(design))

    told["seal"] = request.form.get("seal", "")
    return answered("alter_table", partial(with_columns, design), make, design=design, **told)


def _refuse_moved(definition: Definition) -> None:
    """Raise GuardFailed when the table is not as it was when its form was made."""
    if request.form.get("seal") != _seal(definition):
        raise GuardFailed(
            "somebody has altered this table since this form was made",
            hint="Nothing was changed. Open the form anew to begin from the table as it is now.",
        )


def _seal(definition: Definition) -> str:
    """What tells whether a table is still as it was."""
    return sha256(definition.sql.encode("utf-8", "surrogatepass")).hexdigest()

"""The room where rows are edited: saved, added and deleted, each as a run like any other."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request, url_for

from workbench.browsing import OneRow, Shape
from workbench.caution import Caution
from workbench.editing import delete, insert, row_seal, seal, update, why_not
from workbench.errors import BadRequest, GuardFailed, Held, WorkbenchError, WriteRefused
from workbench.jobs import Job
from workbench.literals import literal_of
from workbench.results import Row, Value
from workbench.sql import quoted
from workbench.waiting import Answer
from workbench.web.failures import problem_of
from workbench.web.fields import Field, changed, fields_of, new_fields, typed, values_of
from workbench.web.here import ask_first, bench, person, tables
from workbench.web.query import show_answer
from workbench.web.table_parts import address_back, address_of_table, chosen_rows, values_told
from workbench.web.tables import new_row, show_in, show_row
from workbench.web.values_shown import shown
from workbench.web.waiting import waiting


def change() -> Response:
    """Do what the form of a row, of a new row or of chosen rows says. Its bare address leads to the page."""
    if request.method == "GET":
        return redirect(url_for("index"))
    name, action = request.form.get("name", ""), request.form.get("action", "")
    try:
        shape = tables().shape(person(), name)
        if shape is None:
            abort(404)
        if reason := why_not(shape, read_only=bench().engine.read_only):
            raise WriteRefused(reason, hint="Nothing was changed.")
        if "only" in request.form:
            return _delete(shape, "delete-rows")
        if "rows" in request.form or action == "delete-rows":
            return _delete(shape, action)
        key = values_told(request.form.getlist("key"))
        return _save(shape, key, action) if key else _add(shape, action)
    except WorkbenchError as error:
        problem = problem_of(error)
        return show_in("table", problem.status, name=name, part=None, problem=problem, where="")


def _save(shape: Shape, key: Row, action: str) -> Response:
    """Put what the fields say into the row, or delete it, if it is still as it was shown."""
    found = tables().row(person(), shape.name, key)
    if found.row is None:
        raise BadRequest("this row is gone: somebody deleted it, or gave it another key", code="NO_SUCH_ROW")
    fields = typed(fields_of(shape, found.row))
    if moved := [each for each in fields if each.old != seal(found.row[each.place])]:
        return _moved(found, fields, moved)
    if action == "delete":
        return _answer(shape, delete(shape, [(key, found.row)]), found, fields, action)
    values, fields = values_of(shape, fields)
    changes = changed(values, found.row)
    if any(each.mistake for each in fields):
        return show_row(found, 422, fields=fields)
    if not changes:
        return show_row(found, note="Every field says what is there: nothing was changed.")
    return _answer(shape, update(shape, key, found.row, changes), found, fields, action)


def _add(shape: Shape, action: str) -> Response:
    values, fields = values_of(shape, typed(new_fields(shape, None)))
    if any(each.mistake for each in fields):
        return new_row(shape.name, status=422, fields=fields)
    return _answer(shape, insert(shape, values), None, fields, action, values=values)


def _delete(shape: Shape, action: str) -> Response:
    """Delete the rows that are chosen, each told by its key and what it was like."""
    chosen = chosen_rows()
    keys = [key for _, key in chosen]
    rows = tables().rows(person(), shape.name, keys)
    if any(row is None or row_seal(row) != seal for row, (seal, _) in zip(rows, chosen, strict=True)):
        raise GuardFailed(
            "some of these rows have changed since they were shown",
            hint="Nothing was deleted. Go back, look at them again, and choose anew.",
        )
    job = delete(shape, list(zip(keys, rows, strict=True)))
    return _answer(shape, job, None, [], action, many=True)


def _answer(
    shape: Shape, job: Job, found: OneRow | None, fields: list[Field], action: str, **more: object
) -> Response:
    """Run or preview `job`. What is to be looked at first is shown where any such run is."""

    def show(answer: Answer) -> Response:
        return show_answer(answer, job.given)

    if action.startswith("preview"):
        return show(bench().preview(person(), job, waiting=waiting(show)))
    answer = bench().run(person(), job, caution=Caution(ask_first()), waiting=waiting(show))
    error = answer.run.error
    if error is None:
        return _done(shape, answer, found, action, **more)
    if isinstance(error, Held) or more.get("many"):
        return show(answer)
    problem = problem_of(error, answer.run.script)
    if found is None:
        return new_row(shape.name, status=problem.status, fields=fields, problem=problem)
    return show_row(found, problem.status, fields=fields, problem=problem)


def _done(shape: Shape, answer: Answer, found: OneRow | None, action: str, **more: object) -> Response:
    """Where to see what was done: the row as it is now, or its table."""
    count = answer.run.rows_affected or 0
    what = "Deleted" if action.startswith("delete") else "Saved" if found else "Added"
    flash(f"{what} {count:,} row{'' if count == 1 else 's'} of {shape.name}.")
    if "back" in request.form:
        return redirect(address_back(shape.name, answer.number), 303)
    told: dict[str, object] = {"did": answer.number}
    if what == "Saved":
        told["key"] = _key_after(shape, found)
    elif what == "Added":
        told["key"] = _key_of_new(shape, answer, more.get("values", {}))
    return redirect(address_of_table(shape.name, told), 303)


def _key_after(shape: Shape, found: OneRow) -> list[str]:
    values, _ = values_of(shape, typed(fields_of(shape, found.row)))
    key = [values.get(t.column, old) for t, old in zip(shape.key, found.key, strict=True)]
    return [literal_of(value) for value in key]


def _key_of_new(shape: Shape, answer: Answer, values: dict) -> list[str]:
    """The key of the row that was added; nothing where it cannot be told."""
    if all(term.column in values for term in shape.key):
        return [literal_of(values[term.column]) for term in shape.key]
    number = answer.run.results[-1].last_rowid if len(shape.key) == 1 else None
    return [str(number)] if number is not None else []


def _moved(found: OneRow, fields: list[Field], moved: list[Field]) -> Response:
    """Somebody has changed the row since: how it was, how it is, and what was typed."""
    names = [found.shape.columns[each.place].name for each in moved]
    problem = problem_of(
        GuardFailed(
            f"somebody has changed {', '.join(map(quoted, names))} since this row was shown",
            hint="Nothing was changed. Save again to write what you typed over what is there now.",
        )
    )
    values, _ = values_of(found.shape, fields)
    now = [
        fresh._replace(kind=mine.kind, text=mine.text) if _is_touched(mine, values) else fresh
        for mine, fresh in zip(fields, fields_of(found.shape, found.row), strict=True)
    ]
    then = [
        (name, each.old, shown(found.row[each.place]), each) for name, each in zip(names, moved, strict=True)
    ]
    return show_row(found, problem.status, fields=now, problem=problem, moved=then)


def _is_touched(field: Field, values: dict[int, Value]) -> bool:
    """Whether a field says something else than it did when its form was made."""
    return field.place in values and seal(values[field.place]) != field.old

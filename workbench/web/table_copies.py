"""Rows of a table as text to be pasted: those that are chosen, else the part that the address shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, redirect, request, url_for

from workbench.browsing import Shape
from workbench.errors import BadRequest, WorkbenchError
from workbench.exports.formats import OF_KEPT_ROWS
from workbench.literals import literal_of
from workbench.results import Column, Row
from workbench.web.failures import problem_of
from workbench.web.here import person, tables
from workbench.web.missing import no_table
from workbench.web.table_parts import chosen_rows, key_asked, look_asked
from workbench.web.tables import show_in

FORMATS = {"tsv": "TSV", "objects": "JSON", "markdown": "Markdown", "insert": "INSERT"}
"""What rows can be copied as, and what that is called."""


def copy_rows() -> Response:
    """The rows of ``name`` that a form chose, or the one with ``key``, or those that the address shows."""
    name = request.values.get("name", "")
    if not name:
        return redirect(url_for("index"))
    try:
        told = request.values.get("format", "")
        if told not in WRITERS:
            raise BadRequest(f"there is no format {told[:40]!r}", hint=f"There are {', '.join(WRITERS)}.")
        shape = tables().shape(person(), name)
        if shape is None:
            no_table(name)
        text = WRITERS[told](told, shape, _rows(shape))
        return Response(text, content_type="text/plain; charset=utf-8")
    except WorkbenchError as error:
        problem = problem_of(error)
        return show_in("table", problem.status, name=name, part=None, problem=problem, where="")


def _rows(shape: Shape) -> Sequence[Row]:
    one = key_asked()
    keys = [key for _, key in chosen_rows()] or ([one] if one else [])
    if not keys:
        return tables().look(person(), replace(look_asked(shape.name), facets=None)).part.rows
    rows = tables().rows(person(), shape.name, keys)
    if None in rows:
        raise BadRequest(
            "some of these rows are gone: somebody deleted them, or gave them another key",
            hint="Nothing was copied.",
            code="NO_SUCH_ROW",
        )
    return rows


def _written(told: str, shape: Shape, rows: Sequence[Row]) -> bytes:
    """The rows in a format; INSERTs without columns that are computed, which none may name."""
    kept = [i for i, c in enumerate(shape.columns) if told != "insert" or not c.generated]
    columns = tuple(
        Column(shape.columns[i].name, shape.columns[i].type or None, shape.name, shape.columns[i].name)
        for i in kept
    )
    picked = rows if len(kept) == len(shape.columns) else [tuple(row[i] for i in kept) for row in rows]
    return b"".join(OF_KEPT_ROWS[told].write(columns, iter([list(picked)] if picked else [])))


def _value(_: str, shape: Shape, rows: Sequence[Row]) -> str:
    """One value, the one of ``column`` (from 1) in the first row: texts as they are, NULL is nothing."""
    column = request.args.get("column", default=0, type=int)
    if not (rows and 0 < column <= len(shape.columns)):
        raise BadRequest("this address names no value of the table")
    value = rows[0][column - 1]
    return value if isinstance(value, str) else "" if value is None else literal_of(value)


WRITERS = dict.fromkeys(FORMATS, _written) | {"value": _value}
"""How each format is written."""


def templated() -> dict[str, object]:
    """What templates know of copies."""
    return {"copied_as": FORMATS}

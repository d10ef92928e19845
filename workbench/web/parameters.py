"""The room of parameters: a field for each, filled with what was given, and what came of that."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from flask import Response, request

from workbench.errors import BadRequest
from workbench.parameters import Given, as_written, reads_as_number
from workbench.web.here import bench
from workbench.web.page import show_page
from workbench.web.text import query_in_form

VALUE, KIND = "p_", "as_"
"""A parameter's name stands behind these in the names of its two fields: what was typed, and its kind."""


MOST = 200
"""How many fields the page has at most: ``?30000`` alone would be as many as its number."""


class Field(NamedTuple):
    """A parameter on the page. `label` is its name as in the script, `taken` in words what is bound.

    `wanted`: it has no value, and a run was waiting for one. `mistake`: what is wrong with the value.
    """

    name: str
    label: str
    text: str
    kind: str
    taken: str
    wanted: bool = False
    mistake: str | None = None


def parameters() -> Response:
    """The fields for the text in the editor. SQLite prepares it, to tell which there are; nothing runs."""
    script = query_in_form().replace("\r\n", "\n")
    fields = fields_of(script, bench().parameters(script, given_in_form()))
    return show_page(fragment="fragments/parameters.html", query=script, fields=fields)


def given_in_form() -> tuple[Given, ...]:
    """What was typed into the fields."""
    names = [field.removeprefix(VALUE) for field in request.form if field.startswith(VALUE)]
    return tuple(
        Given(name, request.form[VALUE + name], request.form.get(KIND + name, "auto")) for name in names
    )


def fields_of(script: str, given: Iterable[Given], *, wanted: Iterable[str] = ()) -> list[Field]:
    """A field for each of `given`, up to `MOST`; a run was waiting for those of `wanted`."""
    waited_for = frozenset(wanted)
    return [
        _field(each, as_written(each.name, script), each.name in waited_for) for each in islice(given, MOST)
    ]


def _field(given: Given, label: str, wanted: bool) -> Field:
    try:
        taken, mistake = _in_words(given), None
    except BadRequest as error:
        taken, mistake = "", error.hint
    return Field(given.name, label, given.text, given.kind, taken, wanted and given.missing, mistake)


def _in_words(given: Given) -> str:
    """What the field is taken as; nothing where nothing was typed."""
    if given.missing:
        return ""
    value = given.value
    match value:
        case None:
            return "NULL"
        case int() | float():
            kind = "integer" if isinstance(value, int) else "real"
            return kind if str(value) == given.text else f"{kind} {value!r}"
        case bytes():
            return f"BLOB, {len(value):,} byte{'' if len(value) == 1 else 's'}"
    if given.kind == "auto" and reads_as_number(value):
        return "text: no number here is exactly this one"
    return "text" if value else "empty text"

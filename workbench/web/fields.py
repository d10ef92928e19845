"""The fields in which a row of a table is edited: what each says, and which value was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import request

from workbench.browsing import Shape
from workbench.editing import KINDS, field_of, is_same, seal, taken
from workbench.errors import BadRequest
from workbench.results import Row, Value

UPLOAD = "file"
"""The kind of a value that is the bytes of an uploaded file."""


class Field(NamedTuple):
    """A field for the column in `place`. `old` is what was there when the form was made; `kinds` are those
    that can be chosen. `mistake`: what is wrong with what was typed.
    """

    place: int
    kind: str
    text: str
    old: str
    kinds: Mapping[str, str]
    mistake: str | None = None

    @property
    def tall(self) -> bool:
        """Whether one line is too little for the text."""
        return "\n" in self.text or len(self.text) > 80


def fields_of(shape: Shape, row: Row) -> list[Field]:
    """A field for each column of a row that can be set."""
    kinds = {kind: words for kind, words in KINDS.items() if kind != "default"} | {UPLOAD: "BLOB (file)"}
    return [
        Field(i, *field_of(column.type, row[i]), seal(row[i]), kinds)
        for i, column in enumerate(shape.columns)
        if not column.generated
    ]


def new_fields(shape: Shape, like: Row | None) -> list[Field]:
    """A field for each column of a new row, filled as in the row `like`, but for its key."""
    kinds = {kind: words for kind, words in KINDS.items() if kind != "keep"} | {UPLOAD: "BLOB (file)"}
    made = []
    for i, column in enumerate(shape.columns):
        if not column.generated:
            kind, text = field_of(column.type, like[i]) if like and not column.key else ("default", "")
            made.append(Field(i, "default" if kind == "keep" else kind, text, "", kinds))
    return made


def typed(fields: list[Field]) -> list[Field]:
    """The same fields with what this request's form says of them."""
    return [
        field._replace(
            kind=request.form.get(f"k_{field.place}", field.kind),
            text=request.form.get(f"v_{field.place}", field.text).replace("\r\n", "\n"),
            old=request.form.get(f"o_{field.place}", field.old),
        )
        for field in fields
    ]


def values_of(shape: Shape, fields: list[Field]) -> tuple[dict[int, Value], list[Field]]:
    """The values of those fields that say one, by column; and the fields with their mistakes."""
    values, told = {}, []
    for field in fields:
        mistake = None
        try:
            if field.kind not in ("keep", "default"):
                values[field.place] = _value(shape, field)
        except BadRequest as error:
            mistake = error.hint or error.message
        told.append(field._replace(mistake=mistake))
    return values, told


def changed(values: Mapping[int, Value], row: Row) -> dict[int, Value]:
    """Those of `values` that are others than in `row`."""
    return {i: value for i, value in values.items() if not is_same(value, row[i])}


def _value(shape: Shape, field: Field) -> Value:
    if field.kind != UPLOAD:
        return taken(shape.columns[field.place].type, field.kind, field.text)
    file = request.files.get(f"u_{field.place}")
    if file is None or not file.filename:
        raise BadRequest("no file is chosen", hint="Choose a file, or another kind.")
    return file.read()

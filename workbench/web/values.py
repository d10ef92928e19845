"""How SQLite's values stand in JSON, as schemas: what may be bound, and what comes back.

`bound.value_of` reads what may be bound; `workbench.exports` writes what comes back.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

Schema = dict[str, Any]


def _object(**members: Schema) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_BASE64 = {
    "type": "string",
    "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
_BLOB = _object(**{"$base64": {"const": True}, "encoded": _BASE64})
_INFINITE = {"enum": ["Infinity", "-Infinity"]}
_INFINITY = _object(**{"$real": _INFINITE})

SCHEMAS: dict[str, Schema] = {
    "Bound": {
        "description": "A value for a parameter: NULL, INTEGER (`true` is 1), REAL or TEXT as JSON has them, "
        'a BLOB as `{"$base64": true, "encoded": "…"}`, an infinity as `{"$real": "Infinity"}`, '
        'and any JSON as text by `{"$raw": …}`.',
        "anyOf": [
            {"type": ["null", "boolean", "string"]},
            {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
            {"type": "number", "not": {"type": "integer"}},
            _BLOB,
            _INFINITY,
            _object(**{"$raw": {"description": "Bound as the text of this JSON."}}),
        ],
    },
    "Value": {
        "description": "NULL, INTEGER, REAL or TEXT as JSON has them, integers exact to the last digit; "
        'a BLOB as `{"$base64": true, "encoded": "…"}`, an infinity as `{"$real": "Infinity"}`, '
        'text that is not UTF-8 as `{"$text_base64": "…"}`.',
        "anyOf": [
            {"type": ["null", "number", "string"]},
            _BLOB,
            _INFINITY,
            _object(**{"$text_base64": _BASE64}),
        ],
    },
    "TypedValue": {
        "description": "A value with its type: `n` NULL, `i` INTEGER as text, `r` REAL, `t` TEXT, "
        "`b` BLOB in base64, `t64` TEXT that is not UTF-8 in base64.",
        "anyOf": [
            _object(n={"type": "null"}),
            _object(i={"type": "string", "pattern": "^-?[0-9]+$"}),
            _object(r={"anyOf": [{"type": "number"}, _INFINITE]}),
            _object(t={"type": "string"}),
            _object(b=_BASE64),
            _object(t64=_BASE64),
        ],
    },
    "Row": {
        "description": "A list of values; for `objects` an object whose members are called as the columns, "
        "a second `a` being `a_2`; for `typed` a list of values with their types.",
        "anyOf": [
            {"type": "array", "items": _named("Value")},
            {"type": "object", "additionalProperties": _named("Value")},
            {"type": "array", "items": _named("TypedValue")},
        ],
    },
}
"""The schemas by their names in the document."""


Bound = Annotated[Any, Meta(extra_json_schema=_named("Bound"))]
"""A value for a parameter."""

Value = Annotated[Any, Meta(extra_json_schema=_named("Value"))]
"""A value that is given back."""

Row = Annotated[Any, Meta(extra_json_schema=_named("Row"))]
"""A row in the shape that was asked for."""

"""How a request may be made, as OpenAPI: JSON, SQL, a form, or the address; all of it from `asked.Asked`."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from workbench.exports.formats import FORMATS
from workbench.web.asked import OF_ONE, OPTIONS, STRUCTURED, Asked
from workbench.web.examples import EXAMPLES, Example
from workbench.web.values import Schema

REF = "#/components/schemas/{name}"

_, _FOUND = msgspec.json.schema_components([Asked], ref_template=REF)
MEMBERS: dict[str, Schema] = _FOUND.pop("Asked")["properties"]
"""What may be asked, by name, with its type, default and description."""

_SQL = {"type": "string", "format": "sql", "description": "SQL; several statements are one transaction"}


def schemas() -> dict[str, Schema]:
    """The schemas of what is sent, by name."""
    one = _members(without=("statements",), shapes_without=("seed",))
    batch = _members(without=("sql", *OF_ONE), shapes_without=("seed", *FORMATS))
    return _FOUND | {
        "OneRequest": _request("A statement, and how it is to be run and answered.", one, "sql"),
        "BatchRequest": _request("Statements that happen all or not at all.", batch, "statements"),
        "OneForm": _form("A statement, and how it is to be run and answered.", one, "query"),
        "BatchForm": _form("Statements that happen all or not at all.", batch, "statements"),
        "PlainForm": {
            "description": "SQL and nothing else; fields that are no options are ignored.",
            "type": "object",
            "properties": {"query": _SQL},
            "required": ["query"],
            "propertyNames": {"not": {"anyOf": [{"enum": sorted(OPTIONS)}, {"pattern": "^p_"}]}},
        },
    }


def bodies(*, bare: bool) -> Schema:
    """The bodies that POST and QUERY take; `bare` where a form may ask for a bare value."""
    form = {
        "schema": _either("PlainForm", "OneForm", "BatchForm") if bare else _either("OneForm", "BatchForm"),
        "examples": _examples([e for e in EXAMPLES if e.bare == bare], lambda e: e.fields),
    }
    return {
        "description": "JSON, SQL, or a form, which may be `multipart/form-data` too.",
        "required": True,
        "content": {
            "application/json": {
                "schema": _either("OneRequest", "BatchRequest"),
                "examples": _examples([e for e in EXAMPLES if not e.bare], lambda e: e.body),
            },
            "application/sql": {
                "schema": _SQL | {"description": "One statement; options stand in the address, as for GET."},
                "example": "SELECT * FROM student",
            },
            "application/x-www-form-urlencoded": form,
        },
    }


def fields(*, bare: bool) -> list[Schema]:
    """The parameters of GET; `bare` where it may ask for a bare value."""
    members = _members(without=("statements", "sql"), shapes_without=() if bare else ("seed",))
    query = {
        "name": "query",
        "in": "query",
        "required": not bare,
        "description": "SQL. By GET it reads.",
        "schema": {"type": "string", "format": "sql"},
        "example": "SELECT * FROM student",
    }
    return [query, *(_field(name, member) for name, member in members.items())]


def _field(name: str, member: Schema) -> Schema:
    member = _not_null(member)
    told = {"name": name, "in": "query", "description": member.pop("description")}
    if name in STRUCTURED:
        return told | {"content": {"application/json": {"schema": member}}}
    return told | {"schema": _as_text(member)}


def _as_text(member: Schema) -> Schema:
    """The schema of a member outside of JSON, where 1 is as good as true."""
    if member.get("type") != "boolean":
        return member
    return member | {"type": "string", "enum": ["true", "false", "1", "0"], "default": "false"}


def _members(*, without: tuple[str, ...], shapes_without: tuple[str, ...]) -> dict[str, Schema]:
    members = {name: member for name, member in MEMBERS.items() if name not in without}
    return members | {"format": _fewer(MEMBERS["format"], shapes_without)}


def _fewer(shapes: Schema, without: tuple[str, ...]) -> Schema:
    """`format` without the shapes that are not for this kind of request."""
    names, null = shapes["anyOf"]
    return shapes | {"anyOf": [{"enum": [name for name in names["enum"] if name not in without]}, null]}


def _not_null(member: Schema) -> Schema:
    """A member's schema without null, which only JSON can say: elsewhere one leaves it out."""
    kinds = [kind for kind in member.get("anyOf", ()) if kind != {"type": "null"}]
    if not kinds:
        return dict(member)
    rest = {k: v for k, v in member.items() if k != "anyOf" and (k, v) != ("default", None)}
    return (kinds[0] if len(kinds) == 1 else {"anyOf": kinds}) | rest


def _request(description: str, members: dict[str, Schema], needed: str) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": members | {needed: _not_null(members[needed])},
        "required": [needed],
        "additionalProperties": False,
    }


def _form(description: str, members: dict[str, Schema], needed: str) -> Schema:
    members = {name: _in_a_form(name, _not_null(member)) for name, member in members.items()}
    patterns = {}
    if "sql" in members:
        members = {"query": members.pop("sql")} | members
        patterns = {"^p_": {"type": "string", "description": "The parameter of that name, as text."}}
    return _request(description, members, needed) | {"patternProperties": patterns}


def _in_a_form(name: str, member: Schema) -> Schema:
    if name not in STRUCTURED:
        return _as_text(member)
    told = {"type": "string", "contentMediaType": "application/json"}
    return told | {"description": f"As JSON: {member.pop('description')}", "contentSchema": member}


def _either(*names: str) -> Schema:
    return {"anyOf": [{"$ref": REF.format(name=name)} for name in names]}


def _examples(examples: list[Example], body: Callable[[Example], Schema]) -> dict[str, Schema]:
    return {e.name: {"summary": e.title, "value": body(e)} for e in examples}

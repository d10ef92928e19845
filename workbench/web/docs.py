"""`GET /docs`: the OpenAPI document as a page, with examples to run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from markupsafe import Markup, escape

from workbench import __version__
from workbench.web import values
from workbench.web.examples import EXAMPLES
from workbench.web.failures import codes
from workbench.web.openapi import document
from workbench.web.openapi.requests import MEMBERS
from workbench.web.values import Schema

_CODE = re.compile(r"`([^`]+)`")

_SHOWN = ("Answer", "Batch", "Described", "Problem", "Active", "Limits")
"""The answers whose members have a table of their own."""


@dataclass(frozen=True, slots=True)
class Row:
    """A member of what is asked or answered: its name, what it may be, and what it means."""

    name: str
    kind: str
    meaning: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """A method at an address."""

    method: str
    path: str
    summary: str
    statuses: tuple[str, ...]


def docs() -> str:
    """The page. Its examples name the host by which it was opened, and the database."""
    return render_template("pages/docs.html", **explained(request.url_root.rstrip("/")))


def explained(origin: str) -> dict[str, Any]:
    """All that the page shows; `origin` is where its examples are to be sent."""
    schemas = document()["components"]["schemas"]
    return {
        "version": __version__,
        "about": document()["info"]["description"].split("\n\n"),
        "doings": _doings(),
        "options": _rows(MEMBERS),
        "expectations": _rows(schemas["Expectation"]["properties"]),
        "answers": [
            (name, schemas[name]["description"], _rows(schemas[name]["properties"])) for name in _SHOWN
        ],
        "values": [(name, schemas[name]["description"]) for name in values.SCHEMAS],
        "codes": codes(),
        "examples": [(example, example.command(origin)) for example in EXAMPLES],
        "marked": marked,
    }


def marked(text: str) -> Markup:
    """`text` with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def _doings() -> list[Doing]:
    return [
        Doing(method.removeprefix("x-").upper(), path, told["summary"], tuple(sorted(told["responses"])))
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
    ]


def _rows(members: dict[str, Schema]) -> list[Row]:
    return [
        Row(name, in_words(member), member.get("description", ""), _default(member))
        for name, member in members.items()
    ]


def _default(member: Schema) -> str | None:
    default = member.get("default")
    return None if default is None else json.dumps(default).strip('"')


def in_words(schema: Schema) -> str:
    """What a value may be, for a person."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        kinds = [in_words(kind) for kind in schema["anyOf"] if kind != {"type": "null"}]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {in_words(schema.get('items', {}))}"
    return _range(schema) or _WORDS.get(schema.get("type"), "value")


_WORDS = {
    "string": "text",
    "boolean": "true or false",
    "object": "object",
    "integer": "integer",
    "number": "number",
}


def _range(schema: Schema) -> str | None:
    if "minimum" not in schema:
        return None
    least, most = schema["minimum"], schema.get("maximum")
    return f"{least} or more" if most is None else f"{least:,} to {most:,}"

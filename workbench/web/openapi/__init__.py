"""`GET /openapi.json`: what may be asked and what is answered, for programs that read such documents.

It is made of the same descriptions that check requests (`asked`) and tell errors (`failures`), so
that it says what holds. See https://spec.openapis.org/oas/v3.1.1.html.
"""

from __future__ import annotations

from functools import cache

import orjson
from flask import Response

from workbench import __version__
from workbench.web.openapi import requests, responses
from workbench.web.openapi.operations import paths
from workbench.web.respond import as_json
from workbench.web.values import Schema

_ABOUT = """\
SQL in, JSON out, for programs.

A request that says only `query`, by GET or in a form, is answered a bare value, as the tutorial's server \
did. One that says more gets more: a body of JSON or SQL, or any option. `/v1/run` never gives bare values. \
The shape of an answer depends on the request alone: on `format`, else on `Accept`, else on the kind of body.

Only POST writes (and GET, for bare values, while the workbench is open to its own machine alone). \
QUERY (RFC 10008) reads with a body; OpenAPI 3.1 has no name for that method, so it stands under `x-query`.

A text that begins with `PRAGMA foreign_keys = OFF` is one transaction too, with foreign keys off until its \
end: so a table can be made anew and take another's place. A `PRAGMA foreign_key_check` in it that finds \
rows ends it with nothing changed, as `SQLITE_CONSTRAINT_FOREIGNKEY`, and names them.

Clients ignore members that they do not know: there may be more at any time."""


def openapi() -> Response:
    """The document."""
    return as_json(_encoded())


@cache
def document() -> Schema:
    """The document as a value; one for the whole process, so nobody changes it."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "SQL Workbench",
            "version": __version__,
            "description": _ABOUT,
            "license": _LICENCE,
        },
        "servers": [_FIRST, _NAMED],
        "paths": paths(),
        "components": {
            "schemas": requests.schemas() | responses.schemas(),
            "responses": responses.failures(),
        },
    }


_FIRST = {"url": "/", "description": "The first database, or the only one."}

_NAMED = {
    "url": "/d/{database}/",
    "description": "One of several. A name that there is not is answered 404, `NO_SUCH_DATABASE`.",
    "variables": {
        "database": {
            "default": "student",
            "description": "Its short name: that of its file without the ending, as the page's bar lists it.",
        }
    },
}

_LICENCE = {"name": "MIT", "identifier": "MIT"}


@cache
def _encoded() -> bytes:
    return orjson.dumps(document())

"""What is answered, as OpenAPI: from `answered`, and from the table of errors in `failures`."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from workbench.web import values
from workbench.web.answered import ANSWERS, BARE, FAILURE
from workbench.web.failures import codes
from workbench.web.openapi.requests import REF
from workbench.web.values import Schema

Headers = dict[str, str]
"""What each header of an answer says, by its name."""

_ELSEWHERE = ("FORM_EXPIRED", "CLIENT_LEFT", "NOT_RUNNING", "HTTP_404")
"""Codes of the page, of other addresses, and of a client that is not there to hear it."""

RUNS = frozenset(status for status, code, _ in codes() if code not in _ELSEWHERE)
"""The statuses of a run that fails."""

ANYWHERE = frozenset({400, 401, 414, 500})
"""The statuses of a request that is refused at whatever address."""

_FRONT = {
    429: "Too many requests from one network, says the server in front; nothing was run.",
    502: "The workbench was interrupted, says the server in front: if this writes, look whether it did.",
}

_STREAMS = {
    "application/x-ndjson": "Lines of JSON: an object with the columns, an array for each row, an object "
    'with `"end": true`. Without the last one, or with `"error"` in it, the rows are not all.',
    "text/csv": 'RFC 4180. NULL is an empty field, empty text is `""`; what is not whole breaks off.',
    "text/tab-separated-values": "The same with tabs.",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "A workbook of one sheet. Whole "
    "numbers beyond 15 digits, BLOBs and infinities are texts in it; more rows or longer texts than a sheet "
    "holds are refused, or break off.",
    "text/markdown": "A table of GitHub's Markdown, for reading.",
    "application/sql": "An INSERT for each row, into the table that all columns come from, else `result`.",
}


def schemas() -> dict[str, Schema]:
    """The schemas of what is answered, by name."""
    _, found = msgspec.json.schema_components(ANSWERS, ref_template=REF)
    known = [
        {"type": "string", "const": code, "description": f"{status}: {title}"}
        for status, code, title in codes()
    ]
    other = {"type": "string", "description": "any other, such as SQLite's (https://sqlite.org/rescode.html)"}
    found["Problem"]["properties"]["code"] |= {"anyOf": [*known, other]}
    return found | values.SCHEMAS | {"BareValue": BARE, "Failure": FAILURE}


def ran(names: Iterable[str], headers: Headers) -> Schema:
    """A run that went well: the schemas that its answer may have, unless it is a stream."""
    answers = {"anyOf": [{"$ref": REF.format(name=name)} for name in names]}
    content = {"application/json": {"schema": answers}}
    content |= {kind: {"schema": {"type": "string", "description": told}} for kind, told in _STREAMS.items()}
    return _response(
        "It was run.", content, {"Content-Disposition": "Names a file, where one is saved."} | headers
    )


def answered(name: str, status: int = 200) -> dict[str, Schema]:
    """An answer of one kind, whose description is that of its schema `name`."""
    told = next(kind.__doc__ for kind in ANSWERS if kind.__name__ == name)
    content = {"application/json": {"schema": {"$ref": REF.format(name=name)}}}
    return {str(status): _response(told, content, {})}


def empty(description: str, headers: Headers) -> dict[str, Schema]:
    """An answer without a body."""
    return {"200": _response(description, {}, headers)}


def failed(statuses: Iterable[int], *kinds: str) -> dict[str, Schema]:
    """What those statuses mean, told as a ``Problem``, as a ``Failure``, or as either of them."""
    where = f"#/components/responses/{''.join(kinds)}"
    return {str(status): {"$ref": f"{where}{status}"} for status in sorted(statuses)}


def failures() -> dict[str, Schema]:
    """Every answer that tells an error, by the name that `failed` refers to."""
    ways = {("Problem",): RUNS | {404}, ("Failure", "Problem"): RUNS, ("Failure",): ANYWHERE}
    return {
        f"{''.join(kinds)}{status}": _failure(status, kinds)
        for kinds, statuses in ways.items()
        for status in sorted(statuses)
    }


def of_front() -> dict[str, Schema]:
    """What the server in front may answer by itself."""
    return {str(status): _response(told, _told_as(("Failure",)), {}) for status, told in _FRONT.items()}


def _failure(status: int, kinds: tuple[str, ...]) -> Schema:
    titles = [f"`{code}` {title}" for number, code, title in codes() if number == status]
    headers = {"X-Sql-Code": "The code."} if "Problem" in kinds else {}
    headers |= _HEADERS.get(status, {})
    return _response(f"{HTTPStatus(status).phrase}: {', '.join(titles)}.", _told_as(kinds), headers)


_HEADERS = {
    401: {"WWW-Authenticate": "How to say who one is."},
    405: {"Allow": "The methods that would do."},
    503: {"Retry-After": "In how many seconds to try again."},
}


def _told_as(kinds: Iterable[str]) -> Schema:
    media = {"Problem": "application/problem+json", "Failure": "application/json"}
    return {media[kind]: {"schema": {"$ref": REF.format(name=kind)}} for kind in kinds}


def _response(description: str, content: Schema, headers: Headers) -> Schema:
    told = {name: _header(text) for name, text in headers.items()}
    told["X-Request-Id"] = _header("Names this request.") | {"required": True}
    return {"description": description, "headers": told} | ({"content": content} if content else {})


def _header(description: str) -> Schema:
    return {"description": description, "schema": {"type": "string"}}


UNCHANGED = {"304": _response("The client has the answer already.", {}, {"ETag": "The answer's tag."})}
"""What a client is told that asks for what it has."""

"""The shape of an answer of `/run`: `format`, else `Accept`, else the kind of body decide, never the data."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import HTTPException

from workbench.errors import BadRequest, WorkbenchError
from workbench.web.asked import OPTIONS

_ACCEPTED = {
    "application/json": None,
    "application/vnd.run.v1+json": "arrays",
    "application/x-ndjson": "ndjson",
    "text/csv": "csv",
    "application/problem+json": None,
}

_BODIES = ("application/json", "application/sql")


def shape_asked(usual: str) -> str:
    """The shape of the answer that the request asks for, `usual` when it asks for nothing special.

    Raises:
        BadRequest: when no format there is will do for `Accept`, or two are named.
    """
    fields = _fields()
    if "format" in fields:
        return _format()
    accepted = "application/json"
    if request.accept_mimetypes:
        accepted = request.accept_mimetypes.best_match(_ACCEPTED)
    if accepted is None:
        raise BadRequest(
            f"none of the formats there are will do for Accept: {request.headers['Accept']}",
            code="NOT_ACCEPTABLE",
            hint=f"There are {', '.join(_ACCEPTED)}.",
        )
    richer = request.mimetype in _BODIES or _options(fields)
    return _ACCEPTED[accepted] or ("arrays" if richer else usual)


def refuse_options_beside_seed() -> None:
    """Raise BadRequest for an option that a bare value has no place for: a dry run must not write."""
    options = _options(_fields()) - {"format"}
    if options:
        raise BadRequest(f"{min(options)} does not go together with the format seed", code="NOT_TOGETHER")


def _fields() -> set[str]:
    found = {*request.args, *(request.form if is_form() else ())}
    return found - {None}  # the name of a part that has none; the guard refuses it


def _options(fields: set[str]) -> set[str]:
    """Those fields that ask for more than a bare value."""
    return {name for name in fields if name in OPTIONS or name.startswith("p_")}


def _format() -> str:
    named = request.args.getlist("format") + request.form.getlist("format")
    if len(named) > 1:
        raise BadRequest("format is given more than once", hint="Nothing was run. Send it once.")
    return named[0]


def tells_problems() -> bool:
    """Whether failures at this address are problem documents (RFC 9457).

    They are below /run/ and /v1/, and at /run itself for requests that ask for more than a value.
    """
    if request.path != "/run":
        return request.path.startswith(("/run/", "/v1/"))
    if "Content-Encoding" in request.headers:  # a body that could not be opened: it is more than a form's
        return True
    try:
        return shape_asked("seed") != "seed"
    except WorkbenchError:
        return True
    except HTTPException:  # the form is what cannot be read
        return False


def is_form() -> bool:
    """Whether the body is a form."""
    return request.method != "GET" and request.mimetype in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    )

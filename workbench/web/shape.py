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
    "text/tab-separated-values": "tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/markdown": "markdown",
    "application/sql": "insert",
    "application/problem+json": None,
}

_FOLDED = {name.replace("_", ""): name for name in OPTIONS}

_BODIES = ("application/json", "application/sql")


def shape_asked(usual: str) -> str:
    """The shape of the answer that the request asks for, `usual` when it asks for nothing special.

    Raises:
        BadRequest: when no format there is will do for `Accept`, two are named, the one that is named
            has no place for what else is asked for, or a field is the name of an option but for its spelling.
    """
    fields = {*request.args, *(request.form if is_form() else ())}
    more = _more(fields - {None})  # the name of a part that has none; the guard refuses it
    if "format" not in fields:
        return _accepted() or ("arrays" if more else usual)
    named = _format()
    if named == "seed" and more:
        raise BadRequest(
            f"{more} asks for more than a bare value, so the format cannot be seed", code="NOT_TOGETHER"
        )
    return named


def _more(fields: set[str]) -> str | None:
    """What in the request asks for more than a bare value; None when nothing does."""
    if request.mimetype in _BODIES:
        return f"a body of {request.mimetype}"
    if prefers_rollback():
        return "Prefer"
    _refuse_misspelt(fields - OPTIONS)
    options = fields & OPTIONS | {name for name in fields if name.startswith("p_")}
    return min(options - {"format"}, default=None)


def _refuse_misspelt(fields: set[str]) -> None:
    """Other fields are passed over, as they always were; but `dryRun` must not run the write."""
    for name in fields:
        meant = _FOLDED.get(name.lower().replace("_", "").replace("-", ""))
        if meant:
            raise BadRequest(f"there is no field {name}: it is spelled {meant}", hint="Nothing was run.")


def _accepted() -> str | None:
    """The shape that `Accept` names, None when it is of no opinion."""
    if request.headers.get("Accept", "*/*") == "*/*" or not request.accept_mimetypes:
        return None
    accepted = request.accept_mimetypes.best_match(_ACCEPTED)
    if accepted is None:
        raise BadRequest(
            f"none of the formats there are will do for Accept: {request.headers['Accept']}",
            code="NOT_ACCEPTABLE",
            hint=f"There are {', '.join(_ACCEPTED)}.",
        )
    return _ACCEPTED[accepted]


def _format() -> str:
    named = request.args.getlist("format") + request.form.getlist("format")
    if len(named) > 1:
        raise BadRequest("format is given more than once", hint="Nothing was run. Send it once.")
    return named[0]


def prefers_rollback() -> bool:
    """Whether `Prefer: tx=rollback` asks for a dry run (RFC 7240, section 2)."""
    preferences = request.headers.get("Prefer", "").lower().replace('"', "").split(",")
    return any(each.partition(";")[0].strip() == "tx=rollback" for each in preferences)


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

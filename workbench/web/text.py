"""The text of a query out of a request: all of it, or a reason why not."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import request
from werkzeug.datastructures import MultiDict

from workbench.errors import BadRequest


def query_in_address() -> str | None:
    """The `query` of the address, None without one. Raises BadRequest when it is not UTF-8, or is twice."""
    _refuse_encoded_text(request.query_string)
    _refuse_twice("query", request.args)
    return request.args.get("query")


def query_in_form() -> str:
    """The `query` field of the form. Raises BadRequest when there is no such field, or it is there twice."""
    _refuse_twice("query", request.form, request.args)
    query = request.form.get("query")
    if query is None:
        raise BadRequest("the form has no field named query", hint="Send the SQL as the form field query.")
    return query


def fields() -> dict[str, str]:
    """All fields of the address and the form. Raises BadRequest for bytes that are not UTF-8, and for a
    name that is there twice.
    """
    _refuse_encoded_text(request.query_string)
    for name in {*request.args, *request.form}:
        _refuse_twice(name, request.args, request.form)
    return request.args.to_dict() | request.form.to_dict()


def refuse_broken_address() -> None:
    """Raise BadRequest when the address holds bytes that are not UTF-8."""
    _refuse_encoded_text(request.query_string)


def _refuse_twice(name: str, *sources: MultiDict[str, str]) -> None:
    """Whichever of two were taken, somebody would have meant the other."""
    if sum(len(source.getlist(name)) for source in sources) > 1:
        raise BadRequest(f"{name} is given more than once", hint="Nothing was run. Send it once.")


def refuse_broken_form() -> None:
    """Raise BadRequest when the form's bytes are not UTF-8, or a part of it has no name.

    Call it before anything reads the form.
    """
    if request.mimetype == "application/x-www-form-urlencoded":
        _refuse_encoded_text(request.get_data(cache=True))
    elif request.mimetype == "multipart/form-data":
        _refuse_broken_text(request.get_data(cache=True))
        if None in request.form:
            raise BadRequest("a part of the form has no name that can be read")


def _refuse_encoded_text(encoded: bytes) -> None:
    _refuse_broken_text(unquote_to_bytes(encoded))


def _refuse_broken_text(text: bytes) -> None:
    """Werkzeug would put something else for such bytes, and SQL would run that nobody wrote."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"the text is not valid UTF-8 (byte {error.object[error.start]:#04x})",
            hint="Send it encoded as UTF-8.",
        ) from error

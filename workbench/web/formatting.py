"""The room where a text is laid out anew. It runs nothing."""

from __future__ import annotations

from flask import Response, g, request

from workbench.errors import TooLarge
from workbench.formatting import Formatted, formatted
from workbench.web.here import bench
from workbench.web.page import show_page
from workbench.web.parameters import fields_of, given_in_form
from workbench.web.respond import as_json
from workbench.web.tabs import keep_without_scripts
from workbench.web.text import query_in_form


def lay_out() -> Response:
    """The text of the form, formatted: for the script as JSON, else in the editor."""
    text = query_in_form().replace("\r\n", "\n")
    try:
        found, note = _with_note(formatted(text))
    except TooLarge as error:
        found, note = text, f"Not formatted: {error.message}."
    if request.accept_mimetypes.best == "application/json":
        return as_json({"text": found, "note": note})
    keep_without_scripts(found)
    g.draft_note = note or g.get("draft_note")
    fields = fields_of(found, bench().parameters(found, given_in_form()))
    return show_page(query=found, fields=fields)


def _with_note(found: Formatted) -> tuple[str, str]:
    if not found.left:
        return found.script, ""
    what = "One statement" if found.left == 1 else f"{found.left:,} statements"
    return found.script, f"{what} stayed as written: formatting would have changed more than lines and case."

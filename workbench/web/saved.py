"""The room of saved queries: keep one that is in the history, open it, rename it, delete it."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request, url_for

from workbench.errors import BadRequest
from workbench.web.here import bench, person
from workbench.web.history import history
from workbench.web.page import show_page
from workbench.web.parameters import fields_of
from workbench.web.searched import asked_of, search_asked


def save(number: int) -> Response:
    """Keep an entry's text and values under a name."""
    found = bench().kept.again(person(), number)
    if found is None:
        abort(404)
    entry, _ = found
    name = request.form.get("name", "")
    try:
        bench().saved.keep(person(), name, request.form.get("note", ""), entry.script, entry.given)
    except BadRequest as error:
        return history(error, 422)
    return _back(f"Saved as {' '.join(name.split())}.")


def open_saved(number: int) -> Response:
    """A saved query in the editor, with its values. Runs nothing."""
    found = bench().saved.find(person(), number)
    if found is None:
        abort(404)
    fields = fields_of(found.script, bench().parameters(found.script, found.given))
    return show_page(query=found.script, fields=fields)


def rename(number: int) -> Response:
    """Give it another name and note."""
    if bench().saved.find(person(), number) is None:
        abort(404)
    try:
        bench().saved.rename(person(), number, request.form.get("name", ""), request.form.get("note", ""))
    except BadRequest as error:
        return history(error, 422)
    return _back("It has its new name.")


def drop(number: int) -> Response:
    """Keep it no longer."""
    bench().saved.drop(person(), number)
    return _back("The saved query was deleted.")


def _back(words: str) -> Response:
    flash(words)
    return redirect(url_for("history", _anchor="saved", **asked_of(search_asked())), 303)

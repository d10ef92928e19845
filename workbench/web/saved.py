"""The room of saved queries: keep one from the editor or the history, open, change, rename and delete it."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for

from workbench.errors import BadRequest
from workbench.web.failures import problem_of
from workbench.web.here import bench, person
from workbench.web.history import history
from workbench.web.missing import no_entry, no_saved_query
from workbench.web.page import show_page
from workbench.web.parameters import fields_of, given_in_form
from workbench.web.respond import show, wants_fragment
from workbench.web.searched import asked_of, search_asked
from workbench.web.text import query_in_form


def save(number: int) -> Response:
    """Keep an entry's text and values under a name."""
    found = bench().kept.again(person(), number)
    if found is None:
        no_entry(number)
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
        no_saved_query()
    fields = fields_of(found.script, bench().parameters(found.script, found.given))
    return show_page(query=found.script, fields=fields, opened=found)


def ask_name() -> Response:
    """Asks under which name to keep what the editor holds."""
    return _ask_name(query_in_form().replace("\r\n", "\n"))


def save_query() -> Response:
    """Keep a text and its values under a name, and have the editor know that it is that query's."""
    text, note = query_in_form().replace("\r\n", "\n"), request.form.get("note", "")
    try:
        number = bench().saved.keep(person(), request.form.get("name", ""), note, text, given_in_form())
    except BadRequest as error:
        return _ask_name(text, error)
    if not wants_fragment():
        return redirect(url_for("open_saved", number=number), 303)
    found = bench().saved.find(person(), number)
    shown = {"opened": found, "said": f"Saved as {found.name}", "afresh": True}
    response = show_page(fragment="fragments/opened.html", **shown)
    response.headers.update({"HX-Trigger": "query-saved", "HX-Retarget": "#opened"})
    return response


def rewrite(number: int) -> Response:
    """Give a saved query the text and the values that the editor holds."""
    found = bench().saved.find(person(), number)
    if found is None:
        no_saved_query()
    text = query_in_form().replace("\r\n", "\n")
    bench().saved.rewrite(person(), number, text, given_in_form())
    if not wants_fragment():
        flash(f"{found.name} has its new text.")
        return redirect(url_for("open_saved", number=number), 303)
    return show_page(fragment="fragments/opened.html", opened=found, said=f"Saved over {found.name}")


def rename(number: int) -> Response:
    """Give it another name and note."""
    if bench().saved.find(person(), number) is None:
        no_saved_query()
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


def _ask_name(text: str, error: BadRequest | None = None) -> Response:
    problem = problem_of(error) if error else None
    return show(
        "pages/save.html",
        fragment="fragments/save.html",
        status=problem.status if problem else 200,
        database=bench().engine,
        to_save=text,
        given=given_in_form(),
        typed={name: request.form.get(name, "") for name in ("name", "note")},
        problem=problem,
    )

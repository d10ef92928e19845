"""The room of tabs: keep a text while it is written; open, rename and close a tab, see its earlier texts."""

from __future__ import annotations

from flask import Response, abort, redirect, request, url_for

from workbench.errors import WorkbenchError
from workbench.web.failures import problem_of
from workbench.web.here import bench, drafts, person
from workbench.web.page import show_page
from workbench.web.parameters import fields_of
from workbench.web.respond import as_json
from workbench.web.tabs import current_text, keep_text, use
from workbench.web.text import query_in_form


def keep() -> Response:
    """Keep the text in its tab. The script is told where; a browser without scripts sees the tab."""
    text = query_in_form().replace("\r\n", "\n")
    quiet = request.accept_mimetypes.best == "application/json"
    try:
        kept = keep_text(text)
    except WorkbenchError as error:
        problem = problem_of(error)
        if quiet:
            return as_json({"message": problem.message, "code": problem.code}, problem.status)
        return show_page(query=text, problem=problem, status=problem.status)
    if quiet:
        return as_json({"tab": kept.number, "seen": kept.version, "overwritten": kept.overwritten})
    return _to(kept.number)


def strip() -> Response:
    """The tabs alone, for a page that has them already."""
    return show_page(fragment="fragments/tabs.html")


def new() -> Response:
    """Open an empty tab."""
    try:
        return _to(drafts().new(person()))
    except WorkbenchError as error:
        return _refused(error)


def rename(number: int) -> Response:
    """Give it another name."""
    _find(number)
    try:
        drafts().rename(person(), number, request.form.get("name", ""))
    except WorkbenchError as error:
        return _refused(error)
    return _to(number)


def close(number: int) -> Response:
    """Close it; the answer has the way back."""
    _find(number)
    drafts().close(person(), number)
    left = [each.number for each in drafts().all(person()) if not each.closed]
    before = [each for each in left if each < number][-1:] or left[:1]
    return redirect(url_for("index", tab=before[0] if before else None, closed=number), 303)


def reopen(number: int) -> Response:
    """Open a closed one again."""
    _find(number)
    try:
        drafts().reopen(person(), number)
    except WorkbenchError as error:
        return _refused(error)
    return _to(number)


def earlier(number: int, version: int) -> Response:
    """A text that it held before, in the editor. Nothing is changed until somebody goes on writing."""
    _find(number)
    found = next((each for each in drafts().earlier(person(), number) if each.version == version), None)
    if found is None:
        abort(404)
    use(number)
    fields = fields_of(found.script, bench().parameters(found.script))
    return show_page(query=found.script, fields=fields)


def _find(number: int) -> None:
    if drafts().find(person(), number) is None:
        abort(404)


def _to(number: int) -> Response:
    use(number)
    return redirect(url_for("index", tab=number), 303)


def _refused(error: WorkbenchError) -> Response:
    problem = problem_of(error)
    return show_page(query=current_text(), problem=problem, status=problem.status)

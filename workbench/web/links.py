"""The room of links to queries: make one, open one, end one. To open one runs nothing, ever."""

from __future__ import annotations

from typing import NamedTuple

from flask import Response, flash, redirect, url_for

from workbench.errors import BadRequest, WorkbenchError
from workbench.jobs import Job
from workbench.links import Link
from workbench.web.failures import problem_of
from workbench.web.here import bench, person, sharing
from workbench.web.page import show_page
from workbench.web.parameters import fields_of, given_in_form
from workbench.web.respond import wants_fragment
from workbench.web.text import query_in_form


class Opened(NamedTuple):
    """A link that was opened. `reads`: its text only reads. `mine`: whoever opened it made it."""

    link: Link
    reads: bool
    mine: bool


def make() -> Response:
    """A link to what the editor holds, and the values with it."""
    text, given = query_in_form().replace("\r\n", "\n"), given_in_form()
    try:
        link_id = sharing().links.make(person(), text, given)
    except BadRequest as error:
        problem = problem_of(error)
        fields = None if wants_fragment() else fields_of(text, bench().parameters(text, given))
        shown = {"problem": problem, "status": problem.status, "fields": fields}
        return show_page(fragment="fragments/link.html", query=text, **shown)
    if not wants_fragment():
        return redirect(url_for("open_link", link_id=link_id), 303)
    return show_page(fragment="fragments/link.html", query=text, made=link_id)


def open_link(link_id: str) -> Response:
    """What a link stands for, in the editor."""
    link = sharing().links.find(link_id)
    if link is None:
        hint = "It may have been ended, or a part of it is missing. Ask whoever sent it."
        raise BadRequest("There is no such link.", code="LINK_UNKNOWN", hint=hint)
    opened = Opened(link, _only_reads(link), link.person == person())
    fields = fields_of(link.script, bench().parameters(link.script, link.given))
    return show_page(query=link.script, fields=fields, link=opened)


def end(link_id: str) -> Response:
    """Let a link of one's own open nothing any more."""
    sharing().links.drop(person(), link_id)
    flash("The link has ended.")
    return redirect(url_for("history", _anchor="links"), 303)


def _only_reads(link: Link) -> bool:
    """Whether SQLite says so of every statement, which it is not run for."""
    try:
        return all(each.readonly for each in bench().describe(Job.of(link.script)))
    except WorkbenchError:
        return False

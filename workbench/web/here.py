"""What a view may reach: the bench and the settings of the application that serves it."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import NamedTuple

from flask import current_app, g, request, session

from workbench.bench import Bench
from workbench.caution import ASK
from workbench.desks import Desks, Parts
from workbench.drafts import Drafts
from workbench.engines.base import Engine
from workbench.entries import PROGRAM
from workbench.errors import StoreTrouble
from workbench.exporter import Exporter
from workbench.founding import Founding
from workbench.frozen import Frozen
from workbench.importer import Importer
from workbench.links import Link
from workbench.planner import Planner
from workbench.saved import Saved
from workbench.settings import Settings
from workbench.sharing import Sharing
from workbench.tables import Tables

DATABASE = "workbench.database"
"""Where the environment of a request has the name of the database that its address names."""


def parts() -> Parts:
    """Everything for the database that the address names, or for the first.

    Raises a WorkbenchError when there is no such database, or it cannot be used.
    """
    if "parts" not in g:
        g.parts = desks().of(request.environ.get(DATABASE))
    return g.parts


def known_database() -> Engine | None:
    """The database that the address names; None before it is known who asks: not all may see its name."""
    return g.parts.bench.engine if "parts" in g else None


def desks() -> Desks:
    """Everything there is for each database."""
    return current_app.extensions["desks"]


def founding() -> Founding:
    """The making of databases."""
    return current_app.extensions["founding"]


def bench() -> Bench:
    """The verbs."""
    return parts().bench


def drafts() -> Drafts:
    """What people are writing."""
    return parts().drafts


def sharing() -> Sharing:
    """Links to queries and results, and comparisons."""
    return parts().sharing


def planner() -> Planner:
    """The verbs about plans."""
    return parts().planner


def tables() -> Tables:
    """The verbs about tables."""
    return parts().tables


def importer() -> Importer:
    """The verbs about files that are imported."""
    return parts().importer


def exporter() -> Exporter:
    """The verbs about what is exported into a file."""
    return parts().exporter


def settings() -> Settings:
    """What the workbench was told at its start."""
    return current_app.extensions["settings"]


def person() -> str:
    """Who is asking: a random name kept in this browser's signed cookie, drawn on first sight."""
    if "person" not in session:
        session["person"] = token_urlsafe(12)
        session.permanent = True
    return session["person"]


def theme() -> str:
    """The theme that this browser was told to show, ``light`` or ``dark``; empty for the system's."""
    chosen = request.cookies.get("theme")
    return chosen if chosen in ("light", "dark") else ""


def ask_first() -> str:
    """When this person wants to see a write before it is done: one of `caution.ASK`."""
    chosen = session.get("ask_first")
    return chosen if chosen in ASK else ASK[0]


def choose_ask_first(wanted: str) -> None:
    """Remember that in their cookie. What is not one of `caution.ASK` is left alone."""
    if wanted in ASK:
        session["ask_first"] = wanted
        session.permanent = True


def saved_queries() -> list[Saved]:
    """What this person keeps under a name; nothing where the store cannot be used."""
    try:
        return bench().saved.all(person())
    except StoreTrouble:
        return []


def saved_query() -> Saved | None:
    """The saved query that the editor was opened with: the one that the request names, if it is theirs."""
    number = request.values.get("saved", type=int)
    try:
        return bench().saved.find(person(), number) if number is not None else None
    except StoreTrouble:
        return None


class GivenAway(NamedTuple):
    """The links that somebody made: to queries, and to results with the token of each."""

    links: list[Link]
    frozen: list[tuple[Frozen, str]]


def given_away() -> GivenAway:
    """This person's links that hold; none where the store cannot be used."""
    try:
        frozen = sharing().frozen
        found = [(each, frozen.token(each)) for each in frozen.all(person())]
        return GivenAway(sharing().links.all(person()), found)
    except StoreTrouble:
        return GivenAway([], [])


def caller() -> str:
    """Who is calling /run: the person whose cookie came along, else a program.

    A cookie that came with the request of another origin's page names nobody (see `guard`). Without
    cookies the session is not looked at, so that the answer need not tell caches of it.
    """
    if g.from_elsewhere or not request.cookies:
        return PROGRAM
    return session.get("person", PROGRAM)


def request_id() -> str:
    """The name of this request: the client's own, or one that was drawn (see `guard`)."""
    return g.request_id

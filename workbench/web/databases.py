"""Several databases at one address: ``/d/<name>/…`` is ``/…`` of the database of that name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, Response, flash, redirect, request

from workbench.errors import WorkbenchError
from workbench.listing import Listed, home_as_tilde
from workbench.web.attaching import ticked
from workbench.web.failures import problem_of
from workbench.web.here import DATABASE, bench, desks, founding
from workbench.web.respond import show

_PREFIX = "/d/"

_OFFERED = 30
"""How many databases the bar offers at most; a page of their own has them all."""


class Choice(NamedTuple):
    """A database that the bar offers: its short name, its file's and where that is, its address.

    `here`: it is this page's. `ticked`: this person's runs here read it too.
    """

    name: str
    file: str
    folder: str
    address: str
    here: bool
    ticked: bool


def install(app: Flask) -> None:
    """Have `app` answer below the name of each database too, and templates offer them."""
    app.wsgi_app = Prefix(app.wsgi_app)
    app.jinja_env.globals |= {"databases": choices, "can_make": lambda: bool(founding().folders)}


class Prefix:
    """A WSGI application that takes the name out of an address, as a server does for what is mounted there.

    Whether there is such a database is not asked before it is known who asks (see `guard`).
    """

    def __init__(self, further: Callable[..., Iterable[bytes]]) -> None:
        self._further = further

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer the request."""
        if environ["PATH_INFO"].startswith(_PREFIX):
            name, _, rest = environ["PATH_INFO"].removeprefix(_PREFIX).partition("/")
            environ[DATABASE] = name.encode("latin-1").decode(errors="replace")
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = f"{_PREFIX}{name}", f"/{rest}"
        return self._further(environ, start)


def all_databases() -> Response:
    """All of them, and a form for a new one where that is allowed."""
    return _show()


def make() -> Response:
    """Make one, and lead to it."""
    name, folder = request.form.get("name", ""), request.form.get("folder", 0, type=int)
    try:
        made = founding().make(name, folder)
    except WorkbenchError as error:
        problem = problem_of(error)
        return _show(problem=problem, named=name, status=problem.status)
    flash(f"{made.path.name} is made, and empty.")
    return redirect(_address(made, first=desks().listing.all()[0]), 303)


def _show(*, status: int = 200, **shown: Any) -> Response:
    context = {"problem": None, "named": ""} | shown
    page = "pages/databases.html"
    folders = [home_as_tilde(each) for each in founding().folders]
    facts = {"database": bench().engine, "listed": _choices(desks().listing.all()), "folders": folders}
    return show(page, fragment=page, status=status, **(context | facts))


def choices() -> list[Choice]:
    """The databases to choose from; none where there is but one, it is here, and there can be no other."""
    listed = desks().listing.all()
    if len(listed) == 1 and not founding().folders:
        return []
    wanted = {request.environ.get(DATABASE), *ticked()}
    return _choices([*listed[:_OFFERED], *(each for each in listed[_OFFERED:] if each.name in wanted)])


def _choices(listed: Sequence[Listed]) -> list[Choice]:
    """`listed`, of which the first is that without a name in its address."""
    named, known = request.environ.get(DATABASE, listed[0].name), ticked()
    return [
        Choice(
            each.name,
            each.path.name,
            home_as_tilde(each.path.parent),
            _address(each, first=listed[0]),
            each.name == named,
            each.name in known,
        )
        for each in listed
    ]


def _address(listed: Listed, *, first: Listed) -> str:
    """Where its page is: that of the first needs no name."""
    return "/" if listed == first else f"{_PREFIX}{quote(listed.name)}/"

"""Several databases at one address: ``/d/<name>/…`` is ``/…`` of the database of that name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask import Flask, request

from workbench.web.here import DATABASE, desks

_PREFIX = "/d/"


class Choice(NamedTuple):
    """A database that the bar offers: its short name, its file's, its address; `here`: it is this page's."""

    name: str
    file: str
    address: str
    here: bool


def install(app: Flask) -> None:
    """Have `app` answer below the name of each database too, and templates offer them."""
    app.wsgi_app = Prefix(app.wsgi_app)
    app.jinja_env.globals["databases"] = choices


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


def choices() -> list[Choice]:
    """The databases to choose from; none where there is but one and it is here."""
    listed = desks().listing.all()
    if len(listed) == 1:
        return []
    named = request.environ.get(DATABASE, listed[0].name)
    addresses = ["/", *(f"{_PREFIX}{each.name}/" for each in listed[1:])]
    return [
        Choice(each.name, each.path.name, address, each.name == named)
        for each, address in zip(listed, addresses, strict=True)
    ]

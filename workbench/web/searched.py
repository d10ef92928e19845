"""A search of the history as an address or a form says it, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from flask import request, url_for

from workbench.errors import BadRequest
from workbench.searching import KINDS, OUTCOMES, SPANS, WHOSE, Search
from workbench.web.text import fields

MOST_CHARACTERS = 1000
"""How much of what is typed is looked for."""

_CHOICES = {"whose": WHOSE, "kind": ("", *KINDS), "outcome": ("", *OUTCOMES), "since": ("", *SPANS)}
"""The fields beside `q`, the words, and what each may say; the first is what it says where it is left out."""


def search_asked() -> Search:
    """The one of this request. Raises BadRequest for a filter that there is not."""
    asked = fields()
    chosen = {name: asked.get(name) or choices[0] for name, choices in _CHOICES.items()}
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            known = ", ".join(filter(None, _CHOICES[name]))
            raise BadRequest(f"there is no {name} {value!r} in the history", hint=f"There are {known}.")
    return Search(asked.get("q", "")[:MOST_CHARACTERS].strip(), **chosen)


def asked_of(search: Search) -> dict[str, str]:
    """The fields that say `search`; those that say what is meant without them are left out."""
    told = {"q": search.words} | {name: getattr(search, name) for name in _CHOICES}
    usual = {"q": ""} | {name: choices[0] for name, choices in _CHOICES.items()}
    return {name: value for name, value in told.items() if value != usual[name]}


def address_of(search: Search) -> str:
    """Where the history shows what it finds."""
    return url_for("history", **asked_of(search))


def where_to_go(search: Search) -> dict[str, str]:
    """The header by which the browser's address follows: a new step in its own history, unless only words
    were typed since.
    """
    before = dict(parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query))
    only_words = _without_words(before) == _without_words(asked_of(search)) and "before" not in before
    return {"HX-Replace-Url" if only_words else "HX-Push-Url": address_of(search)}


def _without_words(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value and name != "q" and value != "mine"}

"""Flask as this house uses it: without what it looks for at each request and there is none of here."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, has_request_context, request

from workbench.web.uploads import UploadRequest

_LINKS = 4096
"""Addresses that a worker remembers: a page has some eighty, and most were on the last page too."""

_LONGEST = 100
"""Characters of a value beyond which an address is not remembered: whole queries stand in some."""

_ASCII = "".join(map(chr, range(128)))


class Application(Flask):
    """The application."""

    request_class = UploadRequest

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._known = lru_cache(_LINKS)(self._built)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer the request, whose query has its bytes encoded as each browser does it before it is read."""
        asked = environ.get("QUERY_STRING", "")
        environ["QUERY_STRING"] = asked if asked.isascii() else quote(asked, _ASCII, "latin-1")
        return super().__call__(environ, start_response)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: nothing here is a coroutine."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of `endpoint`, as Flask builds it; one built before is remembered.

        What it depends on is where the application is mounted, the endpoint and the values. Those that
        cannot be told apart by comparing (True is 1), are long, or change how it is built are left to Flask.
        """
        if not has_request_context() or not all(_is_simple(*each) for each in values.items()):
            return super().url_for(endpoint, **values)
        return self._known(request.script_root, endpoint, tuple(values.items()))

    def _built(self, root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return super().url_for(endpoint, **dict(values))


def _is_simple(name: str, value: object) -> bool:
    return (type(value) is int or (type(value) is str and len(value) <= _LONGEST)) and name[:1] != "_"

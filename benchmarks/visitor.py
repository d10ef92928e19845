"""Somebody at the workbench's page: a cookie and a form's token, as a browser has them."""

from __future__ import annotations

import re
from urllib.request import urlopen

from benchmarks.load import Ask, press

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Visitor:
    """Opens the page at `url` once, and then asks as that person."""

    def __init__(self, url: str) -> None:
        self.url = url
        with urlopen(url, timeout=20) as answer:
            found = _TOKEN.search(answer.read().decode())
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        assert found, "the page has no form with a token"
        self._token, self._cookie = found[1], {"Cookie": cookie}

    def page(self) -> Ask:
        """The page, with this person's history."""
        return Ask("/", headers=self._cookie)

    def run(self, sql: str) -> Ask:
        """A query by `/run`, which this person's history remembers."""
        ask = Ask.form("/run", {"query": sql})
        return Ask(ask.path, ask.method, ask.body, ask.headers | self._cookie)

    def swap(self, sql: str) -> Ask:
        """A query typed on the page, whose result htmx swaps in."""
        ask = Ask.form("/query", {"query": sql, "csrf_token": self._token}, HX_Request="true")
        return Ask(ask.path, ask.method, ask.body, ask.headers | self._cookie)

    def milliseconds(self, ask: Ask, seconds: float) -> float:
        """How long the middle one of this person's requests takes, one after the other."""
        return press(self.url, ask, clients=1, seconds=seconds).p50

"""What a caller sends and gets back, over real connections."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: `headers` are in lower case, `seconds` is how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    patience: float = 30,
) -> Answer:
    """One request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
    began = time.monotonic()
    try:
        connection.request(
            method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers or {}
        )
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    lowered = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, lowered, content, time.monotonic() - began)


def post(url: str, *, headers: dict[str, str] | None = None, patience: float = 30, **fields: str) -> Answer:
    """A form, sent as a browser or `curl -d` sends it."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask(
        url, method="POST", body=urlencode(fields).encode(), headers=kind | (headers or {}), patience=patience
    )


def run(door: str, query: str, *, patience: float = 30) -> Answer:
    """`query` sent to `/run` by POST."""
    return post(f"{door}/run", query=query, patience=patience)


def run_by_get(door: str, query: str) -> Answer:
    """`query` sent to `/run` by GET."""
    return ask(f"{door}/run?{urlencode({'query': query})}")

"""A real server, a real browser, and watchers of what the browser complains about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.browser.chromium import launch_arguments
from tests.browser.server import Server, start_server
from tests.browser.sizes import WIDE

PATIENCE = 20_000
"""Milliseconds until something is not waited for any more, on a busy machine too."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The Chromium of the system; no browser is downloaded."""
    return launch_arguments()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workbench for the tests of one file."""
    started = start_server(tmp_path_factory.mktemp("workbench"))
    yield started
    started.stop()


@dataclass
class Complaints:
    """What the browser said against a page: errors, policy violations, requests to other hosts."""

    own: str
    heard: list[str]

    def watch(self, page: Page) -> None:
        """Listen to `page` from now on."""
        page.on("console", lambda said: said.type in ("error", "warning") and self._hear(said.text))
        page.on("pageerror", lambda error: self._hear(str(error)))
        page.on("request", self._look_at)

    def _hear(self, text: str) -> None:
        # The browser itself logs every answer of status 400 and above; those are answers, not faults.
        if not text.startswith("Failed to load resource: the server responded with a status of"):
            self.heard.append(text)

    def _look_at(self, request: Request) -> None:
        if not request.url.startswith((self.own, "data:", "about:")):
            self.heard.append(f"asked another host: {request.url}")


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the workbench in a browser of its own: each visit is a person with an empty history."""
    contexts: list[BrowserContext] = []
    complaints = Complaints(server.url, [])

    def open_page(path: str = "/", **wishes: object) -> Page:
        context = browser.new_context(**({"base_url": server.url, "viewport": WIDE} | wishes))
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        complaints.watch(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints.heard == []


@pytest.fixture
def alice(visit: Callable[..., Page]) -> Page:
    """Alice's browser, at the workbench."""
    return visit()

"""A page of another origin, in a real browser, calls /run: one that may, and one that may not."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.server import Server, start_server

CALL = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options);
        return [answer.status, await answer.json(), answer.headers.get("X-Request-Id")];
    } catch (error) {
        return error.name;
    }
}"""


class Empty(BaseHTTPRequestHandler):
    """Gives an empty page to whoever asks."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of another server, which has two origins by the two names of the loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        yield other.server_port
        other.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, elsewhere: int) -> Iterator[Server]:
    """A workbench that pages of one of these origins may call."""
    folder, allowed = tmp_path_factory.mktemp("cors"), f"http://127.0.0.1:{elsewhere}"
    started = start_server(folder, WORKBENCH_CORS_ORIGINS=allowed)
    yield started
    started.stop()


@pytest.fixture
def allowed_page(browser: Browser, elsewhere: int) -> Iterator[Page]:
    """A page of the origin that may."""
    with browser.new_page() as page:
        page.goto(f"http://127.0.0.1:{elsewhere}/")
        yield page


@pytest.fixture
def other_page(browser: Browser, elsewhere: int) -> Iterator[Page]:
    """A page of the origin that may not."""
    with browser.new_page() as page:
        page.goto(f"http://localhost:{elsewhere}/")
        yield page


def test_an_allowed_page_reads_what_it_asked_for(server: Server, allowed_page: Page) -> None:
    body = '{"sql": "SELECT name FROM student WHERE id = ?", "params": [1]}'
    headers = {"Content-Type": "application/json", "X-Request-Id": "of-another-page"}
    asked = {"method": "POST", "body": body, "headers": headers}
    status, answer, request_id = allowed_page.evaluate(CALL, [f"{server.url}/run", asked])
    assert (status, answer["rows"], request_id) == (200, [["Mark Twain"]], "of-another-page")


def test_an_allowed_page_reads_nothing_that_came_with_a_cookie(server: Server, allowed_page: Page) -> None:
    asked = {"credentials": "include"}
    assert allowed_page.evaluate(CALL, [f"{server.url}/run?query=SELECT+1", asked]) == "TypeError"


def test_another_page_neither_reads_nor_writes(server: Server, other_page: Page) -> None:
    assert other_page.evaluate(CALL, [f"{server.url}/run?query=SELECT+1", {}]) == "TypeError"
    form = {"method": "POST", "body": "query=DELETE FROM student"}
    form["headers"] = {"Content-Type": "application/x-www-form-urlencoded"}
    assert other_page.evaluate(CALL, [f"{server.url}/run", form]) == "TypeError"
    count = {"query": "SELECT count(*) FROM student"}
    assert other_page.context.request.get(f"{server.url}/run", params=count).json() == [[3]]

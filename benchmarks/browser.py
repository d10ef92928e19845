"""S10: the page that queries are typed on, in real Chromium: when it is there, how much script it brings."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Response, sync_playwright

from benchmarks.book import Book, Lacking, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, sample
from benchmarks.pages import OPENED
from benchmarks.serving import Servers
from tests.browser.chromium import launch_arguments

_WHEN = """() => {
  const { domContentLoadedEventEnd, loadEventEnd } = performance.getEntriesByType("navigation")[0];
  return [domContentLoadedEventEnd, loadEventEnd];
}"""

_PAGES = {"workbench": "/", "hello": "/"} | OPENED
"""Flask's hello is a page of one word: what a browser takes for any page."""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """Warm: each browser has been to its page before."""
    with Servers(book, folder / "shown") as servers, ExitStack() as at_work:
        try:
            playwright = at_work.enter_context(sync_playwright())
            browser = playwright.chromium.launch(**launch_arguments())
        except (AssertionError, Error) as error:
            book.lack("shown/workbench", f"no browser: install chromium ({str(error).splitlines()[0]})")
            book.lack("script-gzipped/workbench", "no browser: install chromium")
            return
        at_work.callback(browser.close)
        measures: dict[str, Measure] = {}
        for key, path in _PAGES.items():
            url = servers.url("shown", key, copied(sample(folder), folder / f"{key}-shown"))
            if url:
                page = _visited(browser, url + path, book, key)
                measures[f"shown/{key}"] = partial(_shown, key, page)
        in_turn(book, 2 * effort.rounds, measures)


def _visited(browser: Browser, address: str, book: Book, key: str) -> Page:
    """A page that was opened in a browser of its own, its scripts weighed."""
    page = browser.new_context().new_page()
    scripts: dict[str, Response] = {}

    def look(response: Response) -> None:
        if response.request.resource_type == "script":
            scripts[response.url] = response

    page.on("response", look)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    bodies = [response.body() for response in scripts.values()]
    page.remove_listener("response", look)
    book.add({f"script/{key}": sum(map(len, bodies)) / 1000})
    book.add({f"script-gzipped/{key}": sum(len(gzip.compress(body, 9)) for body in bodies) / 1000})
    return page


def _shown(key: str, page: Page) -> dict[str, float]:
    try:
        page.goto(page.url)
        shown, loaded = page.evaluate(_WHEN)
        return {f"shown/{key}": shown, f"loaded/{key}": loaded}
    except Error as error:
        raise Lacking(str(error).splitlines()[0]) from error

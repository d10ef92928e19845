"""Every state of the page that the gallery knows is fit to be seen: the rare ones too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tests.browser.server import start_server
from tests.browser.sizes import NARROW, WIDE
from workbench.web.canned import states


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a workbench that serves its gallery."""
    server = start_server(tmp_path_factory.mktemp("gallery"), WORKBENCH_DEBUG="1")
    opened = browser.new_page(base_url=server.url, reduced_motion="reduce")
    yield opened
    opened.close()
    server.stop()


@pytest.mark.parametrize("state", states())
def test_a_state_of_the_page_is_fit_to_be_seen(page: Page, state: str) -> None:
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.goto(f"/gallery?page={state}")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, colours_only=True) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_gallery_shows_them_all(page: Page) -> None:
    page.goto("/gallery")
    assert page.locator("main > section").count() == len(states())

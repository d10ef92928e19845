"""Looking at the page as it is: whom it shuts out, what is wider than the screen, and pictures of it.

The pictures go to tests/shots, which git ignores: look at them after changing templates or styles.
"""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.server import HOME
from tests.browser.sizes import NARROW, WIDE

SHOTS = HOME / "tests" / "shots"


def look_at(page: Page, name: str, *, full_page: bool = False) -> None:
    """Takes pictures of the page in both themes at both sizes, and asserts that it is fit in each."""
    SHOTS.mkdir(exist_ok=True)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            shot = SHOTS / f"{name}-{size['width']}-{theme}.png"
            page.screenshot(path=shot, animations="disabled", full_page=full_page)
            assert violations(page, colours_only=theme == "dark") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")

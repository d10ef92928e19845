"""A table becomes a file: with JavaScript and without, by keyboard, in both themes, on a telephone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.server import HOME
from tests.browser.sizes import NARROW, WIDE

SHOTS = HOME / "tests" / "shots"

PLANTS = """
CREATE TABLE IF NOT EXISTS plants (id INTEGER PRIMARY KEY, zip TEXT, registered INTEGER, leaf BLOB, note);
INSERT OR REPLACE INTO plants
VALUES (1, '00720', 9007199254740993, x'cafe', '=1+1'), (2, 'x', 5, NULL, 'fern');
CREATE VIEW IF NOT EXISTS few_plants AS SELECT zip, note FROM plants;
CREATE VIEW IF NOT EXISTS slowly AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000)
SELECT i, i % 7 AS j, 'some words ' || i AS words FROM n;
"""


@pytest.fixture
def visit_plants(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Open a page of a workbench that has plants too."""

    def opened(address: str = "/", **context: object) -> Page:
        page = visit("/healthz", **context)
        page.request.post("/run", form={"query": PLANTS})
        page.goto(address)
        return page

    return opened


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_alice_takes_a_table_away_and_knows_before_what_becomes_of_it(
    visit_plants: Callable[..., Page], scripts: bool
) -> None:
    page = visit_plants("/tables/plants", java_script_enabled=scripts)
    page.get_by_role("link", name="Export rows").click()
    expect(page.get_by_role("checkbox", name="plants", exact=True)).to_be_checked()
    expect(page.locator(".findings")).to_contain_text("Texts begin like formulas")
    page.get_by_label("Format of rows").select_option("XLSX")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".findings")).to_contain_text("Whole numbers have more than 15 digits")
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("heading", name="2 rows exported")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename.endswith("-plants.xlsx")
    digest = hashlib.sha256(Path(waiting.value.path()).read_bytes()).hexdigest()
    expect(page.locator(".whole")).to_contain_text(digest)
    with page.expect_download() as waiting:
        page.get_by_role("link", name=".sha256").click()
    assert Path(waiting.value.path()).read_text() == f"{digest}  {waiting.value.suggested_filename[:-7]}\n"
    page.get_by_role("button", name="Delete the file").click()
    expect(page.get_by_text("was deleted")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_long_one_shows_how_far_it_is_and_is_cancelled(
    visit_plants: Callable[..., Page], scripts: bool
) -> None:
    page = visit_plants("/exports?table=slowly", java_script_enabled=scripts)
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("#export").get_by_role("status")).to_contain_text("rows")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Stopped by you")).to_be_visible()
    expect(page.get_by_text("There is no file")).to_be_visible()
    page.get_by_role("link", name="Choose again").click()
    expect(page.get_by_role("checkbox", name="slowly")).to_be_checked()


@pytest.mark.parametrize(
    ("what", "ending"), [("All tables", ".zip"), ("The schema", "-schema.sql"), ("The whole", ".db")]
)
def test_all_of_it_is_a_file_too(visit_plants: Callable[..., Page], what: str, ending: str) -> None:
    page = visit_plants("/exports")
    page.get_by_label(what).check()
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename.endswith(ending)


def test_it_goes_by_keyboard(visit_plants: Callable[..., Page]) -> None:
    page = visit_plants("/exports")
    page.get_by_role("checkbox", name="plants", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Export", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 rows exported")).to_be_visible()


@pytest.mark.parametrize("address", ["/", "/exports"])
def test_the_bar_has_room_for_its_links_at_every_width(visit: Callable[..., Page], address: str) -> None:
    page = visit(address)
    widths = (360, 420, 479, 480, 540, 599, 600, 660, 719, 720, 780, 840, 899, 900, 960, 1099, 1100, 1280)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 700})
        shown = page.evaluate(
            "[...document.querySelectorAll('.bar > *')].filter(e => e.offsetWidth)"
            ".map(e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right])"
        )
        assert all(right <= left + 1 for (_, right), (left, _) in pairwise(shown)), width
        assert shown[-1][1] <= width
        name = page.locator(".database strong").bounding_box()
        assert name["width"] > 40, width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_the_pages_are_fit_to_be_seen(
    visit_plants: Callable[..., Page], size: dict[str, int], theme: str
) -> None:
    page = visit_plants("/exports?table=plants&format=xlsx", viewport=size, color_scheme=theme)
    look_at(page, f"export-foresight-{size['width']}-{theme}", size)
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("heading", name="2 rows exported")).to_be_visible()
    look_at(page, f"export-done-{size['width']}-{theme}", size)
    page.goto("/exports")
    look_at(page, f"export-start-{size['width']}-{theme}", size)
    page.goto("/exports?what=tables")
    look_at(page, f"export-nothing-{size['width']}-{theme}", size)


def look_at(page: Page, name: str, size: dict[str, int]) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True, animations="disabled")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert violations(page) == []

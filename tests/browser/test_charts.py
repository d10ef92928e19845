"""A person draws a result: in three clicks, at an address of its own, in both themes, on a telephone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import ask
from tests.browser.looks import look_at

VISITS = (
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 60)"
    " SELECT date('2026-01-01', i || ' days') AS day, iif(i = 20, NULL, 40 + i % 7 * 6) AS readers,"
    " 20 + i * i / 90 AS writers, 90 - i AS guests, 12 + i % 5 AS others FROM n"
)


def drawn(page: Page, words: str) -> str:
    """Wait until a chart of these words is there; its picture."""
    expect(page.locator(".chart figcaption")).to_contain_text(words)
    return page.locator(".chart canvas").evaluate("canvas => canvas.toDataURL()")


def test_a_chart_in_three_clicks_is_in_the_address_and_goes_back(alice: Page) -> None:
    asked: list[str] = []
    alice.on("request", lambda request: asked.append(request.url))
    ask(alice, VISITS)
    assert not [url for url in asked if "chart" in url]
    alice.get_by_role("link", name="Chart", exact=True).click()
    line = drawn(alice, "Line chart of readers, writers, guests, others by day: 239 points.")
    assert line
    kind = alice.get_by_label("Kind", exact=True)
    kind.focus()
    kind.select_option("Histogram")
    assert drawn(alice, "Histogram of readers") != line
    expect(kind).to_be_focused()
    assert "chart=histogram" in alice.url
    alice.reload()
    assert drawn(alice, "Histogram of readers")
    alice.go_back()
    assert drawn(alice, "Line chart of readers")
    expect(kind).to_have_value("line")
    alice.get_by_role("checkbox", name="guests").uncheck()
    drawn(alice, "Line chart of readers, writers, others by day")
    expect(alice.locator("#run tbody tr").first).to_be_visible()
    with alice.expect_download() as saved:
        alice.get_by_role("button", name="PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    alice.get_by_role("link", name="Close chart").click()
    expect(alice.locator(".chart")).to_have_count(0)
    assert "chart" not in alice.url


def test_a_chart_follows_the_theme_and_a_filter(alice: Page) -> None:
    ask(alice, VISITS)
    alice.get_by_role("link", name="Chart", exact=True).click()
    before = drawn(alice, "239 points")
    alice.emulate_media(color_scheme="dark")
    dark = drawn(alice, "239 points")
    assert dark != before
    alice.locator("[data-theme-choice=light]").first.click()
    assert drawn(alice, "239 points") == before
    alice.goto(f"{alice.url.partition('#')[0]}&f=3~lt~30")
    drawn(alice, "least 20, greatest 29")


def test_every_kind_is_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    ask(page, VISITS)
    answer = page.url.partition("?")[0]
    for kind in ("line", "bar", "scatter", "histogram"):
        page.goto(f"{answer}?result=1&chart={kind}")
        drawn(page, kind.capitalize())
        page.locator(".chart").scroll_into_view_if_needed()
        look_at(page, f"chart-{kind}")


def test_without_scripts_the_form_works_and_the_points_are_offered(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    page.get_by_label("SQL", exact=True).fill("SELECT name, nr FROM student")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("link", name="Chart", exact=True).click()
    page.get_by_label("Kind", exact=True).select_option("Line")
    page.get_by_role("button", name="Draw").click()
    assert "chart=line" in page.url
    expect(page.get_by_text("drawn by JavaScript, which is off here")).to_be_visible()
    page.get_by_role("link", name="Its points as JSON").click()
    expect(page.locator("body")).to_contain_text('"kind":"line"')

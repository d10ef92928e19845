"""A slow query is explained, an index is tried, made, and found in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import press_run, shows, write
from tests.browser.looks import look_at
from tests.browser.server import Server

QUERY = "SELECT * FROM visit WHERE page = 'p7' ORDER BY day;"
INDEX = "CREATE INDEX visit_page_day ON visit (page, day);"


@pytest.fixture(autouse=True)
def visits(server: Server) -> None:
    """A table of some size that has no index."""
    with closing(sqlite3.connect(server.database)) as made:
        made.executescript(
            "DROP TABLE IF EXISTS visit; CREATE TABLE visit (page, day, note);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)"
            " INSERT INTO visit SELECT 'p' || i % 1000, i, 'x' FROM n;"
        )


def explain(page: Page) -> None:
    page.locator("#explain-button").click()
    expect(page.locator("#run .plans")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_slow_query_to_its_index(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit(java_script_enabled=scripts)
    write(page, QUERY)
    explain(page)
    expect(page.locator(".plan > .steps")).to_contain_text("Full scan")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator(".verdict")).to_contain_text("nothing of it is left")
    expect(page.locator(".sides > div").nth(1)).to_contain_text("SEARCH visit USING INDEX visit_page_day")
    page.get_by_role("link", name="Put CREATE INDEX into the editor").click()
    shows(page, INDEX)
    press_run(page)
    expect(page.locator("#run .receipt")).to_be_visible()
    write(page, QUERY)
    explain(page)
    expect(page.locator(".plan > .steps")).to_contain_text("SEARCH visit USING INDEX visit_page_day (page=?)")
    expect(page.locator(".costly, .advice")).to_have_count(0)


def test_all_of_it_by_keyboard_and_heard(alice: Page) -> None:
    write(alice, QUERY)
    alice.keyboard.press("Escape")
    alice.keyboard.press("e")
    expect(alice.locator("#announcement")).to_contain_text("How SQLite would run this")
    alice.get_by_role("button", name="Try it").focus()
    alice.keyboard.press("Enter")
    expect(alice.locator("#announcement")).to_contain_text("Measured and rolled back")
    assert alice.evaluate("document.activeElement.closest('#run') !== null")
    shows(alice, QUERY)


def test_only_what_is_selected_is_explained(alice: Page) -> None:
    write(alice, f"SELECT 1; {QUERY}")
    alice.keyboard.press("Control+Home")
    for _ in "SELECT 1;":
        alice.keyboard.press("Shift+ArrowRight")
    explain(alice)
    expect(alice.locator(".plan")).to_have_count(1)
    expect(alice.locator(".plan")).to_contain_text("One row that comes from no table")


def test_plans_are_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    write(
        page, QUERY + "\nDELETE FROM student WHERE nr = (SELECT count(*) FROM visit WHERE day = student.id);"
    )
    explain(page)
    look_at(page, "plans", full_page=True)
    page.get_by_role("button", name="Try it").first.click()
    expect(page.locator(".trial")).to_be_visible()
    expect(page.locator("#run")).not_to_have_attribute("aria-busy", "true")
    look_at(page, "trial", full_page=True)

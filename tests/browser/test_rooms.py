"""The pages beside the desk: each is fit to be seen, and leads on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import ask, press_run, write
from tests.browser.looks import look_at

ODD = "SELECT id, name, NULL AS missing, '{\"a\": [1, null]}' AS json, x'00ff89' AS bytes FROM student"
COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300) SELECT i FROM n"

ROOMS = {
    "/history/delete": "Delete 1 entry?",
    "/nowhere": "There is no page at this address.",
    "/entries/999999": "You have no entry 999999 here.",
    "/tables/student": "Mark Twain",
    "/tables/student?column=2": "Most frequent values",
    "/tables/student?where=nmae": "no such column: nmae",
    "/tables/student?key=2": "Row of student",
    "/tables/student?new=1": "New row of student",
    "/schema/table?name=student": "Structure of student",
}
"""An address, and words that are there."""


@pytest.mark.parametrize("address", ROOMS)
def test_a_page_is_fit_to_be_seen(visit: Callable[..., Page], address: str) -> None:
    page = visit(reduced_motion="reduce")
    ask(page, "SELECT 1")
    page.goto(address)
    expect(page.locator("main")).to_contain_text(ROOMS[address])
    look_at(page, "page" + "".join(each if each.isalnum() else "-" for each in address))


def test_a_row_by_itself_is_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    ask(page, ODD)
    page.goto(page.locator("#run tbody th.row a").first.get_attribute("href"))
    look_at(page, "page-row")
    page.get_by_role("link", name="Next row").click()
    expect(page.get_by_role("heading", name="Row 2")).to_be_visible()
    page.get_by_role("link", name="json", exact=True).click()
    expect(page.locator(".json-number")).to_have_text("1")
    page.get_by_role("link", name="Back to the result").click()
    expect(page.locator("#run tbody tr")).to_have_count(3)


def test_rows_by_themselves_are_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    ask(page, COUNTED)
    page.goto(page.locator("#run tbody.more").get_attribute("hx-get"))
    expect(page.get_by_role("heading", name="Rows of result 1")).to_be_visible()
    look_at(page, "page-rows")


def test_without_scripts_a_query_is_named_on_a_page(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    write(page, "SELECT name FROM student")
    page.get_by_role("button", name="Save…").click()
    page.get_by_label("Name").fill("Names")
    page.get_by_role("button", name="Save", exact=True).click()
    press_run(page)
    expect(page.locator("#run tbody tr")).to_have_count(3)

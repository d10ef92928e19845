"""A person looks through a table and puts a row right, with and without JavaScript."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.server import Server
from tests.browser.sizes import NARROW

SCHOOL = """
DROP TABLE IF EXISTS visit;
CREATE TABLE visit (id INTEGER PRIMARY KEY, student INT REFERENCES student, note TEXT, long TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 250)
 INSERT INTO visit SELECT i, 1 + i % 3, 'note ' || i, NULL FROM n;
"""


@pytest.fixture(autouse=True)
def visits(server: Server) -> None:
    """A table of a few pages that refers to the sample's."""
    with closing(sqlite3.connect(server.database)) as made:
        made.executescript(SCHOOL)


def cell(page: Page, row: int, column: int) -> str:
    return page.locator("#table .scroll tbody tr").nth(row).locator("td").nth(column).inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_list_to_the_last_row_and_what_it_refers_to(
    visit: Callable[..., Page], scripts: bool
) -> None:
    page = visit(java_script_enabled=scripts)
    page.get_by_role("link", name="Browse visit").click()
    page.get_by_role("link", name="Last").click()
    expect(page.locator("#table tbody tr").last.locator("td").first).to_have_text("250")
    assert page.url.endswith("/tables/visit?page=last")
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("#table tbody td").first).to_have_text("51")
    page.get_by_label("WHERE").fill("id > 240")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#table .facts")).to_contain_text("10 rows")
    page.get_by_role("link", name="note", exact=True).click()
    page.get_by_role("link", name="note", exact=True).click()
    expect(page.locator("#table th[aria-sort=descending]")).to_contain_text("note")
    page.get_by_role("link", name="Mark Twain").first.click()
    page.get_by_role("link", name="Row 1", exact=True).click()
    page.locator(".referring").get_by_role("link", name="visit").click()
    expect(page.locator("#table .facts")).to_contain_text("83 rows")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_row_is_put_right_and_that_is_taken_back(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit("/tables/visit", java_script_enabled=scripts)
    page.get_by_role("link", name="Row 2", exact=True).click()
    page.get_by_label("note", exact=True).fill("put right")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved 1 row of visit.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.goto("/tables/visit?key=2")
    expect(page.get_by_label("note", exact=True)).to_have_value("note 2")


def test_cells_are_gone_through_copied_and_edited_with_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/tables/visit?sort=-1", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#table tbody tr").nth(1).locator("td").first.click()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    note = page.locator("#table tbody tr").nth(2).locator("td").nth(2)
    expect(note).to_be_focused()
    page.keyboard.press("ControlOrMeta+c")
    expect(page.locator("#chosen [role=status]")).to_have_text("Copied the value.")
    assert page.evaluate("navigator.clipboard.readText()") == "note 248"
    page.keyboard.press("Enter")
    expect(page.locator("#in-place").get_by_label("note", exact=True)).to_be_focused()
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved 1 row of visit.")).to_be_visible()
    expect(note).to_have_text("by keyboard")
    expect(note).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#table tbody tr").nth(2).locator("td").nth(3)).to_be_focused()
    assert violations(page) == []


def test_a_cell_is_edited_where_it_is(visit: Callable[..., Page]) -> None:
    page = visit("/tables/visit?sort=-1")
    page.locator("#table tbody tr").nth(2).locator("td").nth(3).dblclick()
    dialog = page.locator("#in-place")
    expect(dialog.get_by_label("long", exact=True)).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("typed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved 1 row of visit.")).to_be_visible()
    assert "sort=-1" in page.url
    assert (cell(page, 2, 0), cell(page, 2, 3)) == ("248", "typed")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Redo")).to_be_visible()
    assert (cell(page, 2, 0), cell(page, 2, 3)) == ("248", "NULL")
    assert "sort=-1" in page.url


def test_rows_are_chosen_and_deleted_with_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/tables/visit?page=last")
    page.get_by_label("Choose row 250").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Delete", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Deleted 1 row of visit.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_nothing_is_wider_than_it(visit: Callable[..., Page], scheme: str) -> None:
    page = visit("/tables/visit?column=2", viewport=NARROW, color_scheme=scheme)
    for address in ("/tables/visit?column=2", "/tables/visit?key=7", "/tables/visit?new=1"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert violations(page) == []


def test_a_mistake_in_the_condition_is_gone_to(alice: Page) -> None:
    alice.goto("/tables/visit?where=id+%3E+1+AND+nte+%3D+1")
    alice.get_by_role("button", name="Go there").click()
    where = alice.get_by_label("WHERE")
    expect(where).to_be_focused()
    assert where.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)") == "nte"
    alice.get_by_role("button", name="Use it").click()
    expect(where).to_have_value("id > 1 AND note = 1")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_other_tables_are_beside_the_rows(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit("/tables/visit?key=2", java_script_enabled=scripts)
    tables = page.get_by_role("navigation", name="Tables")
    expect(tables.get_by_role("link", name="visit")).to_have_attribute("aria-current", "page")
    tables.get_by_role("link", name="student").click()
    expect(page.get_by_role("heading", name="student")).to_be_visible()
    page.get_by_role("link", name="Structure").click()
    tables.get_by_role("link", name="visit").click()
    expect(page.get_by_role("heading", name="Structure of visit")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_where_it_is_narrow_the_tables_are_a_drawer(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit("/tables/visit", java_script_enabled=scripts, viewport=NARROW)
    tables = page.get_by_role("navigation", name="Tables")
    expect(tables).to_be_hidden()
    page.get_by_role("button", name="Tables").click()
    expect(tables).to_be_visible()
    page.keyboard.press("Escape")
    expect(tables).to_be_hidden()
    expect(page.get_by_role("button", name="Tables")).to_be_focused()
    page.keyboard.press("Enter")
    tables.get_by_role("link", name="student").click()
    expect(page.get_by_role("heading", name="student")).to_be_visible()


def test_a_key_goes_to_the_tables_and_typing_finds_one(visit: Callable[..., Page], server: Server) -> None:
    with closing(sqlite3.connect(server.database)) as made:
        for i in range(9):
            made.execute(f"CREATE TABLE IF NOT EXISTS plain_{i} (x)")
    page = visit("/tables/visit", viewport=NARROW)
    page.keyboard.press("/")
    expect(page.get_by_label("Filter tables")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("plain_7")
    tables = page.get_by_role("navigation", name="Tables")
    expect(tables.locator("li[data-table]:visible")).to_have_count(1)
    tables.get_by_role("link", name="plain_7").click()
    expect(page.get_by_role("heading", name="plain_7")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_label("Filter tables")).to_have_value("plain_7")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("visit")
    expect(tables.locator(".table-name:visible")).to_have_text(["visit"])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_row_is_deleted_where_it_is_with_the_keyboard(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit("/tables/visit?sort=-1&where=id+%3C+200", java_script_enabled=scripts)
    page.get_by_label("What to do with row 198").focus()
    page.keyboard.press("Enter")
    strip = page.locator(".row-menu[open]")
    expect(strip.get_by_role("link", name="Edit")).to_be_visible()
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(strip.get_by_role("button", name="Delete")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Deleted 1 row of visit.")).to_be_visible()
    assert (cell(page, 0, 0), cell(page, 1, 0)) == ("199", "197")


def test_one_strip_is_open_at_a_time_and_closes_by_escape(visit: Callable[..., Page]) -> None:
    page = visit("/tables/visit")
    page.get_by_label("What to do with row 3", exact=True).click()
    page.get_by_label("What to do with row 5", exact=True).click()
    expect(page.locator(".row-menu[open]")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".row-menu[open]")).to_have_count(0)
    expect(page.get_by_label("What to do with row 5", exact=True)).to_be_focused()


def test_chosen_rows_are_copied_and_so_are_all_that_are_shown(visit: Callable[..., Page]) -> None:
    page = visit("/tables/visit?where=id+%3C+5", permissions=["clipboard-read", "clipboard-write"])
    told, status = page.locator("[data-shown]"), page.locator("#chosen [role=status]")
    expect(told).to_have_text("Copy 4 rows as")
    expect(page.get_by_role("button", name="Preview deleting")).to_be_hidden()
    page.get_by_label("Choose row 2").check()
    page.get_by_label("Choose row 4").click(modifiers=["Shift"])
    expect(told).to_have_text("Copy 3 chosen rows as")
    page.get_by_role("button", name="INSERT").click()
    expect(status).to_have_text("Copied 3 rows.")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[0] == "INSERT INTO visit (id, student, note, long) VALUES (2, 3, 'note 2', NULL);"
    page.get_by_label("Choose all rows that are shown").check()
    expect(told).to_have_text("Copy 4 chosen rows as")
    page.get_by_label("Choose all rows that are shown").uncheck()
    expect(told).to_have_text("Copy 4 rows as")
    page.get_by_label("What to do with row 3").click()
    page.get_by_role("link", name="Copy", exact=True).click()
    expect(page.get_by_role("link", name="Copied", exact=True)).to_be_visible()
    assert '"note":"note 3"' in page.evaluate("navigator.clipboard.readText()")


def test_without_scripts_rows_are_copied_from_a_page_of_text(visit: Callable[..., Page]) -> None:
    page = visit("/tables/visit?where=id+%3C+5", java_script_enabled=False)
    page.get_by_label("Choose row 2").check()
    page.get_by_role("button", name="Markdown").click()
    expect(page.locator("body")).to_contain_text("| 2 | 3 | note 2 | NULL |")


def test_columns_are_hidden_moved_and_widened_and_edited_as_they_stand(visit: Callable[..., Page]) -> None:
    page = visit("/tables/visit")
    page.get_by_role("button", name="Columns").click()
    dialog = page.locator("#columns-dialog")
    dialog.get_by_label("student", exact=True).uncheck()
    dialog.get_by_label("Move long towards the beginning").click()
    width = page.locator("#table thead th", has_text="note").bounding_box()["width"]
    dialog.get_by_label("Make note wider").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Last").click()
    visible = page.locator("#table thead th:visible")
    expect(page.locator("#table tbody tr").last.locator("td").first).to_have_text("250")
    expect(visible).to_have_text(["id", "long", "note"])
    assert visible.last.bounding_box()["width"] > width
    page.locator("#table tbody tr").last.locator("td:visible").nth(1).dblclick()
    expect(page.locator("#in-place").get_by_label("long", exact=True)).to_be_focused()


def test_columns_of_a_view_are_hidden_too(visit: Callable[..., Page], server: Server) -> None:
    with closing(sqlite3.connect(server.database)) as made:
        made.execute("CREATE VIEW IF NOT EXISTS seen AS SELECT id, note, long FROM visit")
    page = visit("/tables/seen")
    page.get_by_role("button", name="Columns").click()
    page.locator("#columns-dialog").get_by_label("id", exact=True).uncheck()
    expect(page.locator("#table thead th:visible")).to_have_text(["note", "long"])
    expect(page.locator("#table tbody tr").first.locator("td:visible")).to_have_text(["note 1", "NULL"])

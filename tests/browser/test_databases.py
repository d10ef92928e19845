"""A person with several databases: goes from one to another, reads across, makes one, and looks after one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.desk import editor, press_run, shows, write
from tests.browser.server import Server, start_server
from tests.browser.sizes import NARROW


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workbench that serves the sample and a folder, in which databases can be made."""
    home = tmp_path_factory.mktemp("workbench")
    (home / "data").mkdir()
    with closing(sqlite3.connect(home / "data" / "shop.db")) as made:
        made.executescript("CREATE TABLE item (name); INSERT INTO item VALUES ('lamp')")
    more = {"WORKBENCH_DATABASES": str(home / "data"), "WORKBENCH_NEW_DATABASES": "1"}
    started = start_server(home, **more)
    yield started
    started.stop()


def choose_database(page: Page, name: str) -> None:
    page.locator("#databases > summary").click()
    page.locator("#databases").get_by_role("link", name=name).click()
    expect(page.locator("#databases > summary")).to_contain_text(name)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_one_database_to_another_and_back(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit(java_script_enabled=scripts)
    write(page, "SELECT 'asked of the sample'")
    press_run(page)
    expect(page.locator("#entries")).to_contain_text("asked of the sample")
    choose_database(page, "shop")
    expect(page.locator("#schema")).to_contain_text("item")
    expect(page.locator("#history")).not_to_contain_text("asked of the sample")
    write(page, "SELECT * FROM item")
    press_run(page)
    expect(page.locator("#run tbody td")).to_have_text("lamp")
    page.reload()
    expect(page.locator("#run tbody td")).to_have_text("lamp")
    choose_database(page, "student")
    expect(page.locator("#entries")).to_contain_text("asked of the sample")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_table_of_another_database_is_offered_and_read(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit(java_script_enabled=scripts)
    write(page, "SELECT name FROM shop.item")
    press_run(page)
    page.get_by_role("button", name="Attach shop and run again").click()
    expect(page.locator("#run tbody td")).to_have_text("lamp")
    write(page, "SELECT count(*) FROM student, shop.item")
    press_run(page)
    expect(page.locator("#run tbody td")).to_have_text("3")
    page.locator("#databases > summary").click()
    expect(page.get_by_label("Attach shop")).to_be_checked()
    page.get_by_label("Attach shop").uncheck()
    press_run(page)
    expect(page.get_by_role("alert")).to_contain_text("no such table: shop.item")


def test_a_new_database_is_made_and_used(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator("#databases > summary").click()
    page.get_by_role("link", name="All databases").click()
    page.get_by_label("Name").fill("../out")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was made")
    page.get_by_label("Name").fill("orders")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("orders.db is made, and empty.")).to_be_visible()
    assert page.url.endswith("/d/orders/")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_checked_and_made_small(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit("/d/shop/", java_script_enabled=scripts)
    page.get_by_role("link", name="Maintenance").first.click()
    page.get_by_role("button", name="Check thoroughly").click()
    expect(page.locator("#told")).to_contain_text("SQLite found nothing wrong.")
    page.get_by_role("button", name="Vacuum").click()
    expect(page.locator("#told")).to_contain_text("Vacuum: Done")
    page.get_by_label("user_version").fill("12")
    page.get_by_role("button", name="Set user_version").click()
    expect(page.locator("#told")).to_contain_text("user_version is 12.")
    page.get_by_role("link", name="In the history").click()
    expect(page.locator("#query")).to_have_value("PRAGMA user_version = 12")


@pytest.mark.parametrize("wishes", [{}, {"viewport": NARROW, "color_scheme": "dark"}])
def test_these_pages_shut_nobody_out(visit: Callable[..., Page], wishes: dict[str, object]) -> None:
    page = visit("/", **wishes)
    page.locator("#databases > summary").click()
    assert violations(page) == []
    for path in ("/databases", "/d/shop/maintenance"):
        page.goto(path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_what_is_ticked_is_completed(visit: Callable[..., Page]) -> None:
    page = visit()
    editor(page)
    page.locator("#databases > summary").click()
    with page.expect_response("**/catalog.json?attach=shop"):
        page.get_by_label("Attach shop").check()
    page.keyboard.press("Escape")
    write(page, "SELECT * FROM ")
    page.keyboard.type("shop.it")
    page.locator(".cm-tooltip-autocomplete li").filter(has_text="item").click()
    shows(page, "SELECT * FROM shop.item")

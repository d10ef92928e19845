"""A constraint fails, and one press shows what is in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.desk import answers, press_run, shows, write

TWICE = "INSERT INTO student (id, name, nr) VALUES (2, 'Jane Doe', 5);"
LOOK = "SELECT * FROM student WHERE id = 2;"


def fail(page: Page) -> None:
    write(page, TWICE)
    press_run(page)
    expect(page.get_by_role("alert")).to_contain_text("one with id = 2 is there already")


def test_alice_sees_both_rows_and_looks(alice: Page) -> None:
    fail(alice)
    answers(alice, [["2", "John Doe", "2222"]], 0)
    answers(alice, [["2", "Jane Doe", "5"]], 1)
    assert violations(alice) == []
    alice.get_by_role("link", name="Query to look").press("Enter")
    shows(alice, LOOK)
    alice.keyboard.press("ControlOrMeta+z")
    shows(alice, TWICE)
    alice.get_by_role("link", name="Query to look").click()
    press_run(alice)
    expect(alice.locator("#run .caption")).to_contain_text("1 row")
    answers(alice, [["2", "John Doe", "2222"]])


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_there_again_at_its_address(visit: Callable[..., Page], scripts: bool) -> None:
    page = visit(java_script_enabled=scripts)
    fail(page)
    page.locator("#history").get_by_role("link", name="INSERT INTO student").first.click()
    expect(page.locator(".evidence")).to_have_count(2)
    page.get_by_role("link", name="Query to look").click()
    shows(page, LOOK)

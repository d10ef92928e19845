"""Bob has JavaScript switched off: everything is a link or a form, and works."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import answers, choose, preset, press_run, shows, write


@pytest.fixture
def bob(visit: Callable[..., Page]) -> Page:
    """Bob's browser, at the workbench."""
    return visit(java_script_enabled=False)


def test_bob_runs_a_preset_looks_back_and_goes_back(bob: Page) -> None:
    preset(bob, "Select all")
    shows(bob, "SELECT * FROM student;")
    expect(bob.locator("#run table")).to_have_count(0)
    press_run(bob)
    expect(bob.locator("#run caption")).to_contain_text("3 rows")
    answers(bob, [["1", "Mark Twain", "1111"]], part=slice(1))
    write(bob, "SELECT 'second';")
    press_run(bob)
    expect(bob.locator("#run tbody td")).to_have_text("second")
    bob.locator("#history").get_by_role("link", name="SELECT * FROM student").click()
    expect(bob.locator("#run tbody tr")).to_have_count(3)
    shows(bob, "SELECT * FROM student;")
    bob.go_back()
    expect(bob.locator("#run tbody td")).to_have_text("second")
    shows(bob, "SELECT 'second';")


def test_a_reload_runs_nothing_again(bob: Page) -> None:
    write(bob, "CREATE TABLE IF NOT EXISTS tally (n); INSERT INTO tally VALUES (1);")
    press_run(bob)
    expect(bob.locator("#run .receipt")).to_have_count(2)
    bob.reload()
    write(bob, "SELECT count(*) FROM tally;")
    press_run(bob)
    expect(bob.locator("#run tbody td")).to_have_text("1")


def test_bob_chooses_a_table_and_its_presets_follow(bob: Page) -> None:
    write(bob, "CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, title TEXT);")
    press_run(bob)
    choose(bob, "book")
    expect(bob.locator("#schema .columns >> text=title")).to_be_visible()
    preset(bob, "Select all")
    shows(bob, "SELECT * FROM book;")


def test_bob_sees_a_mistake_with_his_text_kept(bob: Page) -> None:
    write(bob, "\n\nSELECT * FROM studnet;")
    press_run(bob)
    expect(bob.get_by_role("alert")).to_contain_text("Line 3, column 15")
    expect(bob.get_by_role("alert").locator("mark")).to_have_text("studnet")
    shows(bob, "\n\nSELECT * FROM studnet;")


def test_bob_turns_to_older_entries_and_back(bob: Page) -> None:
    for number in range(60):
        bob.request.get("/run", params={"query": f"SELECT {number} AS n"})
    bob.goto("/")
    newest = bob.locator("#entries .first-words").first.inner_text()
    bob.locator("#history").get_by_role("link", name="Older").click()
    expect(bob.locator("#entries")).to_contain_text("SELECT 0 AS n")
    bob.get_by_role("link", name="Newest first").click()
    expect(bob.locator("#entries .script").first).to_have_text(newest)


def test_what_needs_scripts_is_not_shown(bob: Page) -> None:
    write(bob, "SELECT * FROM studnet;")
    press_run(bob)
    expect(bob.get_by_role("button", name="Dark")).to_be_hidden()
    expect(bob.get_by_role("button", name="Go there")).to_be_hidden()
    expect(bob.locator("#run-button")).to_be_enabled()


def test_an_unknown_address_offers_a_way_back(bob: Page) -> None:
    bob.goto("/nowhere")
    expect(bob.get_by_role("alert")).to_contain_text("Nothing here")
    bob.get_by_role("link", name="Back to the workbench").click()
    expect(bob.get_by_label("SQL", exact=True)).to_be_visible()

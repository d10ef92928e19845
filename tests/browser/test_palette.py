"""The palette and the list of keys: everything there is, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import ask, editor, shows, write


def open_it(page: Page, words: str = "") -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find")).to_be_focused()
    page.keyboard.type(words)


def take(page: Page, words: str, name: str) -> None:
    """Find the entry of that name by `words`, and take it with Enter."""
    open_it(page, words)
    expect(page.locator("#palette [aria-selected=true] .label")).to_have_text(name)
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()


def test_a_preset_is_put_in_and_run(alice: Page) -> None:
    take(alice, "selall", "Select all")
    shows(alice, "SELECT * FROM student;")
    take(alice, "run qu", "Run query")
    expect(alice.locator("#run caption")).to_contain_text("3 rows")


def test_previews_saves_and_shares(alice: Page) -> None:
    write(alice, "DELETE FROM student WHERE id = 2")
    take(alice, "prev", "Preview")
    expect(alice.locator(".decision")).to_contain_text("1 change waiting")
    take(alice, "share", "Share")
    expect(alice.locator("#link-address")).to_be_visible()
    take(alice, "save", "Save…")
    expect(alice.locator("#saving").get_by_label("Name")).to_be_focused()


def test_the_theme_a_table_and_a_page(alice: Page) -> None:
    alice.request.post(
        "/run", form={"query": "CREATE TABLE IF NOT EXISTS enrolment (id INTEGER PRIMARY KEY)"}
    )
    alice.reload()
    take(alice, "dark", "Dark")
    expect(alice.locator("html")).to_have_attribute("data-theme", "dark")
    take(alice, "enrl", "enrolment")
    expect(alice.locator("#schema [aria-current]")).to_contain_text("enrolment")
    take(alice, "api pro", "API for programs")
    expect(alice.get_by_role("heading", name="The API", exact=True)).to_be_visible()
    alice.request.post("/run", form={"query": "DROP TABLE enrolment"})


def test_a_saved_query_and_an_old_entry_by_its_words(alice: Page) -> None:
    write(alice, "SELECT 1")
    take(alice, "save", "Save…")
    alice.locator("#saving").get_by_label("Name").fill("Everyone <b>here</b>")
    alice.keyboard.press("Enter")
    expect(alice.locator("#opened b")).to_have_text("Everyone <b>here</b>")
    ask(alice, "SELECT 'needle' AS found")
    token = alice.locator("#editor [name=csrf_token]").get_attribute("value")
    for number in range(55):
        alice.request.post("/query", form={"query": f"SELECT {number}", "csrf_token": token})
    alice.goto("/history")
    take(alice, "evry", "Everyone <b>here</b>")
    expect(alice.locator("#opened b")).to_have_text("Everyone <b>here</b>")
    take(alice, "needle", "SELECT 'needle' AS found")
    expect(alice.locator("#run tbody td")).to_have_text("needle")


def test_it_is_a_combobox_with_a_list(alice: Page) -> None:
    open_it(alice)
    box = alice.get_by_role("combobox", name="Find")
    options = alice.locator("#palette li")
    for key, place in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0), ("ArrowUp", -1)):
        alice.keyboard.press(key)
        chosen = options.nth(place) if place >= 0 else options.last
        expect(chosen).to_have_attribute("aria-selected", "true")
        expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    expect(alice.locator("#palette [aria-selected=true]")).to_have_count(1)
    box.fill("zzzzqqq")
    expect(alice.locator("#palette")).to_contain_text("Nothing is like that")
    alice.keyboard.press("Enter")
    alice.keyboard.press("Escape")
    expect(alice.locator("#palette")).to_be_hidden()


def test_the_list_of_keys_shows_those_that_work(alice: Page) -> None:
    alice.get_by_role("button", name="Keyboard shortcuts").click()
    listed = alice.locator("#shortcuts dt").all_inner_texts()
    assert {each.replace(" ", "") for each in listed} >= {"/", "?", "CtrlEnter", "CtrlK", "Esc"}
    alice.get_by_label("Keys without Ctrl").uncheck()
    alice.keyboard.press("Escape")
    alice.locator("body").click(position={"x": 600, "y": 700})
    alice.keyboard.press("?")
    expect(alice.locator("#shortcuts")).to_be_hidden()
    alice.keyboard.press("Control+k")
    expect(alice.locator("#palette")).to_be_visible()


@pytest.mark.parametrize("key", ["/", "?"])
def test_a_key_by_itself_is_a_letter_in_a_field(alice: Page, key: str) -> None:
    editor(alice).focus()
    alice.keyboard.press(key)
    shows(alice, key)
    alice.keyboard.press("Escape")
    alice.keyboard.press(key)
    if key == "?":
        expect(alice.locator("#shortcuts")).to_be_visible()
    else:
        expect(alice.locator("#schema .table-link").first).to_be_focused()


def test_there_is_none_where_there_are_no_scripts(visit: Callable[..., Page]) -> None:
    bob = visit(java_script_enabled=False)
    expect(bob.locator("#palette")).to_be_hidden()
    expect(bob.get_by_role("button", name="Find anything")).to_be_hidden()

"""The history in a browser: found while one types, kept, run again and deleted, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.desk import answers, ask, shows, write

READ = "SELECT name FROM student"
WRITE = "UPDATE student SET nr = nr WHERE id = 2"
ANSWER = "SELECT 42 AS answer"


@pytest.fixture
def bob(visit: Callable[..., Page]) -> Page:
    """Bob's browser, which has JavaScript switched off."""
    return visit(java_script_enabled=False)


def run_some(page: Page) -> None:
    """A few runs of this person, without waiting for the page to show each."""
    token = page.locator("#editor [name=csrf_token]").get_attribute("value")
    for sql in (
        READ,
        "SELEC 2",
        WRITE,
        ANSWER,
    ):
        page.request.post("/query", form={"query": sql, "csrf_token": token})


def see(page: Page, *texts: str) -> None:
    """Wait until the page of the history shows these and no others."""
    expect(page.locator("#found .script")).to_have_text(list(texts))


def test_two_runs_that_end_close_together_are_both_in_the_history(alice: Page) -> None:
    """The answer to the first question for the history comes after the second run is over."""
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    alice.route("**/history/column*", hold_the_first)
    for sql in ("SELECT 'first'", "SELECT 'second'"):
        before = alice.url
        write(alice, sql)
        alice.get_by_role("button", name="Run").click()
        alice.wait_for_url(lambda url, before=before: "/entries/" in url and url != before)
    held[0].fulfill(status=200, body="<div id='remembered'></div>", content_type="text/html")
    expect(alice.locator(f'#entries a[href="{urlsplit(alice.url).path}"]')).to_be_attached()
    expect(alice.locator("#entries .first-words")).to_have_text(["SELECT 'second'", "SELECT 'first'"])


def test_alice_finds_an_entry_beside_the_editor_while_she_types(alice: Page) -> None:
    run_some(alice)
    write(alice, "a text of hers")
    box = alice.get_by_label("Search the history")
    box.press_sequentially("stud")
    expect(alice.locator("#entries .first-words")).to_have_text([WRITE, READ])
    expect(alice.locator("#announcement")).to_contain_text("newest entries")
    expect(box).to_be_focused()
    shows(alice, "a text of hers")
    box.fill("")
    expect(alice.locator("#entries .first-words")).to_have_count(4)


def test_a_run_keeps_the_search_beside_the_editor(alice: Page) -> None:
    run_some(alice)
    alice.get_by_label("Search the history").fill("answer")
    expect(alice.locator("#entries .first-words")).to_have_count(1)
    ask(alice, "SELECT 43 AS answer")
    expect(alice.locator("#entries .first-words")).to_have_text(["SELECT 43 AS answer", ANSWER])
    expect(alice.get_by_label("Search the history")).to_have_value("answer")


def test_enter_opens_the_page_of_the_history_with_the_same_search(alice: Page) -> None:
    run_some(alice)
    alice.get_by_label("Search the history").fill("student")
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("heading", name="History", exact=True)).to_be_visible()
    see(alice, WRITE, READ)


def test_typing_and_choosing_change_list_and_address_and_back_goes_back(alice: Page) -> None:
    run_some(alice)
    alice.goto("/history")
    alice.get_by_label("Words of").press_sequentially("student")
    expect(alice.locator("#found .script")).to_have_count(2)
    expect(alice).to_have_url(re.compile(r"/history\?q=student$"))
    alice.get_by_label("What", exact=True).select_option("Reads")
    expect(alice.locator("#found .script")).to_have_text([READ])
    expect(alice).to_have_url(re.compile(r"/history\?q=student&kind=read$"))
    alice.go_back()
    expect(alice.locator("#found .script")).to_have_count(2)
    expect(alice.get_by_label("What", exact=True)).to_have_value("")
    expect(alice.get_by_label("Words of")).to_have_value("student")
    alice.go_forward()
    expect(alice.locator("#found .script")).to_have_count(1)
    alice.reload()
    expect(alice.locator("#found .script")).to_have_text([READ])


def test_alice_saves_and_finds_it_beside_the_editor_by_keyboard_alone(alice: Page) -> None:
    ask(alice, "SELECT name FROM student WHERE id = 2")
    alice.goto("/history")
    save = alice.locator("summary", has_text="Save…").first
    save.focus()
    alice.keyboard.press("Enter")
    alice.keyboard.press("Tab")
    alice.keyboard.type("The second")
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("status").first).to_contain_text("Saved as The second")
    alice.goto("/")
    alice.locator("#history .kept summary").click()
    alice.get_by_role("link", name="The second").click()
    shows(alice, "SELECT name FROM student WHERE id = 2")


def test_a_link_is_copied_and_says_who_can_open_it(visit: Callable[..., Page]) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "SELECT 1")
    entry = page.url.partition("?")[0]
    page.goto("/history")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="in this browser only")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == entry


def test_older_entries_are_appended_on_the_page_too(alice: Page) -> None:
    for number in range(60):
        alice.request.get("/run", params={"query": f"SELECT {number} AS n"})
    alice.goto("/history")
    expect(alice.locator("#found .entry")).to_have_count(30)
    alice.get_by_role("link", name="Older").click()
    expect(alice.locator("#found .entry")).to_have_count(60)


def test_bob_searches_filters_and_goes_back(bob: Page) -> None:
    run_some(bob)
    bob.goto("/")
    bob.get_by_label("Search the history").fill("student")
    bob.keyboard.press("Enter")
    see(bob, WRITE, READ)
    bob.get_by_label("What", exact=True).select_option("Writes")
    bob.get_by_role("button", name="Search").click()
    see(bob, WRITE)
    bob.go_back()
    see(bob, WRITE, READ)


def test_bob_runs_again_saves_renames_and_deletes(bob: Page) -> None:
    run_some(bob)
    bob.goto("/history")
    bob.get_by_role("button", name="Run again").first.click()
    answers(bob, [["42"]])
    bob.goto("/history?q=student&kind=read")
    bob.locator("summary", has_text="Save…").click()
    bob.get_by_label("Name").fill("All names")
    bob.get_by_role("button", name="Save", exact=True).click()
    bob.locator("#saved summary", has_text="Rename…").click()
    bob.locator("#saved").get_by_label("Name").fill("Names")
    bob.get_by_role("button", name="Rename", exact=True).click()
    bob.get_by_role("link", name="Names").click()
    shows(bob, READ)
    bob.goto("/history?kind=write")
    bob.get_by_role("link", name="Delete these…").click()
    bob.get_by_role("button", name="Delete 1 entry").click()
    expect(bob.get_by_role("status").first).to_contain_text("1 entry was deleted")
    see(bob, ANSWER, ANSWER, "SELEC 2", READ)
    bob.locator("#saved summary", has_text="Delete…").click()
    bob.get_by_role("button", name="Delete Names").click()
    expect(bob.locator("#saved .told")).to_have_count(0)


def test_the_page_that_asks_before_deleting_is_fit_to_be_seen(alice: Page) -> None:
    run_some(alice)
    alice.goto("/history/delete")
    assert violations(alice) == []

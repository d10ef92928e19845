"""Nothing that is written gets lost: not by a crash, a reload, another window, or a server that is away."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import ask, editor, press_run, shows, write
from tests.browser.server import Server


def write_and_keep(page: Page, sql: str) -> None:
    """Write `sql` and wait until the server has it."""
    with page.expect_response(lambda answer: answer.url.endswith("/drafts") and answer.ok):
        write(page, sql)
    expect(page.locator("#editor [name=tab], [form=editor][name=tab]")).not_to_have_value("")


def tab(page: Page, name: str) -> None:
    """Go to the tab of that name."""
    page.locator("#tabs").get_by_role("link", name=name, exact=True).click()
    expect(page.locator("#tabs [aria-current]")).to_have_text(name)


def new_tab(page: Page) -> None:
    before = page.locator("#tabs > ul a").count()
    page.get_by_role("button", name="New tab").click()
    expect(page.locator("#tabs > ul a")).to_have_count(before + 1)


def menu(page: Page) -> None:
    page.locator("#tabs summary").click()


def test_a_browser_that_is_killed_while_one_types_loses_nothing(
    server: Server, launch_browser: Callable[..., Browser]
) -> None:
    browser = launch_browser()
    page = browser.new_page(base_url=server.url)
    page.goto("/")
    editor(page).focus()
    cookies = page.context.storage_state()
    with page.expect_response(lambda answer: "typing" in (answer.request.post_data or "")):
        # No pause is long enough for it to wait for one.
        page.keyboard.type(
            "SELECT 'I was still typing when it happened, and it went on and on and on ", delay=40
        )
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    os.kill(next(each["id"] for each in processes if each["type"] == "browser"), signal.SIGKILL)
    again = launch_browser()
    page = again.new_page(base_url=server.url, storage_state=cookies)
    page.goto("/")
    expect(page.locator("#query")).to_have_value(re.compile("SELECT 'I was still typing"))
    again.close()


def test_a_reload_in_the_middle_of_a_word_loses_nothing(alice: Page) -> None:
    write(alice, "SELECT 'hal")
    alice.reload()
    shows(alice, "SELECT 'hal")
    alice.wait_for_function(
        """fetch("/").then((answer) => answer.text()).then((page) => page.includes("&#39;hal"))"""
    )


def test_tabs_are_made_named_switched_closed_and_brought_back(alice: Page) -> None:
    write_and_keep(alice, "SELECT 'first'")
    new_tab(alice)
    write(alice, "SELECT 'second'")
    tab(alice, "Query 1")  # at once: it waits until the text is kept
    shows(alice, "SELECT 'first'")
    tab(alice, "Query 2")
    shows(alice, "SELECT 'second'")
    alice.locator("#tabs [aria-current]").dblclick()
    expect(alice.locator("#tab-name")).to_be_focused()
    alice.keyboard.type("Marks")
    alice.keyboard.press("Enter")
    expect(alice.locator("#tabs [aria-current]")).to_have_text("Marks")
    menu(alice)
    alice.get_by_role("button", name="Close this tab").click()
    shows(alice, "SELECT 'first'")
    alice.get_by_role("button", name="Open it again").click()
    shows(alice, "SELECT 'second'")
    expect(alice.locator("#tabs [aria-current]")).to_have_text("Marks")


def test_an_answer_stays_in_its_tab_when_it_is_loaded_again(alice: Page) -> None:
    write_and_keep(alice, "SELECT 'first'")
    new_tab(alice)
    ask(alice, "SELECT 'second'")
    alice.context.new_page().goto("/?tab=1")
    alice.reload()
    expect(alice.locator("#tabs [aria-current]")).to_have_text("Query 2")
    shows(alice, "SELECT 'second'")


def test_two_windows_on_one_tab_tell_each_other(alice: Page) -> None:
    write_and_keep(alice, "SELECT 1")
    other = alice.context.new_page()
    other.goto("/")
    write_and_keep(other, "SELECT 1, 'other'")
    write_and_keep(alice, "SELECT 1, 'alice'")
    expect(alice.locator("#tabs")).to_contain_text("from another window. It is kept")
    shows(alice, "SELECT 1, 'alice'")
    menu(alice)
    alice.locator("#tabs").get_by_role("link", name="20").first.click()
    shows(alice, "SELECT 1, 'other'")


def test_a_look_into_the_history_leaves_the_tab_as_it_was(alice: Page) -> None:
    ask(alice, "SELECT 'ran'")
    write_and_keep(alice, "SELECT 'half writ")
    alice.locator("#history").get_by_role("link", name="ran").first.click()
    shows(alice, "SELECT 'ran'")
    tab(alice, "Query 1")
    shows(alice, "SELECT 'half writ")


def test_a_server_that_is_away_is_said_and_gets_the_text_later(alice: Page) -> None:
    write_and_keep(alice, "SELECT 1")
    alice.route("**/drafts", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    write(alice, "SELECT 2")
    expect(alice.locator("#tabs")).to_contain_text("Not kept yet")
    alice.unroute("**/drafts")
    expect(alice.locator("#tabs .tab-note").first).to_have_text("")
    other = alice.context.new_page()
    other.goto("/")
    shows(other, "SELECT 2")


def test_a_lost_session_loses_no_text(alice: Page) -> None:
    write_and_keep(alice, "SELECT 1")
    alice.context.clear_cookies()
    write_and_keep(alice, "SELECT 1, 2")
    alice.goto("/")
    shows(alice, "SELECT 1, 2")


@pytest.fixture
def bob(visit: Callable[..., Page]) -> Page:
    """Bob's browser, which has JavaScript switched off."""
    return visit(java_script_enabled=False)


def test_bob_without_scripts_has_tabs_and_his_text_too(bob: Page) -> None:
    write(bob, "SELECT * FROM studnet")
    press_run(bob)
    bob.goto("/")
    shows(bob, "SELECT * FROM studnet")
    new_tab(bob)
    write(bob, "select 2 from student")
    bob.get_by_role("button", name="Format").click()
    shows(bob, "SELECT 2\nFROM student")
    write(bob, "SELECT half writ")
    bob.get_by_role("button", name="Remember").click()
    tab(bob, "Query 1")
    shows(bob, "SELECT * FROM studnet")
    tab(bob, "Query 2")
    shows(bob, "SELECT half writ")
    menu(bob)
    bob.get_by_role("button", name="Close this tab").click()
    bob.get_by_role("button", name="Open it again").click()
    shows(bob, "SELECT half writ")

"""What people keep, hand on and compare, with scripts and without; and what runs in all their tabs."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import answers, ask, press_run, shows, write
from tests.browser.looks import look_at
from tests.deployment.servers import eventually

HOSTILE = "<img src=x onerror=alert(1)>"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)\nSELECT count(*) FROM n;"


@pytest.fixture
def bob(visit: Callable[..., Page]) -> Page:
    """Bob's browser, which has JavaScript switched off."""
    return visit(java_script_enabled=False)


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def link_to_query(page: Page, sql: str) -> str:
    """Write `sql` and share it; gives the address, which takes the focus once it is whole."""
    write(page, sql)
    button(page, "Share")
    address = page.get_by_label("Link to this query")
    expect(address).to_be_focused()
    expect(address).to_have_value(re.compile(r"^http.+/q/\w{12}$"))
    return address.input_value()


def link_to_result(page: Page) -> str:
    """Share what was answered; gives the address."""
    page.locator(".aside summary").click()
    page.get_by_label("It holds for").select_option("a day")
    button(page, "Make a link")
    page.wait_for_url("**/r/*")
    return page.url


def test_alice_saves_from_the_editor_by_keyboard_and_her_rows_stay(alice: Page) -> None:
    ask(alice, "SELECT name FROM student WHERE id = 2")
    alice.get_by_role("button", name="Save…", exact=True).focus()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("dialog")).to_contain_text("Save this query")
    expect(alice.locator("#saving").get_by_label("Name")).to_be_focused()
    alice.keyboard.type(HOSTILE)
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("dialog")).to_have_count(0)
    expect(alice.locator("#opened b")).to_have_text(HOSTILE)
    expect(alice.locator("#announcement")).to_have_text(f"Saved as {HOSTILE}")
    alice.locator(".kept summary").click()
    expect(alice.locator("#kept a")).to_have_text([HOSTILE])
    answers(alice, [["John Doe"]])


def test_alice_opens_a_saved_query_changes_it_and_saves_over(alice: Page) -> None:
    write(alice, "SELECT :least")
    alice.locator("#value-least").fill("2000")
    button(alice, "Save…")
    alice.locator("#saving").get_by_label("Name").fill("Mine")
    button(alice, "Save")
    expect(alice.locator("#opened b")).to_have_text("Mine")
    alice.goto("/")
    alice.locator(".kept summary").click()
    alice.locator("#kept").get_by_role("link", name="Mine").click()
    expect(alice.locator("#value-least")).to_have_value("2000")
    ask(alice, "SELECT :least + 1")
    button(alice, "Save over Mine")
    expect(alice.locator("#opened")).to_contain_text("Saved over Mine")
    alice.goto("/saved/" + alice.locator("#opened [name=saved]").input_value())
    shows(alice, "SELECT :least + 1")
    expect(alice.locator("#value-least")).to_have_value("2000")


def test_a_name_that_is_taken_is_said_in_the_dialog(alice: Page) -> None:
    for sql in ("SELECT 1", "SELECT 2"):
        write(alice, sql)
        button(alice, "Save…")
        alice.locator("#saving").get_by_label("Name").fill("Twice")
        button(alice, "Save")
        if sql == "SELECT 1":
            expect(alice.get_by_role("dialog")).to_have_count(0)
    expect(alice.get_by_role("dialog").get_by_role("alert")).to_contain_text("another query with the name")
    button(alice, "Cancel")
    shows(alice, "SELECT 2")


def test_bob_saves_and_saves_over_without_scripts(bob: Page) -> None:
    write(bob, "SELECT 1 AS one")
    button(bob, "Save…")
    bob.get_by_label("Name").fill("First")
    button(bob, "Save")
    expect(bob.locator("#opened b")).to_have_text("First")
    write(bob, "SELECT 2 AS two")
    press_run(bob)
    answers(bob, [["2"]])
    button(bob, "Save over First")
    expect(bob.get_by_role("status").first).to_contain_text("First has its new text")
    shows(bob, "SELECT 2 AS two")


def test_who_opens_a_link_that_reads_needs_one_key(alice: Page, visit: Callable[..., Page]) -> None:
    address = link_to_query(alice, "SELECT name FROM student WHERE id = 1")
    assert link_to_query(alice, "SELECT name FROM student WHERE id = 1") == address
    other = visit(urlsplit(address).path)
    expect(other.locator("#given")).to_contain_text("It has not been run")
    expect(other.locator("#run-button")).to_be_focused()
    other.keyboard.press("Enter")
    expect(other.locator("#run tbody td")).to_have_text("Mark Twain")


def test_a_link_that_writes_is_shown_and_not_run(alice: Page, bob: Page) -> None:
    address = link_to_query(alice, "DELETE FROM student WHERE id = 2")
    bob.goto(urlsplit(address).path)
    shows(bob, "DELETE FROM student WHERE id = 2")
    expect(bob.locator("#given")).to_contain_text("It may change the data")
    expect(bob.locator("#run-button")).not_to_be_focused()
    write(bob, "SELECT count(*) FROM student")
    press_run(bob)
    answers(bob, [["3"]])


def test_bob_shares_a_query_without_scripts_and_ends_the_link(bob: Page) -> None:
    write(bob, "SELECT 3")
    button(bob, "Share")
    expect(bob).to_have_url(re.compile(r"/q/\w{12}$"))
    address = bob.url
    button(bob, "End it")
    expect(bob.get_by_role("status").first).to_contain_text("The link has ended")
    assert bob.goto(address).status == 404


def test_alice_shares_rows_and_bob_sees_them_as_they_were(alice: Page, bob: Page) -> None:
    ask(alice, f"SELECT id, '{HOSTILE}' AS \"{HOSTILE}\" FROM student WHERE id = 3")
    address = link_to_result(alice)
    expect(alice.locator(".made")).to_contain_text("This is the link")
    alice.goto("/")
    ask(alice, "UPDATE student SET id = 33 WHERE id = 3")
    bob.goto(address)
    expect(bob.locator("#rows td")).to_have_text(["3", HOSTILE])
    expect(bob.get_by_role("button", name="End it now")).to_have_count(0)
    with bob.expect_download() as file:
        bob.get_by_role("link", name="CSV").click()
    assert file.value.path().read_text(encoding="utf-8").splitlines()[1] == f"3,{HOSTILE}"
    alice.get_by_role("button", name="Undo").first.click()
    expect(alice.locator("#entries .entry").first).to_contain_text("Undo")
    alice.goto("/history#links")
    alice.locator("#links").get_by_role("button", name="End it").click()
    assert bob.goto(address).status == 410
    expect(bob.get_by_role("heading")).to_contain_text(["This link has ended"])


def test_a_link_is_copied(visit: Callable[..., Page]) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "SELECT 1")
    address = link_to_result(page)
    button(page, "Copy the link")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_alice_compares_with_the_run_before_where_she_is(alice: Page) -> None:
    for sql in (
        "SELECT * FROM student",
        "UPDATE student SET nr = nr + 1 WHERE id = 1",
        "SELECT * FROM student",
    ):
        ask(alice, sql)
    alice.get_by_role("link", name="Compare with the run before").click()
    expect(alice.locator("#compared caption")).to_contain_text("1 changed")
    expect(alice.locator("#compared [data-changed]")).to_have_text(["1111", "1112"])
    expect(alice.locator("#compared")).to_be_focused()
    expect(alice.locator("#announcement")).to_have_text("Compared with the run before")
    expect(alice.locator("#run .result").first).to_be_visible()
    alice.locator("#entries").get_by_role("button", name="Undo").click()


def test_bob_compares_by_a_link(bob: Page) -> None:
    for _ in "12":
        write(bob, "SELECT * FROM student")
        press_run(bob)
    bob.get_by_role("link", name="Compare with the run before").click()
    expect(bob.locator("#compared")).to_contain_text("Nothing is different")


def test_what_runs_in_another_tab_is_seen_and_stopped(alice: Page) -> None:
    other = alice.context.new_page()
    other.goto("/")
    expect(other.locator("#going-count")).to_be_hidden()
    write(alice, ENDLESS)
    press_run(alice)
    expect(other.locator("#going-count")).to_have_text("1")
    other.locator("#going-button").click()
    expect(other.locator("#going li")).to_contain_text(re.compile(r"WITH RECURSIVE.*\d s · 0 rows so far"))
    other.locator("#going").get_by_role("button", name="Stop").click()
    expect(alice.locator("#run .banner")).to_contain_text("Stopped by you")
    expect(other.locator("#going li")).to_have_count(0)
    expect(other.locator("#going-count")).to_be_hidden()
    other.keyboard.press("Escape")
    expect(other.locator("#going")).to_be_hidden()


def test_nobody_asks_for_what_runs_while_nothing_does(alice: Page) -> None:
    ask(alice, "SELECT 1")
    alice.wait_for_timeout(700)
    asked: list[str] = []
    alice.on("request", lambda request: asked.append(request.url))
    alice.wait_for_timeout(1500)
    assert asked == []


def test_bob_sees_and_stops_what_runs_on_a_page(visit: Callable[..., Page], bob: Page) -> None:
    second = bob.context.new_page()
    write(bob, ENDLESS)
    bob.locator("#run-button").click(no_wait_after=True)
    running = f"{bob.url.rstrip('/')}/running"
    eventually(lambda: "WITH RECURSIVE" in second.request.get(running).text(), "the run on the page")
    second.goto(running)
    expect(second.locator("#running li")).to_contain_text("WITH RECURSIVE")
    second.get_by_role("button", name="Stop").click()
    expect(second.get_by_role("status").first).to_contain_text("asked to stop")
    expect(bob.locator("#run .banner")).to_contain_text("Stopped by you")


def test_three_things_to_try_lead_to_preview_and_undo(alice: Page) -> None:
    expect(alice.locator("#run h2")).to_have_text("Three things to try")
    alice.get_by_role("link", name="Put “Update” in the editor").click()
    button(alice, "Preview")
    expect(alice.locator(".decision")).to_contain_text("1 change waiting")
    button(alice, "Commit this change")
    alice.locator("#entries").get_by_role("button", name="Undo").click()
    expect(alice.locator("#entries .entry").first).to_contain_text("Undo")
    alice.goto("/")
    expect(alice.locator("#run h2")).to_have_text("Results appear here")


def test_its_dialogs_are_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    look_at(page, "tour")
    ask(page, "SELECT * FROM student;")
    link_to_query(page, "SELECT name FROM student;")
    look_at(page, "link")
    button(page, "Save…")
    expect(page.locator("#saving").get_by_label("Name")).to_be_focused()
    look_at(page, "saving")
    button(page, "Cancel")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find").fill("s")
    expect(page.locator("#palette li").first).to_be_visible()
    look_at(page, "palette")
    page.keyboard.press("Escape")
    page.locator("#going-button").click()
    expect(page.locator("#going")).to_contain_text("Nothing of yours is running")
    look_at(page, "in-progress")

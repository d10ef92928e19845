"""A person stops what runs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import ask, press_run, write
from tests.browser.looks import look_at
from tests.browser.server import Server, start_server
from tests.browser.sizes import NARROW
from tests.deployment.servers import eventually
from tests.promptness import in_time

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)\nSELECT count(*) FROM n;"
NEVER_INTERRUPTED = "SELECT instr(printf('%.*c', 2000000, 'a'), printf('%.*c', 1000000, 'a') || 'b');"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workbench whose own limit does not end what somebody looks at for long."""
    started = start_server(tmp_path_factory.mktemp("workbench"), WORKBENCH_TIME_LIMIT="120")
    yield started
    started.stop()


def start(page: Page, sql: str) -> None:
    """Run `sql`, and wait until it can be stopped."""
    write(page, sql)
    press_run(page)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def press_stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()


def stopped_after(page: Page, sql: str) -> float:
    """Run `sql` on a fresh page and stop it: the seconds until that is said."""
    page.goto("/")
    start(page, sql)
    began = time.monotonic()
    press_stop(page)
    expect(page.locator("#run .banner")).to_contain_text("Stopped by you")
    return time.monotonic() - began


@pytest.mark.parametrize("sql", [ENDLESS, NEVER_INTERRUPTED, f"DELETE FROM student;\n{ENDLESS}"])
def test_stop_ends_a_run_calmly_and_nothing_was_changed(alice: Page, sql: str) -> None:
    assert in_time(lambda: stopped_after(alice, sql), 2)
    expect(alice.locator("#run .banner")).to_contain_text("Nothing was changed.")
    expect(alice.get_by_role("alert")).to_have_count(0)
    expect(alice.get_by_role("status")).to_contain_text("Stopped by you")
    expect(alice.locator("#entries li").first).to_contain_text("stopped")
    ask(alice, "SELECT count(*) FROM student;")
    expect(alice.locator("#run tbody td")).to_have_text("3")


def test_stop_is_there_only_while_something_runs(alice: Page) -> None:
    button = alice.locator("#stop-button")
    expect(button).to_be_hidden()
    start(alice, ENDLESS)
    expect(alice.locator("#run-button")).to_be_disabled()
    press_stop(alice)
    expect(button).to_be_hidden()
    expect(alice.locator("#run-button")).to_be_enabled()


def test_stop_works_by_keyboard_and_leaves_one_at_the_button_to_press_next(alice: Page) -> None:
    start(alice, ENDLESS)
    alice.get_by_role("button", name="Stop").focus()
    alice.keyboard.press("Enter")
    expect(alice.locator("#run .banner")).to_contain_text("Stopped by you")
    expect(alice.locator("#run-button")).to_be_focused()


def test_a_closed_page_stops_what_it_ran(visit: Callable[..., Page]) -> None:
    alice = visit()
    start(alice, ENDLESS)
    second = alice.context.new_page()
    second.goto("/")
    alice.close()
    history = second.url.rstrip("/") + "/history/column"
    eventually(lambda: "stopped" in second.request.get(history).text(), "the stopped run in the history")
    second.reload()
    expect(second.locator("#entries li").first).to_contain_text("stopped")


def test_the_browsers_own_stop_ends_a_run_where_there_are_no_scripts(visit: Callable[..., Page]) -> None:
    bob = visit(java_script_enabled=False)
    write(bob, ENDLESS)
    with bob.expect_request("**/query"):
        bob.get_by_role("button", name="Run").click(no_wait_after=True)
    bob.context.new_cdp_session(bob).send("Page.stopLoading")
    history = bob.url.rstrip("/") + "/history/column"
    eventually(lambda: "stopped" in bob.request.get(history).text(), "the stopped run in the history")


def test_bob_cannot_stop_what_alice_runs(visit: Callable[..., Page]) -> None:
    alice, bob = visit(), visit()
    with alice.expect_request("**/query") as sent:
        start(alice, ENDLESS)
    name = sent.value.headers["x-request-id"]
    answer = bob.evaluate("(name) => fetch(`/run/${name}`, {method: 'DELETE'}).then((r) => r.status)", name)
    assert answer == 404
    press_stop(alice)
    expect(alice.locator("#run .banner")).to_contain_text("Stopped by you")


def test_the_page_is_fit_to_be_seen_while_something_runs(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    start(page, ENDLESS)
    expect(page.locator("#elapsed")).to_have_text(re.compile(r"Running \d\.\d s"))
    look_at(page, "running")
    page.set_viewport_size(NARROW)
    assert page.locator("#stop-button").bounding_box() == page.locator("#run-button").bounding_box()
    press_stop(page)
    expect(page.locator("#run .banner")).to_contain_text("Stopped by you")
    look_at(page, "stopped")

"""People give values for parameters, and take results away as files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.desk import ask, editor, press_run, shows, text_of, write
from tests.browser.looks import look_at

LEAST = "SELECT name FROM student WHERE nr > :least;"
COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT {} FROM n;"
MANY = COUNTED.format(1500, "i")
BREAKS = COUNTED.format(300_000, "abs(-9223372036854775807 - (i > 250000))")


@pytest.fixture
def bob(visit: Callable[..., Page]) -> Page:
    """Bob's browser, which has JavaScript switched off."""
    return visit(java_script_enabled=False)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def taken(page: Page, label: str) -> Locator:
    """What is said beside a field."""
    return page.locator(".parameter").filter(has=field(page, label)).locator(".taken")


def names(page: Page) -> Locator:
    return page.locator("#run tbody td")


def export(page: Page, label: str) -> Path:
    if not page.locator("form.copies").is_visible():
        page.get_by_text("Save as…").click()
    with page.expect_download() as saved:
        page.locator("form.copies").get_by_role("button", name=label, exact=True).click()
    assert saved.value.suggested_filename == f"student.{label.lower()}"
    return saved.value.path()


def test_a_field_appears_while_alice_types_and_keeps_its_value(alice: Page) -> None:
    write(alice, LEAST)
    field(alice, ":least").fill("3000")
    expect(taken(alice, ":least")).to_have_text("integer")
    write(alice, LEAST.replace(";", " AND id < :id;"))
    expect(field(alice, ":id")).to_be_visible()
    expect(field(alice, ":least")).to_have_value("3000")
    field(alice, ":id").fill("9")
    press_run(alice)
    expect(names(alice)).to_have_text(["Harry Potter"])
    write(alice, "SELECT 1;")
    expect(alice.locator("#parameters")).to_be_hidden()


def test_no_field_is_asked_for_where_there_can_be_none(alice: Page) -> None:
    asked: list[str] = []
    alice.on("request", lambda request: asked.append(request.url) if "/parameters" in request.url else None)
    editor(alice).press_sequentially("SELECT '12:30', name FROM student -- why?")
    ask(alice, text_of(alice))
    assert asked == []
    editor(alice).press_sequentially("\nWHERE id = :a_long_name", delay=10)
    expect(field(alice, ":a_long_name")).to_be_visible()
    assert len(asked) < 5


def test_a_run_without_a_value_goes_to_its_field(alice: Page) -> None:
    write(alice, LEAST)
    press_run(alice)
    expect(alice.locator("#run .calm")).to_contain_text("Give a value for :least and run again")
    expect(field(alice, ":least")).to_be_focused()
    alice.keyboard.type("2000")
    alice.keyboard.press("Enter")
    expect(names(alice)).to_have_text(["John Doe", "Harry Potter"])
    expect(alice.locator("#run .bound")).to_have_text("With :least = 2000 integer")


def test_all_of_it_goes_by_keyboard_and_typing_is_not_disturbed(alice: Page) -> None:
    editor(alice).focus()
    alice.keyboard.type("SELECT :a, typeof(:a)")
    expect(field(alice, ":a")).to_be_visible()
    alice.keyboard.press("Tab")
    expect(field(alice, ":a")).to_be_focused()
    with alice.expect_response("**/parameters"):
        alice.keyboard.type("0")
    expect(taken(alice, ":a")).to_have_text("integer")
    alice.keyboard.type("07")
    expect(field(alice, ":a")).to_be_focused()
    alice.keyboard.press("Tab")
    alice.keyboard.press("t")
    expect(taken(alice, ":a")).to_have_text("text")
    alice.keyboard.press("Control+Enter")
    expect(names(alice)).to_have_text(["007", "text"])


def test_a_mistake_in_a_value_is_said_at_its_field(alice: Page) -> None:
    write(alice, "SELECT :a;")
    field(alice, "What :a is taken as").select_option("blob")
    field(alice, ":a").fill("0g")
    expect(taken(alice, ":a")).to_contain_text("two digits for each byte")
    press_run(alice)
    expect(alice.get_by_role("alert")).to_contain_text("not hexadecimal")
    expect(field(alice, ":a")).to_be_focused()
    assert violations(alice) == []


def test_the_history_brings_the_values_back_and_going_back_does(alice: Page) -> None:
    write(alice, LEAST)
    field(alice, ":least").fill("2000")
    press_run(alice)
    expect(names(alice)).to_have_count(2)
    ask(alice, "SELECT 1;")
    expect(alice.locator("#parameters")).to_be_hidden()
    alice.locator("#history").get_by_role("link", name="SELECT name").click()
    expect(field(alice, ":least")).to_have_value("2000")
    alice.go_back()
    shows(alice, "SELECT 1;")
    expect(alice.locator("#parameters")).to_be_hidden()


def test_values_that_never_ran_survive_a_look_into_the_history(alice: Page) -> None:
    ask(alice, "SELECT 1;")
    write(alice, "SELECT :a, :b;")
    field(alice, ":b").fill("kept")
    field(alice, "What :b is taken as").select_option("text")
    alice.locator("#history").get_by_role("link", name="SELECT 1").click()
    shows(alice, "SELECT 1;")
    alice.go_back()
    expect(field(alice, ":b")).to_have_value("kept")
    expect(field(alice, "What :b is taken as")).to_have_value("text")
    expect(field(alice, ":a")).to_have_value("")


def test_an_error_page_of_a_proxy_does_not_take_the_place_of_the_fields(alice: Page) -> None:
    write(alice, "SELECT :a;")
    field(alice, ":a").fill("kept")
    expect(taken(alice, ":a")).to_have_text("text")
    alice.route(
        "**/parameters", lambda route: route.fulfill(status=502, body="<html><h1>Bad Gateway</h1></html>")
    )
    with alice.expect_response("**/parameters"):
        write(alice, "SELECT :a, :b;")
    press_run(alice)
    expect(alice.locator("#run h2")).to_have_text("Give a value for :b and run again")
    expect(field(alice, ":a")).to_have_value("kept")


def test_bob_is_given_the_fields_when_he_runs(bob: Page) -> None:
    write(bob, LEAST)
    press_run(bob)
    expect(bob.locator("#run")).to_contain_text("Give a value for :least and run again")
    expect(field(bob, ":least")).to_be_focused()
    field(bob, ":least").fill("3000")
    bob.keyboard.press("Enter")
    expect(names(bob)).to_have_text(["Harry Potter"])
    expect(field(bob, ":least")).to_have_value("3000")


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_result_is_saved_whole_and_the_page_stays(who: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(who)
    write(page, MANY)
    press_run(page)
    expect(page.locator("#run")).to_contain_text("1,500 rows")
    whole = ["i", *map(str, range(1, 1501))]
    assert export(page, "CSV").read_text(encoding="utf-8").splitlines() == whole
    assert export(page, "NDJSON").read_text(encoding="utf-8").count("\n") == 1502
    assert '"row_count":1500' in export(page, "JSON").read_text(encoding="utf-8")
    expect(page.locator("#run tbody:not(.more) tr")).to_have_count(100)


def test_an_export_that_breaks_off_does_not_look_whole(alice: Page) -> None:
    ask(alice, BREAKS)
    with alice.expect_download() as saved:
        alice.get_by_role("button", name="CSV", exact=True).click()
    assert saved.value.failure()
    expect(alice.locator("#run tbody:not(.more) tr")).to_have_count(100)


def test_an_export_that_fails_leaves_bob_at_the_workbench(bob: Page) -> None:
    for script in (
        f"CREATE VIEW gone AS {COUNTED.format(300_000, 'i')} SELECT * FROM gone;",
        "DROP VIEW gone;",
    ):
        before = bob.url
        write(bob, script)
        press_run(bob)
        bob.wait_for_url(lambda url, before=before: "/entries/" in url and url != before)
    bob.go_back()
    expect(bob.locator("#run table")).to_have_count(1)
    bob.get_by_role("button", name="CSV", exact=True).click()
    expect(bob.get_by_role("alert")).to_contain_text("no such table: gone")
    shows(bob, "SELECT * FROM gone;")
    bob.go_back()
    expect(bob.locator("#run table")).to_have_count(1)


def test_fields_and_exports_are_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    write(
        page,
        "SELECT * FROM student WHERE nr > :least AND name <> $name::of(a) AND id <> ? AND :blob NOTNULL;",
    )
    press_run(page)
    expect(field(page, ":least")).to_be_focused()
    look_at(page, "values-wanted")
    field(page, ":least").fill("2000")
    field(page, "$name::of(a)").fill("Mark Twain, the one who wrote the book about the river and the raft")
    field(page, "?3").fill("9223372036854775808")
    field(page, "What :blob is taken as").select_option("blob")
    field(page, ":blob").fill("00 ff")
    expect(taken(page, ":blob")).to_have_text("BLOB, 2 bytes")
    press_run(page)
    expect(page.locator("#run .bound")).to_be_visible()
    page.wait_for_url(re.compile("/entries/"))
    look_at(page, "values", full_page=True)

"""Alice reads how the API is asked, and asks it from there; Bob does without scripts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

from playwright.sync_api import Page, expect

from workbench.web.examples import EXAMPLES


def example(page: Page, title: str):
    return page.locator(".example").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_alice_finds_the_api_and_comes_back(alice: Page) -> None:
    alice.get_by_role("link", name="API").click()
    expect(alice.get_by_role("heading", name="The API")).to_be_visible()
    alice.get_by_role("link", name="Back to the workbench").click()
    expect(alice.get_by_label("SQL", exact=True)).to_be_visible()


def test_an_example_is_answered_in_its_place(visit: Callable[..., Page]) -> None:
    page = visit("/docs")
    tried = example(page, "Values for parameters, by name")
    tried.get_by_role("button", name="Try it").click()
    expect(tried.locator(".given p")).to_have_text("200 · application/json")
    answer = json.loads(tried.locator(".given pre").inner_text())
    assert answer["rows"] == [[2, "John Doe"], [3, "Harry Potter"]]
    wrong = example(page, "An error with its place")
    wrong.get_by_role("button", name="Try it").click()
    expect(wrong.locator(".given p")).to_have_text("400 · application/problem+json")


def test_an_answer_keeps_the_digits_of_large_integers(visit: Callable[..., Page]) -> None:
    page = visit("/docs")
    tried = example(page, "Every value with its type")
    tried.get_by_role("button", name="Try it").click()
    expect(tried.locator(".given pre")).to_contain_text("9007199254740993")


def test_markup_in_an_answer_stays_text(visit: Callable[..., Page]) -> None:
    page = visit("/docs")
    page.locator(".example [name=query]").first.evaluate("field => field.value = \"SELECT '<b>bold</b>'\"")
    page.get_by_role("button", name="Try it").first.click()
    expect(page.locator(".given pre")).to_contain_text("<b>bold</b>")
    expect(page.locator(".given b")).to_have_count(0)


def test_what_writes_says_so_before_it_does(visit: Callable[..., Page]) -> None:
    page = visit("/docs")
    for shown in EXAMPLES:
        button = example(page, shown.title).get_by_role("button", name="Try it")
        assert ("changes the data" in button.inner_text()) == shown.writes


def test_a_command_does_in_a_shell_what_it_says(visit: Callable[..., Page]) -> None:
    page = visit("/docs")
    command = example(page, "Rows as objects").locator(".command code").inner_text()
    told = subprocess.run(["sh", "-c", f"{command} --silent"], capture_output=True, check=True, timeout=10)
    assert json.loads(told.stdout)["rows"][0] == {"id": 1, "name": "Mark Twain", "nr": 1111}


def test_bob_is_led_to_the_answer_itself(visit: Callable[..., Page]) -> None:
    bob = visit("/docs", java_script_enabled=False)
    expect(bob.get_by_role("button", name="Copy")).to_have_count(0)
    example(bob, "A bare value, for the simplest client").get_by_role("button", name="Try it").click()
    bob.wait_for_url("**/run")
    assert json.loads(bob.locator("body").inner_text())[0] == [1, "Mark Twain", 1111]

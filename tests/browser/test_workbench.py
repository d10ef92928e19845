"""A person at the workbench: types, runs, errs, looks back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import answers, ask, choose, editor, preset, press_run, shows, write
from tests.browser.server import Server, start_server
from tests.browser.sizes import NARROW

STUDENTS = [["1", "Mark Twain", "1111"], ["2", "John Doe", "2222"], ["3", "Harry Potter", "3333"]]


def test_alice_types_a_query_and_sees_its_rows(alice: Page) -> None:
    ask(alice, "SELECT * FROM student;")
    answers(alice, STUDENTS)
    expect(alice.locator("#run caption")).to_contain_text("3 rows")
    assert alice.locator("#run thead th").all_inner_texts() == ["id", "name", "nr"]


def test_a_preset_fills_the_editor_and_runs_nothing(alice: Page) -> None:
    preset(alice, "Delete")
    shows(alice, "DELETE FROM student WHERE id = 1;")
    expect(editor(alice)).to_be_focused()
    expect(alice.locator("#run table, #run .receipt")).to_have_count(0)
    expect(alice.locator("#entries li")).to_have_count(0)


def test_undo_takes_a_preset_back(alice: Page) -> None:
    editor(alice).press_sequentially("SELECT 1")
    preset(alice, "Insert")
    alice.keyboard.press("Control+z")
    shows(alice, "SELECT 1")


def test_a_write_says_how_many_rows_it_affected(alice: Page) -> None:
    ask(alice, "CREATE TABLE IF NOT EXISTS receipt (n); INSERT INTO receipt VALUES (1), (2);")
    receipts = alice.locator("#run .receipt")
    expect(receipts).to_have_count(2)
    expect(receipts.nth(1)).to_contain_text("2 rows affected")


def test_a_mistake_is_marked_and_the_right_name_offered(alice: Page) -> None:
    write(alice, "SELECT *\n  FROM studnet;")
    press_run(alice)
    banner = alice.get_by_role("alert")
    expect(banner).to_contain_text("no such table: studnet")
    expect(banner).to_contain_text("Line 2, column 8")
    expect(banner.locator("mark")).to_have_text("studnet")
    expect(banner).to_contain_text("Did you mean student?")
    banner.get_by_role("button", name="Use it").click()
    shows(alice, "SELECT *\n  FROM student;")


def test_the_place_of_a_mistake_is_found_behind_characters_of_two_units(alice: Page) -> None:
    write(alice, "SELECT '👩🚀😀', nmae FROM student;")
    press_run(alice)
    alice.get_by_role("button", name="Go there").click()
    assert alice.evaluate("getSelection().toString()") == "nmae"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("SELECT s.nme FROM student s;", "SELECT s.name FROM student s;"),
        ("SELECT '😀', s.\n  nme\nFROM student s;", "SELECT '😀', s.\n  name\nFROM student s;"),
        ('SELECT * FROM "stud ent";', "SELECT * FROM student;"),
        ("SELECT * FROM ordre;", 'SELECT * FROM "order";'),
        ('SELECT * FROM "two wrds";', 'SELECT * FROM "two words";'),
    ],
)
def test_the_right_name_takes_the_place_of_the_wrong_one_alone(alice: Page, wrong: str, right: str) -> None:
    ask(alice, 'CREATE TABLE IF NOT EXISTS "order" (a); CREATE TABLE IF NOT EXISTS "two words" (a);')
    write(alice, wrong)
    press_run(alice)
    alice.get_by_role("alert").get_by_role("button", name="Use it").click()
    shows(alice, right)


def test_going_to_a_mistake_behind_a_dot_selects_the_wrong_name(alice: Page) -> None:
    write(alice, "SELECT s.nme FROM student s;")
    press_run(alice)
    alice.get_by_role("button", name="Go there").click()
    assert alice.evaluate("getSelection().toString()") == "nme"


def test_the_right_name_does_not_overwrite_what_was_mended_by_hand(alice: Page) -> None:
    write(alice, "SELECT nmae FROM student;")
    press_run(alice)
    button = alice.get_by_role("alert").get_by_role("button", name="Use it")
    expect(button).to_be_visible()
    write(alice, "SELECT nr FROM student;")
    button.click()
    shows(alice, "SELECT nr FROM student;")


def test_very_many_statements_and_unseen_characters_do_not_hold_the_page_up(alice: Page) -> None:
    ask(alice, "SELECT replace(hex(zeroblob(5000)), '0', char(1));" + "SELECT 1;" * 3000)
    expect(alice.locator("#run table")).to_have_count(100)
    expect(alice.locator("#run")).to_contain_text("and 2,901 more statements, all done")
    alice.locator("#run tbody td summary").click()
    expect(alice.locator("#run tbody td .whole")).to_contain_text(
        "and 9,800 more characters that cannot be seen"
    )


def test_results_before_a_mistake_stay_above_it(alice: Page) -> None:
    write(alice, "SELECT 1; SELECT 2; SELEC 3;")
    press_run(alice)
    expect(alice.get_by_role("alert")).to_contain_text("syntax error")
    expect(alice.locator("#run table")).to_have_count(2)


def test_the_history_brings_a_text_and_its_answer_back(alice: Page) -> None:
    ask(alice, "SELECT 'first';")
    ask(alice, "SELECT 'second';")
    alice.locator("#history").get_by_role("link", name="first").click()
    expect(alice.locator("#run tbody td")).to_have_text("first")
    shows(alice, "SELECT 'first';")
    expect(alice.locator("#run")).to_contain_text("As it was answered on")
    expect(alice.locator("#entries [aria-current]")).to_contain_text("first")


def test_back_and_reload_keep_text_and_answer(alice: Page) -> None:
    ask(alice, "SELECT 'first';")
    ask(alice, "SELECT 'second';")
    alice.go_back()
    expect(alice.locator("#run tbody td")).to_have_text("first")
    shows(alice, "SELECT 'first';")
    alice.reload()
    expect(alice.locator("#run tbody td")).to_have_text("first")
    shows(alice, "SELECT 'first';")
    alice.go_forward()
    expect(alice.locator("#run tbody td")).to_have_text("second")
    shows(alice, "SELECT 'second';")


@pytest.mark.parametrize("looked_at", ["first", "second"])
def test_a_text_that_never_ran_survives_a_look_into_the_history(alice: Page, looked_at: str) -> None:
    ask(alice, "SELECT 'first';")
    ask(alice, "SELECT 'second';")
    write(alice, "SELECT 'half writ")
    alice.locator("#history").get_by_role("link", name=looked_at).click()
    shows(alice, f"SELECT '{looked_at}';")
    alice.go_back()
    shows(alice, "SELECT 'half writ")


def test_going_back_to_the_start_brings_the_text_back_too(alice: Page) -> None:
    ask(alice, "SELECT 'first';")
    alice.go_back()
    expect(alice.locator("#run")).to_contain_text("Results appear here")
    shows(alice, "SELECT 'first';")
    ask(alice, "SELECT 'again';")
    expect(alice.locator("#run tbody td")).to_have_text("again")


def test_control_and_enter_run(alice: Page) -> None:
    write(alice, "SELECT 7;")
    alice.keyboard.press("Control+Enter")
    expect(alice.locator("#run tbody td")).to_have_text("7")


def test_with_a_selection_only_that_runs(alice: Page) -> None:
    write(alice, "SELECT 1;\nSELECT 2;")
    alice.keyboard.press("Shift+Home")
    expect(alice.get_by_role("button", name="Run selection")).to_be_visible()
    alice.keyboard.press("Control+Enter")
    expect(alice.locator("#run tbody td")).to_have_text("2")
    shows(alice, "SELECT 1;\nSELECT 2;")


def test_a_mistake_in_a_selection_is_found_in_the_whole_text(alice: Page) -> None:
    write(alice, "SELECT 1;\nSELECT nmae FROM student;")
    alice.keyboard.press("Shift+Home")
    alice.keyboard.press("Control+Enter")
    alice.get_by_role("button", name="Use it").click()
    shows(alice, "SELECT 1;\nSELECT name FROM student;")


def test_choosing_a_table_aims_the_presets_and_keeps_what_was_typed(alice: Page) -> None:
    ask(alice, "CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, title TEXT);")
    write(alice, "SELECT 'half writ")
    choose(alice, "book")
    expect(alice.locator("#presets")).to_contain_text("Start with book")
    expect(alice.locator("#schema .columns >> text=title")).to_be_visible()
    shows(alice, "SELECT 'half writ")
    preset(alice, "Select all")
    shows(alice, "SELECT * FROM book;")


def test_a_new_table_appears_in_the_list(alice: Page) -> None:
    ask(alice, "CREATE TABLE fresh (n);")
    expect(alice.locator("#schema").get_by_role("link", name="Browse fresh")).to_be_visible()


def test_a_query_cannot_be_pressed_twice_and_says_how_long_it_runs(alice: Page, server: Server) -> None:
    with closing(sqlite3.connect(server.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        write(alice, "UPDATE student SET nr = nr;")
        press_run(alice)
        button = alice.locator("#run-button")
        expect(button).to_be_disabled()
        expect(alice.locator("#run")).to_have_attribute("aria-busy", "true")
        expect(alice.locator("#elapsed")).to_have_text(re.compile(r"Running \d\.\d s"))
        alice.keyboard.press("Control+Enter")
        other.rollback()
    expect(alice.locator("#run .receipt")).to_contain_text("3 rows affected")
    expect(button).to_be_enabled()
    expect(alice.locator("#entries li")).to_have_count(1)


def test_values_are_told_apart(alice: Page) -> None:
    ask(
        alice,
        "SELECT NULL, '', 'NULL', 1, '1', 1e999, x'00ff', 9223372036854775807, ' a', CAST(x'e9' AS TEXT);",
    )
    cells = alice.locator("#run tbody td")
    assert cells.all_inner_texts() == [
        "NULL", "empty text", "NULL", "1", "1", "Infinity", "BLOB 2 bytes 00 ff",
        "9223372036854775807", "␣a", "not UTF-8 E9",
    ]  # fmt: skip
    expect(cells.nth(0).locator(".mark")).to_have_count(1)
    expect(cells.nth(2).locator(".mark")).to_have_count(0)
    expect(cells.nth(4).locator(".quoted")).to_have_count(1)


def test_a_long_text_unfolds_where_it_is(alice: Page) -> None:
    ask(alice, "SELECT printf('%.500c', 'x');")
    alice.locator("#run tbody td summary").click()
    expect(alice.locator("#run tbody td .whole")).to_have_text("x" * 500)


def test_the_header_of_a_table_stays_while_its_rows_scroll(alice: Page) -> None:
    ask(alice, "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n LIMIT 200) SELECT * FROM n;")
    region = alice.get_by_role("region", name="Result", exact=True)
    region.evaluate("region => region.scrollTop = 2000")
    assert alice.locator("#run thead th").bounding_box()["y"] == pytest.approx(
        region.bounding_box()["y"], abs=2
    )


def test_the_theme_is_chosen_and_stays(alice: Page) -> None:
    alice.get_by_role("button", name="Dark").click()
    alice.reload()
    expect(alice.locator("html")).to_have_attribute("data-theme", "dark")
    expect(alice.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    alice.goto("/nowhere")
    expect(alice.locator("html")).to_have_attribute("data-theme", "dark")
    alice.get_by_role("button", name="As the system").click()
    alice.reload()
    expect(alice.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_the_question_mark_shows_the_shortcuts(alice: Page) -> None:
    alice.keyboard.press("?")
    expect(alice.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")
    alice.keyboard.press("Escape")
    expect(alice.get_by_role("dialog")).to_be_hidden()
    write(alice, "?")
    expect(alice.get_by_role("dialog")).to_be_hidden()


def test_older_entries_of_the_history_are_appended(alice: Page) -> None:
    for number in range(60):
        alice.request.get(f"/run?query=SELECT {number} AS n")
    alice.goto("/")
    first = alice.locator("#entries .entry").count()
    alice.locator("#history").get_by_role("link", name="Older").click()
    expect(alice.locator("#entries .entry")).to_have_count(60)
    assert first < 60


def test_a_telephone_has_no_sideways_scrolling_and_the_button_in_reach(visit: Callable[..., Page]) -> None:
    page = visit(viewport=NARROW, has_touch=True)
    ask(page, "SELECT 1 AS a, 2 AS b, printf('%.90c', 'x') AS c, 4 AS d, 5 AS e, 6 AS f, 7 AS g, 8 AS h;")
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert page.locator("#run-button").bounding_box()["y"] > NARROW["height"] / 2


def test_an_error_page_of_a_proxy_does_not_take_the_place_of_the_results(alice: Page) -> None:
    alice.route("**/query", lambda route: route.fulfill(status=502, body="<html><h1>Bad Gateway</h1></html>"))
    write(alice, "SELECT 1;")
    press_run(alice)
    expect(alice.get_by_role("alert")).to_contain_text("The server answered 502")
    alice.unroute("**/query")
    ask(alice, "SELECT 1;")
    expect(alice.locator("#run tbody td")).to_have_text("1")


def test_a_form_that_got_too_old_is_renewed_by_itself(alice: Page) -> None:
    alice.context.clear_cookies()
    write(alice, "SELECT 1;")
    with alice.expect_response(lambda answer: answer.request.method == "GET"):
        press_run(alice)
    expect(alice.get_by_role("alert")).to_contain_text("open for too long")
    ask(alice, "SELECT 1;")
    expect(alice.locator("#run tbody td")).to_have_text("1")


def test_a_server_that_is_gone_loses_no_text(browser: Browser, tmp_path: Path) -> None:
    server = start_server(tmp_path)
    with browser.new_page(base_url=server.url) as page:
        page.goto("/")
        write(page, "SELECT 1;")
        server.stop()
        press_run(page)
        expect(page.get_by_role("alert")).to_contain_text("could not be reached")
        shows(page, "SELECT 1;")
        expect(page.get_by_role("button", name="Run")).to_be_enabled()

"""A person who is careful: looks before a write, takes it back, and is told what cannot be."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import ask, press_run, shows, write
from tests.browser.server import Server

PETS = [(1, "Rex", 7), (2, "Tom", 3), (3, "Ida", 5)]
OLDER = "UPDATE pet SET age = age + 1 WHERE id = 1;"
OLDER_PETS = [(1, "Rex", 8), *PETS[1:]]


@contextmanager
def another_program(server: Server) -> Iterator[sqlite3.Connection]:
    """Another program that has the file open; what it did is committed at the end."""
    with closing(sqlite3.connect(server.database)) as connection, connection:
        yield connection


def outside(server: Server, sql: str) -> list[tuple]:
    """What another program finds in the file, or does to it."""
    with another_program(server) as connection:
        return connection.execute(sql).fetchall()


def pets(server: Server) -> list[tuple]:
    """The rows of the table that these stories are about, seen from outside."""
    return outside(server, "SELECT * FROM pet ORDER BY id")


@pytest.fixture(autouse=True)
def fresh_pets(server: Server) -> None:
    """Three pets, as they are at the beginning of each story."""
    with another_program(server) as connection:
        connection.executescript(
            "DROP TABLE IF EXISTS pet; DROP TABLE IF EXISTS diary;"
            "CREATE TABLE pet (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER);"
        )
        connection.executemany("INSERT INTO pet VALUES (?, ?, ?)", PETS)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def anyone(visit: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """Someone whose browser runs scripts, and someone whose does not."""
    return visit(java_script_enabled=request.param)


def press_preview(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    expect(decision(page)).to_be_visible()


def decision(page: Page) -> Locator:
    """What waits for a decision."""
    return page.locator("#run .decision")


def commit(page: Page) -> None:
    """Press the button of the decision, and see it done."""
    page.locator("#commit-button").click()
    done(page)


def done(page: Page) -> None:
    """The answer has its address, and nothing waits any more."""
    page.wait_for_url("**/entries/*")
    expect(decision(page)).to_have_count(0)
    expect(page.locator("#run")).to_have_attribute("data-outcome", "ok")


def newest(page: Page) -> Locator:
    """The newest entry of the history."""
    return page.locator("#entries .entry").first


def changed(page: Page) -> list[list[str]]:
    """The rows of the table of changes, each with what happened to it."""
    return [row.locator("th, td").all_inner_texts() for row in page.locator(".changed tbody tr").all()]


def take_back(page: Page, name: str = "Undo") -> None:
    """Press the button of the newest entry, and see it done."""
    before = page.url
    newest(page).get_by_role("button", name=name).click()
    page.wait_for_url(lambda url: "/entries/" in url and url != before)
    expect(newest(page)).to_contain_text("Redo: " if name == "Redo" else "Undo: ")


def test_preview_commit_undo_redo(anyone: Page, server: Server) -> None:
    write(anyone, OLDER)
    press_preview(anyone)
    expect(decision(anyone)).to_contain_text("1 change waiting")
    expect(decision(anyone)).to_contain_text("Nothing was changed yet.")
    assert [row[1:] for row in changed(anyone)] == [["1", "Rex", "7"], ["1", "Rex", "8"]]
    assert anyone.locator(".changed tbody th").all_text_contents() == ["changed: was", "becomes"]
    assert anyone.locator(".changed td[data-changed]").all_inner_texts() == ["7", "8"]
    assert pets(server) == PETS
    commit(anyone)
    expect(anyone.get_by_role("button", name="Run query")).to_be_enabled()
    assert pets(server) == OLDER_PETS
    take_back(anyone)
    assert pets(server) == PETS
    take_back(anyone, "Redo")
    assert pets(server) == OLDER_PETS
    take_back(anyone)
    assert pets(server) == PETS


def test_the_file_is_the_same_byte_for_byte_after_a_preview(alice: Page, server: Server) -> None:
    outside(server, "PRAGMA wal_checkpoint(TRUNCATE)")
    before = server.database.read_bytes()
    write(alice, "UPDATE pet SET age = 0; DELETE FROM student; CREATE TABLE other (n); DROP TABLE pet;")
    press_preview(alice)
    expect(decision(alice)).to_contain_text("changes waiting")
    assert server.database.read_bytes() == before
    assert Path(f"{server.database}-wal").stat().st_size == 0
    expect(alice.locator("#entries .entry")).to_have_count(0)


def test_by_keyboard_alone(alice: Page, server: Server) -> None:
    write(alice, OLDER)
    tab_to(alice, "Preview")
    alice.keyboard.press("Enter")
    expect(decision(alice)).to_be_visible()
    expect(alice.locator("#commit-button")).to_be_focused()
    assert shows_focus(alice)
    assert pets(server) == PETS
    alice.keyboard.press("Enter")
    done(alice)
    assert pets(server) == OLDER_PETS
    for name, there in (("Undo", PETS), ("Redo", OLDER_PETS)):
        button = alice.locator("#run").get_by_role("button", name=name, exact=True)
        expect(button).to_be_focused()
        assert shows_focus(alice)
        alice.keyboard.press("Enter")
        expect(newest(alice)).to_contain_text(f"{name}: ")
        assert pets(server) == there


def test_by_keyboard_from_the_history_and_through_a_conflict(alice: Page, server: Server) -> None:
    ask(alice, "UPDATE pet SET age = age + 1 WHERE id < 3;")
    outside(server, "UPDATE pet SET age = 90 WHERE id = 1")
    newest(alice).get_by_role("link").focus()
    tab_to(alice, "Undo")
    alice.keyboard.press("Enter")
    expect(decision(alice)).to_contain_text("1 conflict")
    expect(alice.locator("#commit-button")).to_be_focused()
    assert shows_focus(alice)
    alice.keyboard.press("Tab")
    expect(alice.get_by_role("link", name="Leave everything")).to_be_focused()
    alice.keyboard.press("Shift+Tab")
    alice.keyboard.press("Enter")
    done(alice)
    assert pets(server) == [(1, "Rex", 90), *PETS[1:]]


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the button of that name has the focus; it is not far."""
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            assert shows_focus(page)
            return
    pytest.fail(f"no {name} within reach")


def shows_focus(page: Page) -> bool:
    """Whether one can see where the keyboard is."""
    place = page.locator(":focus-visible")
    return place.count() == 1 and place.evaluate("e => getComputedStyle(e).outlineStyle") != "none"


def test_a_risky_write_is_shown_first_and_discard_leaves_everything(anyone: Page, server: Server) -> None:
    write(anyone, "DELETE FROM pet;")
    press_run(anyone)
    expect(decision(anyone)).to_contain_text("3 changes waiting")
    expect(decision(anyone)).to_contain_text("It touches every row of pet.")
    anyone.get_by_role("button", name="Discard").click()
    expect(decision(anyone)).to_have_count(0)
    shows(anyone, "DELETE FROM pet;")
    expect(anyone.locator("#entries .entry")).to_have_count(0)
    assert pets(server) == PETS


def test_a_risky_write_that_is_wanted_is_done_and_taken_back(anyone: Page, server: Server) -> None:
    write(anyone, "DELETE FROM pet;")
    press_run(anyone)
    anyone.get_by_role("button", name="Commit these 3 changes").click()
    done(anyone)
    assert pets(server) == []
    take_back(anyone)
    assert pets(server) == PETS


def test_writes_are_shown_first_when_somebody_wants_it(anyone: Page, server: Server) -> None:
    write(anyone, OLDER)
    press_preview(anyone)
    anyone.get_by_label("Show writes before they are done").select_option("always")
    anyone.get_by_role("button", name="Keep", exact=True).click()
    expect(decision(anyone)).to_have_count(0)
    write(anyone, OLDER)
    press_run(anyone)
    expect(decision(anyone)).to_contain_text("1 change waiting")
    expect(anyone.get_by_label("Show writes before they are done")).to_have_value("always")
    assert pets(server) == PETS


def test_a_conflict_is_shown_three_ways_and_the_rest_can_be_taken_back(anyone: Page, server: Server) -> None:
    write(anyone, "UPDATE pet SET age = age + 1 WHERE id < 3;")
    press_run(anyone)
    done(anyone)
    outside(server, "UPDATE pet SET age = 90 WHERE id = 1")
    newest(anyone).get_by_role("button", name="Undo").click()
    expect(decision(anyone)).to_contain_text("1 conflict")
    expect(decision(anyone)).to_contain_text("Nothing was taken back yet.")
    rows = anyone.locator(".conflicts .changed tbody tr").all()
    assert [row.locator("th, td").all_inner_texts() for row in rows] == [
        ["then, as it was left", "1", "Rex", "8"],
        ["now", "1", "Rex", "90"],
        ["would become", "1", "Rex", "7"],
    ]
    assert pets(server) == [(1, "Rex", 90), (2, "Tom", 4), PETS[2]]
    anyone.get_by_role("button", name="Undo all that is safe").click()
    done(anyone)
    assert pets(server) == [(1, "Rex", 90), *PETS[1:]]


def test_a_conflict_can_be_left_alone(anyone: Page, server: Server) -> None:
    write(anyone, OLDER)
    press_run(anyone)
    done(anyone)
    outside(server, "DELETE FROM pet WHERE id = 1")
    newest(anyone).get_by_role("button", name="Undo").click()
    expect(anyone.locator(".conflicts")).to_contain_text("pet is gone since")
    anyone.get_by_role("link", name="Leave everything").click()
    expect(decision(anyone)).to_have_count(0)
    expect(newest(anyone).get_by_role("button", name="Undo")).to_be_visible()
    assert pets(server) == PETS[1:]


def test_a_script_that_changes_the_schema_is_taken_back(anyone: Page, server: Server) -> None:
    before = schema(server)
    write(
        anyone,
        "CREATE TABLE diary (day TEXT PRIMARY KEY, page TEXT);\n"
        "INSERT INTO diary VALUES ('Monday', 'rain');\n"
        "DROP TABLE pet;",
    )
    press_run(anyone)
    expect(decision(anyone)).to_contain_text("It takes rows of pet away")
    expect(anyone.locator(".object", has_text="diary")).to_contain_text("table made")
    expect(anyone.locator(".object", has_text="pet")).to_contain_text("table dropped")
    assert schema(server) == before
    commit(anyone)
    assert outside(server, "SELECT * FROM diary") == [("Monday", "rain")]
    take_back(anyone)
    assert schema(server) == before
    assert pets(server) == PETS


def schema(server: Server) -> list[tuple]:
    """All tables, seen from outside."""
    return outside(server, "SELECT name, sql FROM sqlite_schema ORDER BY name")


def test_vacuum_says_before_that_it_cannot_be_taken_back(anyone: Page) -> None:
    write(anyone, "VACUUM;")
    press_run(anyone)
    expect(decision(anyone)).to_contain_text("so it can be neither shown before nor undone after")
    expect(decision(anyone)).to_contain_text("Once done, it stays.")
    expect(anyone.locator("#entries .entry")).to_have_count(0)
    anyone.get_by_role("button", name="Run it anyway").click()
    done(anyone)
    expect(newest(anyone)).to_contain_text("VACUUM")
    expect(newest(anyone).get_by_role("button", name="Undo")).to_have_count(0)


def test_what_moved_since_the_preview_is_said_and_shown_anew(anyone: Page, server: Server) -> None:
    write(anyone, OLDER)
    press_preview(anyone)
    outside(server, "UPDATE pet SET age = 70 WHERE id = 1")
    anyone.locator("#commit-button").click()
    expect(decision(anyone)).to_contain_text("What would change is no longer what was shown.")
    assert anyone.locator(".changed td[data-changed]").all_inner_texts() == ["70", "71"]
    assert pets(server)[0] == (1, "Rex", 70)
    commit(anyone)
    assert pets(server)[0] == (1, "Rex", 71)


def test_the_rows_of_a_trigger_are_marked_as_side_effects(anyone: Page, server: Server) -> None:
    with another_program(server) as connection:
        connection.executescript(
            "CREATE TABLE diary (page TEXT);"
            "CREATE TRIGGER birthday AFTER UPDATE ON pet BEGIN INSERT INTO diary VALUES (new.name); END;"
        )
    write(anyone, OLDER)
    press_preview(anyone)
    diary = anyone.get_by_role("region", name="Changes of diary")
    expect(diary).to_contain_text("1 of them not named by the statement")
    expect(diary.locator("tbody tr")).to_contain_text("by a trigger or key")
    expect(anyone.get_by_role("region", name="Changes of pet")).not_to_contain_text("not named")
    commit(anyone)
    take_back(anyone)
    assert outside(server, "SELECT * FROM diary") == []


def test_values_of_parameters_are_committed_as_they_were_shown(anyone: Page, server: Server) -> None:
    write(anyone, "UPDATE pet SET name = :name WHERE id = 1;")
    if anyone.get_by_label(":name", exact=True).count() == 0:
        press_run(anyone)
    anyone.get_by_label(":name", exact=True).fill("Max")
    press_preview(anyone)
    commit(anyone)
    assert pets(server)[0] == (1, "Max", 7)


def test_undo_on_a_busy_page_is_not_pressed_twice(alice: Page, server: Server) -> None:
    ask(alice, OLDER)
    with closing(sqlite3.connect(server.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        sent: list[str] = []
        alice.on("request", lambda request: sent.append(request.url) if "/undo" in request.url else None)
        in_the_history = newest(alice).get_by_role("button", name="Undo")
        in_the_history.click()
        expect(in_the_history).to_be_disabled()
        expect(alice.locator("#run").get_by_role("button", name="Undo")).to_be_disabled()
        expect(alice.locator("#run")).to_have_attribute("aria-busy", "true")
        in_the_history.click(force=True)
        other.rollback()
    expect(newest(alice)).to_contain_text("Undo: ")
    expect(alice.locator("#entries .entry")).to_have_count(2)
    assert len(sent) == 1
    assert pets(server) == PETS


def test_commit_on_a_busy_page_is_not_pressed_twice(alice: Page, server: Server) -> None:
    write(alice, OLDER)
    press_preview(alice)
    with closing(sqlite3.connect(server.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        alice.locator("#commit-button").click()
        expect(alice.locator("#commit-button")).to_be_disabled()
        expect(alice.locator("#elapsed")).to_have_text(re.compile(r"Running \d\.\d s"))
        other.rollback()
    done(alice)
    expect(alice.locator("#entries .entry")).to_have_count(1)
    assert pets(server) == OLDER_PETS

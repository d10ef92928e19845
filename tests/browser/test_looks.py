"""The page at its sizes and in its themes, in all its states."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.desk import ask, press_run, write
from tests.browser.looks import look_at
from tests.browser.sizes import NARROW

ODD = """\
SELECT 'NULL' AS kind, NULL AS value, 'no value' AS note
UNION ALL SELECT 'text', 'NULL', 'four letters'
UNION ALL SELECT 'text', '', 'no letters'
UNION ALL SELECT 'text', '1111', 'digits'
UNION ALL SELECT 'integer', 1111, 'a number'
UNION ALL SELECT 'integer', 9223372036854775807, 'to the last digit'
UNION ALL SELECT 'real', 0.1 + 0.2, 'as it is kept'
UNION ALL SELECT 'real', -9e999, 'minus infinity'
UNION ALL SELECT 'text', '  padded ', 'spaces at the edges'
UNION ALL SELECT 'text', 'two' || char(10) || 'lines,' || char(9) || 'a tab', 'line feed and tab'
UNION ALL SELECT 'text', 'invoice' || char(0x202e) || 'fdp.exe', 'right-to-left override'
UNION ALL SELECT 'text', 'bell ' || char(7) || ' and escape ' || char(27), 'control characters'
UNION ALL SELECT 'text', '日本語 · עברית · Ærø · 👩‍🚀', 'other scripts'
UNION ALL SELECT 'text', CAST(x'636166e9' AS TEXT), 'Latin-1 in disguise'
UNION ALL SELECT 'text', '<script>alert(1)</script>', 'markup'
UNION ALL SELECT 'text', replace(printf('%.40c', 'x'), 'x', 'Call me Ishmael. '), 'long'
UNION ALL SELECT 'BLOB', x'89504e470d0a1a0a', 'short'
UNION ALL SELECT 'BLOB', zeroblob(5000), 'long';"""


def start(page: Page) -> None:
    """Nothing was done yet."""


def results(page: Page) -> None:
    """A query and its rows, after a few others."""
    ask(page, "UPDATE student SET nr = nr WHERE id > 1;")
    write(page, "SELECT * FROM studnet;")
    press_run(page)
    expect(page.get_by_role("alert")).to_be_visible()
    ask(page, "SELECT id, name, nr\n  FROM student\n ORDER BY name;")


def several(page: Page) -> None:
    """Statements of every kind."""
    ask(
        page,
        "CREATE TABLE IF NOT EXISTS course (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n"
        "INSERT INTO course (title) VALUES ('Seafaring'), ('Charms');\n"
        "DELETE FROM course WHERE title = 'Charms' RETURNING id, title;\n"
        "SELECT * FROM course WHERE id < 0;\n"
        "DELETE FROM course WHERE title = 'Seafaring';\n"
        "DROP TABLE course;",
    )


def error(page: Page) -> None:
    """A misspelt name."""
    write(page, "SELECT name, nr\n  FROM studnet\n WHERE nr > 2000;")
    press_run(page)
    expect(page.get_by_role("alert")).to_be_visible()


def odd(page: Page) -> None:
    """Every kind of value."""
    ask(page, ODD)


def capped(page: Page) -> None:
    """More rows and columns than fit."""
    ask(
        page,
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n LIMIT 1500)\n"
        "SELECT i, 'Student ' || i AS name, i * 1111 AS nr, i / 7.0 AS rate, hex(i) AS code FROM n;",
    )


def long_history(page: Page) -> None:
    """More entries than are shown at once."""
    for number in range(60):
        page.request.get("/run", params={"query": f"SELECT {number} AS n, 'a text of some length' AS text"})
    page.goto("/")


PLANTS = """\
DROP TABLE IF EXISTS plant;
CREATE TABLE plant (id INTEGER PRIMARY KEY, name TEXT NOT NULL, height REAL, note);
INSERT INTO plant VALUES (1, 'Fern', 40, NULL), (2, 'Ivy', 300.5, ''), (3, 'Sundew', 8, x'00ff');
CREATE TRIGGER grown AFTER UPDATE ON plant BEGIN UPDATE plant SET note = 'grown' WHERE id = 3; END;"""
GROW = "UPDATE plant SET height = height * 2 WHERE id < 3;"


def waiting(page: Page) -> None:
    """A write that is shown before it is done."""
    page.request.post("/run", form={"query": PLANTS})
    write(page, GROW)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".decision")).to_be_visible()


def done(page: Page) -> None:
    """It is done, and can be taken back."""
    page.request.post("/run", form={"query": PLANTS})
    ask(page, GROW)
    page.locator("#run summary").click()


def taken_back(page: Page) -> None:
    """It was taken back, and that can be taken back."""
    page.request.post("/run", form={"query": PLANTS})
    ask(page, GROW)
    page.locator("#entries").get_by_role("button", name="Undo").click()
    expect(page.locator("#entries .entry").first).to_contain_text("Undo: ")


def conflicts(page: Page) -> None:
    """It was to be taken back, after its rows had changed once more."""
    page.request.post("/run", form={"query": PLANTS})
    ask(page, GROW)
    ask(page, "UPDATE plant SET name = 'Moss', height = 1 WHERE id = 1; DELETE FROM plant WHERE id = 2;")
    page.locator("#entries .entry").nth(1).get_by_role("button", name="Undo").click()
    expect(page.locator(".conflicts")).to_be_visible()


def look_back(page: Page) -> None:
    """The page of the history, with a saved query and its forms open."""
    results(page)
    page.request.get(
        "/run", params={"query": "SELECT count(*) AS how_many FROM student WHERE name LIKE '%a%'"}
    )
    page.goto("/history?whose=all")
    page.locator("#found summary", has_text="Save…").first.click()
    asked = page.locator("#found .ask[open]")
    asked.get_by_label("Name").fill("Students by name")
    asked.get_by_label("Note").fill("For the list on the door")
    asked.get_by_role("button", name="Save").click()
    page.goto("/history?whose=all")
    page.locator("#found summary", has_text="Save…").first.click()


STATES = [
    start,
    results,
    several,
    error,
    odd,
    capped,
    long_history,
    look_back,
    waiting,
    done,
    taken_back,
    conflicts,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_the_page_is_fit_to_be_seen(visit: Callable[..., Page], state: Callable[[Page], None]) -> None:
    page = visit(reduced_motion="reduce")
    state(page)
    look_at(page, state.__name__)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_all_of_it_works_on_a_telephone(visit: Callable[..., Page], state: Callable[[Page], None]) -> None:
    state(visit(viewport=NARROW))


def test_the_page_of_the_api_is_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit("/docs", reduced_motion="reduce")
    page.get_by_role("button", name="Try it", exact=True).nth(1).click()
    expect(page.locator(".given pre")).to_contain_text("John Doe")
    look_at(page, "docs")


def test_the_shortcuts_and_the_problem_page_are_fit_too(visit: Callable[..., Page]) -> None:
    page = visit()
    page.keyboard.press("?")
    assert violations(page) == []
    page.goto("/nowhere")
    assert violations(page) == []

"""A person makes tables and indexes, alters and drops them, with and without JavaScript."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.server import Server
from tests.browser.sizes import NARROW

SCHOOL = """
DROP VIEW IF EXISTS titles; DROP TABLE IF EXISTS course;
DROP TABLE IF EXISTS made; DROP TABLE IF EXISTS ruled;
CREATE TABLE course (id INTEGER PRIMARY KEY, title TEXT, teacher INT REFERENCES student (id));
INSERT INTO course VALUES (1, '007', 1), (2, 'Seafaring', NULL);
CREATE VIEW titles AS SELECT title FROM course;
"""


@pytest.fixture(autouse=True)
def school(server: Server) -> None:
    """A table that refers to the sample's."""
    with closing(sqlite3.connect(server.database)) as made:
        made.executescript(SCHOOL)


def schema(server: Server) -> set[str]:
    """The names of what is in the file."""
    with closing(sqlite3.connect(server.database)) as made:
        return {name for (name,) in made.execute("SELECT name FROM sqlite_schema")}


def commit(page: Page) -> None:
    """Do what was previewed, and wait until it is done."""
    page.locator("#commit-button").click()
    expect(page.locator("#commit-button")).to_have_count(0)
    expect(page.locator("#run .second-thoughts").last).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_table_is_made_by_form_and_taken_back(
    server: Server, visit: Callable[..., Page], scripts: bool
) -> None:
    page = visit(java_script_enabled=scripts)
    page.get_by_role("link", name="New table").click()
    page.get_by_label("Name of the table").fill("made")
    page.get_by_label("Column", exact=True).nth(1).fill("title")
    page.get_by_role("button", name="Add a column").click()
    expect(page.get_by_label("Column", exact=True)).to_have_count(4)
    expect(page.get_by_label("Column", exact=True).nth(3)).to_be_focused()
    page.get_by_label("Column", exact=True).nth(3).fill("by")
    page.get_by_role("button", name="Move column 4 up").click()
    page.get_by_text("More of by", exact=True).click()
    page.get_by_label("Refers to table from by").fill("student")
    page.get_by_role("button", name="Show the SQL").click()
    expect(page.locator("#sql")).to_contain_text("by REFERENCES student".replace("by", '"by"'))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#run")).to_contain_text("table made")
    assert "made" not in schema(server)
    commit(page)
    expect(page.locator("#schema")).to_contain_text("made")
    assert "made" in schema(server)
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_role("button", name="Redo").first).to_be_visible()
    assert "made" not in schema(server)


def test_a_table_is_made_with_the_keyboard_alone(server: Server, visit: Callable[..., Page]) -> None:
    page = visit("/schema/new")
    expect(page.get_by_label("Name of the table")).to_be_focused()
    page.keyboard.type("made")
    page.keyboard.press("Enter")
    expect(page.locator("#sql")).to_contain_text("CREATE TABLE made")
    expect(page.get_by_role("heading", name="The SQL")).to_be_focused()
    page.get_by_role("button", name="Preview").focus()
    page.keyboard.press("Enter")
    page.locator("#commit-button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#schema")).to_contain_text("made")
    assert "made" in schema(server)


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_missing_is_told_and_what_was_typed_is_there(
    visit: Callable[..., Page], scripts: bool
) -> None:
    page = visit("/schema/new", java_script_enabled=scripts)
    page.get_by_label("Type of id").fill("TEXT")
    page.get_by_role("button", name="Show the SQL").click()
    expect(page.get_by_role("alert")).to_contain_text("the table needs a name")
    expect(page.get_by_label("Type of id")).to_have_value("TEXT")
    page.get_by_label("Name of the table").fill("made")
    page.get_by_role("button", name="Show the SQL").click()
    expect(page.locator("#sql")).to_contain_text("id TEXT PRIMARY KEY")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_index_is_made_and_dropped(server: Server, visit: Callable[..., Page], scripts: bool) -> None:
    page = visit("/schema/table?name=course", java_script_enabled=scripts)
    page.get_by_role("link", name="Add an index").click()
    page.get_by_label("Column of term 1").select_option("title")
    page.get_by_role("button", name="Show the SQL").click()
    expect(page.locator("#sql")).to_contain_text("CREATE INDEX course_title ON course (title)")
    page.get_by_role("button", name="Preview").click()
    commit(page)
    assert "course_title" in schema(server)
    page.goto("/schema/table?name=course")
    page.get_by_role("button", name="Preview dropping index course_title").click()
    expect(page.locator("#run")).to_contain_text("index dropped")
    commit(page)
    assert "course_title" not in schema(server)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_table_is_altered_and_that_is_taken_back(
    server: Server, visit: Callable[..., Page], scripts: bool
) -> None:
    page = visit("/schema/table?name=course", java_script_enabled=scripts)
    page.get_by_role("link", name="Alter it").click()
    page.get_by_label("Type of title").fill("INTEGER")
    page.get_by_role("button", name="Move title up").click()
    page.get_by_role("button", name="Remove teacher").click()
    page.get_by_role("button", name="Show the SQL").click()
    expect(page.locator(".designed-notes")).to_contain_text("1 text of title becomes a number.")
    expect(page.locator(".designed-notes")).to_contain_text("1 value of teacher goes.")
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#run")).to_contain_text("table dropped")
    commit(page)
    with closing(sqlite3.connect(server.database)) as made:
        assert made.execute("SELECT * FROM course").fetchall() == [(7, 1), ("Seafaring", 2)]
        assert made.execute("SELECT * FROM titles").fetchall() == [(7,), ("Seafaring",)]
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_role("button", name="Redo").first).to_be_visible()
    with closing(sqlite3.connect(server.database)) as made:
        assert made.execute("SELECT * FROM course").fetchall() == [(1, "007", 1), (2, "Seafaring", None)]


def test_a_change_waits_while_another_is_on_its_way(visit: Callable[..., Page]) -> None:
    page = visit("/schema/alter?was=course")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/schema/alter", hold, times=1)
    page.get_by_role("button", name="Move title up").click()
    expect(page.get_by_role("button", name="Remove teacher")).to_be_disabled()
    expect(page.get_by_label("Type of title")).to_be_disabled()
    held.pop().continue_()
    page.get_by_role("button", name="Remove teacher").click()
    expect(page.get_by_role("button", name="Remove teacher")).to_have_count(0)
    expect(page.get_by_role("button", name="Move title up")).to_have_count(0)


def test_lines_and_comments_of_a_rule_stay_as_they_are(server: Server, visit: Callable[..., Page]) -> None:
    rule = "CHECK (\n    a > 0 -- positive,\r\n AND a < 9\n  )"
    with closing(sqlite3.connect(server.database)) as made:
        made.execute(f"CREATE TABLE ruled (a INT {rule}, CONSTRAINT c CHECK (a <> 5 -- five\r\n OR a = 5))")
    page = visit("/schema/alter?was=ruled")
    page.get_by_role("button", name="Show the SQL").click()
    expect(page.get_by_role("alert")).to_contain_text("there is nothing to change")
    page.get_by_label("Type of a").fill("INTEGER")
    page.get_by_role("button", name="Show the SQL").click()
    expect(page.locator("#sql")).to_contain_text("CHECK (a > 0 -- positive,\n AND a < 9)")
    page.get_by_role("button", name="Preview").click()
    commit(page)
    with closing(sqlite3.connect(server.database)) as made:
        assert made.execute("INSERT INTO ruled VALUES (5)").rowcount == 1
        with pytest.raises(sqlite3.IntegrityError):
            made.execute("INSERT INTO ruled VALUES (9)")


def test_a_table_is_altered_with_the_keyboard_alone(server: Server, visit: Callable[..., Page]) -> None:
    page = visit("/schema/alter?was=course")
    page.get_by_label("Column", exact=True).nth(1).focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("name")
    page.keyboard.press("Enter")
    expect(page.locator("#sql")).to_contain_text("RENAME COLUMN title TO name")
    page.get_by_role("button", name="Preview").press("Enter")
    page.locator("#commit-button").press("Enter")
    expect(page.locator("#commit-button")).to_have_count(0)
    expect(page.locator("#run .second-thoughts").last).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("kind", "name"), [("view", "titles"), ("table", "course")])
def test_a_table_and_a_view_are_dropped(
    server: Server, visit: Callable[..., Page], kind: str, name: str, scripts: bool
) -> None:
    page = visit(f"/schema/table?name={name}", java_script_enabled=scripts)
    page.get_by_role("button", name=f"Preview dropping {kind} {name}").click()
    expect(page.locator("#run")).to_contain_text(f"{kind} dropped")
    assert name in schema(server)
    commit(page)
    assert name not in schema(server)


def test_the_sql_of_a_table_is_copied(visit: Callable[..., Page]) -> None:
    page = visit("/schema/table?name=course", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("CREATE TABLE course")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_nothing_is_wider_than_it(visit: Callable[..., Page], scheme: str) -> None:
    page = visit("/schema/new", viewport=NARROW, color_scheme=scheme)
    for address in (
        "/schema/new",
        "/schema/alter?was=course",
        "/schema/index?table=course",
        "/schema/table?name=course",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert violations(page) == []


# --- the picture --------------------------------------------------------------------------------


def box(page: Page, name: str) -> dict[str, float]:
    found = page.locator(f'[data-drawn="{name}"]').bounding_box()
    assert found is not None
    return found


def test_the_picture_shows_tables_and_is_moved_zoomed_and_filtered(visit: Callable[..., Page]) -> None:
    page = visit()
    page.get_by_role("link", name="Picture").click()
    expect(page.locator(".drawn-table")).to_have_count(2)
    expect(page.locator(".drawn-key")).to_have_count(1)
    assert box(page, "course")["x"] < box(page, "student")["x"]  # an arrow leads to the right
    before = box(page, "course")
    drawing = page.locator("#drawing")
    drawing.hover(position={"x": 20, "y": 20})
    page.mouse.down()
    page.mouse.move(400, 500, steps=4)
    page.mouse.up()
    assert box(page, "course")["y"] > before["y"]
    page.get_by_role("button", name="Zoom in").click()
    assert box(page, "course")["width"] > before["width"] * 1.2
    page.get_by_role("button", name="Whole").click()
    assert box(page, "course") == before
    page.get_by_label("Tables with this in their name").fill("nothing like it")
    expect(page.locator("#picture")).to_contain_text("No table has that in its name")
    page.get_by_label("Tables with this in their name").fill("cours")
    expect(page.locator(".drawn-table")).to_have_count(2)
    expect(page.locator(".drawn-table.near")).to_have_attribute("data-drawn", "student")
    assert page.url.endswith("?q=cours")
    page.locator('[data-drawn="student"]').click()
    expect(page.locator("h1")).to_have_text("Structure of student")


def test_the_picture_is_used_with_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/schema/picture")
    page.locator("#drawing").focus()
    before = box(page, "course")
    page.keyboard.press("+")
    assert box(page, "course")["width"] > before["width"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    assert box(page, "course") == before
    page.keyboard.press("Tab")
    expect(page.locator('[data-drawn="course"]')).to_be_focused()
    expect(page.locator(".drawn-key.is-of-it")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Structure of course")


def test_what_is_far_out_is_seen_when_it_gets_the_focus(visit: Callable[..., Page]) -> None:
    page = visit("/schema/picture")
    page.locator("#drawing").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    frame = page.locator("#drawing").bounding_box()
    assert box(page, "course")["y"] < frame["y"]
    page.keyboard.press("Tab")
    assert frame["y"] <= box(page, "course")["y"] <= frame["y"] + frame["height"]


def test_without_scripts_the_tables_and_keys_are_a_list(visit: Callable[..., Page]) -> None:
    page = visit("/schema/picture", java_script_enabled=False)
    expect(page.locator("#drawing")).to_be_hidden()
    expect(page.locator("[data-table=course]")).to_contain_text("teacher to student (id)")
    page.get_by_label("Tables with this in their name").fill("student")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-near]")).to_contain_text("course")
    page.locator("[data-table=student] a").first.click()
    expect(page.locator("h1")).to_have_text("Structure of student")


def test_on_paper_is_the_whole_picture_and_nothing_else(visit: Callable[..., Page]) -> None:
    page = visit("/schema/picture", color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".tables-drawn")).to_be_visible()
    for hidden in (".bar", ".find-tables", "#as-list", "#how-to-move"):
        expect(page.locator(hidden)).to_be_hidden()
    drawn, seen = page.locator(".tables-drawn"), "element => element.getAttribute('viewBox')"
    before = drawn.evaluate(seen)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert drawn.evaluate(seen).startswith("0 0 ")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert drawn.evaluate(seen) == before
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_shuts_nobody_out(visit: Callable[..., Page], scheme: str) -> None:
    page = visit("/schema/picture?q=course", viewport=NARROW, color_scheme=scheme)
    expect(page.locator(".drawn-table")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert violations(page) == []

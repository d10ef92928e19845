"""The editor: it completes, underlines, finds, formats, runs a part, and loses no character."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import ask, editor, press_run, shows, text_of, write
from tests.browser.looks import look_at
from tests.browser.server import HOME

TABLES = """
CREATE TABLE IF NOT EXISTS "order" ("two words" TEXT, amount INTEGER);
CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, title TEXT);
"""


def offers(page: Page) -> Locator:
    return page.locator(".cm-tooltip-autocomplete li")


def type_(page: Page, text: str) -> None:
    """Type at the end of the text."""
    page.keyboard.type(text)


def complete(page: Page, text: str) -> Locator:
    """Write `text` and ask what could be meant."""
    write(page, text)
    page.keyboard.press("Control+Space")
    return offers(page)


def test_columns_of_the_tables_in_the_statement_are_offered_first(alice: Page) -> None:
    ask(alice, TABLES)
    write(alice, "SELECT  FROM student")
    for _ in range(len(" FROM student")):
        alice.keyboard.press("ArrowLeft")
    alice.keyboard.type("nam", delay=100)
    expect(offers(alice).first).to_contain_text("name")
    alice.keyboard.press("Tab")
    shows(alice, "SELECT name FROM student")


@pytest.mark.parametrize(
    ("written", "columns"),
    [
        ("SELECT * FROM student s JOIN book AS b ON b.", ["id", "title"]),
        ("SELECT * FROM student s, book b WHERE s.", ["id", "name", "nr"]),
        ("SELECT 1; UPDATE main.book SET title = book.", ["id", "title"]),
        ('SELECT * FROM "order" o WHERE o.', ["two words", "amount"]),
    ],
)
def test_an_alias_is_resolved(alice: Page, written: str, columns: list[str]) -> None:
    ask(alice, TABLES)
    alice.reload()
    expect(complete(alice, written).locator(".cm-completionLabel")).to_have_text(columns)


def test_a_name_that_needs_quotes_gets_them(alice: Page) -> None:
    ask(alice, TABLES)
    alice.reload()
    complete(alice, "SELECT * FROM ord").filter(has_text="table").click()
    shows(alice, 'SELECT * FROM "order"')
    complete(alice, 'SELECT * FROM "order" WHERE "two').click()
    shows(alice, 'SELECT * FROM "order" WHERE "two words"')


def test_keywords_and_functions_have_a_word_of_help(alice: Page) -> None:
    expect(complete(alice, "SELECT json_ext").first).to_contain_text("json_extract(json, path, …)")
    expect(alice.locator(".cm-completionInfo")).to_have_text("the value at a path")
    expect(complete(alice, "SEL").first).to_have_text("SELECT")
    expect(alice.locator(".cm-completionInfo")).to_have_text("read rows")


def test_a_new_table_is_known_at_once(alice: Page) -> None:
    with alice.expect_response("**/catalog.json") as asked:
        ask(alice, "CREATE TABLE just_made (n);")
    asked.value.finished()
    expect(complete(alice, "SELECT * FROM just_").first).to_contain_text("just_made")


@pytest.mark.parametrize("written", ["SELECT 'stu", "-- stu", "/* stu", "SELECT 12"])
def test_nothing_is_offered_inside_of_texts_and_comments(alice: Page, written: str) -> None:
    write(alice, "")
    type_(alice, "stu")
    expect(offers(alice).first).to_be_visible()
    expect(complete(alice, written)).to_have_count(0)


def test_enter_after_a_whole_word_is_a_new_line(alice: Page) -> None:
    write(alice, "SELECT * FROM ")
    type_(alice, "student")
    expect(offers(alice)).to_have_count(0)
    alice.keyboard.press("Enter")
    shows(alice, "SELECT * FROM student\n")


def test_a_mistake_is_underlined_until_it_is_changed(alice: Page) -> None:
    write(alice, "SELECT '😀', nmae FROM student;")
    press_run(alice)
    wrong = alice.locator(".cm-lintRange-error")
    expect(wrong).to_have_text("nmae")
    wrong.hover()
    expect(alice.locator(".cm-tooltip-lint")).to_contain_text("no such column: nmae")
    alice.mouse.move(0, 0)
    editor(alice).focus()
    alice.keyboard.press("Control+End")
    type_(alice, " ")
    expect(wrong).to_have_text("nmae")
    alice.get_by_role("button", name="Use it").click()
    expect(wrong).to_have_count(0)
    shows(alice, "SELECT '😀', name FROM student; ")


def test_a_mistake_is_found_again_behind_what_was_written_before_it(alice: Page) -> None:
    write(alice, "SELECT nmae FROM student;")
    press_run(alice)
    expect(alice.locator(".cm-lintRange-error")).to_have_text("nmae")
    editor(alice).focus()
    alice.keyboard.press("Control+Home")
    type_(alice, "-- Who is there?\n")
    alice.keyboard.press("Escape")
    alice.keyboard.press("F8")
    expect(editor(alice)).to_be_focused()
    assert alice.evaluate("getSelection().toString()") == "nmae"
    alice.get_by_role("button", name="Use it").click()
    shows(alice, "-- Who is there?\nSELECT name FROM student;")


SCRIPT = """\
SELECT 'first; one';
CREATE TRIGGER IF NOT EXISTS tr AFTER INSERT ON student BEGIN SELECT 1; SELECT 2; END;
SELECT '👩‍🚀',
  nmae FROM student; -- the third; one
SELECT 'last';"""


def test_the_statement_at_the_cursor_runs_and_its_mistake_is_found_in_the_whole(alice: Page) -> None:
    write(alice, SCRIPT)
    alice.keyboard.press("Control+Shift+Enter")
    expect(alice.locator("#run tbody td")).to_have_text("last")
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("Control+Shift+Enter")
    expect(alice.get_by_role("alert")).to_contain_text("Line 4, column 3")
    expect(alice.locator(".cm-lintRange-error")).to_have_text("nmae")
    alice.keyboard.press("Control+Home")
    alice.keyboard.press("Control+Shift+Enter")
    expect(alice.locator("#run tbody td")).to_have_text("first; one")
    shows(alice, SCRIPT)


def test_a_trigger_is_run_as_one_statement(alice: Page) -> None:
    write(alice, SCRIPT)
    alice.keyboard.press("Control+Home")
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("Control+Shift+Enter")
    expect(alice.locator("#run .receipt")).to_have_count(1)
    expect(alice.locator("#run")).to_contain_text("CREATE TRIGGER")
    ask(alice, "DROP TRIGGER tr;")


@pytest.mark.parametrize(
    "written", ["SELECT 'a' AS b", "-- all of it", "SELECT 1\nFROM student\nWHERE id = 1"]
)
def test_what_is_typed_over_coloured_words_breaks_no_policy(alice: Page, written: str) -> None:
    """The browser would keep the look of what is typed over in a style, which the policy forbids."""
    write(alice, written)
    alice.keyboard.press("ControlOrMeta+a")
    alice.keyboard.type("VALUES (1)")
    shows(alice, "VALUES (1)")
    alice.keyboard.press("Shift+Home")
    alice.keyboard.type("x")
    shows(alice, "x")


def test_format_is_taken_back_by_undo(alice: Page) -> None:
    write(alice, "select name, nr from student where id=1")
    alice.get_by_role("button", name="Format").click()
    shows(alice, "SELECT name,\n       nr\nFROM student\nWHERE id=1")
    alice.keyboard.press("Control+z")
    shows(alice, "select name, nr from student where id=1")


def test_find_replaces_too_and_escape_closes_it(alice: Page) -> None:
    write(alice, "SELECT nr FROM student WHERE nr > 1;")
    alice.keyboard.press("Control+f")
    find = alice.locator(".cm-search")
    type_(alice, "nr")
    expect(alice.locator(".cm-searchMatch")).to_have_count(2)
    find.get_by_label("Replace", exact=True).fill("id")
    find.get_by_role("button", name="replace all").click()
    shows(alice, "SELECT id FROM student WHERE id > 1;")
    alice.keyboard.press("Escape")
    expect(find).to_have_count(0)
    expect(editor(alice)).to_be_focused()


def test_escape_then_tab_leaves_and_readers_are_told(alice: Page) -> None:
    box = editor(alice)
    expect(box).to_have_role("textbox")
    expect(box).to_have_accessible_name("SQL")
    expect(box).to_have_accessible_description("Escape, then Tab, leaves the editor.")
    write(alice, "")
    type_(alice, "stu")
    expect(offers(alice).first).to_be_visible()
    alice.keyboard.press("Escape")
    expect(offers(alice)).to_have_count(0)
    expect(box).to_be_focused()
    alice.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    alice.keyboard.press("Tab")
    expect(alice.locator("#presets a").first).to_be_focused()
    alice.get_by_role("link", name="Skip to the editor").press("Enter")
    expect(box).to_be_focused()


def test_what_is_typed_before_it_is_loaded_stays_with_its_cursor(visit: Callable[..., Page]) -> None:
    page = visit("/docs")
    held: list = []
    page.route("**/codemirror-*.js", lambda route: held.append(route))  # noqa: PLW0108 - it counts the arguments
    page.goto("/")
    box = page.get_by_label("SQL", exact=True)
    box.press_sequentially("SELECT 12")
    page.keyboard.press("ArrowLeft")
    held[0].continue_()
    page.locator(".cm-content").wait_for()
    page.keyboard.type("0")
    shows(page, "SELECT 102")


def test_without_it_the_textarea_does_everything(visit: Callable[..., Page]) -> None:
    page = visit("/docs")
    page.route("**/codemirror-*.js", lambda route: route.fulfill(status=404, body=""))
    page.goto("/")
    page.get_by_label("SQL", exact=True).fill("SELECT 1;\nSELECT nmae FROM student;")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Line 2, column 8")
    page.get_by_role("button", name="Use it").click()
    shows(page, "SELECT 1;\nSELECT name FROM student;")
    page.get_by_role("button", name="Format").click()
    shows(page, "SELECT 1;\n\nSELECT name\nFROM student;")
    page.keyboard.press("Control+z")
    shows(page, "SELECT 1;\nSELECT name FROM student;")


EXACT = (
    "SELECT '\ttab', 'א ב ע', '👩‍🚀 e\u0301 \u00a0\u200b\u202e\u2028\ufeff', '\x07\x1b';\n\n  \t \n-- end  "
)


def test_a_result_of_a_selection_leads_to_its_statement_in_the_whole(alice: Page) -> None:
    write(alice, "SELECT 'é 👩';\nSELECT 2; SELECT 3;")
    alice.keyboard.press("Shift+Home")
    press_run(alice)
    alice.get_by_role("button", name="In the text: statement 2").click()
    type_(alice, "/*here*/")
    shows(alice, "SELECT 'é 👩';\nSELECT 2; /*here*/SELECT 3;")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_text_comes_to_the_server_as_from_a_textarea(alice: Page, ends: str) -> None:
    write(alice, EXACT.replace("\n", ends))
    with alice.expect_request("**/query") as asked:
        press_run(alice)
    sent = parse_qs(asked.value.post_data, keep_blank_values=True)["query"][0]
    assert sent.replace("\r\n", "\n") == EXACT
    expect(alice.locator("#run tbody td")).to_have_count(4)


def test_a_nul_is_refused_as_ever(alice: Page) -> None:
    write(alice, "SELECT '\0';")
    press_run(alice)
    expect(alice.get_by_role("alert")).to_contain_text("NUL")


WATCH_KEYS = """() => {
  window.slowest = 0;
  const longer = (list) => list.getEntries().forEach((key) => (slowest = Math.max(slowest, key.duration)));
  new PerformanceObserver(longer).observe({ type: "event", durationThreshold: 16 });
}"""


@pytest.mark.parametrize(
    "line", ["SELECT 'some text of a script', 12345 FROM student WHERE id > 1;\n", "SELECT 1,'x''y' || z; "]
)
def test_a_megabyte_stays_usable(alice: Page, line: str) -> None:
    write(alice, line * (1_000_000 // len(line)))
    alice.keyboard.press("Control+End")
    alice.evaluate(WATCH_KEYS)
    type_(alice, "-- the end")
    expect(alice.locator("#query")).to_have_js_property("value.length", len(text_of(alice)))
    assert text_of(alice).endswith("-- the end")
    assert alice.evaluate("window.slowest") < 1500


def test_all_scripts_of_the_page_are_small() -> None:
    built = HOME / "static" / "built"
    names = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    sent = [names[each] for each in ("main.js", "rows.js", "palette.js", "codemirror.js")]
    sizes = [(built / f"{each}.gz").stat().st_size for each in sent]
    assert sum(sizes) <= 180 * 1024


def test_it_is_fit_to_be_seen(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    write(page, "SELECT 1.5, 'text', nmae -- a comment\n  FROM student WHERE nr IN (1);")
    press_run(page)
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    page.locator("#tabs summary").click()
    look_at(page, "editor-tab-menu")
    page.locator("#tabs summary").click()
    editor(page).focus()
    page.keyboard.press("Control+f")
    type_(page, "nr")
    look_at(page, "editor-find")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+End")
    type_(page, " stu")
    expect(offers(page).first).to_be_visible()
    look_at(page, "editor-offers")

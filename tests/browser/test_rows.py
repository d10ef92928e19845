"""A person looks through the rows of a result: sorts, filters, opens values, copies, arranges columns."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.desk import answers, ask
from tests.browser.sizes import NARROW
from tests.browser.tracing import traced


def many(count: int, columns: str) -> str:
    counted = f"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT {count})"
    return f"{counted} SELECT {columns} FROM c"


FIVE = "x, 'name ' || x AS name, x * 1.5 AS half, random() AS luck, x % 7 AS day"

SCROLL = """async () => {
    const more = () => document.querySelector("#run tbody.more");
    const rows = () => document.querySelectorAll("#run tbody:not(.more) tr").length;
    const end = performance.now() + 60000;
    while (more() && performance.now() < end) {
        more().scrollIntoView({ block: "nearest" });
        await new Promise((done) => setTimeout(done, 10));
    }
    return rows();
}"""


def test_ten_thousand_rows_are_scrolled_in_without_long_tasks(alice: Page) -> None:
    ask(alice, many(10_000, FIVE))
    expect(alice.locator("#run tbody:not(.more) tr")).to_have_count(100)
    with traced(alice) as trace:
        assert alice.evaluate(SCROLL) == 10_000
    tasks = trace.tasks()
    assert len(tasks) > 1000
    assert max(tasks) <= 50, sorted(tasks)[-5:]


def test_sorting_and_filtering_is_in_the_address_and_goes_back(alice: Page) -> None:
    ask(alice, many(2000, "x, x % 3 AS third"))
    answer = alice.url.partition("?")[0]
    alice.get_by_role("link", name="x", exact=True).click()
    alice.get_by_role("link", name="x", exact=True).click()
    expect(alice.locator("#run thead [aria-sort=descending]")).to_have_text("x")
    alice.get_by_label("Filter third").first.click()
    alice.get_by_label("How", exact=True).select_option("=")
    alice.get_by_label("Value", exact=True).fill("1")
    alice.get_by_role("button", name="Filter", exact=True).click()
    expect(alice.locator("#run .caption")).to_contain_text("667 rows found")
    answers(alice, [["1999", "1"]], 1, slice(1))
    assert violations(alice) == []
    alice.go_back()
    alice.go_back()
    expect(alice.locator("#run .caption")).not_to_contain_text("found")
    expect(alice.locator("#run thead [aria-sort=descending]")).to_have_text("x")
    alice.goto(f"{answer}?result=1&sort=-1&f=2~eq~0")
    expect(alice.locator("#run tbody").first.locator("tr").first.locator("td").first).to_have_text("1998")


def test_a_row_opens_in_a_dialog_and_the_keyboard_comes_back(alice: Page) -> None:
    ask(alice, "SELECT id, name, '{\"a\": [1, 2]}' AS j FROM student")
    link = alice.locator("#run tbody th.row a")
    link.nth(0).focus()
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("Enter")
    dialog = alice.locator("#value-dialog")
    expect(dialog).to_contain_text("John Doe")
    assert violations(alice) == []
    dialog.get_by_role("link", name="j", exact=True).click()
    expect(dialog.get_by_role("heading", name="Row 2, j")).to_be_visible()
    expect(dialog.locator(".json-number")).to_have_text(["1", "2"])
    alice.keyboard.press("Escape")
    expect(link.nth(1)).to_be_focused()
    alice.locator("#run tbody td", has_text="Harry Potter").dblclick()
    expect(dialog.get_by_role("heading", name="Row 3, name")).to_be_visible()


def test_chosen_rows_are_copied(alice: Page) -> None:
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(alice, "SELECT id, name FROM student")
    links = alice.locator("#run tbody th.row a")
    links.nth(0).click(modifiers=["ControlOrMeta"])
    links.nth(2).focus()
    alice.keyboard.press("Space")
    expect(alice.locator("[data-copying]")).to_have_text("Copy 2 chosen rows as")
    alice.locator(".copying").get_by_role("button", name="TSV").click()
    expect(alice.locator(".copying [role=status]")).to_have_text("Copied 2 rows.")
    copied = alice.evaluate("navigator.clipboard.readText()")
    assert copied.split("\r\n") == ["id\tname", "1\tMark Twain", "3\tHarry Potter", ""]


def test_columns_are_hidden_moved_and_widened_and_stay_so(alice: Page) -> None:
    ask(alice, "SELECT * FROM student")
    alice.get_by_role("button", name="Columns").click()
    dialog = alice.locator("#columns-dialog")
    dialog.get_by_label("id", exact=True).uncheck()
    dialog.get_by_label("Move nr towards the beginning").click()
    width = alice.locator("#run thead th", has_text="nr").bounding_box()["width"]
    dialog.get_by_label("Make nr wider").click()
    assert violations(alice) == []
    alice.keyboard.press("Escape")
    ask(alice, "SELECT * FROM student WHERE id > 1")
    visible = alice.locator("#run thead th:visible")
    expect(visible).to_have_text(["nr", "name"])
    assert alice.locator("#run tbody tr").first.locator("td:visible").all_inner_texts() == [
        "2222",
        "John Doe",
    ]
    assert visible.first.bounding_box()["width"] > width
    alice.get_by_role("button", name="Columns").click()
    dialog.get_by_role("button", name="As they came").click()
    expect(visible).to_have_text(["id", "name", "nr"])


def test_on_a_telephone_nothing_is_wider_than_it(visit: Callable[..., Page]) -> None:
    page = visit(viewport=NARROW, color_scheme="dark")
    ask(page, f"{many(300, FIVE)}; SELECT 1")
    page.locator("#result-1").get_by_label("Filter day").click()
    expect(page.locator(".facets tbody tr")).to_have_count(7)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert violations(page) == []


def test_without_scripts_rows_are_paged_sorted_filtered_and_opened(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    page.get_by_label("SQL", exact=True).fill(many(1500, "x, 'n' || x AS n"))
    page.get_by_role("button", name="Run").click()
    page.get_by_role("link", name="Next 1,000 rows").click()
    answers(page, [["101", "n101"]], part=slice(1))
    page.get_by_role("link", name="Next 400 rows").click()
    answers(page, [["1500", "n1500"]], part=slice(-1, None))
    page.get_by_role("link", name="n", exact=True).click()
    answers(page, [["10", "n10"]], part=slice(1, 2))
    page.get_by_label("Filter n").first.click()
    page.get_by_label("Value", exact=True).fill("99")
    page.get_by_role("button", name="Filter", exact=True).click()
    answers(page, [["1099", "n1099"]], 1, slice(1))
    page.locator("#run tbody th.row a").first.click()
    expect(page.locator("#viewer")).to_contain_text("n1099")
    page.get_by_role("link", name="Back to the result").click()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)

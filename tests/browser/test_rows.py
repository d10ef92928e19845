"""A person looks through the rows of a result: sorts, filters, opens values, copies, arranges columns."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.desk import ask, rows
from tests.browser.sizes import NARROW


def many(count: int, columns: str) -> str:
    counted = f"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT {count})"
    return f"{counted} SELECT {columns} FROM c"


FIVE = "x, 'name ' || x AS name, x * 1.5 AS half, random() AS luck, x % 7 AS day"

LONG_TASKS = """() => {
    window.longTasks = [];
    const note = (list) => window.longTasks.push(...list.getEntries().map((each) => each.duration));
    new PerformanceObserver(note).observe({ type: "longtask" });
}"""

SCROLL = """async () => {
    const box = document.querySelector("#run .scroll");
    const rows = () => document.querySelectorAll("#run tbody:not(.more) tr").length;
    const end = performance.now() + 60000;
    while (document.querySelector("#run tbody.more") && performance.now() < end) {
        box.scrollTop = box.scrollHeight;
        await new Promise((done) => setTimeout(done, 20));
    }
    return rows();
}"""


def test_ten_thousand_rows_are_scrolled_in_without_a_long_task(alice: Page) -> None:
    ask(alice, many(10_000, FIVE))
    expect(alice.locator("#run tbody:not(.more) tr")).to_have_count(100)
    alice.evaluate(LONG_TASKS)
    assert alice.evaluate(SCROLL) == 10_000
    assert alice.evaluate("window.longTasks") == []

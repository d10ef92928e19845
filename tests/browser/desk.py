"""What people do at the workbench, by the names they would use."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import Error, Locator, Page, expect

from tests.deployment.servers import eventually

_PASTE = """(editor, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""

_CELLS = """table => [...table.querySelectorAll("tbody tr")].map(
  row => [...row.querySelectorAll("td")].map(cell => cell.innerText))"""


def _has_scripts(page: Page) -> bool:
    return page.evaluate("matchMedia('(scripting: enabled)').matches")


def editor(page: Page) -> Locator:
    """Where SQL is typed: CodeMirror, waited for, or the textarea of a browser without scripts."""
    if _has_scripts(page):
        page.locator(".cm-content").wait_for()
    return page.get_by_label("SQL", exact=True)


def write(page: Page, sql: str) -> None:
    """Put `sql` into the editor."""
    if not _has_scripts(page):
        return editor(page).fill(sql)
    editor(page).focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    editor(page).evaluate(_PASTE, sql)
    return None


def press_run(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Run").click()


def ask(page: Page, sql: str) -> None:
    """Write and run `sql`, and wait until its answer is there and the history knows it."""
    write(page, sql)
    before = page.url
    press_run(page)
    page.wait_for_url(lambda url: "/entries/" in url and url != before)
    expect(page.locator(f'#entries a[href="{urlsplit(page.url).path}"]')).to_be_attached()


def text_of(page: Page) -> str:
    """What the editor holds."""
    return page.locator("#query").input_value()


def shows(page: Page, sql: str) -> None:
    """Wait until that is what the editor holds."""
    expect(page.locator("#query")).to_have_value(sql)


def rows(page: Page, number: int = 0) -> list[list[str]]:
    """The cells of a result table, as they are seen."""
    return page.locator("#run table").nth(number).evaluate(_CELLS)


def answers(page: Page, cells: list[list[str]], number: int = 0, part: slice = slice(None)) -> None:
    """Wait until a result table has these cells, in these of its rows."""

    def seen() -> bool:
        with suppress(Error):  # The page is just being left for the next one.
            return rows(page, number)[part] == cells
        return False

    eventually(seen, f"the rows {cells}")


def preset(page: Page, name: str) -> None:
    """Press the preset of that name."""
    page.locator("#presets").get_by_role("link", name=name, exact=True).click()


def choose(page: Page, table: str) -> None:
    """Choose a table in the list."""
    page.locator("#schema .table-link").filter(has_text=table).click()
    expect(page.locator("#schema [aria-current]")).to_contain_text(table)

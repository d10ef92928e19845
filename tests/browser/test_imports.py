"""A file becomes a table: with JavaScript and without, by keyboard, in both themes, on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import look_at

PLANTS = 'name;zip;height;note\nFern;00720;40;\nIvy;12345;300;""\n"Sun\ndew";01234;8;a longer note\nbroken\n'

SLOW = """\
CREATE TABLE IF NOT EXISTS slow (id INTEGER, words TEXT);
CREATE TRIGGER IF NOT EXISTS slowly AFTER INSERT ON slow BEGIN
  SELECT max(i) FROM (
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT i FROM n
  );
END;"""


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    path = tmp_path / "plants.csv"
    path.write_text(PLANTS)
    return path


def send(page: Page, file: Path) -> None:
    """Choose a file, and have it looked at."""
    page.get_by_label("File: CSV").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="What goes where")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_alice_imports_a_file_and_takes_it_back(
    visit: Callable[..., Page], plants: Path, scripts: bool
) -> None:
    page = visit(java_script_enabled=scripts)
    page.locator("#schema").get_by_role("link", name="Import a file").click()
    send(page, plants)
    expect(page.get_by_label("Between fields")).to_have_value(";")
    expect(page.locator(".columns-to")).to_contain_text("“00720” in line 2 would come back as 720")
    cells = page.get_by_role("region", name="First rows").locator("tbody tr").first.locator("td")
    assert cells.all_inner_texts() == ["Fern", "00720", "40", "NULL"]
    page.get_by_label("Name of the new table").fill(f"plants_{scripts}")
    page.get_by_label("Import note").uncheck()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="3 rows imported")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Rejected lines").click()
    assert (
        Path(waiting.value.path()).read_text().splitlines()[1].startswith("6,1 field where there should be 4")
    )
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**/entries/*")
    assert f"plants_{scripts}" not in page.locator("#schema").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_long_one_shows_how_far_it_is_and_is_cancelled(
    visit: Callable[..., Page], tmp_path: Path, scripts: bool
) -> None:
    file = tmp_path / "long.csv"
    file.write_text("id,words\n" + "".join(f"{number},some words\n" for number in range(100_000)))
    page = visit("/import", java_script_enabled=scripts)
    page.request.post("/run", form={"query": SLOW})
    page.reload()
    page.get_by_label("File: CSV").set_input_files(file)
    page.get_by_label("Into").select_option("slow")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text(" of 100,000")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Stopped by you")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible()
    assert page.request.get("/run?query=SELECT count(*) FROM slow").json() == [[0]]


def test_it_goes_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/import")
    page.get_by_label("Or text").focus()
    page.keyboard.type("a,b\n1,2\n")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    table = page.get_by_label("Name of the new table")
    table.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("by_keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 row imported into by_keyboard")).to_be_visible()


def test_the_page_is_fit_to_be_seen(visit: Callable[..., Page], plants: Path) -> None:
    page = visit("/import", reduced_motion="reduce")
    look_at(page, "import-start", full_page=True)
    send(page, plants)
    look_at(page, "import-review", full_page=True)
    page.get_by_label("Into", exact=True).select_option("student")
    page.get_by_role("button", name="Read it like this").click()
    expect(page.get_by_label("Where name goes")).to_have_value("name")
    page.get_by_label("Lines that may be rejected").fill("0")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    look_at(page, "import-refused", full_page=True)
    page.get_by_label("Into", exact=True).select_option("")
    page.get_by_role("button", name="Read it like this").click()
    page.get_by_label("Name of the new table").fill("plants_seen")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="3 rows imported")).to_be_visible()
    look_at(page, "import-done", full_page=True)

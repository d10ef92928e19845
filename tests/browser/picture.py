"""Takes the pictures that README shows: `python -m tests.browser.picture docs`."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import launch_arguments
from tests.browser.desk import ask, editor, press_run, write
from tests.browser.server import start_server
from tests.browser.sizes import NARROW, WIDE

SCHOOL = """
CREATE TABLE IF NOT EXISTS course (id INTEGER PRIMARY KEY, title TEXT NOT NULL, room TEXT);
CREATE TABLE IF NOT EXISTS mark (
  student INTEGER REFERENCES student ON DELETE CASCADE, course INTEGER REFERENCES course, points REAL);
CREATE TABLE IF NOT EXISTS lesson (
  id INTEGER PRIMARY KEY, course INTEGER REFERENCES course, day TEXT, minutes INTEGER, topic TEXT);
CREATE TABLE IF NOT EXISTS attendance (month TEXT, course INTEGER REFERENCES course, pupils INTEGER);
DELETE FROM attendance; DELETE FROM lesson; DELETE FROM mark; DELETE FROM course;
INSERT INTO course (title, room) VALUES ('Seafaring', 'B 12'), ('Charms', NULL), ('Anonymity', '');
INSERT INTO mark VALUES (1, 1, 9.5), (2, 3, 8.0), (3, 2, 10.0), (3, 1, NULL);
INSERT INTO lesson (course, day, minutes, topic)
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 20000)
  SELECT i % 3 + 1, date('2026-01-05', (i % 300) || ' days'), 45 + i % 4 * 15,
         json_object('topic', 'Lesson ' || (i + 1), 'home', json_array('read', 'write')) FROM n;
INSERT INTO attendance
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 36)
  SELECT date('2026-01-01', (i / 3) || ' months'), i % 3 + 1,
         round(60 + 22 * sin(i / 5.0 + i % 3 * 2) + 14 * cos(i * (1 + i % 3)) + i) FROM n;
"""
JOINED = """\
SELECT student.name, course.title, course.room, mark.points
  FROM mark
  JOIN student ON student.id = mark.student
  JOIN course ON course.id = mark.course
 ORDER BY student.name;

UPDATE student SET nr = nr + 1 WHERE id = 3;"""


BY_MONTH = """\
SELECT month,
       sum(pupils) FILTER (WHERE course = 1) AS seafaring,
       sum(pupils) FILTER (WHERE course = 2) AS charms,
       sum(pupils) FILTER (WHERE course = 3) AS anonymity
  FROM attendance GROUP BY month;"""
PLANTS = (
    'code;name;height;seen;note\n007;Fern;40.5;2026-03-01;\n012;Ivy;300;2026-03-02;""\n'
    '020;"Sundew; eats flies";8;2026-03-05;in the bog\n021;Moss;2;2026-04-11;\nbroken line\n'
)


def workbench(page: Page) -> None:
    """Results of two statements, and a history with a mistake in it."""
    expect(page.locator("#schema")).to_contain_text("course")
    write(page, "SELECT * FROM studnet;")
    press_run(page)
    expect(page.get_by_role("alert")).to_be_visible()
    ask(page, "SELECT * FROM student;")
    ask(page, JOINED)


def preview(page: Page) -> None:
    """What a DELETE would do, with what a foreign key does beside it."""
    write(page, "UPDATE student SET name = upper(name) WHERE nr < 3000;\nDELETE FROM student WHERE id = 3;")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".decision")).to_be_visible()


def plan(page: Page) -> None:
    """A slow query, and the index that would help."""
    write(page, "SELECT day, sum(minutes)\n  FROM lesson\n WHERE course = 2\n GROUP BY day;")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("button", name="Try it").first).to_be_visible()


def rows(page: Page) -> None:
    """Rows sorted, filtered by one column, and the most frequent values of another."""
    ask(page, "SELECT id, day, minutes, topic FROM lesson ORDER BY day, id LIMIT 5000;")
    page.get_by_role("link", name="Filter minutes").click()
    page.locator(".facets a").first.click()
    expect(page.locator(".filters")).to_contain_text("minutes")
    page.get_by_role("link", name="Filter day").click()
    expect(page.locator(".facets")).to_be_visible()


def browse(page: Page) -> None:
    """A table looked through: filtered, with what its rows refer to, and what can be done with one."""
    page.goto("/tables/lesson?page=last&where=minutes+%3E+60&sort=-3")
    expect(page.locator("#table tbody .lead-to").first).to_be_visible()
    page.get_by_label("Choose row").nth(2).check()
    page.get_by_label("What to do with row").nth(5).click()


def chart(page: Page) -> None:
    """A result as a picture, with the rows that it is drawn of below it."""
    ask(page, BY_MONTH)
    page.get_by_role("link", name="Chart", exact=True).click()
    page.get_by_label("Kind", exact=True).select_option("Line")
    expect(page.locator(".chart figcaption")).to_contain_text("Line chart of")
    expect(page.locator(".chart canvas")).to_be_visible()


def imported(page: Page) -> None:
    """A file before it is a table: what each column is taken as, and why."""
    page.goto("/import")
    page.get_by_label("Or text").fill(PLANTS)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("Name of the new table").fill("plant")
    page.get_by_role("heading", name="What goes where").evaluate("it => it.scrollIntoView()")


def telephone(page: Page) -> None:
    """A result on a telephone, in the dark."""
    ask(
        page,
        "SELECT name, title, points\n  FROM mark JOIN student ON student.id = student\n"
        "  JOIN course ON course.id = course;",
    )


@dataclass(frozen=True)
class Picture:
    """What is done before it is taken, and the screen it is taken of."""

    act: Callable[[Page], None]
    size: dict[str, int]
    theme: str = "light"


PICTURES = [
    Picture(workbench, WIDE),
    Picture(preview, WIDE),
    Picture(plan, WIDE),
    Picture(rows, WIDE),
    Picture(browse, WIDE),
    Picture(chart, WIDE),
    Picture(imported, WIDE),
    Picture(telephone, NARROW, "dark"),
]


def main(folder: Path) -> None:
    """Starts a workbench, uses it a little, and saves what is seen."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        place = Path(home, "school")
        place.mkdir()
        # The address under the database's name then reads ~/school, whoever takes the picture.
        server = start_server(place, HOME=home)
        try:
            browser = playwright.chromium.launch(**launch_arguments())
            for picture in PICTURES:
                saved = folder / f"{picture.act.__name__}.png"
                saved.write_bytes(_in_few_colours(_taken(browser, server.url, picture)))
            browser.close()
        finally:
            server.stop()


def _taken(browser: Browser, url: str, picture: Picture) -> bytes:
    page = browser.new_page(
        base_url=url,
        viewport=picture.size,
        device_scale_factor=2,
        color_scheme=picture.theme,
        reduced_motion="reduce",
    )
    page.request.post("/run", form={"query": SCHOOL})
    page.goto("/")
    editor(page)
    picture.act(page)
    page.mouse.move(0, 0)
    return page.screenshot(animations="disabled")


def _in_few_colours(png: bytes) -> bytes:
    """The same picture with a palette, a third as large."""
    reduced, small = (
        Image.open(io.BytesIO(png)).convert("RGB").quantize(dither=Image.Dither.NONE),
        io.BytesIO(),
    )
    reduced.save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))

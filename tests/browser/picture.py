"""Takes the picture that README shows: `python -m tests.browser.picture docs/workbench.png`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import launch_arguments
from tests.browser.desk import ask, press_run, write
from tests.browser.server import start_server
from tests.browser.sizes import WIDE

BEFORE = """
CREATE TABLE course (id INTEGER PRIMARY KEY, title TEXT NOT NULL, room TEXT);
CREATE TABLE mark (student INTEGER REFERENCES student, course INTEGER REFERENCES course, points REAL);
INSERT INTO course (title, room) VALUES ('Seafaring', 'B 12'), ('Charms', NULL), ('Anonymity', '');
INSERT INTO mark VALUES (1, 1, 9.5), (2, 3, 8.0), (3, 2, 10.0), (3, 1, NULL);
CREATE VIEW best AS SELECT student, max(points) AS points FROM mark GROUP BY student;
"""
SHOWN = """\
SELECT student.name, course.title, course.room, mark.points
  FROM mark
  JOIN student ON student.id = mark.student
  JOIN course ON course.id = mark.course
 ORDER BY student.name;

UPDATE student SET nr = nr + 1 WHERE id = 3;"""


def main(target: Path) -> None:
    """Starts a workbench, uses it a little, and saves what is seen."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        folder = Path(home, "school")
        folder.mkdir()
        # The address under the database's name then reads ~/school, whoever takes the picture.
        server = start_server(folder, HOME=home)
        try:
            browser = playwright.chromium.launch(**launch_arguments())
            page = browser.new_page(viewport=WIDE, device_scale_factor=2, color_scheme="light")
            page.goto(server.url)
            _use(page)
            target.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=target, animations="disabled")
            browser.close()
        finally:
            server.stop()


def _use(page: Page) -> None:
    ask(page, BEFORE)
    expect(page.locator("#schema")).to_contain_text("course")
    write(page, "SELECT * FROM studnet;")
    press_run(page)
    expect(page.get_by_role("alert")).to_be_visible()
    ask(page, "SELECT * FROM student;")
    ask(page, SHOWN)
    page.mouse.move(0, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/workbench.png"))

"""README's table and picture, written between its markers by what was measured."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.book import Book
from benchmarks.picture import picture
from benchmarks.table import markdown
from tests.deployment.servers import HOME

PICTURE = "docs/speed.svg"
BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"

_BETWEEN = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.S)


def write_readme(book: Book, home: Path = HOME) -> None:
    """Write both into the project at `home`."""
    readme = home / "README.md"
    shown = f"{BEGIN}\n![The workbench beside others]({PICTURE})\n\n{markdown(book)}\n{END}"
    text, places = _BETWEEN.subn(lambda _: shown, readme.read_text(encoding="utf-8"))
    assert places == 1, f"README has no {BEGIN} … {END}"
    readme.write_text(text, encoding="utf-8")
    (home / PICTURE).write_text(picture(book), encoding="utf-8")

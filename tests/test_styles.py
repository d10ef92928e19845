"""The page's styles: colours and sizes of text are said once, by name, in tokens.css."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workbench.settings import HOME

STYLES = HOME / "static" / "css"
TOKENS = (STYLES / "tokens.css").read_text(encoding="utf-8")

A_COLOUR = re.compile(r":[^;{}]*(?:#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|light-dark)a?\()[^;{}]*;")
A_SIZE_OF_TEXT = re.compile(r"\bfont(?:-size)?:[^;{}]*\b\d*\.?\d+(?:rem|px)[^;{}]*;")


def others() -> list[Path]:
    return sorted(each for each in STYLES.glob("*.css") if each.name != "tokens.css")


@pytest.mark.parametrize("path", others(), ids=lambda path: path.name)
def test_colours_and_sizes_of_text_have_names(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert A_COLOUR.findall(text) == []
    assert [each for each in A_SIZE_OF_TEXT.findall(text) if "font-size: 0;" not in each] == []


def test_every_name_that_is_used_is_there_and_every_one_there_is_used() -> None:
    used = {name for each in others() for name in re.findall(r"var\((--[\w-]+)", each.read_text("utf-8"))}
    scripts = (HOME / "static" / "js").rglob("*.js")
    by_script = {
        n for each in scripts for n in re.findall(r'setProperty\("(--[\w-]+)"', each.read_text("utf-8"))
    }
    assert used == set(re.findall(r"^\s*(--[\w-]+):", TOKENS, re.MULTILINE)) | by_script


def test_what_a_class_looks_like_is_said_in_one_file() -> None:
    homes: dict[str, set[str]] = {}
    for path in others():
        for name in re.findall(r"^\.([a-z][\w-]*) \{", path.read_text(encoding="utf-8"), re.MULTILINE):
            homes.setdefault(name, set()).add(path.name)
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}

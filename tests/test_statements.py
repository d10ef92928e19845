"""The page cuts a text into statements where SQLite's own shell does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.settings import HOME

_ASKED = """
import { createInterface } from "node:readline";
const { statements } = await import(process.argv[1]);
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify([...statements(JSON.parse(line))]));
"""
_BLANK = re.compile(r"(?>[ \t\n\f\r;]|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
_WORDS = [
    "create",
    "temp",
    "trigger",
    "end",
    "begin",
    "explain",
    "select",
    "a",
    ";",
    ";",
    ";",
    "'",
    '"',
    "`",
    "[",
    "]",
    "--",
    "/*",
    "*/",
    "'x;y'",
    '"a;b"',
    "é",
    "END;",
    "CREATE",
    "TRIGGER",
]
_TEXTS = st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(["", " ", "\n", "\t"])), max_size=30)


@pytest.fixture(scope="module")
def cut() -> Iterator[Callable[[str], list[dict[str, int]]]]:
    """The page's own function, run by Node."""
    node = shutil.which("node") or shutil.which("node", path=HOME / ".node" / "bin")
    assert node, "Node is what builds the page's scripts; ./test finds one."
    module = (HOME / "static" / "js" / "statements.js").as_uri()
    arguments = [node, "--input-type=module", "-e", _ASKED, module]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(text: str) -> list[dict[str, int]]:
            process.stdin.write(json.dumps(text) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def ends(text: str) -> list[int]:
    """Where SQLite says that a statement is complete, blank ones left out."""
    found, begin = [], 0
    for place, letter in enumerate(text, 1):
        if letter == ";" and apsw.complete(text[begin:place]):
            if not _BLANK.fullmatch(text[begin:place]):
                found.append(place)
            begin = place
    return found


@given(_TEXTS)
def test_a_statement_ends_where_sqlite_says(cut: Callable, pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in pieces)
    known = ends(text)
    assert [each["end"] for each in cut(text)][: len(known)] == known


def test_a_trigger_is_one_statement(cut: Callable) -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM b; END;"
    text = f"SELECT ';' -- ;\n; {trigger}\n/* ; */ SELECT 3"
    assert [text[each["start"] : each["end"]] for each in cut(text)] == [
        "SELECT ';' -- ;\n;",
        trigger,
        "SELECT 3",
    ]

"""A failed constraint explained on the page, at its address afterwards, and to programs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Visitor, see

TWICE = "INSERT INTO student (id, name, nr) VALUES (2, 'Jane <b>Doe</b>', x'ff')"
TEXT = "Every row of student has its own id (primary key), and one with id = 2 is there already."
LOOK = "SELECT * FROM student WHERE id = 2;"


def explained(page: object) -> tuple[str, list[tuple[str, list[str]]], str]:
    banner = page.select_one(".banner")
    tables = [
        (table.caption.get_text(strip=True), [cell.get_text(" ", strip=True) for cell in table.select("td")])
        for table in banner.select(".evidence table")
    ]
    return banner.select_one(".explanation").get_text(), tables, banner.select_one("[data-sql]")["data-sql"]


def test_the_banner_says_why_and_shows_both_rows(alice: Visitor) -> None:
    assert explained(see(alice.run(TWICE, htmx=True))) == (
        TEXT,
        [
            ("Is there already", ["2", "John Doe", "2222"]),
            ("Was to be written", ["2", "Jane <b>Doe</b>", "BLOB 1 byte ff"]),
        ],
        LOOK,
    )


def test_the_entry_shows_the_same_again(alice: Visitor) -> None:
    now = explained(see(alice.run(TWICE)))
    assert explained(see(alice.open("/entries/1"))) == now


def test_the_query_to_look_is_a_link_that_fills_the_editor(alice: Visitor) -> None:
    """As presets are, so that it works without JavaScript. It runs nothing."""
    link = see(alice.run(TWICE)).select_one(".banner a[data-sql]")["href"]
    page = see(alice.open(link))
    assert page.select_one("#query").get_text().strip() == LOOK
    assert page.select_one("#run")["data-outcome"] == "none"


def test_a_program_gets_it_in_the_problem(app: Flask) -> None:
    problem = app.test_client().post("/run", json={"sql": TWICE}).json
    assert problem["explanation"] == {
        "text": TEXT,
        "rows": [
            {
                "title": "Is there already",
                "columns": ["id", "name", "nr"],
                "rows": [[2, "John Doe", 2222]],
                "more": False,
            },
            {
                "title": "Was to be written",
                "columns": ["id", "name", "nr"],
                "rows": [[2, "Jane <b>Doe</b>", {"$base64": True, "encoded": "/w=="}]],
                "more": False,
            },
        ],
        "query": LOOK,
    }


@pytest.mark.parametrize("format", ["ndjson", "csv"])
def test_a_stream_that_cannot_begin_says_why(app: Flask, format: str) -> None:
    asked = {"sql": TWICE + " RETURNING id", "format": format}
    assert app.test_client().post("/run", json=asked).json["explanation"]["text"] == TEXT


def test_a_problem_without_one_has_no_such_member(app: Flask) -> None:
    assert "explanation" not in app.test_client().post("/run", json={"sql": "SELECT nothing"}).json


@contextmanager
def another_program_writing(database: Path) -> Iterator[int]:
    """A program that has begun to write; its process."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('begun', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout.readline() == b"begun\n"
        yield program.pid
        program.stdin.close()


def test_a_locked_database_says_which_program_holds_it(app: Flask, student: Path) -> None:
    with another_program_writing(student) as process:
        name = Path(f"/proc/{process}/comm").read_text().strip()
        problem = app.test_client().post("/run", json={"sql": "DELETE FROM student", "wait_ms": 100}).json
    assert (problem["code"], problem["retryable"]) == ("SQLITE_BUSY", True)
    told = problem["explanation"]["text"]
    assert told.startswith(f"The program {name} (process {process}) holds the lock on the database.")
    assert "This one waited 0.1 s for it." in told

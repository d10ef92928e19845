"""What is shown again, and the page of the history."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from workbench.parameters import Given
from workbench.results import Kind
from workbench.saved import Saved
from workbench.searching import Search
from workbench.web.canned.entries import ENTRIES, NOW, entry
from workbench.web.canned.problems import problem
from workbench.web.canned.results import STUDENTS, run_of

REMEMBERED = {
    "frozen": run_of(STUDENTS) | {"entry": ENTRIES[0], "text": ENTRIES[0].script},
    "not-kept": run_of(replace(STUDENTS, rows=(), row_count=1000))
    | {"entry": replace(ENTRIES[5], rows_kept=False), "text": ENTRIES[5].script},
    "not-kept-write": run_of(replace(STUDENTS, kind=Kind.WRITE, rows=(), row_count=1000, rows_affected=1000))
    | {"entry": replace(ENTRIES[1], rows_kept=False), "text": ENTRIES[1].script},
    "long-history": run_of(STUDENTS)
    | {
        "more_entries": True,
        "entries": tuple(
            replace(ENTRIES[i % 6], number=60 - i, at=NOW - timedelta(hours=i * 3)) for i in range(50)
        ),
    },
}
"""What is shown again."""

KEPT = (
    Saved(1, "Students by name", "For the list on the door", "SELECT name FROM student ORDER BY name;"),
    Saved(2, "<b>A</b> name " + "without end " * 7, "", "SELECT " + "a, " * 200 + "b"),
)
"""Saved queries."""

_LOOKED = {"page": "pages/history.html", "fragment": "fragments/found.html"}

LOOKED_BACK = {
    "look-empty": _LOOKED | {"entries": ()},
    "look-nothing": _LOOKED | {"entries": (), "search": Search("nowhere"), "asked": {"q": "nowhere"}},
    "look-no-history": _LOOKED | {"entries": (), "history_note": "The history is off."},
    "look": _LOOKED
    | {
        "saved": KEPT,
        "more_entries": True,
        "entries": (
            *ENTRIES,
            entry(1, script="SELECT :a", given=(Given("a", "x" * 300),), by_program=True),
            entry(0, script="SELECT '" + "word" * 300 + "'", message="m" * 300, outcome="error"),
        ),
    },
    "look-name-taken": _LOOKED
    | {
        "saved": KEPT,
        "problem": problem(
            status=422,
            title="This name is taken",
            message="you have another query with the name Students by name",
            hint="Nothing was saved. Choose another name, or delete that one first.",
            code="NAME_TAKEN",
        ),
    },
}
"""The page of the history."""

"""What is around the results: the database, its tables, tabs, the history."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from workbench.catalog import Catalog, Table, TableColumn
from workbench.searching import Search
from workbench.sql import presets
from workbench.web.canned.changes import ASKING
from workbench.web.canned.entries import ENTRIES
from workbench.web.canned.history import KEPT
from workbench.web.canned.tabs import NOTED, TABS

_STUDENT = Table(
    "student",
    "table",
    (
        TableColumn("id", "INTEGER", key=1),
        TableColumn("name", "TEXT", not_null=True),
        TableColumn("nr", "INTEGER", not_null=True),
    ),
)
_TABLES = (
    Table('a "quoted" name; DROP TABLE student; --', "table", (TableColumn("<b>bold</b>", "TEXT"),)),
    Table("broken_view", "view", problem="no such table: main.gone"),
    Table(
        "enrolment", "table", (TableColumn("student", "INTEGER", key=1), TableColumn("course", "TEXT", key=2))
    ),
    Table("grade", "table", (TableColumn("points", "REAL"), TableColumn("doubled", "REAL", hidden=2))),
    Table("note_search", "virtual", (TableColumn("body", ""),)),
    Table("note_search_data", "shadow", (TableColumn("id", "INTEGER", key=1),)),
    _STUDENT,
    Table("teacher", "table", (TableColumn("id", "INTEGER", key=1), TableColumn("name", "TEXT"))),
    Table("top_students", "view", (TableColumn("name", "TEXT"), TableColumn("nr", "INTEGER"))),
)

SURROUNDINGS = {
    "tabs": {"fragment": "fragments/tabs.html", "tabs": NOTED},
    "column-nothing": {"entries": (), "asked": {"q": "nowhere"}},
    "column-saved": {"saved": KEPT},
    "empty": {"catalog": Catalog(), "table": None, "presets": (), "entries": ()},
    "no-history": {
        "entries": (),
        "history_note": "History is off: the workbench's own file cannot be written.",
    },
    "read-only": {"database": SimpleNamespace(name="archive.db", where="/srv/archive", read_only=True)},
}
"""What is around the results."""

USUAL: dict[str, Any] = {
    "database": SimpleNamespace(name="student.db", where="~/workbench/database", read_only=False),
    "version": "1.0",
    "catalog": Catalog(_TABLES),
    "table": _STUDENT,
    "presets": presets(_STUDENT),
    "preset": None,
    "run": None,
    "problem": None,
    "entry": None,
    "done": None,
    "undoing": None,
    "at": None,
    "looked_at": None,
    "part": None,
    "tabs": TABS,
    "plans": None,
    "trial": None,
    "fields": (),
    "upload": None,
    "entries": ENTRIES,
    "history_note": None,
    "more_entries": False,
    "search": Search(),
    "asked": {},
    "saved": (),
    "page": "pages/workbench.html",
    "fragment": "fragments/run.html",
    "timeout_ms": 35_000,
} | ASKING
"""What the page of the workbench needs, before anything was run."""


def form(text: str) -> SimpleNamespace:
    """The form of the editor, with `text` in it."""
    return SimpleNamespace(
        csrf_token="",
        query=SimpleNamespace(name="query", data=text),
        table=SimpleNamespace(name="table"),
    )

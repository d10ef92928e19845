"""The states that the page can be in, with values that never change: what the gallery shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from workbench.catalog import Catalog, Table, TableColumn
from workbench.charts import Choice
from workbench.entries import Entry
from workbench.errors import Position
from workbench.explanations import Evidence, Explanation
from workbench.parameters import Given
from workbench.results import Column, InvalidText, Kind, Result, Run
from workbench.rowsets import Facet, Filter, View
from workbench.saved import Saved
from workbench.searching import Search
from workbench.sql import presets
from workbench.web.canned_changes import ASKING, DECIDED, WAITING
from workbench.web.canned_designs import DESIGNS
from workbench.web.canned_exports import EXPORTS
from workbench.web.canned_imports import IMPORTS
from workbench.web.canned_plans import PLANS
from workbench.web.canned_sharing import SHARING
from workbench.web.canned_tables import TABLES
from workbench.web.canned_tabs import NOTED, TABS
from workbench.web.canned_upkeep import UPKEEP
from workbench.web.charted import Chart
from workbench.web.failures import Excerpt
from workbench.web.parameters import fields_of
from workbench.web.parts import RowsPart

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
_NOW = datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC)


def _entry(number: int, script: str = "SELECT * FROM student;", **told: object) -> Entry:
    usual = {"at": _NOW, "outcome": "ok", "wrote": False, "row_count": 3, "truncated": False}
    usual |= {"rows_affected": None, "duration": 0.0004, "message": None}
    return Entry(number=number, script=script, **usual | told)


_ENTRIES = (
    _entry(6),
    _entry(5, script="UPDATE student SET nr = 800;", wrote=True, row_count=0, rows_affected=1),
    _entry(4, script="SELECT * FROM studnet;", outcome="error", message="no such table: studnet"),
    _entry(3, script="CREATE TABLE teacher (id INTEGER PRIMARY KEY);", wrote=True, row_count=0),
    _entry(
        2,
        script="WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)",
        outcome="stopped",
        duration=30.0,
        message="Stopped at the time limit of 30 s.",
    ),
    _entry(1, at=_NOW - timedelta(days=3), row_count=1000, truncated=True, duration=1.234),
)


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, None) for name in names)


_STUDENTS = Result(
    "SELECT * FROM student;",
    Kind.READ,
    (Column("id", "integer"), Column("name", "text"), Column("nr", "integer")),
    [(1, "Mark Twain", 1111), (2, "John Doe", 2222), (3, "Harry Potter", 3333)],
    row_count=3,
    duration=0.0004,
)
_ODD = [
    ("NULL", None),
    ("the text NULL", "NULL"),
    ("empty text", ""),
    ("a number", 1111),
    ("a number as text", "1111"),
    ("beyond 2^53", 2**63 - 1),
    ("a fraction", 0.1 + 0.2),
    ("minus infinity", -inf),
    ("BLOB", b"\x89PNG\r\n\x1a\n"),
    ("longer BLOB", bytes(range(200))),
    ("empty BLOB", b""),
    ("spaces around", "  two before, one after "),
    ("no letter at all", "\u3164"),
    ("blank between letters", "pay\u2800pal"),
    ("an emoji and a stray style", "❤\ufe0f a\ufe0f"),
    ("ever so many unseen", "\1" * 300),
    ("two lines and a tab", "first\nsecond\tthird"),
    ("control characters", "bell \a, escape \x1b[31m, NUL \0."),
    ("bidi override", "invoice\u202efdp.exe"),
    ("zero width", "pay\u200bpal"),
    ("no-break space", "10\u00a0000"),
    ("markup", "<script>alert(1)</script> & <b>bold</b>"),
    ("other scripts", "日本語 · עברית · العربية · 👩\u200d🚀"),
    ("not UTF-8", InvalidText(b"caf\xe9 au lait")),
    ("long text", "Call me Ishmael. Some years ago, never mind how long precisely. " * 40),
    ("one long word", "0123456789abcdef" * 40),
]


def _result(statement: str, kind: Kind = Kind.READ, *, rows: Any = (), **facts: Any) -> Result:
    return Result(statement, kind, rows=rows, row_count=len(rows), duration=0.0011, **facts)


def _run(*results: Result, **facts: Any) -> dict[str, Any]:
    return {"run": Run("", list(results), **facts)}


def _problem(**facts: Any) -> SimpleNamespace:
    blank = dict.fromkeys(("hint", "code", "position", "suggestion", "excerpt", "explanation"))
    return SimpleNamespace(
        **({"status": 400, "title": "SQLite could not run this", "message": ""} | blank | facts)
    )


_MANY = [(i, f"Student {i}", i * 1111, None if i % 7 else 1.5, "Lorem ipsum dolor") for i in range(1, 1001)]
_WIDE = [tuple(f"value {i}.{j}" for j in range(24)) for i in range(4)]
_FULL = [("x" * 100_000, "\1" * 40_000, bytes(9000), InvalidText(b"\xff" * 9000))] * 25

RESULTS = {
    "start": {},
    "results": _run(_STUDENTS),
    "reached": _run(_STUDENTS) | {"at": 1},
    "looked-at": _run(_STUDENTS)
    | {
        "at": 1,
        "looked_at": RowsPart(
            1,
            0,
            _STUDENTS.rows[:2],
            (1, 2),
            200,
            View(1, True, (Filter(1, "contains", "<b>"), Filter(2, "ge", 1111))),
            panel=1,
            facets=(Facet("Mark Twain", 100), Facet(None, 50), Facet("x" * 400, 2), Facet(b"\0", 1)),
        ),
    },
    "charted": _run(_STUDENTS)
    | {
        "at": 1,
        "looked_at": RowsPart(
            1,
            0,
            _STUDENTS.rows,
            (1, 2, 3),
            3,
            View(filters=(Filter(1, "not_null"),)),
            chart=Chart(Choice("line", 1, (0, 2)), (0, 2)),
        ),
    },
    "several": _run(
        _STUDENTS,
        _result("UPDATE student\n   SET nr = 800 WHERE id > 1;", Kind.WRITE, rows_affected=2),
        _result(
            "DELETE FROM student WHERE id = 1 RETURNING id, name;",
            Kind.WRITE,
            columns=_columns("id", "name"),
            rows=[(1, "Mark Twain")],
            rows_affected=1,
        ),
        _result("CREATE TABLE teacher (id INTEGER PRIMARY KEY);", Kind.SCHEMA),
        _result("SELECT * FROM teacher;", columns=_columns("id")),
        duration=0.0123,
        notices=["The transaction was still open at the end, so it was rolled back."],
    ),
    "receipt": _run(_result("UPDATE student SET nr = 1;", Kind.WRITE, rows_affected=2)),
    "odd": _run(_result("SELECT * FROM odd;", columns=_columns("what", "value"), rows=_ODD)),
    "capped": _run(
        _result(
            "SELECT * FROM much;",
            columns=_columns("id", "name", "nr", "rate", "text"),
            rows=_MANY,
            truncated=True,
        )
    ),
    "wide": _run(
        _result("SELECT * FROM wide;", columns=_columns(*(f"column {j}" for j in range(24))), rows=_WIDE)
    ),
    "no-rows": _run(_result("SELECT * FROM student WHERE 0;", columns=_columns("id", "name"))),
    "many-statements": _run(*[_STUDENTS] * 250, duration=0.2),
    "full": _run(
        _result("SELECT * FROM much;", columns=_columns("text", "unseen", "blob", "broken"), rows=_FULL)
    ),
    "nothing": {"run": Run("-- only a comment", [])},
}
"""What came back."""

_STUDENT_NAMES = ("email", "id", "name", "nr")
_ODD_FEW = (b"\x89PNG\r\n\x1a\n", InvalidText(b"caf\xe9"), -inf, "long " * 60, 2**63 - 1, "1111")

_MISSPELT = "SELECT id, nmae\n  FROM student;"

PROBLEMS = {
    "error": {
        "run": Run(_MISSPELT, []),
        "text": _MISSPELT,
        "problem": _problem(
            message="no such column: nmae",
            code="SQLITE_ERROR",
            suggestion="name",
            position=Position(11, 1, 12),
            excerpt=Excerpt(1, "SELECT id, ", "nmae", "", 11, "name"),
        ),
    },
    "error-in-another-database": {
        "run": Run("SELECT * FROM shop.item", []),
        "text": "SELECT * FROM shop.item",
        "problem": _problem(message="no such table: shop.item", code="SQLITE_ERROR"),
        "other": "shop",
    },
    "error-behind-a-dot": {
        "run": Run("", []),
        "text": "SELECT s.ordr\n  FROM student s;",
        "problem": _problem(
            message="no such column: s.ordr",
            code="SQLITE_ERROR",
            suggestion="order",
            position=Position(7, 1, 8),
            excerpt=Excerpt(1, "SELECT s.", "ordr", "", 9, '"order"'),
        ),
    },
    "error-at-end": {
        "run": Run("SELECT", []),
        "text": "SELECT",
        "problem": _problem(
            message="incomplete input",
            code="SQLITE_ERROR",
            position=Position(6, 1, 7),
            excerpt=Excerpt(1, "SELECT", "", "", 6),
        ),
    },
    "constraint": _run(_STUDENTS)
    | {
        "problem": _problem(
            status=409,
            title="A value is there already",
            code="SQLITE_CONSTRAINT_UNIQUE",
            message="UNIQUE constraint failed: student.id",
            hint="Nothing was changed: all was rolled back.",
        ),
    },
    "constraint-explained": {
        "problem": _problem(
            status=409,
            title="A value is there already",
            code="SQLITE_CONSTRAINT_UNIQUE",
            message="UNIQUE constraint failed: student.email",
            explanation=Explanation(
                "Every row of student has its own email (index student_email), and one with"
                " email = 'mark@example.org' is there already.",
                (
                    Evidence(
                        "Is there already", _STUDENT_NAMES, (("mark@example.org", 1, "Mark Twain", None),)
                    ),
                    Evidence("Was to be written", _STUDENT_NAMES[:3], (("mark@example.org", 4, "Marc"),)),
                ),
                "SELECT * FROM student WHERE email = 'mark@example.org';",
            ),
        ),
    },
    "reference-explained": {
        "problem": _problem(
            status=409,
            title="A reference would lead nowhere",
            code="SQLITE_CONSTRAINT_FOREIGNKEY",
            message="FOREIGN KEY constraint failed",
            explanation=Explanation(
                "12 rows of enrolment still refer, by student, to id = 1 of student.",
                (
                    Evidence(
                        "In enrolment",
                        ("student", "course", *(f'<i>column</i> "{i}"' for i in range(6))),
                        tuple((1, course, *_ODD_FEW) for course in ("Seafaring", "Charms", "", "\1", None)),
                        more=True,
                    ),
                ),
                "SELECT * FROM enrolment WHERE student = 1;",
            ),
        ),
    },
    "stopped": {
        "problem": _problem(
            status=504,
            title="Stopped",
            message="This ran longer than 30 s and was stopped.",
            hint="Narrow it down with WHERE, or add an index.",
            code="QUERY_TIMEOUT",
        )
    },
    "stopped-by-you": _run(_STUDENTS)
    | {
        "problem": _problem(
            status=409,
            title="Stopped by you",
            message="the run was stopped because you asked for it",
            hint="Nothing was changed.",
            code="CANCELLED",
            calm=True,
        ),
    },
}
"""What went wrong."""

_FILTERED = "SELECT * FROM student\n WHERE nr > :least AND name <> $not::this(one) AND photo IS ?;"
_GIVEN = (Given("least", "1_000"), Given("not::this(one)", "007", "text"), Given("?3", "", "null"))

VALUES = {
    "values-wanted": {
        "text": _FILTERED,
        "fields": fields_of(
            _FILTERED,
            [_GIVEN[0], Given("not::this(one)"), Given("?3", "0g", "blob")],
            wanted=["not::this(one)"],
        ),
        "problem": _problem(
            status=422,
            title="Give a value for $not::this(one) and run again",
            hint="Nothing was run.",
            code="VALUE_MISSING",
            calm=True,
        ),
    },
    "values": _run(replace(_STUDENTS, parameters=("least", "not::this(one)", "?3")))
    | {"text": _FILTERED, "fields": fields_of(_FILTERED, _GIVEN)},
}
"""Parameters and what is given for them."""

REMEMBERED = {
    "frozen": _run(_STUDENTS) | {"entry": _ENTRIES[0], "text": _ENTRIES[0].script},
    "not-kept": _run(replace(_STUDENTS, rows=(), row_count=1000))
    | {"entry": replace(_ENTRIES[5], rows_kept=False), "text": _ENTRIES[5].script},
    "not-kept-write": _run(replace(_STUDENTS, kind=Kind.WRITE, rows=(), row_count=1000, rows_affected=1000))
    | {"entry": replace(_ENTRIES[1], rows_kept=False), "text": _ENTRIES[1].script},
    "long-history": _run(_STUDENTS)
    | {
        "more_entries": True,
        "entries": tuple(
            replace(_ENTRIES[i % 6], number=60 - i, at=_NOW - timedelta(hours=i * 3)) for i in range(50)
        ),
    },
}
"""What is shown again."""

_LOOKED = {"page": "pages/history.html", "fragment": "fragments/found.html"}
_KEPT = (
    Saved(1, "Students by name", "For the list on the door", "SELECT name FROM student ORDER BY name;"),
    Saved(2, "<b>A</b> name " + "without end " * 7, "", "SELECT " + "a, " * 200 + "b"),
)

LOOKED_BACK = {
    "look-empty": _LOOKED | {"entries": ()},
    "look-nothing": _LOOKED | {"entries": (), "search": Search("nowhere"), "asked": {"q": "nowhere"}},
    "look-no-history": _LOOKED | {"entries": (), "history_note": "The history is off."},
    "look": _LOOKED
    | {
        "saved": _KEPT,
        "more_entries": True,
        "entries": (
            *_ENTRIES,
            _entry(1, script="SELECT :a", given=(Given("a", "x" * 300),), by_program=True),
            _entry(0, script="SELECT '" + "word" * 300 + "'", message="m" * 300, outcome="error"),
        ),
    },
    "look-name-taken": _LOOKED
    | {
        "saved": _KEPT,
        "problem": _problem(
            status=422,
            title="This name is taken",
            message="you have another query with the name Students by name",
            hint="Nothing was saved. Choose another name, or delete that one first.",
            code="NAME_TAKEN",
        ),
    },
}
"""The page of the history."""

SURROUNDINGS = {
    "tabs": {"fragment": "fragments/tabs.html", "tabs": NOTED},
    "column-nothing": {"entries": (), "asked": {"q": "nowhere"}},
    "column-saved": {"saved": _KEPT},
    "empty": {"catalog": Catalog(), "table": None, "presets": (), "entries": ()},
    "no-history": {
        "entries": (),
        "history_note": "History is off: the workbench's own file cannot be written.",
    },
    "read-only": {"database": SimpleNamespace(name="archive.db", where="/srv/archive", read_only=True)},
}
"""What is around the results."""


def _form(text: str) -> SimpleNamespace:
    return SimpleNamespace(
        csrf_token="",
        query=SimpleNamespace(name="query", data=text),
        table=SimpleNamespace(name="table"),
    )


def states() -> dict[str, dict[str, Any]]:
    """For each state by its name, all that the workbench page needs."""
    usual = {
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
        "entries": _ENTRIES,
        "history_note": None,
        "more_entries": False,
        "search": Search(),
        "asked": {},
        "saved": (),
        "page": "pages/workbench.html",
        "fragment": "fragments/run.html",
        "timeout_ms": 35_000,
    } | ASKING
    return {
        name: usual | state | {"form": _form(state.get("text", "SELECT * FROM student;"))}
        for name, state in (
            RESULTS
            | PROBLEMS
            | WAITING
            | DECIDED
            | PLANS
            | VALUES
            | REMEMBERED
            | LOOKED_BACK
            | SURROUNDINGS
            | IMPORTS
            | EXPORTS
            | SHARING
            | TABLES
            | UPKEEP
            | DESIGNS
        ).items()
    }

"""What came back."""

from __future__ import annotations

from math import inf
from typing import Any

from workbench.charts import Choice
from workbench.results import Column, InvalidText, Kind, Result, Run
from workbench.rowsets import Facet, Filter, View
from workbench.web.charted import Chart
from workbench.web.parts import RowsPart

STUDENTS = Result(
    "SELECT * FROM student;",
    Kind.READ,
    (Column("id", "integer"), Column("name", "text"), Column("nr", "integer")),
    [(1, "Mark Twain", 1111), (2, "John Doe", 2222), (3, "Harry Potter", 3333)],
    row_count=3,
    duration=0.0004,
)
"""The whole table of the sample."""

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


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, None) for name in names)


def _result(statement: str, kind: Kind = Kind.READ, *, rows: Any = (), **facts: Any) -> Result:
    return Result(statement, kind, rows=rows, row_count=len(rows), duration=0.0011, **facts)


def run_of(*results: Result, **facts: Any) -> dict[str, Any]:
    """What a state shows of a run that gave `results`."""
    return {"run": Run("", list(results), **facts)}


_MANY = [(i, f"Student {i}", i * 1111, None if i % 7 else 1.5, "Lorem ipsum dolor") for i in range(1, 1001)]
_WIDE = [tuple(f"value {i}.{j}" for j in range(24)) for i in range(4)]
_FULL = [("x" * 100_000, "\1" * 40_000, bytes(9000), InvalidText(b"\xff" * 9000))] * 25

RESULTS = {
    "start": {},
    "results": run_of(STUDENTS),
    "reached": run_of(STUDENTS) | {"at": 1},
    "looked-at": run_of(STUDENTS)
    | {
        "at": 1,
        "looked_at": RowsPart(
            1,
            0,
            STUDENTS.rows[:2],
            (1, 2),
            200,
            View(1, True, (Filter(1, "contains", "<b>"), Filter(2, "ge", 1111))),
            panel=1,
            facets=(Facet("Mark Twain", 100), Facet(None, 50), Facet("x" * 400, 2), Facet(b"\0", 1)),
        ),
    },
    "charted": run_of(STUDENTS)
    | {
        "at": 1,
        "looked_at": RowsPart(
            1,
            0,
            STUDENTS.rows,
            (1, 2, 3),
            3,
            View(filters=(Filter(1, "not_null"),)),
            chart=Chart(Choice("line", 1, (0, 2)), (0, 2)),
        ),
    },
    "several": run_of(
        STUDENTS,
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
    "receipt": run_of(_result("UPDATE student SET nr = 1;", Kind.WRITE, rows_affected=2)),
    "odd": run_of(_result("SELECT * FROM odd;", columns=_columns("what", "value"), rows=_ODD)),
    "capped": run_of(
        _result(
            "SELECT * FROM much;",
            columns=_columns("id", "name", "nr", "rate", "text"),
            rows=_MANY,
            truncated=True,
        )
    ),
    "wide": run_of(
        _result("SELECT * FROM wide;", columns=_columns(*(f"column {j}" for j in range(24))), rows=_WIDE)
    ),
    "no-rows": run_of(_result("SELECT * FROM student WHERE 0;", columns=_columns("id", "name"))),
    "many-statements": run_of(*[STUDENTS] * 250, duration=0.2),
    "full": run_of(
        _result("SELECT * FROM much;", columns=_columns("text", "unseen", "blob", "broken"), rows=_FULL)
    ),
    "nothing": {"run": Run("-- only a comment", [])},
}
"""What came back."""

"""What went wrong, and values that are wanted."""

from __future__ import annotations

from math import inf
from typing import Any

from msgspec.structs import replace

from workbench.errors import Position
from workbench.explanations import Evidence, Explanation
from workbench.parameters import Given
from workbench.results import InvalidText, Run
from workbench.web.canned.results import STUDENTS, run_of
from workbench.web.excerpts import Excerpt
from workbench.web.failures import Problem
from workbench.web.parameters import fields_of


def problem(message: str = "", **facts: Any) -> Problem:
    """A refusal of SQLite's, except for what `facts` say."""
    return Problem(**{"status": 400, "title": "SQLite could not run this", "message": message} | facts)


_STUDENT_NAMES = ("email", "id", "name", "nr")
_ODD_FEW = (b"\x89PNG\r\n\x1a\n", InvalidText(b"caf\xe9"), -inf, "long " * 60, 2**63 - 1, "1111")

_MISSPELT = "SELECT id, nmae\n  FROM student;"

PROBLEMS = {
    "error": {
        "run": Run(_MISSPELT, []),
        "text": _MISSPELT,
        "problem": problem(
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
        "problem": problem(message="no such table: shop.item", code="SQLITE_ERROR"),
        "other": "shop",
    },
    "error-behind-a-dot": {
        "run": Run("", []),
        "text": "SELECT s.ordr\n  FROM student s;",
        "problem": problem(
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
        "problem": problem(
            message="incomplete input",
            code="SQLITE_ERROR",
            position=Position(6, 1, 7),
            excerpt=Excerpt(1, "SELECT", "", "", 6),
        ),
    },
    "constraint": run_of(STUDENTS)
    | {
        "problem": problem(
            status=409,
            title="A value is there already",
            code="SQLITE_CONSTRAINT_UNIQUE",
            message="UNIQUE constraint failed: student.id",
            hint="Nothing was changed: all was rolled back.",
        ),
    },
    "constraint-explained": {
        "problem": problem(
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
        "problem": problem(
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
        "problem": problem(
            status=504,
            title="Stopped",
            message="This ran longer than 30 s and was stopped.",
            hint="Narrow it down with WHERE, or add an index.",
            code="QUERY_TIMEOUT",
        )
    },
    "stopped-by-you": run_of(STUDENTS)
    | {
        "problem": problem(
            status=409,
            title="Stopped by you",
            message="the run was stopped because you asked for it",
            hint="Nothing was changed.",
            code="CANCELLED",
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
        "problem": problem(
            status=422,
            title="Give a value for $not::this(one) and run again",
            hint="Nothing was run.",
            code="VALUE_MISSING",
        ),
    },
    "values": run_of(replace(STUDENTS, parameters=("least", "not::this(one)", "?3")))
    | {"text": _FILTERED, "fields": fields_of(_FILTERED, _GIVEN)},
}
"""Parameters and what is given for them."""

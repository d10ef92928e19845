"""Entries of a history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workbench.entries import Entry

NOW = datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC)
"""When the newest was run."""


def entry(number: int, script: str = "SELECT * FROM student;", **told: object) -> Entry:
    """One that read three rows, except for what is `told`."""
    usual = {"at": NOW, "outcome": "ok", "wrote": False, "row_count": 3, "truncated": False}
    usual |= {"rows_affected": None, "duration": 0.0004, "message": None}
    return Entry(number=number, script=script, **usual | told)


ENTRIES = (
    entry(6),
    entry(5, script="UPDATE student SET nr = 800;", wrote=True, row_count=0, rows_affected=1),
    entry(4, script="SELECT * FROM studnet;", outcome="error", message="no such table: studnet"),
    entry(3, script="CREATE TABLE teacher (id INTEGER PRIMARY KEY);", wrote=True, row_count=0),
    entry(
        2,
        script="WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)",
        outcome="stopped",
        duration=30.0,
        message="Stopped at the time limit of 30 s.",
    ),
    entry(1, at=NOW - timedelta(days=3), row_count=1000, truncated=True, duration=1.234),
)
"""One of each kind, newest first."""

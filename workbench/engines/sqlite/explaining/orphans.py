"""Rows that refer to others which are not there, as the error that names them."""

from __future__ import annotations

from workbench.engines.sqlite.connections import Link
from workbench.errors import StatementError
from workbench.explanations import Evidence, Explanation
from workbench.sql import quoted

SHOWN = 20
"""How many of them are named."""

_CHECK = 'SELECT "table", rowid, parent FROM pragma_foreign_key_check{} LIMIT ?'


def broken_references(link: Link, table: str | None) -> StatementError | None:
    """The error for rows of `table`, or of any, that refer to nothing; None when there are none."""
    asked, values = ("(?, 'main')", (table,)) if table else ("", ())
    found = link.own(_CHECK.format(asked), (*values, SHOWN + 1))
    if not found:
        return None
    child, _, parent = found[0]
    error = StatementError(
        f"rows of {quoted(child)} refer to rows of {quoted(parent)} that are not there",
        code="SQLITE_CONSTRAINT_FOREIGNKEY",
        hint="Nothing was changed. Put these rows right first, or keep what they refer to.",
    )
    error.explanation = _explained(found)
    return error


def _explained(found: list[tuple]) -> Explanation:
    rows = tuple(found[:SHOWN])
    evidence = Evidence("Rows that refer to nothing", ("table", "rowid", "parent"), rows, len(found) > SHOWN)
    text = "The script switched foreign keys off, so only its PRAGMA foreign_key_check found them."
    return Explanation(text, (evidence,))

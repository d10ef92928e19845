"""What a line of EXPLAIN QUERY PLAN means, in words.

The lines are for people, and SQLite may change them: one that is not known is shown as it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.plans import Mark

_SORT = "USE TEMP B-TREE FOR "


class Meaning(NamedTuple):
    """A line in words, and whether it is costly."""

    words: str
    mark: Mark | None = None


_MEANINGS = tuple(
    (re.compile(pattern, re.S), Meaning(*meaning))
    for pattern, *meaning in (
        (r"SCAN CONSTANT ROW", "One row that comes from no table"),
        (r"SCAN (\d+) CONSTANT ROWS?", "{0} rows that stand in the text"),
        (r"SCAN (\d+)-ROW VALUES CLAUSE", "{0} rows that stand in the text"),
        (r"SCAN (.+) VIRTUAL TABLE INDEX .*", "Asks the module of the virtual table {0} for rows"),
        (
            r"SCAN (.+) USING COVERING INDEX (.+)",
            "Reads all of the index {1}, which holds all that is wanted of {0}",
        ),
        (r"SCAN (.+) USING INDEX (.+)", "Reads all rows of {0} in the order of the index {1}"),
        (r"SCAN (.+)", "Reads all rows of {0}"),
        (
            r"SEARCH (.+) USING AUTOMATIC (?:PARTIAL )?(?:COVERING )?INDEX \((.+)\)",
            "Builds an index of {0} for this one run, and finds rows by it: {1}",
            Mark.AUTOMATIC,
        ),
        (
            r"SEARCH (.+) USING COVERING INDEX (.+?) \((.+)\)",
            "Finds rows of {0} in the index {1} alone, which holds all that is wanted: {2}",
        ),
        (r"SEARCH (.+) USING INDEX (.+?) \((.+)\)", "Finds rows of {0} by the index {1}: {2}"),
        (r"SEARCH (.+) USING INTEGER PRIMARY KEY \((.+)\)", "Finds rows of {0} by their key: {1}"),
        (r"SEARCH (.+) USING PRIMARY KEY \((.+)\)", "Finds rows of {0} by their key: {1}"),
        (r"SEARCH (.+) USING (?:COVERING )?INDEX (.+)", "Goes to one end of the index {1} of {0}"),
        (r"SEARCH (.+)", "Goes to one end of {0}"),
        (rf"{_SORT}(.+)", "Gathers the rows in a temporary B-tree for {0}", Mark.SORT),
        (
            r"CORRELATED (?:SCALAR |LIST )?SUBQUERY (\d+)",
            "Subquery {0}, run again for each row around it",
            Mark.REPEATED,
        ),
        (r"(?:SCALAR )?SUBQUERY (\d+)", "Subquery {0}, run once for its one value"),
        (r"LIST SUBQUERY (\d+)", "Subquery {0}, run once for a list of values"),
        (r"REUSE LIST SUBQUERY (\d+)", "The list of subquery {0} again"),
        (r"REUSE SUBQUERY (\d+)", "The value of subquery {0} again"),
        (r"USING ROWID SEARCH ON TABLE (.+) FOR IN-OPERATOR", "Looks up IN by the key of {0}"),
        (r"USING INDEX (.+) FOR IN-OPERATOR", "Looks up IN by the index {0}"),
        (r"CO-ROUTINE (.+)", "Makes the rows of {0} one by one, as they are wanted"),
        (r"MATERIALIZE (.+)", "Makes all rows of {0} first and keeps them"),
        (r"(?:CREATE )?BLOOM FILTER(?: ON (.+) \(.+\))?", "Makes a filter that soon tells what has no match"),
        (r"MULTI-INDEX OR", "Finds rows for each side of OR"),
        (r"INDEX (\d+)", "Side {0} of OR"),
        (r"COMPOUND QUERY", "Several SELECTs, one after another"),
        (r"LEFT-MOST SUBQUERY", "The first SELECT"),
        (r"UNION ALL", "And all rows of the next SELECT"),
        (
            r"(UNION|EXCEPT|INTERSECT) USING TEMP B-TREE",
            "{0} with the next SELECT; a temporary B-tree finds equal rows",
        ),
        (r"MERGE \((.+)\)", "{0} of two SELECTs, each in order"),
        (r"LEFT", "The left SELECT"),
        (r"RIGHT", "The right SELECT"),
        (r"RIGHT-JOIN (.+)", "Rows of {0} without a match, for the RIGHT or FULL JOIN"),
        (r"SETUP", "The rows to begin with"),
        (r"RECURSIVE STEP", "For each row so far, the rows that follow from it"),
    )
)

_ADDITIONS = (
    (re.compile(r" LEFT-JOIN\Z"), "; rows without a match are kept"),
    (re.compile(r" EXISTS(?= USING |\Z)"), "; the first match is enough"),
)


def meaning_of(detail: str) -> Meaning:
    """What the line `detail` means; the line itself where that is not known."""
    line, addition = detail, ""
    for mark, words in _ADDITIONS:
        line, found = mark.subn("", line, count=1)
        addition += words * found
    for pattern, meaning in _MEANINGS:
        match = pattern.fullmatch(line)
        if match:
            return Meaning(meaning.words.format(*match.groups("")) + addition, meaning.mark)
    return Meaning(detail)


def reads_all(detail: str) -> bool:
    """Whether the line says that something is read from end to end: rows, or an index."""
    return detail.startswith("SCAN ")


def sorted_for(detail: str) -> str | None:
    """For which part of a statement, such as ``ORDER BY``, a temporary B-tree is made; None where none is."""
    return detail.removeprefix(_SORT) if detail.startswith(_SORT) else None

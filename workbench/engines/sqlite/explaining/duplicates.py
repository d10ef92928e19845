"""A UNIQUE index that cannot be made, because rows of its table are alike already."""

from __future__ import annotations

import re

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.facts import (
    SHOWN_ROWS,
    Table,
    listed,
    read,
    shown,
    tables_before_dot,
)
from workbench.engines.sqlite.explaining.failure import Failure, Unexplained
from workbench.explanations import Evidence, Explanation
from workbench.sql import quoted

# What makes rows count as alike otherwise than by the values in the columns, or leaves some out.
_OTHER_RULES = re.compile(r"\b(?:where|collate)\b", re.I)


def explain_duplicates(failure: Failure) -> Explanation:
    """Which values are there more than once. Raises Unexplained where that is not told by values alone."""
    if _OTHER_RULES.search(failure.ask.sql):
        raise Unexplained
    table, columns = _columns(failure.link, failure.what)
    query = _query(table, columns)
    rows = read(failure.link, f"{query} LIMIT {SHOWN_ROWS + 1}", len(columns) + 1)
    if not rows:
        raise Unexplained
    names, few = shown((*columns, "rows"), rows[:SHOWN_ROWS], columns)
    return Explanation(
        f"Rows of {table.name} have the same {' and '.join(columns)} already, so it cannot be made UNIQUE.",
        (Evidence("More than once", names, few, more=len(rows) > SHOWN_ROWS),),
        f"{query};",
    )


def _columns(link: Link, what: str) -> tuple[Table, tuple[str, ...]]:
    """The table and its columns in ``table.column, table.column``. Raises Unexplained for anything else."""
    for table in tables_before_dot(link, what):
        columns = tuple(part.removeprefix(f"{table.name}.") for part in what.split(", "))
        if set(columns) <= {column.name for column in table.columns}:
            return table, columns
    raise Unexplained


def _query(table: Table, columns: tuple[str, ...]) -> str:
    names, null = listed(columns), " OR ".join(f"{quoted(column)} IS NULL" for column in columns)
    return (
        f"SELECT {names}, count(*) AS rows FROM {quoted(table.name)} WHERE NOT ({null})"
        f" GROUP BY {names} HAVING count(*) > 1"
    )

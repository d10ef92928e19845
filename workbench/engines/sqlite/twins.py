"""Keys that a changeset takes for two and SQLite for one: 'a' and 'A' without case, 0.0 and 0.

A statement that removes a row of one such key and adds one of the other cannot be taken back by
its changeset, which names rows by their keys' bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase

from workbench.engines.sqlite import schema
from workbench.engines.sqlite.changesets import Reader, read
from workbench.engines.sqlite.connections import Link
from workbench.results import Row

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)

# https://sqlite.org/datatype3.html#collating_sequences
_FOLDED: dict[str, Callable[[str], str]] = {
    "NOCASE": lambda text: text.translate(_LOWER),
    "RTRIM": lambda text: text.rstrip(" "),
}


def table_with_twins(link: Link, changeset: bytes) -> str | None:
    """A table in which `changeset` adds and removes rows whose keys are one for SQLite, None without any."""
    changed: dict[str, set[str]] = {}
    for table, op, _ in Reader(changeset).tally():
        changed.setdefault(table, set()).add(op)
    mixed = {table for table, ops in changed.items() if "insert" in ops and len(ops) > 1}
    folds = {table: schema.collations_of(link, table) for table in mixed}
    seen: set[tuple] = set()
    for change in read(changeset) if any(folds.values()) else ():
        fold = folds.get(change.table)
        if not fold:
            continue
        key = (change.table, *_folded(change.old or change.new, fold))
        if key in seen:
            return change.table
        seen.add(key)
    return None


def _folded(row: Row, fold: dict[int, str]) -> tuple:
    """The key of `row` as SQLite compares it; equal numbers are equal for Python too."""
    return tuple(
        _FOLDED[collation](row[place])
        if isinstance(row[place], str) and collation in _FOLDED
        else (type(row[place]) in (str, bytes), row[place])
        for place, collation in fold.items()
    )

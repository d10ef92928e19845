"""A file looked at from its beginning to its end before anything is done with it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import msgspec

from workbench.errors import BadRequest
from workbench.imports.columns import ColumnSurvey, Proposal
from workbench.imports.recipe import Reading
from workbench.loads import Reject

FIRST_ROWS = 20
"""How many rows are shown before they are imported."""

FIRST_REJECTS = 5
"""How many lines that cannot be rows are shown."""

LOOK_SECONDS = 20.0
"""How long looking may take: columns are judged by the rows that were met until then."""


class Survey(msgspec.Struct, frozen=True):
    """What was seen: each column's name as it may be in a table and how it is best taken, how many rows
    and rejected lines there are, and the first of these. `whole`: all of the file was seen.
    """

    names: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    rows: int
    rejected: int
    rejects: tuple[tuple[int, str], ...]
    texts: bool
    renamed: bool
    whole: bool


def surveyed(
    reading: Reading, seconds: float = LOOK_SECONDS, check: Callable[[], None] = lambda: None
) -> Survey:
    """What `reading` holds. Raises BadRequest when there are no columns."""
    if not reading.columns:
        raise BadRequest("This holds no columns.", hint="Nothing was imported.")
    columns = [ColumnSurvey(reading.texts) for _ in reading.columns]
    rows, rejected, until, whole = 0, 0, monotonic() + seconds, True
    first: list[Reject] = []
    for batch in reading.batches:
        rows, rejected = rows + len(batch.rows), rejected + len(batch.rejects)
        first += batch.rejects[: FIRST_REJECTS - len(first)]
        for column, values in zip(columns, zip(*batch.rows, strict=True), strict=False):
            column.look(values, batch.lines)
        check()
        if monotonic() > until:
            whole = False
            break
    names = _names(reading.columns)
    return Survey(
        names,
        tuple(column.proposal() for column in columns),
        rows,
        rejected,
        tuple((reject.line, reject.reason) for reject in first),
        reading.texts,
        names != reading.columns,
        whole,
    )


def _names(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns' names, each there and each another, as SQLite compares them."""
    taken: set[str] = set()
    names = []
    for place, column in enumerate(columns, 1):
        name = bare = " ".join(column.replace("\0", " ").split()) or f"column_{place}"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{bare}_{number}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)

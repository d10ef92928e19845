"""An entry of the history: a run as it is remembered, and its row in the store."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import orjson
from msgspec import Struct

from workbench import moments
from workbench.errors import Busy, Cancelled, TimeLimitReached
from workbench.parameters import Given
from workbench.results import Kind, Run
from workbench.sql import Scripted

PROGRAM = "program"
"""Who asks when nobody has a name: programs that call /run."""

_WRITES = frozenset({Kind.WRITE, Kind.SCHEMA})

COLUMNS = (
    "entry.number, person, at, entry.script, outcome, kind, wrote, row_count, truncated, rows_affected,"
    " duration, entry.message, parameters, certain, undo, why_not, undoes, undone_by"
)
"""What `entry_of` makes an entry of."""

INSERT = (
    "INSERT INTO entry (person, source, at, script, outcome, kind, wrote, row_count, truncated,"
    " rows_affected, duration, message, parameters) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
"""Remembers a run; it takes `values_of` the run and then `pack_given`."""

UPDATE = (
    "UPDATE entry SET person = ?, source = ?, at = ?, script = ?, outcome = ?, kind = ?, wrote = ?,"
    " row_count = ?, truncated = ?, rows_affected = ?, duration = ?, message = ?, parameters = ?"
    " WHERE number = ?"
)
"""Remembers how it ended since; it takes what INSERT takes and the entry's number."""


class Entry(Scripted, Struct, frozen=True):
    """A run remembered. `outcome` is ``ok``, ``error`` or ``stopped``; `duration` is in seconds.

    `kind` is what it did at most: ``read``, ``write`` or ``schema``. `by_program`: nobody ran it.
    `truncated`: there were more rows than the `row_count` that were shown. `rows_kept`: those
    can be shown again. `given`: what was typed for its parameters. `certain` is false as long as
    nobody knows whether it was committed. `undo`: it ``can`` be taken back, it ``cannot`` and
    `why_not`, its record was ``dropped``, or there is nothing (``none``). `undoes` is the entry that this
    one took back, `undone_by` the one that took this one back.
    """

    number: int
    at: datetime
    script: str
    outcome: str
    wrote: bool
    row_count: int
    truncated: bool
    rows_affected: int | None
    duration: float
    message: str | None
    given: tuple[Given, ...] = ()
    rows_kept: bool = True
    kind: str = "read"
    by_program: bool = False
    certain: bool = True
    undo: str = "none"
    why_not: str | None = None
    undoes: int | None = None
    undone_by: int | None = None

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be taken back, as far as is known before that is tried."""
        return self.undo == "can" and self.certain and self.undone_by is None

    @property
    def way_back(self) -> str:
        """What taking it back is called: ``Redo`` where it took another one back itself, else ``Undo``."""
        return "Redo" if self.undoes is not None and self.script.startswith("-- Undo: ") else "Undo"

    @property
    def subject(self) -> str:
        """What it is about on one line: of a run that took another back, what that one was about."""
        return re.sub(r"^-- (?:Undo|Redo): ", "", self.first_words)


def values_of(person: str, source: str, run: Run) -> tuple:
    """What INSERT takes of `run`, which ends at this moment."""
    kinds = {result.kind for result in run.results}
    return (
        person,
        source,
        moments.now(),
        run.script,
        _outcome(run),
        _kind(run, kinds),
        not kinds.isdisjoint(_WRITES),
        run.row_count,
        True in [result.truncated for result in run.results],
        run.rows_affected,
        int(run.duration * 1e6),
        run.error.message if run.error else None,
    )


def _outcome(run: Run) -> str:
    if run.error is None:
        return "ok"
    return "stopped" if isinstance(run.error, (TimeLimitReached, Cancelled, Busy)) else "error"


def _kind(run: Run, kinds: set[Kind]) -> str:
    """What it did at most; one that was to write and failed before that is a write."""
    if Kind.SCHEMA in kinds:
        return "schema"
    return "write" if Kind.WRITE in kinds or (run.to_write and run.error) else "read"


def pack_given(given: Iterable[Given]) -> str | None:
    """As a list of [name, text, kind] in JSON; None when there is nothing."""
    told = [(each.name, each.text, each.kind) for each in given]
    return orjson.dumps(told).decode() if told else None


def unpack_given(packed: str | None) -> tuple[Given, ...]:
    """What `pack_given` was given."""
    return tuple(Given(*each) for each in orjson.loads(packed)) if packed else ()


def entry_of(row: tuple) -> Entry:
    """An entry of the COLUMNS of its row."""
    number, person, at, script, outcome, kind, wrote, *figures, given = row[:13]
    rows, truncated, affected, duration, message = figures
    certain, undo, why_not, undoes, undone_by = row[13:]
    return Entry(
        number,
        moments.told(at),
        script,
        outcome,
        bool(wrote),
        rows,
        bool(truncated),
        affected,
        duration / 1e6,
        message,
        unpack_given(given),
        kind=kind,
        by_program=person == PROGRAM,
        certain=bool(certain),
        undo=undo,
        why_not=why_not,
        undoes=undoes,
        undone_by=undone_by,
    )

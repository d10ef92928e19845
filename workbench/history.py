"""What each person ran: remembered with time, duration, rows and outcome, and found again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time

import apsw
import orjson

from workbench.answers import pack, unpack
from workbench.errors import Busy, Cancelled, TimeLimitReached
from workbench.parameters import Given
from workbench.results import Kind, Run, weight
from workbench.sql import on_one_line
from workbench.store import Store

ANSWER_BYTES = 1 << 20
"""An answer larger than this is remembered without its rows."""

ANSWERS_KEPT = 100
"""How many of a person's newest answers can be shown again."""

_FIRST_WORDS = 120
_LAST = 2**63 - 1

_COLUMNS = (
    "number, at, script, outcome, wrote, row_count, truncated, rows_affected, duration, message, parameters,"
    " certain, undo, why_not, undoes, undone_by"
)

_INSERT = (
    "INSERT INTO entry (person, source, at, script, outcome, wrote, row_count, truncated, rows_affected,"
    " duration, message, parameters) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

_UPDATE = (
    "UPDATE entry SET person = ?, source = ?, at = ?, script = ?, outcome = ?, wrote = ?, row_count = ?,"
    " truncated = ?, rows_affected = ?, duration = ?, message = ?, parameters = ? WHERE number = ?"
)

_FORGET = (
    "DELETE FROM entry WHERE person = ? AND source = ? AND number <="
    " (SELECT number FROM entry WHERE person = ? AND source = ? ORDER BY number DESC LIMIT 1 OFFSET ?)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A run remembered. `outcome` is ``ok``, ``error`` or ``stopped``; `duration` is in seconds.

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
    certain: bool = True
    undo: str = "none"
    why_not: str | None = None
    undoes: int | None = None
    undone_by: int | None = None
    rows_kept: bool = True

    @property
    def can_be_undone(self) -> bool:
        """Whether it can be taken back, as far as is known before that is tried."""
        return self.undo == "can" and self.certain and self.undone_by is None

    @property
    def subject(self) -> str:
        """What it is about on one line: of a run that took another back, what that one was about."""
        return re.sub(r"^-- (?:Undo|Redo): ", "", self.first_words)

    @property
    def first_words(self) -> str:
        """The beginning of the script on one line."""
        return on_one_line(self.script, _FIRST_WORDS)


class History:
    """The runs against one database; `source` names it. Every method may raise StoreTrouble."""

    def __init__(self, store: Store, source: str) -> None:
        self._store = store
        self._source = source

    def record(
        self,
        person: str,
        run: Run,
        *,
        keep_answer: bool,
        given: Iterable[Given] = (),
        keep_entries: int | None = None,
    ) -> int:
        """Remember `run`, and its answer too if it is to have an address. Gives the entry's number.

        `given`: what was typed for its parameters. `keep_entries`: how many of this person's are
        enough; the others go, a hundred at a time.
        """
        with self._store.connection() as connection, connection if keep_answer else nullcontext():
            number = self.insert(connection, person, run, given)
            if keep_answer:
                self._keep_answer(connection, person, number, run)
            if keep_entries is not None and number % 100 == 0:
                connection.execute(_FORGET, (person, self._source, person, self._source, keep_entries))
        return number

    def insert(self, connection: apsw.Connection, person: str, run: Run, given: Iterable[Given]) -> int:
        """An entry for `run`, without its answer, in the caller's transaction. Gives its number."""
        connection.execute(_INSERT, (*self._values(person, run), _pack_given(given)))
        return connection.last_insert_rowid()

    def update(
        self, connection: apsw.Connection, person: str, number: int, run: Run, given: Iterable[Given]
    ) -> None:
        """The entry as `run` has ended since, with its answer, in the caller's transaction."""
        connection.execute(_UPDATE, (*self._values(person, run), _pack_given(given), number))
        self._keep_answer(connection, person, number, run)

    def newest(self, person: str, *, most: int, before: int | None = None) -> list[Entry]:
        """At most `most` entries of `person`, newest first; only those older than entry `before`."""
        with self._store.connection() as connection:
            found = connection.execute(
                f"SELECT {_COLUMNS} FROM entry WHERE person = ? AND source = ? AND number < ?"
                " ORDER BY number DESC LIMIT ?",
                (person, self._source, _LAST if before is None else max(0, min(before, _LAST)), most),
            ).fetchall()
        return [_entry(row) for row in found]

    def find(self, person: str, number: int) -> Entry | None:
        """The entry with this number, if it is this person's."""
        with self._store.connection() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM entry WHERE number = ? AND person = ? AND source = ?",
                (number, person, self._source),
            ).fetchone()
        return _entry(row) if row else None

    def answer(self, entry: Entry) -> Run | None:
        """What the run answered then, if it is still kept."""
        with self._store.connection() as connection:
            row = connection.execute("SELECT run FROM answer WHERE number = ?", (entry.number,)).fetchone()
        try:
            return unpack(row[0], entry.script) if row else None
        except (ValueError, LookupError, TypeError, AttributeError):
            return None  # not one of ours: as if it were no longer kept

    def _values(self, person: str, run: Run) -> tuple:
        return (
            person,
            self._source,
            int(time() * 1e6),
            run.script,
            _outcome(run),
            any(r.kind in (Kind.WRITE, Kind.SCHEMA) for r in run.results),
            run.row_count,
            any(r.truncated for r in run.results),
            run.rows_affected,
            int(run.duration * 1e6),
            run.error.message if run.error else None,
        )

    def _keep_answer(self, connection: apsw.Connection, person: str, number: int, run: Run) -> None:
        heavy = sum(weight(row) for result in run.results for row in result.rows) > ANSWER_BYTES
        packed = pack(run, with_rows=not heavy)
        if len(packed) > ANSWER_BYTES and not heavy:
            packed = pack(run, with_rows=False)
        if len(packed) > ANSWER_BYTES:
            return
        connection.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", (number, person, self._source, packed))
        connection.execute(
            "DELETE FROM answer WHERE number = (SELECT number FROM answer WHERE person = ? AND source = ?"
            " ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (person, self._source, ANSWERS_KEPT),
        )


def _outcome(run: Run) -> str:
    if run.error is None:
        return "ok"
    return "stopped" if isinstance(run.error, (TimeLimitReached, Cancelled, Busy)) else "error"


def _pack_given(given: Iterable[Given]) -> str | None:
    """As a list of [name, text, kind] in JSON; None when there is nothing."""
    told = [(each.name, each.text, each.kind) for each in given]
    return orjson.dumps(told).decode() if told else None


def _entry(row: tuple) -> Entry:
    number, at, script, outcome, wrote, row_count, truncated, affected, duration, message, given, *state = row
    certain, undo, why_not, undoes, undone_by = state
    moment = datetime.fromtimestamp(at / 1e6, UTC)
    return Entry(
        number,
        moment,
        script,
        outcome,
        bool(wrote),
        row_count,
        bool(truncated),
        affected,
        duration / 1e6,
        message,
        tuple(Given(*each) for each in orjson.loads(given)) if given else (),
        bool(certain),
        undo,
        why_not,
        undoes,
        undone_by,
    )

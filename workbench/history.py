"""What each person ran: remembered with time, duration, rows and outcome, and found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import apsw
import orjson

from workbench.answers import LESS, has_rows, pack, unpack
from workbench.entries import COLUMNS, INSERT, PROGRAM, UPDATE, Entry, entry_of, pack_given, values_of
from workbench.incoming import Incoming, Row
from workbench.parameters import Given
from workbench.results import Run, weight
from workbench.retention import KEEP, Keep, trim
from workbench.store import Store

ANSWER_BYTES = 1 << 20
"""An answer larger than this is remembered without its rows."""

ANSWERS_KEPT = 100
"""How many of a person's newest answers can be shown again."""

_LAST = 2**63 - 1

_FORGET = (
    "DELETE FROM entry WHERE person = ? AND source = ? AND number <="
    " (SELECT number FROM entry WHERE person = ? AND source = ? ORDER BY number DESC LIMIT 1 OFFSET ?)"
)


class History:
    """The runs against one database, `source`; of programs' the newest `of_programs` are enough.

    Every method may raise StoreTrouble.
    """

    def __init__(self, store: Store, source: str, keep: Keep = KEEP, of_programs: int = 1000) -> None:
        self._store = store
        self._source = source
        self._keep = keep
        self._of_programs = of_programs
        self._incoming = Incoming(store, self._enter)

    @property
    def source(self) -> str:
        """The database whose runs these are."""
        return self._source

    def record(self, person: str, run: Run, *, keep_answer: bool, given: Iterable[Given] = ()) -> int:
        """Remember `run`, and its answer too if it is to have an address. Gives the entry's number.

        `given`: what was typed for its parameters.
        """
        self.catch_up()
        with self._store.writing() as connection:
            number = self.insert(connection, person, run, given)
            if keep_answer:
                self._keep_answer(connection, person, number, run)
            trim(connection, self._keep, newest=number)
        return number

    def note(self, run: Run, given: Iterable[Given] = ()) -> None:
        """Remember a program's `run`, which needs no number: it is entered when somebody looks."""
        if self._of_programs:
            self._incoming.add((*values_of(PROGRAM, self._source, run), pack_given(given)))

    def catch_up(self) -> None:
        """Enter the runs that were only noted: before anybody looks, or a later run is entered."""
        self._incoming.take_in()

    def close(self) -> None:
        """Let go of the file in which runs are noted; it is opened again when need be."""
        self._incoming.close()

    def _enter(self, connection: apsw.Connection, noted: list[Row]) -> None:
        connection.executemany(INSERT, _newest(noted, self._of_programs))
        for source in {source for _, source, *_ in noted}:
            connection.execute(_FORGET, (PROGRAM, source, PROGRAM, source, self._of_programs))
        ((newest,),) = connection.execute("SELECT max(number) FROM entry")
        trim(connection, self._keep, newest=newest)

    def insert(self, connection: apsw.Connection, person: str, run: Run, given: Iterable[Given]) -> int:
        """An entry for `run`, without its answer, in the caller's transaction. Gives its number."""
        values = (*values_of(person, self.source, run), pack_given(given))
        ((number,),) = connection.execute(f"{INSERT} RETURNING number", values)
        return number

    def update(
        self, connection: apsw.Connection, person: str, number: int, run: Run, given: Iterable[Given]
    ) -> None:
        """The entry as `run` has ended since, with its answer, in the caller's transaction."""
        values = values_of(person, self.source, run)
        connection.execute(UPDATE, (*values, pack_given(given), number))
        self._keep_answer(connection, person, number, run)
        trim(connection, self._keep, newest=number)

    def newest(self, person: str, *, most: int, before: int | None = None) -> list[Entry]:
        """At most `most` entries of `person`, newest first; only those older than entry `before`."""
        if person == PROGRAM:
            self.catch_up()
        with self._store.connection() as connection:
            found = connection.execute(
                f"SELECT {COLUMNS} FROM entry WHERE person = ? AND source = ? AND number < ?"
                " ORDER BY number DESC LIMIT ?",
                (person, self._source, _LAST if before is None else max(0, min(before, _LAST)), most),
            ).fetchall()
        return [entry_of(row) for row in found]

    def find(self, person: str, number: int) -> Entry | None:
        """The entry with this number, if it is this person's or a program's."""
        with self._store.connection() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS} FROM entry WHERE number = ? AND person IN (?, ?) AND source = ?",
                (number, person, PROGRAM, self._source),
            ).fetchone()
        return entry_of(row) if row else None

    def forget(self, person: str, number: int) -> None:
        """Delete the entry with this number and its answer, if it is this person's."""
        with self._store.connection() as connection:
            connection.execute(
                "DELETE FROM entry WHERE number = ? AND person = ? AND source = ?",
                (number, person, self._source),
            )

    def answer(self, entry: Entry) -> Run | None:
        """What the run answered then, if it is still kept."""
        with self._store.connection() as connection:
            row = connection.execute("SELECT run FROM answer WHERE number = ?", (entry.number,)).fetchone()
        try:
            return unpack(row[0], entry.script) if row else None
        except (ValueError, LookupError, TypeError, AttributeError):
            return None  # not one of ours: as if it were no longer kept

    def with_answers(self, numbers: Iterable[int]) -> set[int]:
        """Those of these entries whose answer is still kept, whoever's they are."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT number FROM answer WHERE number IN (SELECT value FROM json_each(?))",
                (orjson.dumps(list(numbers)).decode(),),
            )
            return {number for (number,) in found}

    def _keep_answer(self, connection: apsw.Connection, person: str, number: int, run: Run) -> None:
        packed = _packed(run)
        if packed is None:
            return
        connection.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", (number, person, self._source, packed))
        connection.execute(
            "DELETE FROM answer WHERE number = (SELECT number FROM answer WHERE person = ? AND source = ?"
            " ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (person, self._source, ANSWERS_KEPT),
        )


def _newest(noted: list[Row], most: int) -> list[Row]:
    """The last `most` of each source: any before them would be forgotten as soon as they are entered."""
    found, kept = Counter[str](), []
    for row in reversed(noted):
        found[row[1]] += 1
        if found[row[1]] <= most:
            kept.append(row)
    return kept[::-1]


def _packed(run: Run) -> bytes | None:
    """As much of the answer as may be kept."""
    for less in LESS:
        if sum(weight(row) for r in run.results if has_rows(r, less) for row in r.rows) <= ANSWER_BYTES:
            packed = pack(run, leave_out=less)
            if len(packed) <= ANSWER_BYTES:
                return packed
    return None

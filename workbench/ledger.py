"""What writes changed, kept so that they can be taken back; and the truth about those that were cut short.

A write is entered before its commit, durably and as uncertain, and confirmed after it. What a
killed process leaves uncertain is judged by looking at the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time
from typing import NamedTuple

import apsw
import msgspec

from workbench.changes import Record
from workbench.history import History
from workbench.parameters import Given
from workbench.results import Run
from workbench.store import Store

_LOST = "The workbench was ended before this was committed: nothing was changed."
_UNKNOWN = "The workbench was ended at the commit of this, and it cannot be told whether that happened."

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode
_decode_all = msgspec.msgpack.Decoder(list[Record]).decode

PREVIEW_SECONDS = 3600
"""How long what a preview showed is kept."""

PREVIEW_BYTES = 512 << 10
"""A larger one is not kept: then its commit is the run itself, or nothing."""


class Part(NamedTuple):
    """An entry's run, or one `statement` of it, counted from 0."""

    number: int
    statement: int | None = None


class Ledger:
    """The writes against one database that were recorded. Every method may raise StoreTrouble.

    `wanted` says whose are: ``page``, those of people; ``all``, those of programs too; ``off``, nobody's.
    """

    def __init__(self, store: Store, history: History, wanted: str = "page") -> None:
        self._store = store
        self._history = history
        self.of_people = wanted != "off"
        self.of_programs = wanted == "all"

    def enter(
        self,
        person: str,
        run: Run,
        records: Sequence[Record],
        *,
        given: Iterable[Given] = (),
        undoes: Part | None = None,
    ) -> int:
        """Write down, on disk, what `run` has changed and is about to commit. Gives its entry's number.

        `undoes` is what it takes back.
        """
        reason = next((record.irreversible for record in records if record.irreversible), None)
        self._history.catch_up()
        with self._store.writing(durably=True) as connection:
            number = self._history.insert(connection, person, run, given)
            connection.execute(
                "UPDATE entry SET certain = 0, undo = ?, why_not = ?, undoes = ?, undoes_statement = ?"
                " WHERE number = ?",
                ("cannot" if reason else "can", reason, *(undoes or (None, None)), number),
            )
            if reason is None:
                rows = ((number, place, _encode(record)) for place, record in enumerate(records))
                connection.executemany("INSERT INTO undo VALUES (?, ?, ?)", rows)
        return number

    def confirm(self, person: str, number: int, run: Run, given: Iterable[Given] = ()) -> None:
        """The entry is certain: `run` ended like this. One that was not committed changed nothing."""
        with self._store.writing() as connection:
            self._history.update(connection, person, number, run, given)
            if run.applied == "all":
                _note(connection, number)
                return
            _forget(connection, number)

    def note(self, number: int) -> None:
        """The entry is certain: what it tells is in the database. How its run ended is for `confirm`."""
        with self._store.writing() as connection:
            _note(connection, number)

    def records(self, number: int, statement: int | None = None) -> list[Record]:
        """What the entry's run changed, or that statement of it."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT record FROM undo WHERE number = ? ORDER BY place", (number,)
            ).fetchall()
        records = [_decode(record) for (record,) in found]
        return [r for r in records if statement is None or r.number == statement]

    def is_taken_back(self, part: Part) -> bool:
        """Whether another entry took this back, or is about to. To be asked in one's turn to write."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT 1 FROM entry WHERE undoes = ? AND outcome = 'ok'"
                " AND (undoes_statement IS NULL OR undoes_statement IS ?)",
                part,
            ).fetchone()
        return found is not None

    def keep_preview(self, person: str, shown: str, records: Sequence[Record]) -> None:
        """Keep what a preview showed under its fingerprint, and forget those that are too old."""
        packed = _encode(records)
        if len(packed) > PREVIEW_BYTES:
            return
        now = int(time())
        with self._store.writing() as connection:
            connection.execute("DELETE FROM preview WHERE at < ?", (now - PREVIEW_SECONDS,))
            connection.execute(
                "INSERT OR REPLACE INTO preview VALUES (?, ?, ?, ?)", (person, shown, now, packed)
            )

    def preview(self, person: str, shown: str) -> list[Record] | None:
        """What a preview showed to `person`, if it is still kept."""
        with self._store.connection() as connection:
            row = connection.execute(
                "SELECT records FROM preview WHERE person = ? AND fingerprint = ?", (person, shown)
            ).fetchone()
        return _decode_all(row[0]) if row else None

    def uncertain(self) -> list[int]:
        """The entries of which it is not known whether they were committed, oldest first."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT number FROM entry WHERE certain = 0 AND source = ? ORDER BY number",
                (self._history.source,),
            )
            return [number for (number,) in found]

    def judge(self, number: int, happened: bool | None) -> None:
        """The entry is certain: it `happened`, or it did not, or None: nobody can tell.

        One that has become certain since stays as it is.
        """
        with self._store.writing() as connection:
            if happened:
                _note(connection, number)
                return
            connection.execute(
                "UPDATE entry SET outcome = 'error', rows_affected = NULL, message = ?"
                " WHERE number = ? AND certain = 0",
                (_UNKNOWN if happened is None else _LOST, number),
            )
            if connection.changes():
                _forget(connection, number)


def _note(connection: apsw.Connection, number: int) -> None:
    """The entry is certain: it is in the database, and what it undoes is not any more."""
    connection.execute("UPDATE entry SET certain = 1 WHERE number = ?", (number,))
    connection.execute(
        "UPDATE entry SET undone_by = ? WHERE number ="
        " (SELECT undoes FROM entry WHERE number = ? AND undoes_statement IS NULL)",
        (number, number),
    )


def _forget(connection: apsw.Connection, number: int) -> None:
    """The entry is certain: nothing of it is in the database."""
    connection.execute("DELETE FROM undo WHERE number = ?", (number,))
    connection.execute(
        "UPDATE entry SET certain = 1, undo = 'none', why_not = NULL WHERE number = ?", (number,)
    )

"""Queries that people keep under a name. Nothing but their owner changes or drops them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.entries import pack_given, unpack_given
from workbench.errors import BadRequest
from workbench.parameters import Given
from workbench.sql import Scripted
from workbench.store import Store

MOST = 500
"""How many a person may keep."""

NAME_LENGTH, NOTE_LENGTH = 100, 1000
"""The most characters of a name, and of a note."""

_COLUMNS = "number, name, note, script, parameters"


@dataclass(frozen=True, slots=True)
class Saved(Scripted):
    """A query under a name; `given` is what was typed for its parameters."""

    number: int
    name: str
    note: str
    script: str
    given: tuple[Given, ...] = ()


class SavedQueries:
    """Those for one database, `source`. Every method may raise StoreTrouble."""

    def __init__(self, store: Store, source: str) -> None:
        self._store = store
        self._source = source

    def all(self, person: str) -> list[Saved]:
        """Those of `person`, by name."""
        with self._store.connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM saved WHERE person = ? AND source = ?", (person, self._source)
            ).fetchall()
        return sorted((_saved(row) for row in rows), key=lambda each: each.name.casefold())

    def find(self, person: str, number: int) -> Saved | None:
        """The one with this number, if it is this person's."""
        with self._store.connection() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM saved WHERE number = ? AND person = ? AND source = ?",
                (number, person, self._source),
            ).fetchone()
        return _saved(row) if row else None

    def keep(self, person: str, name: str, note: str, script: str, given: Iterable[Given] = ()) -> int:
        """Keep `script` under `name`, and give its number.

        Raises:
            BadRequest: for a name that is taken, or none, or when there are too many.
        """
        name, note = _fit(name, note)
        with self._store.connection() as connection:
            ((there,),) = connection.execute(
                "SELECT count(*) FROM saved WHERE person = ? AND source = ?", (person, self._source)
            )
            if there >= MOST:
                raise BadRequest(
                    f"there are {MOST} saved queries, and no more are kept",
                    hint="Delete one that you need no longer.",
                )
            rows = connection.execute(
                "INSERT INTO saved (person, source, name, note, script, parameters)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING number",
                (person, self._source, name, note, script, pack_given(given)),
            ).fetchall()  # to its end: the commit comes there, and may fail
        _refuse_taken(name, bool(rows))
        return rows[0][0]

    def rename(self, person: str, number: int, name: str, note: str) -> None:
        """Give it this name and note. Raises BadRequest for a name that another has, or none."""
        name, note = _fit(name, note)
        with self._store.connection() as connection:
            connection.execute(
                "UPDATE OR IGNORE saved SET name = ?, note = ?"
                " WHERE number = ? AND person = ? AND source = ?",
                (name, note, number, person, self._source),
            )
            _refuse_taken(name, connection.changes() > 0)

    def rewrite(self, person: str, number: int, script: str, given: Iterable[Given] = ()) -> None:
        """Give it this text and these values. Nothing happens to one that is not this person's."""
        with self._store.connection() as connection:
            connection.execute(
                "UPDATE saved SET script = ?, parameters = ? WHERE number = ? AND person = ? AND source = ?",
                (script, pack_given(given), number, person, self._source),
            )

    def drop(self, person: str, number: int) -> None:
        """Keep it no longer."""
        with self._store.connection() as connection:
            connection.execute(
                "DELETE FROM saved WHERE number = ? AND person = ? AND source = ?",
                (number, person, self._source),
            )


def _fit(name: str, note: str) -> tuple[str, str]:
    name, note = " ".join(name.split()), note.strip()
    if not name:
        raise BadRequest("a saved query needs a name", code="NAME_MISSING", hint="Nothing was saved.")
    if len(name) > NAME_LENGTH or len(note) > NOTE_LENGTH:
        raise BadRequest(
            f"a name may have {NAME_LENGTH} characters, and a note {NOTE_LENGTH:,}",
            code="NAME_TOO_LONG",
            hint="Nothing was saved.",
        )
    return name, note


def _refuse_taken(name: str, free: bool) -> None:
    if not free:
        raise BadRequest(
            f"you have another query with the name {name}",
            code="NAME_TAKEN",
            hint="Nothing was saved. Choose another name, or delete that one first.",
        )


def _saved(row: tuple) -> Saved:
    number, name, note, script, parameters = row
    return Saved(number, name, note, script, unpack_given(parameters))

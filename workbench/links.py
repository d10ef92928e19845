"""Links to queries: a short id that stands for a text and the values of its parameters.

An id opens the text for whoever has it, and only its maker lists and drops it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import choice
from string import ascii_letters, digits

import apsw

from workbench import moments
from workbench.entries import pack_given, unpack_given
from workbench.errors import BadRequest
from workbench.parameters import Given
from workbench.sql import Scripted
from workbench.store import Store

MOST = 500
"""How many a person may have."""

LASTS = timedelta(days=365)
"""How long one is kept after it was last made."""

LENGTH = 12
"""Characters of an id: 62 to the power of 12 are more than anybody can try."""

_LETTERS = ascii_letters + digits
_COLUMNS = "id, person, at, script, parameters"


@dataclass(frozen=True, slots=True)
class Link(Scripted):
    """A query under its id; `given` is what was typed for its parameters, `at` when it was last made."""

    id: str
    person: str
    at: datetime
    script: str
    given: tuple[Given, ...] = ()


class QueryLinks:
    """Those for one database, `source`: `most_bytes` of text at most, of everybody together.

    Every method may raise StoreTrouble.
    """

    def __init__(self, store: Store, source: str, most_bytes: int) -> None:
        self._store = store
        self._source = source
        self._most_bytes = most_bytes

    def make(self, person: str, script: str, given: Iterable[Given] = ()) -> str:
        """The id for this text and these values: the one it has, or a new one.

        Raises:
            BadRequest: when there are too many, or there is no text.
        """
        if not script.strip():
            raise BadRequest("there is no text to make a link to", code="EMPTY", hint="Write some SQL first.")
        told = pack_given(given)
        size = len(script.encode()) + len(told or "")
        values = (person, self._source, _digest(script, told))
        with self._store.writing() as connection:
            connection.execute("DELETE FROM link WHERE at < ?", (_oldest(),))
            if not _there(connection, values):
                self._refuse_too_many(connection, person, size)
            return connection.execute(
                "INSERT INTO link (person, source, digest, id, at, size, script, parameters)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (person, source, digest) DO UPDATE SET at = excluded.at RETURNING id",
                (*values, _new_id(), moments.now(), size, script, told),
            ).fetchone()[0]

    def find(self, link_id: str) -> Link | None:
        """The one with this id, whoever made it."""
        with self._store.connection() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM link WHERE id = ? AND source = ? AND at >= ?",
                (link_id, self._source, _oldest()),
            ).fetchone()
        return _link(row) if row else None

    def all(self, person: str) -> list[Link]:
        """Those that `person` made, the newest first."""
        with self._store.connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM link WHERE person = ? AND source = ? AND at >= ? ORDER BY at DESC",
                (person, self._source, _oldest()),
            ).fetchall()
        return [_link(row) for row in rows]

    def drop(self, person: str, link_id: str) -> None:
        """End it, if this person made it."""
        with self._store.connection() as connection:
            connection.execute(
                "DELETE FROM link WHERE id = ? AND person = ? AND source = ?", (link_id, person, self._source)
            )

    def _refuse_too_many(self, connection: apsw.Connection, person: str, size: int) -> None:
        of_person = "SELECT count(*) FROM link WHERE person = ? AND source = ?"
        ((there,),) = connection.execute(of_person, (person, self._source))
        ((in_use,),) = connection.execute("SELECT total(size) FROM link")
        if there >= MOST or in_use + size > self._most_bytes:
            raise BadRequest(
                "there is no room for another link",
                code="TOO_MANY_LINKS",
                hint="End one that nobody needs any more; the page of the history lists yours.",
            )


def _there(connection: apsw.Connection, values: tuple) -> bool:
    asked = "SELECT 1 FROM link WHERE person = ? AND source = ? AND digest = ?"
    return connection.execute(asked, values).fetchone() is not None


def _digest(script: str, told: str | None) -> bytes:
    return sha256(script.encode() + b"\0" + (told or "").encode()).digest()


def _new_id() -> str:
    return "".join(choice(_LETTERS) for _ in range(LENGTH))


def _oldest() -> int:
    return moments.before_now(LASTS)


def _link(row: tuple) -> Link:
    link_id, person, at, script, parameters = row
    return Link(link_id, person, moments.told(at), script, unpack_given(parameters))

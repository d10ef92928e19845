"""What people are writing: a text in each of their tabs, kept while they type.

Whoever writes says which version they saw. Where another page wrote in between, the last writer wins
and what is overwritten is kept as an earlier text; so is one that has rested, or that is nearly gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import apsw

from workbench import moments
from workbench.errors import BadRequest, TooLarge
from workbench.store import Store

OPEN = 20
"""How many tabs a person may have open."""

CLOSED = 10
"""How many of the newest closed ones are kept, to be opened again."""

LENGTH = 1_000_000
"""The most characters of a text."""

EARLIER, EARLIER_LENGTH = 10, 2_000_000
"""How many earlier texts of a tab are kept, and the most characters of them together."""

NAME_LENGTH = 40
"""The most characters of a tab's name."""

_RESTED = 600_000_000  # microseconds after which a text was not just being typed

_COLUMNS = "number, name, script, version, writer, at, closed IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Draft:
    """A tab: its text, the version of that, which page wrote it, and when in microseconds since 1970."""

    number: int
    name: str
    script: str = ""
    version: int = 0
    writer: str = ""
    at: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text that a tab had before, and until when."""

    version: int
    at: datetime
    script: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a text was kept: in which tab, as which version. `overwritten` is another page's version."""

    number: int
    version: int
    overwritten: int | None = None


class Drafts:
    """Those for one database, `source`. Every method may raise StoreTrouble."""

    def __init__(self, store: Store, source: str) -> None:
        self._store = store
        self._source = source

    def all(self, person: str) -> list[Draft]:
        """The tabs of `person` without their texts, the open ones and the newest closed ones."""
        with self._store.connection() as connection:
            rows = connection.execute(
                "SELECT number, name, closed IS NOT NULL FROM draft WHERE person = ? AND source = ?"
                " ORDER BY number",
                (person, self._source),
            ).fetchall()
        return [Draft(number, name, closed=bool(closed)) for number, name, closed in rows]

    def find(self, person: str, number: int) -> Draft | None:
        """The tab with this number, if it is this person's."""
        with self._store.connection() as connection:
            return self._find(connection, person, number)

    def new(self, person: str) -> int:
        """Open an empty tab. Raises BadRequest when there are too many."""
        with self._store.writing() as connection:
            return self._new(connection, person)

    def keep(
        self, person: str, number: int | None, script: str, *, seen: int | None = None, writer: str = ""
    ) -> Kept:
        """Keep `script` in a tab, a new one if there is no such; one that was closed opens again.

        `seen`: the version that it was written over. Raises TooLarge, and BadRequest for too many tabs.
        """
        if len(script) > LENGTH:
            raise TooLarge(
                f"a text longer than {LENGTH:,} characters is not kept while you write",
                code="TEXT_TOO_LONG",
                hint="Spread it over several tabs.",
                limit=LENGTH,
                actual=len(script),
            )
        with self._store.writing() as connection:
            if number is None:
                number = self._with_text(connection, person, script)
            found = self._find(connection, person, number) if number is not None else None
            draft = found or self._find(connection, person, self._new(connection, person))
            return _write(connection, draft, script, seen, writer)

    def rename(self, person: str, number: int, name: str) -> None:
        """Give a tab this name. Raises BadRequest for none, or one too long."""
        name = " ".join(name.split())
        if not name:
            raise BadRequest("a tab needs a name", code="NAME_MISSING", hint="It has its old one.")
        if len(name) > NAME_LENGTH:
            raise BadRequest(f"the name of a tab may have {NAME_LENGTH} characters", code="NAME_TOO_LONG")
        self._change(person, number, "name = ?", name)

    def close(self, person: str, number: int) -> None:
        """Close a tab; its text stays, until so many others were closed after it."""
        self._change(person, number, "closed = ?", moments.now())
        with self._store.writing() as connection:
            connection.execute(
                "DELETE FROM draft WHERE number IN (SELECT number FROM draft WHERE person = ? AND source = ?"
                " AND closed IS NOT NULL ORDER BY closed DESC LIMIT -1 OFFSET ?)",
                (person, self._source, CLOSED),
            )

    def reopen(self, person: str, number: int) -> None:
        """Open a closed tab again. Raises BadRequest when there are too many."""
        with self._store.writing() as connection:
            self._refuse_too_many(connection, person)
        self._change(person, number, "closed = ?", None)

    def earlier(self, person: str, number: int) -> list[Earlier]:
        """What a tab held before, newest first."""
        with self._store.connection() as connection:
            rows = connection.execute(
                "SELECT earlier.version, earlier.at, earlier.script FROM earlier JOIN draft"
                " ON draft.number = earlier.draft WHERE draft.number = ? AND person = ? AND source = ?"
                " ORDER BY earlier.version DESC",
                (number, person, self._source),
            ).fetchall()
        return [Earlier(version, moments.told(at), text) for version, at, text in rows]

    def _find(self, connection: apsw.Connection, person: str, number: int) -> Draft | None:
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM draft WHERE number = ? AND person = ? AND source = ?",
            (number, person, self._source),
        ).fetchone()
        return Draft(*row[:-1], closed=bool(row[-1])) if row else None

    def _with_text(self, connection: apsw.Connection, person: str, script: str) -> int | None:
        """The open tab with this text: a page may be loaded again while its first text is being kept."""
        row = connection.execute(
            "SELECT number FROM draft WHERE person = ? AND source = ? AND closed IS NULL AND script = ?",
            (person, self._source, script),
        ).fetchone()
        return row[0] if row else None

    def _new(self, connection: apsw.Connection, person: str) -> int:
        self._refuse_too_many(connection, person)
        rows = connection.execute(
            "SELECT name FROM draft WHERE person = ? AND source = ?", (person, self._source)
        )
        taken = {name for (name,) in rows}
        name = next(f"Query {n}" for n in range(1, len(taken) + 2) if f"Query {n}" not in taken)
        connection.execute(
            "INSERT INTO draft (person, source, name, at) VALUES (?, ?, ?, ?)",
            (person, self._source, name, moments.now()),
        )
        return connection.last_insert_rowid()

    def _refuse_too_many(self, connection: apsw.Connection, person: str) -> None:
        ((there,),) = connection.execute(
            "SELECT count(*) FROM draft WHERE person = ? AND source = ? AND closed IS NULL",
            (person, self._source),
        )
        if there >= OPEN:
            raise BadRequest(
                f"there are {OPEN} tabs, and no more can be open",
                code="TOO_MANY_TABS",
                hint="Close one that you need no longer.",
            )

    def _change(self, person: str, number: int, what: str, value: object) -> None:
        with self._store.connection() as connection:
            connection.execute(
                f"UPDATE draft SET {what} WHERE number = ? AND person = ? AND source = ?",
                (value, number, person, self._source),
            )


def _write(connection: apsw.Connection, draft: Draft, script: str, seen: int | None, writer: str) -> Kept:
    if script == draft.script and not draft.closed:
        return Kept(draft.number, draft.version)
    crossed = draft.version != seen and not (writer and writer == draft.writer)
    missed = bool(draft.script.strip()) and draft.script != script
    if missed and (crossed or moments.now() - draft.at > _RESTED or _loses_much(draft.script, script)):
        _keep_earlier(connection, draft)
    connection.execute(
        "UPDATE draft SET script = ?, version = version + 1, writer = ?, at = ?, closed = NULL"
        " WHERE number = ?",
        (script, writer, moments.now(), draft.number),
    )
    return Kept(draft.number, draft.version + 1, draft.version if missed and crossed else None)


def _keep_earlier(connection: apsw.Connection, draft: Draft) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO earlier VALUES (?, ?, ?, ?)",
        (draft.number, draft.version, draft.at, draft.script),
    )
    connection.execute(
        "DELETE FROM earlier WHERE draft = ?1 AND version IN (SELECT version FROM (SELECT version,"
        " row_number() OVER newest AS place, sum(length(script)) OVER newest AS together FROM earlier"
        " WHERE draft = ?1 WINDOW newest AS (ORDER BY version DESC)) WHERE place > ?2 OR together > ?3)",
        (draft.number, EARLIER, EARLIER_LENGTH),
    )


def _loses_much(old: str, new: str) -> bool:
    """Whether less than half of `old` is left, at the beginning and the end of `new`."""
    begins = _shared(old, new)
    ends = _shared(old[begins:][::-1], new[begins:][::-1])
    return (begins + ends) * 2 < len(old)


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common from the first on."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low

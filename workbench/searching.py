"""Entries found again: by words, by whose they are, by what they did, how they ended and when.

Every filter is a word in the search index (see ``database/store/4.sql``), and the index gives
numbers from the newest on, so that a part of the history costs the same however long it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf
from time import monotonic

import apsw

from workbench import moments
from workbench.entries import COLUMNS, PROGRAM, Entry, entry_of
from workbench.store import Store

KINDS = ("read", "write", "schema")
"""What a run did at most."""

OUTCOMES = ("ok", "error", "stopped")
"""How a run ended."""

WHOSE = ("mine", "programs", "all")
"""One's own entries, those of programs that have no name, or both."""

SPANS = {"day": timedelta(days=1), "week": timedelta(days=7)}
"""How far back to look."""

MOST_WORDS = 32
"""How many words of what was typed are looked for."""

_LAST = 2**63 - 1
_AT_ONCE = 200
_TOKENIZER = ("unicode61", ["remove_diacritics", "2"])

_FOUND = (
    f"SELECT {COLUMNS} FROM search CROSS JOIN entry ON entry.number = search.rowid"
    " WHERE search MATCH ? AND search.rowid BETWEEN ? AND ? ORDER BY search.rowid DESC LIMIT ?"
)
_NUMBERS = (
    "SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?"
)
_COUNT = "SELECT count(*) FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"
_OWNER = "SELECT number FROM owner WHERE person = ? AND source = ?"
_FIRST_SINCE = "SELECT number FROM entry WHERE at >= ? ORDER BY at, number LIMIT 1"


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries are looked for. `kind`, `outcome` and `since` (a name of SPANS) may be empty: any."""

    words: str = ""
    whose: str = "mine"
    kind: str = ""
    outcome: str = ""
    since: str = ""


class Searching:
    """Finds entries of the history of one database, `source`. Every method may raise StoreTrouble.

    `catch_up` enters what programs ran before it is looked for.
    """

    def __init__(self, store: Store, source: str, catch_up: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._source = source
        self._catch_up = catch_up

    def page(self, person: str, search: Search, *, most: int, before: int | None = None) -> list[Entry]:
        """At most `most` entries, newest first; only those older than entry `before`."""
        self._prepare(search)
        with self._store.connection() as connection:
            wanted = self._wanted(connection, person, search, before)
            return [entry_of(row) for row in connection.execute(_FOUND, (*wanted, most))] if wanted else []

    def each(self, person: str, search: Search) -> Iterator[Entry]:
        """All of them, newest first; what is recorded meanwhile is not among them."""
        before = None
        while found := self.page(person, search, most=_AT_ONCE, before=before):
            yield from found
            before = found[-1].number

    def count(self, person: str, search: Search, *, up_to: int = _LAST) -> int:
        """How many there are, the newest of them number `up_to`."""
        self._prepare(search)
        with self._store.connection() as connection:
            wanted = self._wanted(connection, person, search, min(up_to, _LAST - 1) + 1)
            return connection.execute(_COUNT, wanted).fetchone()[0] if wanted else 0

    def forget(self, person: str, search: Search, *, up_to: int, within: float = inf) -> int:
        """Delete those with their answers, the newest of them number `up_to`; gives how many.

        Some at a time, each time in a transaction of its own: meanwhile others record their runs.
        After `within` seconds what is left stays.
        """
        give_up = monotonic() + within
        search = replace(search, whose="mine")
        before, gone = min(up_to, _LAST - 1) + 1, 0
        while numbers := self._numbers(person, search, before):
            with self._store.writing() as connection:
                connection.executemany("DELETE FROM entry WHERE number = ?", [(n,) for n in numbers])
            gone, before = gone + len(numbers), numbers[-1]
            if monotonic() > give_up:
                break
        return gone

    def _prepare(self, search: Search) -> None:
        if search.whose != "mine":
            self._catch_up()

    def _numbers(self, person: str, search: Search, before: int) -> list[int]:
        with self._store.connection() as connection:
            wanted = self._wanted(connection, person, search, before)
            found = connection.execute(_NUMBERS, (*wanted, _AT_ONCE)).fetchall() if wanted else []
        return [number for (number,) in found]

    def _wanted(
        self, connection: apsw.Connection, person: str, search: Search, before: int | None
    ) -> tuple[str, int, int] | None:
        """What to match, and the least and the largest number; None when there can be nothing."""
        owners = self._owners(connection, person, search.whose)
        least = _first_since(connection, search.since)
        if not owners or least is None:
            return None
        marks = " OR ".join(f'"o{owner}{search.kind}{search.outcome}"' for owner in owners)
        words = expression(connection, search.words)
        match = f"marks : ({marks})" + (f" AND {{script message}} : ({words})" if words else "")
        return match, least, _LAST if before is None else max(0, min(before, _LAST) - 1)

    def _owners(self, connection: apsw.Connection, person: str, whose: str) -> list[int]:
        people = {"mine": (person,), "programs": (PROGRAM,), "all": (person, PROGRAM)}[whose]
        found = (connection.execute(_OWNER, (each, self._source)).fetchone() for each in people)
        return [row[0] for row in found if row]


def expression(connection: apsw.Connection, typed: str) -> str:
    """What was typed as an expression of FTS5 that cannot be wrong: all of its words, of the last one
    the beginning. What is written together, such as ``student.id``, is found together.

    Empty when it holds no words. See https://sqlite.org/fts5.html#full_text_query_syntax.
    """
    name, options = _TOKENIZER
    tokens_of = connection.fts5_tokenizer(name, options)

    def is_word(text: str) -> bool:
        return bool(tokens_of(text.encode(), apsw.FTS5_TOKENIZE_QUERY, None, include_offsets=False))

    words = [word for word in typed.replace("\0", " ").split() if is_word(word)][:MOST_WORDS]
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return " AND ".join(quoted) + " *" if quoted else ""


def _first_since(connection: apsw.Connection, since: str) -> int | None:
    """The number from which on entries are as young as that; None when none is.

    Numbers follow the clock: where somebody has set it back, an entry too old may be among them.
    """
    if not since:
        return 0
    earliest = moments.before_now(SPANS[since])
    row = connection.execute(_FIRST_SINCE, (earliest,)).fetchone()
    return row[0] if row else None

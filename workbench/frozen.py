"""Frozen results: rows as they were, under a signed link that ends.

The rows are a copy of their own, so they outlive the entry they came from. The link says until when
it holds and is signed for that (https://itsdangerous.palletsprojects.com): what nobody signed opens
nothing. Its maker may end it before, and then the copy is gone too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

import apsw
from itsdangerous import BadData, URLSafeSerializer
from msgspec.structs import replace

from workbench import moments
from workbench.answers import pack, unpack
from workbench.entries import Entry, pack_given, unpack_given
from workbench.errors import BadRequest
from workbench.parameters import Given
from workbench.results import Run
from workbench.sql import Scripted
from workbench.store import Store

MOST = 100
"""How many a person may have."""

SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
"""How long one may hold."""

BYTES = 2 << 20
"""What one may take, packed."""

_COLUMNS = "id, person, asked, at, until, database, script, parameters"


@dataclass(frozen=True, slots=True)
class Frozen(Scripted):
    """A result under a link. `asked` is when its rows were read, `at` when the link was made."""

    id: str
    person: str
    asked: datetime
    at: datetime
    until: datetime
    database: str
    script: str
    given: tuple[Given, ...] = ()


class FrozenResults:
    """Those of one database, `source`: `most_bytes` at most, of everybody together.

    `key` signs the links. Every method that reads or writes may raise StoreTrouble.
    """

    def __init__(self, store: Store, source: str, key: bytes, most_bytes: int) -> None:
        self._store = store
        self._source = source
        self._most_bytes = most_bytes
        self._signer = URLSafeSerializer(key, salt="frozen", signer_kwargs={"digest_method": sha256})

    def token(self, frozen: Frozen) -> str:
        """What its link holds: the id and the end, in seconds since 1970, signed."""
        return self._signer.dumps([frozen.id, int(frozen.until.timestamp())])

    def freeze(self, person: str, entry: Entry, run: Run | None, database: str, span: str) -> Frozen:
        """Copy what `run` answered for as long as `span` says, a name of SPANS.

        Its rows are shared all or not at all; `Result.rows` has them.

        Raises:
            BadRequest: when there is no such span, nothing to share, more than can be, or no room.
        """
        if span not in SPANS:
            raise BadRequest(f"a link cannot hold for {span!r}", hint=f"There are {', '.join(SPANS)}.")
        _refuse_unfit(run)
        at = datetime.now(UTC)
        until = (at + SPANS[span]).replace(microsecond=0)
        made = Frozen(token_urlsafe(16), person, entry.at, at, until, database, entry.script, entry.given)
        results = [replace(result, snapshot=None) for result in run.results]
        packed = pack(replace(run, results=results, effects=[], notices=[]))
        size = len(packed) + len(made.script.encode())
        with self._store.writing() as connection:
            connection.execute("DELETE FROM shared WHERE until < ?", (moments.now(),))
            self._refuse_too_much(connection, person, size)
            connection.execute(
                f"INSERT INTO shared ({_COLUMNS}, source, size, run)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*_values(made), self._source, size, packed),
            )
        return made

    def open(self, token: str) -> tuple[Frozen, Run]:
        """What a link shows, whoever opens it.

        Raises:
            BadRequest: ``LINK_UNKNOWN`` when it is none of ours, ``LINK_ENDED`` when it holds no longer.
        """
        frozen_id, until = self._read(token)
        with self._store.connection() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS}, run FROM shared WHERE id = ? AND until > ?",
                (frozen_id, moments.now()),
            ).fetchone()
        if row is None:
            raise _ended(until)
        *values, packed = row
        frozen = _frozen(tuple(values))
        return frozen, unpack(packed, frozen.script)

    def all(self, person: str) -> list[Frozen]:
        """Those that `person` made and that hold, the newest first."""
        with self._store.connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM shared WHERE person = ? AND source = ? AND until > ?"
                " ORDER BY at DESC",
                (person, self._source, moments.now()),
            ).fetchall()
        return [_frozen(row) for row in rows]

    def end(self, person: str, frozen_id: str) -> None:
        """End it and delete its rows, if this person made it."""
        with self._store.connection() as connection:
            connection.execute("DELETE FROM shared WHERE id = ? AND person = ?", (frozen_id, person))

    def _read(self, token: str) -> tuple[str, datetime]:
        try:
            frozen_id, until = self._signer.loads(token)
        except (BadData, ValueError, TypeError) as error:
            raise BadRequest(
                "There is no such link.",
                code="LINK_UNKNOWN",
                hint="A part of it may be missing. Ask whoever sent it.",
            ) from error
        return frozen_id, datetime.fromtimestamp(until, UTC)

    def _refuse_too_much(self, connection: apsw.Connection, person: str, size: int) -> None:
        of_person = "SELECT count(*) FROM shared WHERE person = ? AND source = ?"
        ((there,),) = connection.execute(of_person, (person, self._source))
        ((in_use,),) = connection.execute("SELECT total(size) FROM shared")
        if size > BYTES:
            raise _too_large()
        if there >= MOST or in_use + size > self._most_bytes:
            raise BadRequest(
                "there is no room for another shared result",
                code="TOO_MANY_LINKS",
                hint="End one that nobody needs any more; the page of the history lists yours.",
            )


def _refuse_unfit(run: Run | None) -> None:
    """Refuse what has no rows, and what has not all of them here."""
    if run is None or run.error or not any(result.columns for result in run.results):
        raise BadRequest("there are no rows to share", code="NOTHING_TO_SHARE")
    for result in run.results:
        if result.truncated:
            raise BadRequest(
                f"there are more rows than the {result.row_count:,} that are kept, so they cannot be shared",
                code="NOT_WHOLE",
                hint="Run it with a LIMIT or a WHERE, and share that.",
            )
        if len(result.rows) < result.row_count:
            raise _too_large() if result.snapshot else _not_kept()


def _not_kept() -> BadRequest:
    return BadRequest(
        "not all of these rows are kept any more", code="NOT_WHOLE", hint="Run it again, and share that."
    )


def _too_large() -> BadRequest:
    return BadRequest(
        f"this result is too large to share: it takes more than {BYTES >> 20} MiB",
        code="TOO_MUCH_TO_SHARE",
        hint="Run it for fewer rows or columns, and share that; Save gives a file of all of it.",
    )


def _ended(until: datetime) -> BadRequest:
    when = f"It was to hold until {until:%-d %B %Y, %H:%M} UTC. "
    return BadRequest(
        "This link shows nothing any more.",
        code="LINK_ENDED",
        hint=when + "Ask whoever sent it for another one.",
    )


def _values(frozen: Frozen) -> tuple:
    times = (moments.kept(each) for each in (frozen.asked, frozen.at, frozen.until))
    return (frozen.id, frozen.person, *times, frozen.database, frozen.script, pack_given(frozen.given))


def _frozen(row: tuple) -> Frozen:
    frozen_id, person, asked, at, until, database, script, parameters = row
    times = (moments.told(each) for each in (asked, at, until))
    return Frozen(frozen_id, person, *times, database, script, unpack_given(parameters))

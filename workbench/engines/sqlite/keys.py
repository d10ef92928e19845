"""Idempotency keys, kept in the database they protect: a key and its write are committed together.

Kept anywhere else, a crash between the two commits would leave one without the other.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import time

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.line import open_lock_file
from workbench.errors import KeyConflict, TooLarge
from workbench.jobs import Key

TABLE = "__run_idempotency"
"""Its name in the database. The catalog leaves it out."""

KEPT_SECONDS = 24 * 3600
ANSWER_BYTES = 64 << 10

_MAKE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    scope text NOT NULL, key text NOT NULL, fingerprint text NOT NULL,
    at integer NOT NULL, answer blob NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID
"""


def recall(link: Link, key: Key) -> tuple[str, bytes] | None:
    """The fingerprint and answer remembered for `key`, if it is not older than a day."""
    link.own(_MAKE)
    found = link.own(
        f"SELECT fingerprint, answer FROM {TABLE} WHERE scope = ? AND key = ? AND at > ?",
        (key.scope, key.text, int(time()) - KEPT_SECONDS),
    )
    return found[0] if found else None


def remember(link: Link, key: Key, answer: bytes) -> None:
    """Remember `answer` for `key`, and forget what is older than a day.

    Raises:
        TooLarge: when the answer has more than `ANSWER_BYTES`.
    """
    if len(answer) > ANSWER_BYTES:
        raise TooLarge(
            f"an answer kept for its key may have {ANSWER_BYTES:,} bytes, and this one has {len(answer):,}",
            code="RESULT_TOO_LARGE",
            hint="Nothing was changed. Return fewer rows.",
            limit=ANSWER_BYTES,
            actual=len(answer),
        )
    now = int(time())
    link.own(f"DELETE FROM {TABLE} WHERE at <= ?", (now - KEPT_SECONDS,))
    link.own(
        f"INSERT OR REPLACE INTO {TABLE} VALUES (?, ?, ?, ?, ?)",
        (key.scope, key.text, key.fingerprint, now, answer),
    )


class KeysAtWork:
    """Which keys are at work in any process: a byte of a file for each, locked as long as it is.

    Two keys may share a byte (one in 2^40 pairs): then one is told to come again.
    """

    def __init__(self, path: Path) -> None:
        self._file = open_lock_file(path)

    @contextmanager
    def hold(self, key: Key) -> Iterator[None]:
        """Hold `key` for the time inside. Raises KeyConflict when another request holds it."""
        place = int.from_bytes(sha256(f"{key.scope}\0{key.text}".encode()).digest()[:5])
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError) as error:
            raise KeyConflict(
                "the first request with this key is still running",
                hint="Ask again in a moment for its answer.",
            ) from error
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

"""What the store lets go, so that it grows neither too old nor too large: a little at each run recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import apsw

from workbench import moments

AT_ONCE = 20
"""How many rows at most go at one recording: what it takes has a bound, whatever there is to drop."""

_FIRST_TO_GO = (
    "UPDATE entry SET undo = 'dropped' WHERE number IN"
    " (SELECT DISTINCT number FROM undo WHERE number < ? ORDER BY number LIMIT ?)",
    "DELETE FROM answer WHERE number IN (SELECT number FROM answer WHERE number < ? ORDER BY number LIMIT ?)",
    "DELETE FROM entry WHERE number IN (SELECT number FROM entry WHERE number < ? ORDER BY number LIMIT ?)",
)
"""What makes room, in this order: what undo needs, answers, entries; the oldest first. Saved queries stay."""

_TOO_OLD = (
    "DELETE FROM entry WHERE number IN"
    " (SELECT number FROM entry WHERE at < ? AND number < ? ORDER BY at LIMIT ?)"
)


@dataclass(frozen=True, slots=True)
class Keep:
    """How much is kept: `days` at most, 0 for ever; `megabytes` (of 2**20 bytes) about, the whole store."""

    days: int = 365
    megabytes: int = 1024


KEEP = Keep()
"""What is kept where nothing else is said."""


def trim(connection: apsw.Connection, keep: Keep, newest: int) -> None:
    """Drop some of what is too old, and some more while the store is too large; never entry `newest`."""
    if keep.days:
        earliest = moments.before_now(timedelta(days=keep.days))
        connection.execute(_TOO_OLD, (earliest, newest, AT_ONCE))
    if _size(connection) > keep.megabytes << 20:
        _make_room(connection, newest)


def _size(connection: apsw.Connection) -> int:
    """The bytes in use. What was dropped leaves its place in the file to what comes next."""
    in_use = connection.pragma("page_count") - connection.pragma("freelist_count")
    return in_use * connection.pragma("page_size")


def _make_room(connection: apsw.Connection, newest: int) -> None:
    for drop in _FIRST_TO_GO:
        connection.execute(drop, (newest, AT_ONCE))
        if connection.changes():
            return

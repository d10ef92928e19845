"""Which process holds the lock that a write waits for, as Linux tells it in /proc/locks (proc_locks(5)).

Nothing of the database is opened for this: closing it would drop SQLite's own locks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from workbench.engines.base import Holder

_WRITE_BYTE = 120
"""The byte of the -shm file that a writer locks: https://sqlite.org/walformat.html#wal_locks."""

_TO_THE_END = 1 << 63


class _Lock(NamedTuple):
    process: int
    file: str
    first: int
    last: int

    def holds(self, file: str | None, byte: int | None) -> bool:
        return self.file == file and (byte is None or self.first <= byte <= self.last)


def holder_of(database: Path, line: os.stat_result | None) -> Holder | None:
    """Who but this process writes to `database` now, or stands first in the `line` of its writers.

    None when nobody does, or when this system does not tell.
    """
    path = os.path.realpath(database)
    places = ((_file(path + "-shm"), _WRITE_BYTE), (_file(path), None), (_name(line), None))
    locks = list(_locks())
    for file, byte in places:
        for lock in locks:
            if lock.holds(file, byte):
                return Holder(lock.process, _program(lock.process))
    return None


def _locks() -> Iterator[_Lock]:
    """The locks for writing that other processes hold; one that waits for a lock has an arrow in its line."""
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        parts = line.split()
        if len(parts) != 8 or parts[3] != "WRITE" or int(parts[4]) in (os.getpid(), 0, -1):
            continue
        _, _, _, _, process, file, first, last = parts
        yield _Lock(int(process), file, int(first), _TO_THE_END if last == "EOF" else int(last))


def _file(path: str) -> str | None:
    try:
        return _name(os.stat(path))
    except OSError:
        return None


def _name(found: os.stat_result | None) -> str | None:
    """A file as /proc/locks calls it: its device, and its number there."""
    if found is None:
        return None
    return f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"


def _program(process: int) -> str | None:
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None

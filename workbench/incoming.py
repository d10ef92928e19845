"""Runs on their way into the store: written to a file of their own first, and taken in many at a time.

To enter a run in the store costs more than to run a small query, and only one process can do it at a
time; to write it at the end of a file costs next to nothing. It is there as soon as it is
written, whatever becomes of the process. Whoever looks at the history has it taken in before.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import apsw
import msgspec

from workbench.errors import StoreTrouble
from workbench.store import Store

ENOUGH = 1 << 19
"""Bytes in the file at which they are taken in: some 4,000 runs."""

_FRAME = struct.Struct("<II")
"""Before each: how many bytes it has, and their CRC-32. What a full disk cut off is known by it."""

_DONE = "taken in"
"""In the store: what was taken in last, so that it is not taken in again if the file could not be emptied."""

Row = Sequence[Any]

Entering = Callable[[apsw.Connection, list[Row]], None]
"""Enters rows, in the caller's transaction."""


class Incoming:
    """The file beside `store`, which all of its processes write; `enter` puts in the store what is in it.

    Every method may raise StoreTrouble.
    """

    def __init__(self, store: Store, enter: Entering) -> None:
        self.path = Path(f"{store.path}-incoming")
        self._store = store
        self._enter = enter
        self._file = -1
        self._process = 0

    def add(self, row: Row) -> None:
        """Write `row` down; it is taken in when there is enough of them, or somebody looks."""
        told = msgspec.msgpack.encode(row)
        framed = _FRAME.pack(len(told), crc32(told)) + told
        with self._held(fcntl.LOCK_SH) as file:
            if os.write(file, framed) != len(framed):
                raise StoreTrouble(f"{self.path.name} could not be written whole: the disk is full")
            size = os.lseek(file, 0, os.SEEK_CUR)
        if size >= ENOUGH:
            self.take_in()

    def take_in(self) -> None:
        """Enter all that was written down so far."""
        with self._held(fcntl.LOCK_EX) as file:
            size = os.fstat(file).st_size
            if not size:
                return
            written = os.pread(file, size, 0)
            with self._store.writing() as connection:
                rows = list(_rows(written[_taken_before(connection, written) :]))
                if rows:
                    self._enter(connection, rows)
                    _note(connection, written)
            os.ftruncate(file, 0)

    def close(self) -> None:
        """Close this process's file, if it has it open."""
        if self._process == os.getpid():
            os.close(self._file)
            self._process = 0

    def _held(self, how: int) -> AbstractContextManager[int]:
        """The file, locked: shared by those that write at its end, or alone to take it in."""
        return _Held(self, how)

    def open(self) -> int:
        """This process's own: a lock belongs to an open file, and those are shared across fork."""
        if self._process != os.getpid():
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            self._file, self._process = os.open(self.path, flags, 0o600), os.getpid()
        return self._file


class _Held:
    """The file of `incoming` for the time inside, locked with `how` (flock(2))."""

    __slots__ = ("_file", "_how", "_incoming")

    def __init__(self, incoming: Incoming, how: int) -> None:
        self._incoming, self._how = incoming, how

    def __enter__(self) -> int:
        try:
            self._file = self._incoming.open()
            fcntl.flock(self._file, self._how)
        except OSError as error:
            raise self._trouble(error) from error
        return self._file

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        if isinstance(error, OSError):
            raise self._trouble(error) from error

    def _trouble(self, error: OSError) -> StoreTrouble:
        return StoreTrouble(f"{self._incoming.path} cannot be used: {error.strerror}")


def _rows(written: bytes) -> Iterator[Row]:
    """What was written; nothing after a place where some of it is missing."""
    place = 0
    while place + _FRAME.size <= len(written):
        size, check = _FRAME.unpack_from(written, place)
        place += _FRAME.size + size
        told = written[place - size : place]
        if len(told) != size or crc32(told) != check:
            return
        yield msgspec.msgpack.decode(told)


def _taken_before(connection: apsw.Connection, written: bytes) -> int:
    """How many of these bytes are in the store already."""
    found = connection.execute("SELECT value FROM keep WHERE name = ?", (_DONE,)).fetchone()
    if found is None:
        return 0
    size = int.from_bytes(found[0][:8])
    return size if _mark(written[:size]) == found[0] else 0


def _note(connection: apsw.Connection, written: bytes) -> None:
    connection.execute("INSERT OR REPLACE INTO keep VALUES (?, ?)", (_DONE, _mark(written)))


def _mark(written: bytes) -> bytes:
    """By which these bytes are known: no two writings are the same, as each row has its time."""
    return len(written).to_bytes(8) + blake2b(written, digest_size=24).digest()

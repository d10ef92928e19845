"""A place for each process in memory that all of them share.

Made before the processes are forked. A place belongs to whoever locks its byte of a file
(fcntl(2), record locks): the kernel knows who lives, and a process that dies gives its place
back by dying. A place has a few numbers, each read and written at once, and room for a record,
which stands behind its checksum: what is read while it is half written is not believed.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from mmap import mmap
from zlib import crc32

_CHECKSUM = 4


class Places:
    """`count` places with `numbers` 64-bit numbers each, all 0 at first, and a record of `room` bytes."""

    def __init__(self, count: int, *, numbers: int, room: int) -> None:
        self.count = count
        self._records_begin = count * numbers * 8
        self._record = _CHECKSUM + room
        self._memory = mmap(-1, self._records_begin + count * self._record)
        cells = memoryview(self._memory)[: self._records_begin].cast("Q")
        self.numbers = [cells[at * numbers : (at + 1) * numbers] for at in range(count)]
        self._owners = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process is
        self._process = 0
        self._mine: int | None = None

    def own(self) -> int | None:
        """This process's place, taken for as long as it lives; None when all are taken."""
        if self._process != os.getpid():
            self._process, self._mine = os.getpid(), None
        if self._mine is None:
            self._mine = next((at for at in range(self.count) if self._lock(at)), None)
            if self._mine is not None:
                self._clear(self._mine)
        return self._mine

    def alive(self, at: int) -> bool:
        """Whether the process that owns this place lives; the numbers of a dead one are cleared."""
        if at == self._mine and self._process == os.getpid():
            return True
        if not self._lock(at):
            return True
        self._clear(at)
        fcntl.lockf(self._owners, fcntl.LOCK_UN, 1, at)
        return False

    def write(self, at: int, record: bytes) -> None:
        """Put a record of the full length into a place of one's own."""
        begin = self._records_begin + at * self._record
        self._memory[begin : begin + self._record] = crc32(record).to_bytes(_CHECKSUM, "little") + record

    def read(self, at: int) -> bytes | None:
        """The record in a place; None when it is just being written."""
        begin = self._records_begin + at * self._record
        found = self._memory[begin : begin + self._record]
        record = found[_CHECKSUM:]
        return record if crc32(record) == int.from_bytes(found[:_CHECKSUM], "little") else None

    def _clear(self, at: int) -> None:
        cells = self.numbers[at]
        for i in range(len(cells)):
            cells[i] = 0

    def _lock(self, at: int) -> bool:
        try:
            fcntl.lockf(self._owners, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)
        except (BlockingIOError, PermissionError):
            return False
        return True

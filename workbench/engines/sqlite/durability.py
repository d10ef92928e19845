"""Commits reach the disk together: one wait for it serves all that were made before it began.

With ``synchronous = FULL`` (https://sqlite.org/pragma.html#pragma_synchronous) SQLite waits for the
disk in each commit, and nobody else can write meanwhile. In WAL mode a commit is whole once it is in
the log, and durable once the log is on the disk. So a writer leaves the line first and waits
then: for whoever asks the disk at this moment, if need be, and after that perhaps for nothing more.
It is answered when its commit is on the disk; others may read what it wrote a little earlier.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from mmap import mmap
from pathlib import Path

from workbench.engines.sqlite.line import open_lock_file
from workbench.errors import NotDurable

_MADE, _ON_DISK = range(2)
"""The numbers in the file: of the last commit that was made, and of the last that is on the disk."""

_SIZE = 16


class Durability:
    """For the log `log` of a database. `path` is a file that all of its writers lock and count in.

    Opened by each process for itself, like the line of writers. Raises OSError where the disk has no
    room for that file: one that has its length only would end whoever counts in it (SIGBUS in mmap(2)).
    """

    def __init__(self, log: Path, path: Path) -> None:
        self._log = log
        self._log_file = -1
        self._file = open_lock_file(path)
        try:
            os.posix_fallocate(self._file, 0, _SIZE)
        except OSError:
            os.close(self._file)
            raise
        self._memory = mmap(self._file, _SIZE)
        self._numbers = memoryview(self._memory).cast("Q")

    @contextmanager
    def afterwards(self) -> Iterator[Callable[[], None]]:
        """When this is left, all that was committed inside is on the disk.

        Gives what is to be called after each commit, while nobody else can make one.

        Raises:
            NotDurable: when the disk does not say that it has it.
        """
        mine = 0

        def count() -> None:
            nonlocal mine
            self._numbers[_MADE] += 1
            mine = self._numbers[_MADE]

        try:
            yield count
        finally:
            if mine:
                self._wait(mine)

    def close(self) -> None:
        """Let go of the files."""
        self._numbers.release()
        self._memory.close()
        os.close(self._file)
        if self._log_file >= 0:
            os.close(self._log_file)

    def _wait(self, number: int) -> None:
        try:
            if not self._begin_asking(fcntl.LOCK_NB):
                # Somebody asks: all who wait for that go on at once when it is done, not one after the other.
                fcntl.flock(self._file, fcntl.LOCK_SH)
                fcntl.flock(self._file, fcntl.LOCK_UN)
                if self._numbers[_ON_DISK] >= number:
                    return
                self._begin_asking()
            try:
                if self._numbers[_ON_DISK] < number:
                    made = self._numbers[_MADE]
                    os.fdatasync(self._log_of_now())
                    self._numbers[_ON_DISK] = made
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        except OSError as error:
            raise NotDurable(
                f"this was committed, but the disk did not take it: {error.strerror}",
                hint="Look whether it is there before you run it again.",
            ) from error

    def _begin_asking(self, how: int = 0) -> bool:
        """Be the one who asks the disk, and say whether that is so: with LOCK_NB only if nobody else is."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | how)
        except BlockingIOError:
            return False
        return True

    def _log_of_now(self) -> int:
        """The log; it is another file after the database was let go of by everybody and opened again.

        SQLite locks nothing in it, so that it may be opened and closed beside SQLite
        (https://sqlite.org/howtocorrupt.html, section 2.2).
        """
        if self._log_file < 0 or not os.path.samestat(os.fstat(self._log_file), os.stat(self._log)):
            if self._log_file >= 0:
                os.close(self._log_file)
            self._log_file = os.open(self._log, os.O_RDWR | os.O_CLOEXEC)
        return self._log_file

"""Where writers wait: in line, one behind the other, for the whole machine.

SQLite's own waiting is polling, which is unfair: with 16 writers the unlucky one waits fifty
times as long as the others. A lock file that the kernel hands on in the order of asking is
both fair and quicker; a process that dies leaves the line by itself.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.alarms import alarm
from workbench.errors import Busy

WAIT = 5.0
"""Seconds a writer waits for its turn before it is told that nothing was begun."""


def open_lock_file(path: Path) -> int:
    """A file to lock at `path`, or in the system's temporary folder when that cannot be written."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags, 0o600)
    except OSError:
        return os.open(Path(tempfile.gettempdir()) / f"workbench-{os.getuid()}-{path.name}", flags, 0o600)


class WriterLine:
    """The line of writers to one database; `path` is its lock file, made when it is missing.

    Opened by each process for itself: a lock belongs to an open file, and those are shared
    across fork.
    """

    def __init__(self, path: Path) -> None:
        self._file = open_lock_file(path)

    @contextmanager
    def turn(self, wait: float = WAIT) -> Iterator[None]:
        """The time during which nobody else in the line writes.

        Raises:
            Busy: when it has not come after `wait` seconds. Nothing was executed.
        """
        self._stand(wait)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def stat(self) -> os.stat_result:
        """The file whose lock is the turn."""
        return os.fstat(self._file)

    def close(self) -> None:
        """Leave the line for good."""
        os.close(self._file)

    def _stand(self, wait: float) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                with alarm(wait, lambda: _too_long(wait)):
                    fcntl.flock(self._file, fcntl.LOCK_EX)
            except Busy:
                fcntl.flock(self._file, fcntl.LOCK_UN)  # the turn may have come with the alarm
                raise


def _too_long(seconds: float) -> Busy:
    return Busy(
        f"another write has been at work for more than {seconds:.3g} s, so this one was not begun",
        code="SQLITE_BUSY",
        hint="Nothing was changed. Try again in a moment.",
        limit=round(seconds, 3),
    )

"""How many runs go on at once in all workers together.

A slot is one byte of a file, locked while a run holds it (fcntl(2), record locks): the
kernel counts, and a worker that dies gives its slot back by dying.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from workbench.errors import Busy

WAIT = 0.25
"""Seconds a run waits for a slot before it is told to come again."""

_PAUSE = 0.005


class Slots:
    """`count` slots, shared by every process forked after this was made."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process is

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a slot for the time inside.

        Raises:
            Busy: when none came free within `WAIT` seconds. Nothing was executed.
        """
        slot = self._find()
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)

    def _find(self) -> int:
        give_up = time.monotonic() + WAIT
        while True:
            for i in range(self.count):
                slot = (os.getpid() + i) % self.count
                if self._try(slot):
                    return slot
            if time.monotonic() >= give_up:
                raise Busy(
                    f"all {self.count} places for running SQL are taken",
                    hint="Nothing was executed. Try again in a moment.",
                )
            time.sleep(_PAUSE)

    def _try(self, slot: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except (BlockingIOError, PermissionError):
            return False
        return True

"""How many runs go on at once in all workers together.

A slot is one byte of a file, locked while a run holds it (fcntl(2), record locks): the
kernel counts, and a worker that dies gives its slot back by dying. Bytes of their own count
the runs that write, so that those who wait for a locked database leave slots for readers.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from workbench.alarms import alarm, can_be_heard
from workbench.errors import Busy

WAIT = 0.25
"""Seconds a run waits for a slot before it is told to come again."""

_PAUSE = 0.005

_FOR_READERS = 2


class _Enough(Exception):
    """The moment for which one slot is waited for is over."""


_AGAIN = "Nothing was executed. Try again in a moment."


class Slots:
    """`count` slots, shared by every process forked after this was made.

    `writers` of them, at most, are for runs that write; at least one is. `waited` is told for what
    and how many seconds a run had to wait, if it had to; `purpose` is for what they are.
    """

    def __init__(
        self,
        count: int,
        waited: Callable[[str, float], None] = lambda *_: None,
        purpose: str = "running SQL",
    ) -> None:
        self.count = count
        self._purpose = purpose
        self.writers = max(1, count - _FOR_READERS)
        self._all, self._to_write = range(count), range(count, count + self.writers)
        self._waited = waited
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process is

    def take(self, wait: float = WAIT) -> AbstractContextManager[None]:
        """Hold a slot for the time inside.

        Raises:
            Busy: when none came free within `wait` seconds, `WAIT` at most. Nothing was executed.
        """
        return _Holding(self, self._all, self._purpose, wait)

    def take_to_write(self, wait: float = WAIT) -> AbstractContextManager[None]:
        """Within a slot of one's own, be one of the `writers` for the time inside.

        Raises:
            Busy: when there were no fewer for `wait` seconds, `WAIT` at most. Nothing was executed.
        """
        return _Holding(self, self._to_write, "writing", wait)

    def find(self, slots: range, purpose: str, wait: float) -> int:
        """Take one of `slots`. Raises Busy."""
        slot = self._first_free(slots)
        return self._wait(slots, purpose, min(WAIT, wait)) if slot is None else slot

    def give_back(self, slot: int) -> None:
        """Let others have it."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)

    def _wait(self, slots: range, purpose: str, wait: float) -> int:
        began, slot = time.monotonic(), None
        while slot is None and time.monotonic() < began + wait:
            self._stand_before(self._at_first(slots))
            slot = self._first_free(slots)
        self._waited(purpose, time.monotonic() - began)
        if slot is None:
            raise Busy(_all_taken(len(slots), purpose), hint=_AGAIN, limit=len(slots))
        return slot

    def _first_free(self, slots: range) -> int | None:
        """A slot that is ours from now on; processes begin to look at different ones."""
        first = self._at_first(slots)
        if self._try(first):
            return first
        place = first - slots.start
        others = (*slots[place + 1 :], *slots[:place])
        return next((slot for slot in others if self._try(slot)), None)

    def _at_first(self, slots: range) -> int:
        return slots[os.getpid() % len(slots)]

    def _stand_before(self, slot: int) -> None:
        """Wait for one slot for a moment: the kernel hands it on at once, and in the order of asking.

        If it comes together with the alarm it is ours already, and the first to be tried.
        """
        if not can_be_heard():
            time.sleep(_PAUSE)
            return
        with suppress(_Enough), alarm(_PAUSE, _Enough):
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, slot)

    def _try(self, slot: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except (BlockingIOError, PermissionError):
            return False
        return True


class _Holding:
    """One of some slots, held for the time inside."""

    __slots__ = ("_choice", "_slot", "_slots")

    def __init__(self, slots: Slots, *choice: Any) -> None:
        self._slots, self._choice = slots, choice

    def __enter__(self) -> None:
        self._slot = self._slots.find(*self._choice)

    def __exit__(self, *_: object) -> None:
        self._slots.give_back(self._slot)


def _all_taken(count: int, purpose: str) -> str:
    if count == 1:
        return f"the one place for {purpose} is taken"
    return f"all {count} places for {purpose} are taken"

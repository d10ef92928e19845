"""A thread in each worker that ends what runs too long.

Most SQL stops when it is interrupted. Some of SQLite's functions (`instr`, `replace`,
`trim`, LIKE with a long pattern) work inside one step that nothing interrupts: then the
watchdog speaks the worker's last words, a complete answer to its client, and ends the
process. The master forks another within milliseconds.

The thread wakes by itself and looks; a run only writes down its deadline, which costs nothing.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

log = logging.getLogger("workbench")

TICK = 0.05
"""Seconds between two looks."""

GRACE = 0.3
"""Seconds from the first interrupt to the end of a process that does not heed it."""


@dataclass(slots=True, eq=False)
class Watch:
    """Something that runs and its deadline, on the clock of `time.monotonic`.

    `fired` tells whether the deadline was reached. `last_words` is called when interrupting
    did not help, and then the process ends; without it the watchdog goes on interrupting.
    """

    deadline: float
    interrupt: Callable[[], None]
    last_words: Callable[[], None] | None = None
    fired: bool = field(default=False)


class Watchdog:
    """Watches the one thing that a process runs. Starts its thread on first use in each process."""

    def __init__(self, end_process: Callable[[], None] = lambda: os._exit(0)) -> None:
        self._end_process = end_process
        self._lock = threading.RLock()
        self._watch: Watch | None = None
        self._process = 0

    @contextmanager
    def watch(
        self,
        seconds: float,
        interrupt: Callable[[], None],
        last_words: Callable[[], None] | None = None,
    ) -> Iterator[Watch]:
        """Interrupt what runs inside when it is still there after `seconds`.

        `interrupt` is called from the watchdog's thread, again and again; never after the
        context was left.
        """
        self._start_once()
        watch = Watch(time.monotonic() + seconds, interrupt, last_words)
        self._watch = watch
        try:
            yield watch
        finally:
            with self._lock:
                self._watch = None

    def _start_once(self) -> None:
        if self._process != os.getpid():
            self._process = os.getpid()
            self._lock = threading.RLock()
            threading.Thread(target=self._look_for_ever, name="watchdog", daemon=True).start()

    def _look_for_ever(self) -> None:
        while True:
            time.sleep(TICK)
            watch = self._watch
            if watch is not None and time.monotonic() >= watch.deadline:
                with self._lock:
                    if self._watch is watch:
                        self._act(watch)

    def _act(self, watch: Watch) -> None:
        watch.fired = True
        if watch.last_words is None or time.monotonic() < watch.deadline + GRACE:
            watch.interrupt()
            return
        try:
            watch.last_words()
        except Exception:
            log.exception("The last words of a worker failed")
        self._end_process()

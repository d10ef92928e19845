"""A thread in each worker that ends what runs too long, and what is to be stopped.

Most SQL stops when it is interrupted. Some of SQLite's functions (`instr`, `replace`,
`trim`, LIKE with a long pattern) work inside one step that nothing interrupts: then the
watchdog speaks the worker's last words, a complete answer to its client, and ends the
process. The master forks another within milliseconds.

The thread wakes by itself and looks; a run only writes down its deadline and what to ask, which
costs nothing.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from math import inf

from msgspec import Struct

from workbench.errors import WorkbenchError

log = logging.getLogger("workbench")

TICK = 0.05
"""Seconds between two looks."""

GRACE = 0.15
"""Seconds from the first interrupt to the end of a process that does not heed it."""


Stop = Callable[[], WorkbenchError | None]
"""Tells why something is to end now, or None as long as it may go on."""


class Watch(Struct, eq=False):
    """Something that runs and its deadline, on the clock of `time.monotonic`.

    `stop` is asked at every look, and answers with the reason to end it before its deadline;
    that becomes `reason`. `fired` tells when it was first interrupted, and is None until then.
    `last_words` is called when interrupting did not help, and then the process ends; without it
    the watchdog goes on interrupting. `enough` is called from the moment `spared_until` on, which ends
    nothing but what is done beyond what was asked for.
    """

    deadline: float
    interrupt: Callable[[], None]
    last_words: Callable[[], None] | None = None
    stop: Stop | None = None
    fired: float | None = None
    reason: WorkbenchError | None = None
    spared_until: float = inf
    enough: Callable[[], None] | None = None

    def is_over(self) -> bool:
        """Whether it is to end, now that somebody looks."""
        if self.fired is None:
            self.reason = self._asked()
            if self.reason or time.monotonic() >= self.deadline:
                self.fired = time.monotonic()
        return self.fired is not None

    def _asked(self) -> WorkbenchError | None:
        """What `stop` says. One that fails is not asked again: the deadline holds without it."""
        try:
            return self.stop() if self.stop else None
        except Exception:
            log.exception("It cannot be told whether to stop")
            self.stop = None
            return None


class Watchdog:
    """Watches the one thing that a process runs. Starts its thread on first use in each process."""

    def __init__(self, end_process: Callable[[], None] = lambda: os._exit(0)) -> None:
        self._end_process = end_process
        self._lock = threading.RLock()
        self._watch: Watch | None = None
        self._process = 0
        self._closed = False

    def close(self) -> None:
        """Watch nothing any more: the thread ends at its next look."""
        self._closed = True

    def watch(
        self,
        seconds: float,
        interrupt: Callable[[], None],
        last_words: Callable[[], None] | None = None,
        stop: Stop | None = None,
    ) -> AbstractContextManager[Watch]:
        """Interrupt what runs inside when it is still there after `seconds`, or when `stop` says so.

        `stop` and `interrupt` are called from the watchdog's thread, again and again; never after
        the context was left.
        """
        return _Watching(self, Watch(time.monotonic() + seconds, interrupt, last_words, stop))

    def begin(self, watch: Watch) -> None:
        """Keep `watch` from now on."""
        self._start_once()
        self._watch = watch

    def end(self, watch: Watch) -> None:
        """Keep it no longer."""
        with self._lock:
            self._watch = None
            # They know the watch and the run: a circle, in which an answer would outlive its request.
            watch.last_words = watch.stop = None

    @contextmanager
    def spare(self, seconds: float, enough: Callable[[], None]) -> Iterator[None]:
        """Inside a watch: call `enough`, again and again, when this takes longer than `seconds`."""
        watch = self._watch
        if watch is None:
            yield
            return
        watch.enough, watch.spared_until = enough, time.monotonic() + seconds
        try:
            yield
        finally:
            with self._lock:
                watch.enough, watch.spared_until = None, inf

    def _start_once(self) -> None:
        if self._process != os.getpid():
            self._process = os.getpid()
            self._lock = threading.RLock()
            threading.Thread(target=self._look_for_ever, name="watchdog", daemon=True).start()

    def _look_for_ever(self) -> None:
        while not self._closed:
            time.sleep(TICK)
            if self._watch is not None:
                with self._lock:
                    self._look()

    def _look(self) -> None:
        watch = self._watch
        if watch is not None and watch.is_over():
            self._act(watch)
        elif watch is not None and time.monotonic() >= watch.spared_until:
            watch.enough()

    def _act(self, watch: Watch) -> None:
        if watch.last_words is None or time.monotonic() < watch.fired + GRACE:
            watch.interrupt()
            return
        try:
            watch.last_words()
        except Exception:
            log.exception("The last words of a worker failed")
        self._end_process()


class _Watching:
    """A watch that is kept for the time inside."""

    __slots__ = ("_dog", "_watch")

    def __init__(self, dog: Watchdog, watch: Watch) -> None:
        self._dog, self._watch = dog, watch

    def __enter__(self) -> Watch:
        self._dog.begin(self._watch)
        return self._watch

    def __exit__(self, *_: object) -> None:
        self._dog.end(self._watch)

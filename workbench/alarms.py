"""An alarm for what waits in the kernel: a signal is the only thing that ends such a wait."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_AGAIN = 0.05
"""Seconds until it rings once more: one that rings just before the kernel is asked to wait ends no wait."""


def can_be_heard() -> bool:
    """Whether an alarm reaches whoever asks: only a process's main thread gets signals.

    uWSGI serves requests in it.
    """
    return threading.current_thread() is threading.main_thread()


@contextmanager
def alarm(seconds: float, give_up: Callable[[], BaseException]) -> Iterator[None]:
    """Raise what `give_up` makes inside after `seconds`; never where no alarm can be heard.

    What was waited for may come together with the alarm.
    """
    if not can_be_heard():
        yield
        return

    def ring(*_: object) -> None:
        raise give_up()

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), _AGAIN)  # 0 would be no alarm at all
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:  # also when it rings just now
            signal.signal(signal.SIGALRM, before)

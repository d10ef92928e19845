"""The watchdog ends what runs too long, and nothing else."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest

from workbench.errors import Cancelled
from workbench.watchdog import GRACE, TICK, Watchdog


@pytest.fixture
def ended() -> threading.Event:
    return threading.Event()


@pytest.fixture
def watchdog(ended: threading.Event) -> Watchdog:
    """A watchdog that notes the end of the process instead of bringing it about."""
    return Watchdog(end_process=ended.set)


def test_what_ends_in_time_is_left_alone(watchdog: Watchdog) -> None:
    interrupted = threading.Event()
    with watchdog.watch(0.05, interrupted.set) as watch:
        pass
    assert not interrupted.wait(0.05 + 3 * TICK)
    assert not watch.fired


def test_what_runs_on_is_interrupted_again_and_again(watchdog: Watchdog) -> None:
    times = []
    twice = threading.Event()

    def interrupt() -> None:
        times.append(time.monotonic())
        if len(times) == 2:
            twice.set()

    began = time.monotonic()
    with watchdog.watch(0.1, interrupt) as watch:
        assert twice.wait(5)
    assert watch.fired
    assert times[0] - began >= 0.1


def test_what_does_not_heed_is_answered_for_and_then_ended(
    watchdog: Watchdog, ended: threading.Event
) -> None:
    said = []
    began = time.monotonic()
    with watchdog.watch(0.1, lambda: None, lambda: said.append(time.monotonic())):
        assert ended.wait(5)
    assert said
    assert said[0] - began >= 0.1 + GRACE


def test_a_process_ends_even_when_its_last_words_fail(watchdog: Watchdog, ended: threading.Event) -> None:
    def stammer() -> None:
        raise OSError("the client has gone")

    with watchdog.watch(0.05, lambda: None, stammer):
        assert ended.wait(5)


def test_no_interrupt_comes_after_the_end(watchdog: Watchdog) -> None:
    """Else it would hit the next run, or the COMMIT."""
    late = []

    class Run:
        over = False

        def interrupt(self) -> None:
            if self.over:
                late.append(self)

    again = threading.Event()
    for _ in range(20):
        run = Run()
        with watchdog.watch(0.0, run.interrupt):
            again.wait(TICK / 5)
        run.over = True
    assert not late


def test_what_is_to_stop_is_interrupted_long_before_its_deadline(watchdog: Watchdog) -> None:
    interrupted, wanted = threading.Event(), []
    with watchdog.watch(60, interrupted.set, stop=lambda: wanted[0] if wanted else None) as watch:
        assert not interrupted.wait(3 * TICK)
        wanted.append(Cancelled("enough"))
        assert interrupted.wait(5)
    assert watch.reason is wanted[0]


def test_what_does_not_heed_a_stop_is_answered_for_and_ended_too(
    watchdog: Watchdog, ended: threading.Event
) -> None:
    said = []
    with watchdog.watch(60, lambda: None, lambda: said.append(watch.reason), lambda: Cancelled("x")) as watch:
        assert ended.wait(5)
    assert isinstance(said[0], Cancelled)


def test_the_reason_at_the_deadline_is_the_deadline(watchdog: Watchdog) -> None:
    interrupted = threading.Event()
    with watchdog.watch(0.05, interrupted.set, stop=lambda: None) as watch:
        assert interrupted.wait(5)
    assert watch.reason is None


def test_a_question_that_fails_does_not_end_the_watch(watchdog: Watchdog, caplog) -> None:
    def broken() -> None:
        raise OSError("no such descriptor")

    interrupted = threading.Event()
    with watchdog.watch(0.15, interrupted.set, stop=broken):
        assert interrupted.wait(5)
    assert "no such descriptor" in caplog.text


def test_what_was_watched_goes_when_it_is_over(watchdog: Watchdog) -> None:
    class Run:
        pass

    def watched() -> weakref.ref[Run]:
        run = Run()
        with watchdog.watch(10, lambda: None, lambda: print(run, watch)) as watch:
            return weakref.ref(run)

    gc.disable()  # the collector would find a circle sooner or later
    try:
        assert watched()() is None
    finally:
        gc.enable()

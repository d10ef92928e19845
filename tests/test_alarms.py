"""An alarm ends what waits in the kernel, and leaves nothing behind, however unluckily it rings."""

from __future__ import annotations

import os
import signal

import pytest

from workbench import alarms
from workbench.alarms import alarm


class GivenUp(Exception):
    """Nobody waits any longer."""


def nothing_is_left() -> bool:
    return signal.getsignal(signal.SIGALRM) is signal.SIG_DFL and signal.getitimer(signal.ITIMER_REAL)[0] == 0


def wait_for_ever() -> None:
    read, _ = os.pipe()
    os.read(read, 1)


def test_what_waits_in_the_kernel_is_given_up() -> None:
    with pytest.raises(GivenUp), alarm(0.01, GivenUp):
        wait_for_ever()
    assert nothing_is_left()


def test_what_comes_in_time_is_not() -> None:
    with alarm(60, GivenUp):
        pass
    assert nothing_is_left()


@pytest.mark.parametrize("moment", ["as it is set", "as it is put off"])
def test_one_that_rings_at_the_worst_moment_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    set_timer = signal.setitimer

    def ring_too(which: int, seconds: float, *interval: float) -> None:
        set_timer(which, seconds, *interval)
        if (seconds == 0) is (moment == "as it is put off"):
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr(alarms.signal, "setitimer", ring_too)
    with pytest.raises(GivenUp), alarm(60, GivenUp):
        pass
    assert nothing_is_left()


def test_one_that_rings_just_before_the_wait_rings_again() -> None:
    def miss_it() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        signal.sigwait([signal.SIGALRM])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
        wait_for_ever()

    with pytest.raises(GivenUp), alarm(0.01, GivenUp):
        miss_it()
    assert nothing_is_left()

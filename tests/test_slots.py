"""Slots: counted over processes, and given back by those that die."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest

from workbench.errors import Busy
from workbench.slots import Slots


def in_a_child(work) -> int:
    """Run `work` in a forked process and give its exit status: 0 done, 1 busy."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except Busy:
            os._exit(1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def take_and_leave(slots: Slots) -> None:
    with slots.take():
        pass


def test_a_slot_can_be_taken_again_and_again() -> None:
    slots = Slots(1)
    for _ in range(3):
        take_and_leave(slots)


def test_all_processes_together_take_no_more_than_there_are() -> None:
    slots = Slots(1)
    with slots.take():
        assert in_a_child(lambda: take_and_leave(slots)) == 1
    assert in_a_child(lambda: take_and_leave(slots)) == 0


def test_a_second_slot_serves_a_second_process() -> None:
    slots = Slots(2)
    with slots.take():
        assert in_a_child(lambda: take_and_leave(slots)) == 0


def test_a_process_that_is_killed_gives_its_slot_back() -> None:
    slots = Slots(1)
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with slots.take():
            os.write(tell, b"!")
            signal.pause()
    assert os.read(told, 1) == b"!"
    with pytest.raises(Busy), slots.take():
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    take_and_leave(slots)


def test_a_run_that_fails_gives_its_slot_back() -> None:
    slots = Slots(1)
    with pytest.raises(ValueError, match="x"), slots.take():
        raise ValueError("x")
    take_and_leave(slots)


def write_and_leave(slots: Slots) -> None:
    with slots.take(), slots.take_to_write():
        pass


@pytest.mark.parametrize(("count", "writers"), [(1, 1), (2, 1), (3, 1), (4, 2), (10, 8)])
def test_writers_leave_two_slots_to_readers(count: int, writers: int) -> None:
    slots = Slots(count)
    waiting = [Writer(slots) for _ in range(writers)]
    try:
        if count > writers:
            assert in_a_child(lambda: write_and_leave(slots)) == 1
            assert in_a_child(lambda: take_and_leave(slots)) == 0
        else:
            assert in_a_child(lambda: take_and_leave(slots)) == 1
    finally:
        for writer in waiting:
            writer.leave()
    assert in_a_child(lambda: write_and_leave(slots)) == 0


def test_a_writer_that_fails_gives_both_slots_back() -> None:
    slots = Slots(1)
    with pytest.raises(ValueError, match="x"), slots.take(), slots.take_to_write():
        raise ValueError("x")
    assert in_a_child(lambda: write_and_leave(slots)) == 0


def test_a_writer_without_a_place_is_told_so() -> None:
    slots = Slots(3)
    writer = Writer(slots)
    try:
        with (
            pytest.raises(Busy, match="the one place for writing is taken"),
            slots.take(),
            slots.take_to_write(),
        ):
            pass
    finally:
        writer.leave()
    write_and_leave(slots)


class Writer:
    """A process that writes until it is told to leave."""

    def __init__(self, slots: Slots) -> None:
        told, tell = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            with suppress(Busy), slots.take(), slots.take_to_write():
                os.write(tell, b"!")
                signal.pause()
            os._exit(1)
        os.close(tell)
        assert os.read(told, 1) == b"!"
        os.close(told)

    def leave(self) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)


def test_who_waits_gets_the_slot_when_it_comes_free() -> None:
    slots = Slots(1)
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with slots.take():
            os.write(tell, b"!")
            signal.sigtimedwait([signal.SIGTERM], 0.05)
        os._exit(0)
    os.read(told, 1)
    take_and_leave(slots)
    os.waitpid(child, 0)
    assert in_a_child(lambda: take_and_leave(slots)) == 0


def test_waiting_in_vain_leaves_neither_a_slot_nor_an_alarm_behind() -> None:
    slots = Slots(1)

    def wait_in_vain() -> None:
        with suppress(Busy), slots.take(wait=0.02):
            os._exit(3)
        assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0

    with slots.take():
        assert in_a_child(wait_in_vain) == 0
    assert in_a_child(lambda: take_and_leave(slots)) == 0

"""The list of what runs: seen from every process, left by the dead, and the way to stop a run."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from workbench.engines.base import Kept
from workbench.errors import AlreadyRunning
from workbench.running import Running


@pytest.fixture
def running() -> Running:
    """A list for three processes, of which the test's own is one."""
    return Running(3)


@contextmanager
def in_another_process(work: Callable[[], object]) -> Iterator[int]:
    """A process forked from here does `work`, which says when it has begun by yielding; then it waits."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with work():
            os.write(tell, b"!")
            signal.pause()
    try:
        assert os.read(told, 1) == b"!"
        yield child
    finally:
        kill(child)
        os.close(told)
        os.close(tell)


def kill(child: int) -> None:
    """End a child and wait for it; a second time does nothing."""
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def ids(running: Running, person: str) -> list[str]:
    return [run.request_id for run in running.list(person)]


def test_a_run_is_seen_while_it_goes_on_and_not_after(running: Running) -> None:
    with running.enter("number-one", "alice", "SELECT\n  1"):
        (seen,) = running.list("alice")
    assert (seen.request_id, seen.person, seen.first_words) == ("number-one", "alice", "SELECT 1")
    assert seen.process == os.getpid()
    assert 0 <= seen.seconds < 5
    assert running.list("alice") == []


def test_a_run_of_another_process_is_seen_by_its_person_alone(running: Running) -> None:
    with in_another_process(lambda: running.enter("number-one", "alice", "SELECT 1")) as child:
        assert [run.process for run in running.list("alice")] == [child]
        assert running.list("bob") == []


def test_a_killed_process_is_not_on_the_list_and_its_place_serves_the_next(running: Running) -> None:
    for number in range(5):
        with in_another_process(
            lambda number=number: running.enter(f"number-{number}", "alice", "x")
        ) as child:
            assert ids(running, "alice") == [f"number-{number}"]
            kill(child)
            assert running.list("alice") == []
            assert not running.cancel(f"number-{number}", "alice")


def test_a_new_process_takes_a_dead_ones_place_without_what_stood_there(running: Running) -> None:
    alone = Running(1)
    with in_another_process(lambda: alone.enter("the-dead-one", "alice", "x")) as child:
        assert alone.cancel("the-dead-one", "alice")
        kill(child)
    with alone.enter("the-next-one", "alice", "x") as ticket:
        assert ids(alone, "alice") == ["the-next-one"]
        assert ticket.cancelled() is None


def test_more_processes_than_there_are_places_run_unseen() -> None:
    alone = Running(1)
    first = in_another_process(lambda: alone.enter("number-one", "alice", "x"))
    with first, alone.enter("number-two", "alice", "x") as ticket:
        assert ids(alone, "alice") == ["number-one"]
        assert ticket.stopped() is None


def test_a_run_is_cancelled_from_another_process(running: Running) -> None:
    with running.enter("number-one", "alice", "x") as ticket:
        assert ticket.cancelled() is None
        child = os.fork()
        if child == 0:
            os._exit(0 if running.cancel("number-one", "alice") else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert ticket.cancelled().code == "CANCELLED"


def test_nobody_else_can_cancel_it(running: Running) -> None:
    with running.enter("number-one", "alice", "x") as ticket:
        assert not running.cancel("number-one", "bob")
        assert not running.cancel("number-two", "alice")
        assert ticket.cancelled() is None


def test_a_name_too_long_to_keep_is_not_mistaken_for_another(running: Running) -> None:
    with running.enter("number-one", "a" * 500, "x") as ticket:
        assert not running.cancel("number-one", "a" * 501)
        assert ids(running, "a" * 500) == ["number-one"]
        assert running.cancel("number-one", "a" * 500)
        assert ticket.cancelled()


def test_cancelling_never_reaches_the_run_after(running: Running) -> None:
    with running.enter("number-one", "alice", "x"):
        assert running.cancel("number-one", "alice")
    with running.enter("number-one", "alice", "x") as second:
        assert second.cancelled() is None


def test_an_id_is_used_by_one_run_at_a_time(running: Running) -> None:
    with in_another_process(lambda: running.enter("number-one", "alice", "x")) as child:
        with pytest.raises(AlreadyRunning, match="number-one"), running.enter("number-one", "bob", "y"):
            pass
        assert running.list("bob") == []
        kill(child)
        with running.enter("number-one", "bob", "y"):
            assert ids(running, "bob") == ["number-one"]


def test_runs_without_an_id_do_not_hinder_one_another(running: Running) -> None:
    with in_another_process(lambda: running.enter("", "alice", "x")), running.enter("", "alice", "y"):
        assert len(running.list("alice")) == 2


def test_a_client_that_left_is_a_reason_to_stop_but_not_a_cancellation(running: Running) -> None:
    with running.enter("number-one", "alice", "x", left=lambda: True) as ticket:
        assert ticket.stopped().code == "CLIENT_LEFT"
        assert ticket.cancelled() is None


def test_the_rows_taken_so_far_are_counted(running: Running) -> None:
    seen = []

    def keep(batches: Iterator[list]) -> Kept:
        for _ in batches:
            seen.append(running.list("alice")[0].rows)
        return Kept([], 0, False)

    with running.enter("number-one", "alice", "x") as ticket:
        ticket.counting(keep)(iter([[(1,)], [(2,), (3,)], [(4,)]]))
        seen.append(running.list("alice")[0].rows)
    assert seen == [0, 1, 3, 4]


def test_odd_texts_are_shown_in_part_and_break_nothing(running: Running) -> None:
    for script in ("", "\n\n", "é" * 500, "👩‍🚀" * 100, "SELECT '\0'"):
        with running.enter("number-one", "alice", script):
            (seen,) = running.list("alice")
            assert len(seen.first_words) <= 120

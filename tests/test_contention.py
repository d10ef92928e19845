"""Who is in the way of a write, told to whoever waits."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from workbench.contention import explain_lock
from workbench.engines.base import Holder
from workbench.engines.sqlite import SqliteEngine
from workbench.jobs import Job
from workbench.running import Running


@contextmanager
def a_worker_that_writes(engine: SqliteEngine, running: Running, person: str) -> Iterator[int]:
    """Another worker, in the middle of a run of `person` that writes; its process."""
    begun, tell = os.pipe()
    child = os.fork()
    if child == 0:
        own, script = engine.apart(), "UPDATE student\n SET nr = 1"
        with running.enter("", person, script), own.session(own.plan(Job.of(script))):
            os.write(tell, b".")
            signal.pause()
        os._exit(0)
    try:
        assert os.read(begun, 1) == b"."
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("alice", "Your own run “UPDATE student SET nr = 1” has been at work for 0."),
        ("bob", "A run of somebody else has been at work for 0."),
    ],
)
def test_a_run_of_the_workbench_is_told_to_its_own_person_alone(
    engine: SqliteEngine, person: str, told: str
) -> None:
    running = Running(4)
    with a_worker_that_writes(engine, running, "alice") as worker:
        holder = engine.holder()
        assert holder.process == worker
        text = explain_lock(holder, running, person, 5.0).text
    assert text.startswith(told)
    assert text.endswith("This one waited 5.0 s for it.")
    assert ("nr = 1" in text) is (person == "alice")


def test_nobody_is_blamed_when_nobody_writes(engine: SqliteEngine) -> None:
    assert engine.holder() is None
    text = explain_lock(None, Running(1), "alice", 1.5).text
    assert text.startswith("This one waited 1.5 s for it. It is free again, or who holds it cannot be told")


def test_another_program_may_have_no_name() -> None:
    text = explain_lock(Holder(7, None), Running(1), "alice", 1).text
    assert text.startswith("A program (process 7) holds the lock on the database.")

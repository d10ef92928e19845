"""Writers wait in line: one at a time, in the order they came, and none for ever."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.promptness import in_time
from workbench.engines.sqlite.line import WriterLine
from workbench.errors import Busy


def writer(path: Path, ready: int, go_on: int) -> int:
    """A process that takes its turn, says so, and keeps it until it is told to go on."""
    child = os.fork()
    if child == 0:
        with WriterLine(path).turn():
            os.write(ready, b"!")
            os.read(go_on, 1)
        os._exit(0)
    return child


def test_a_turn_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "line.lock"
    (told, tell), (go, let_go) = os.pipe(), os.pipe()
    child = writer(path, tell, go)
    os.read(told, 1)

    def given_up_after() -> float:
        began = time.monotonic()
        with pytest.raises(Busy) as caught, WriterLine(path).turn(0.2):
            pass
        assert caught.value.code == "SQLITE_BUSY"
        waited = time.monotonic() - began
        assert waited >= 0.2
        return waited

    assert in_time(given_up_after, 2)
    os.write(let_go, b"!")
    os.waitpid(child, 0)
    with WriterLine(path).turn():
        pass


def test_a_writer_that_is_killed_leaves_the_line(tmp_path: Path) -> None:
    path = tmp_path / "line.lock"
    (told, tell), (go, _) = os.pipe(), os.pipe()
    child = writer(path, tell, go)
    os.read(told, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with WriterLine(path).turn():
        pass


def test_waiting_leaves_no_alarm_behind(tmp_path: Path) -> None:
    path = tmp_path / "line.lock"
    before = signal.getsignal(signal.SIGALRM)
    (told, tell), (go, let_go) = os.pipe(), os.pipe()
    child = writer(path, tell, go)
    os.read(told, 1)
    os.write(let_go, b"!")
    with WriterLine(path).turn():
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    os.waitpid(child, 0)
    assert signal.getsignal(signal.SIGALRM) == before

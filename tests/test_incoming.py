"""What programs ran is in the history once, whatever happens between its writing down and its entry."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import apsw
import pytest

from workbench import incoming
from workbench.entries import PROGRAM
from workbench.errors import StoreTrouble
from workbench.history import History
from workbench.results import Kind, Result, Run
from workbench.store import Store


@pytest.fixture
def file(store: Store) -> Path:
    return Path(f"{store.path}-incoming")


def a_history(store: Store) -> History:
    return History(Store(store.path), "student.db", of_programs=100_000)


def read(script: str) -> Run:
    return Run(script, [Result(script, Kind.READ, row_count=1)], duration=0.0025)


def scripts(history: History) -> list[str]:
    history.catch_up()
    return [entry.script for entry in history.newest(PROGRAM, most=100_000)]


def test_a_run_that_is_noted_is_found_when_somebody_looks_from_another_process(store: Store) -> None:
    for number in range(3):
        a_history(store).note(read(f"SELECT {number}"))
    assert scripts(a_history(store)) == ["SELECT 2", "SELECT 1", "SELECT 0"]


def test_what_was_noted_outlives_a_process_that_is_killed(store: Store) -> None:
    def note_and_die() -> None:
        a_history(store).note(read("SELECT 'noted'"))
        os.kill(os.getpid(), signal.SIGKILL)

    process = multiprocessing.get_context("fork").Process(target=note_and_die)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert scripts(a_history(store)) == ["SELECT 'noted'"]


def test_eight_processes_note_and_take_in_at_once_and_each_run_is_there_once(store: Store) -> None:
    def note(process: int) -> None:
        history = a_history(store)
        for number in range(100):
            history.note(read(f"SELECT {process}, {number}"))
            if number % 10 == process:
                history.catch_up()

    processes = [multiprocessing.get_context("fork").Process(target=note, args=(p,)) for p in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(scripts(a_history(store))) == sorted(
        f"SELECT {process}, {number}" for process in range(8) for number in range(100)
    )


def test_a_file_that_could_not_be_emptied_is_not_taken_in_twice(store: Store, file: Path) -> None:
    history = a_history(store)
    history.note(read("SELECT 'first'"))
    written = file.read_bytes()
    history.catch_up()
    file.write_bytes(written)
    history.note(read("SELECT 'second'"))
    assert scripts(history) == ["SELECT 'second'", "SELECT 'first'"]


@pytest.mark.parametrize("lost", [1, 10, 40])
def test_of_what_a_full_disk_cut_off_the_whole_ones_are_there(store: Store, file: Path, lost: int) -> None:
    history = a_history(store)
    for number in range(3):
        history.note(read(f"SELECT {number}"))
    file.write_bytes(file.read_bytes()[:-lost])
    assert scripts(history) == ["SELECT 1", "SELECT 0"]


def test_the_file_stays_small_though_nobody_looks(store: Store, file: Path) -> None:
    history = a_history(store)
    for number in range(3000):
        history.note(read(f"SELECT {number} -- {'x' * 200}"))
    assert file.stat().st_size <= incoming.ENOUGH


def test_of_many_runs_of_two_databases_the_newest_of_each_are_remembered(store: Store) -> None:
    one, other = (History(Store(store.path), name, of_programs=3) for name in ("one.db", "other.db"))
    other.note(read("SELECT 'other'"))
    for number in range(9):
        one.note(read(f"SELECT {number}"))
    assert scripts(one) == ["SELECT 8", "SELECT 7", "SELECT 6"]
    assert scripts(other) == ["SELECT 'other'"]


def test_when_the_store_takes_nothing_it_is_said_and_nothing_noted_is_lost(store: Store) -> None:
    history, other = a_history(store), apsw.Connection(str(store.path))
    history.note(read("SELECT 1"))
    other.execute("ALTER TABLE entry RENAME TO away")
    with pytest.raises(StoreTrouble):
        history.catch_up()
    other.execute("ALTER TABLE away RENAME TO entry")
    assert scripts(history) == ["SELECT 1"]


def test_only_its_owner_may_read_what_was_noted(store: Store, file: Path) -> None:
    a_history(store).note(read("SELECT 'secret'"))
    assert file.stat().st_mode & 0o777 == 0o600

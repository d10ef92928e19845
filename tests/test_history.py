"""What each person ran is found again, by them alone."""

from __future__ import annotations

import pytest

from workbench.errors import StatementError, TimeLimitReached
from workbench.history import ANSWER_BYTES, ANSWERS_KEPT, History
from workbench.results import Column, Kind, Result, Run
from workbench.store import Store


@pytest.fixture
def history(store: Store) -> History:
    return History(store, "student.db")


def read(script: str = "SELECT 1", rows: tuple = ((1,),)) -> Run:
    return Run(script, [Result(script, Kind.READ, (Column("1", None),), rows, len(rows))], duration=0.0025)


def test_the_newest_comes_first(history: History) -> None:
    for i in range(3):
        history.record("alice", read(f"SELECT {i}"), keep_answer=True)
    assert [e.script for e in history.newest("alice", most=2)] == ["SELECT 2", "SELECT 1"]


def test_older_entries_follow_from_any_entry(history: History) -> None:
    numbers = [history.record("alice", read(), keep_answer=True) for _ in range(5)]
    assert [e.number for e in history.newest("alice", most=9, before=numbers[2])] == [numbers[1], numbers[0]]


def test_alice_does_not_see_what_bob_ran(history: History) -> None:
    number = history.record("bob", read(), keep_answer=True)
    assert history.newest("alice", most=9) == []
    assert history.find("alice", number) is None
    assert history.find("bob", number).script == "SELECT 1"


def test_each_database_has_its_own_history(history: History, store: Store) -> None:
    number = history.record("alice", read(), keep_answer=True)
    other = History(store, "other.db")
    assert other.newest("alice", most=9) == []
    assert other.find("alice", number) is None


def test_an_entry_tells_how_it_went(history: History) -> None:
    wrote = Run("DELETE", [Result("DELETE", Kind.WRITE, rows_affected=3)], applied="all", duration=1.5)
    history.record("alice", wrote, keep_answer=True)
    history.record("alice", Run("x", error=StatementError("near x")), keep_answer=True)
    history.record("alice", Run("y", error=TimeLimitReached("too long")), keep_answer=True)
    stopped, failed, written = history.newest("alice", most=9)
    assert (written.outcome, written.wrote, written.rows_affected, written.duration) == ("ok", True, 3, 1.5)
    assert (failed.outcome, failed.message) == ("error", "near x")
    assert stopped.outcome == "stopped"


def test_an_answer_too_large_to_keep_leaves_its_rows_out(history: History) -> None:
    number = history.record("alice", read(rows=(("x" * ANSWER_BYTES,),)), keep_answer=True)
    answer = history.answer(history.find("alice", number))
    assert list(answer.results[0].rows) == []
    assert answer.results[0].row_count == 1


def test_only_the_newest_answers_are_kept_but_every_entry(history: History) -> None:
    numbers = [history.record("alice", read(), keep_answer=True) for _ in range(ANSWERS_KEPT + 2)]
    kept = [history.answer(history.find("alice", n)) is not None for n in numbers]
    assert kept == [False] * 2 + [True] * ANSWERS_KEPT


def test_the_first_words_are_one_line(history: History) -> None:
    history.record("alice", read("SELECT\n\t1,\n" + "  2," * 100), keep_answer=False)
    words = history.newest("alice", most=1)[0].first_words
    assert words.startswith("SELECT 1, 2, 2,")
    assert len(words) <= 120
    assert words.endswith("…")


def test_of_programs_only_the_newest_runs_are_remembered(store: Store) -> None:
    history = History(store, "student.db", of_programs=10)
    for _ in range(200):
        history.note(read())
    history.catch_up()
    history.record("alice", read(), keep_answer=False)
    assert len(history.newest("program", most=99)) == 10
    assert len(history.newest("alice", most=99)) == 1

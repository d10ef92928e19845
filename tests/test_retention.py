"""The store grows neither too old nor too large, and pays for that a little at a time."""

from __future__ import annotations

from collections.abc import Callable
from time import time

import pytest

from workbench.history import History
from workbench.results import Column, Kind, Result, Run
from workbench.retention import AT_ONCE, Keep
from workbench.saved import SavedQueries
from workbench.store import Store


@pytest.fixture
def keeping(store: Store) -> Callable[..., History]:
    return lambda **keep: History(store, "student.db", Keep(**keep))


def run(script: str = "SELECT 1", size: int = 1) -> Run:
    return Run(script, [Result(script, Kind.READ, (Column("a", None),), (("x" * size,),), 1)])


def count(store: Store, table: str) -> int:
    with store.connection() as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def age(store: Store, days: float) -> None:
    """Everything there is becomes that old."""
    with store.connection() as connection:
        connection.execute("UPDATE entry SET at = ?", (int((time() - days * 86_400) * 1e6),))


def test_what_is_too_old_goes_a_little_at_each_run(store: Store, keeping: Callable[..., History]) -> None:
    history = keeping(days=30)
    for _ in range(AT_ONCE + 5):
        history.record("alice", run(), keep_answer=True)
    age(store, days=31)
    history.record("bob", run("SELECT 'new'"), keep_answer=True)
    assert count(store, "entry") == 6
    history.record("bob", run("SELECT 'newer'"), keep_answer=True)
    assert count(store, "entry") == count(store, "answer") == 2
    assert count(store, "search WHERE search MATCH 'select'") == 2


def test_for_ever_is_for_ever(store: Store, keeping: Callable[..., History]) -> None:
    history = keeping(days=0)
    history.record("alice", run(), keep_answer=True)
    age(store, days=36_500)
    history.record("alice", run(), keep_answer=True)
    assert count(store, "entry") == 2


def test_what_is_young_enough_stays(store: Store, keeping: Callable[..., History]) -> None:
    history = keeping(days=30)
    history.record("alice", run(), keep_answer=True)
    age(store, days=29)
    history.record("alice", run(), keep_answer=True)
    assert count(store, "entry") == 2


def test_answers_go_before_entries_and_saved_queries_never(
    store: Store, keeping: Callable[..., History]
) -> None:
    SavedQueries(store, "student.db").keep("alice", "kept", "", "SELECT 1")
    history = keeping(megabytes=2)
    for _ in range(40):
        history.record("alice", run(size=100_000), keep_answer=True)
    assert count(store, "entry") == 40
    assert 0 < count(store, "answer") < 40
    for number in range(60):
        history.record("alice", run(f"SELECT {number} -- {'x' * 100_000}"), keep_answer=False)
    assert count(store, "answer") == 0
    assert 0 < count(store, "entry") < 60
    assert history.newest("alice", most=1)[0].script.startswith("SELECT 59")
    assert count(store, "saved") == 1
    assert store.path.stat().st_size < 6 << 20


def test_the_answer_just_given_is_kept_however_small_the_store(
    store: Store, keeping: Callable[..., History]
) -> None:
    history = keeping(megabytes=0)
    number = history.record("alice", run(), keep_answer=True)
    assert history.answer(history.find("alice", number)) is not None

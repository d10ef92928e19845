"""An index is tried for real, and nothing of it stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import apsw
import pytest

from workbench.engines.sqlite import SqliteEngine
from workbench.engines.sqlite.query_plans import trial
from workbench.errands import Errands
from workbench.errors import (
    BadRequest,
    Busy,
    Cancelled,
    Refused,
    StatementError,
    TimeLimitReached,
    ValueMissing,
    WorkbenchError,
    WriteRefused,
)
from workbench.jobs import Job
from workbench.parameters import Given
from workbench.planner import Planner
from workbench.plans import Mark, Trial, marked
from workbench.runner import Runner
from workbench.running import Running
from workbench.slots import Slots
from workbench.waiting import Waiting
from workbench.watchdog import Watchdog

INDEX = "CREATE INDEX many_a ON many (a);"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n, many"


@pytest.fixture
def many(student: Path) -> Path:
    """The sample with a table of a few thousand rows, and a trigger on it."""
    with apsw.Connection(str(student)) as made:
        made.execute(
            "CREATE TABLE many (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b); CREATE TABLE log (what);"
            "CREATE TRIGGER t AFTER UPDATE ON many BEGIN INSERT INTO log VALUES (new.id); END;"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)"
            " INSERT INTO many SELECT i, i % 500, 'x' || i FROM n"
        )
    return student


def planner_on(path: Path, folder: Path, *, limit: float = 10.0, **settings: object) -> Planner:
    engine = SqliteEngine(path, line_folder=folder, **settings)
    return Planner(Errands(Runner(engine, Slots(2), Watchdog(), limit), Running(2)))


@pytest.fixture
def planner(many: Path, tmp_path: Path) -> Planner:
    return planner_on(many, tmp_path)


@pytest.fixture(autouse=True)
def unchanged(many: Path) -> Iterator[None]:
    """Whatever a test does: afterwards schema and rows are what they were, and nobody holds a lock."""
    before = everything(many)
    yield
    assert everything(many) == before
    apsw.Connection(str(many)).execute("BEGIN IMMEDIATE; ROLLBACK")


def everything(path: Path) -> list[tuple]:
    """Schema and rows, as another program sees them."""
    seen = apsw.Connection(str(path))
    tables = [name for (name,) in seen.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return [
        *seen.execute("SELECT * FROM sqlite_schema"),
        *(row for name in tables for row in seen.execute(f"SELECT * FROM {name}")),
    ]


def tried(planner: Planner, sql: str, index: str = INDEX, **values: str) -> Trial:
    given = tuple(Given(name, text, "auto") for name, text in values.items())
    return planner.try_index("alice", Job.typed(sql, given), index)


def test_a_select_is_measured_without_and_with_the_index(planner: Planner) -> None:
    found = tried(planner, "SELECT * FROM many WHERE a = 7")
    assert [step.mark for step in marked(found.before.steps)] == [Mark.SCAN]
    assert [step.detail for step in found.after.steps] == ["SEARCH many USING INDEX many_a (a=?)"]
    assert found.before.runs == found.after.runs == trial.RUNS
    assert found.before.seconds > 0 < found.making
    assert found.size > 10_000


def test_values_are_bound_and_one_that_is_missing_is_asked_for(planner: Planner) -> None:
    assert tried(planner, "SELECT * FROM many WHERE a = :a", a="7").after.steps[0].mark is None
    with pytest.raises(ValueMissing):
        tried(planner, "SELECT * FROM many WHERE a = :a")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE many SET b = 'y' WHERE a = 7",
        "DELETE FROM many WHERE a = 7 RETURNING id",
        "INSERT INTO many (a) SELECT a FROM many WHERE a = 7",
    ],
)
def test_a_write_is_measured_and_each_time_taken_back(planner: Planner, sql: str) -> None:
    found = tried(planner, sql)
    assert [step.mark for step in found.before.steps] == [Mark.SCAN]
    assert "many_a" in found.after.steps[0].detail


@pytest.mark.parametrize(
    "index",
    [
        "DROP TABLE log",
        "CREATE TABLE other (a UNIQUE)",
        INDEX + "DELETE FROM log",
        INDEX + "COMMIT",
        "PRAGMA user_version = 7",
        "SELECT 1",
        "CREATE INDEX many_a ON nowhere (a)",
    ],
)
def test_what_is_no_create_index_is_not_tried(planner: Planner, index: str) -> None:
    with pytest.raises((BadRequest, StatementError)):
        tried(planner, "SELECT * FROM many WHERE a = 7", index)


def test_an_index_beyond_the_database_is_refused(planner: Planner) -> None:
    with pytest.raises(Refused):
        tried(planner, "SELECT * FROM many", "ATTACH 'x.db' AS x")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "BEGIN",
        "COMMIT",
        "VACUUM",
        "CREATE TABLE x (a)",
        "PRAGMA user_version = 3",
        "SELEC",
    ],
)
def test_only_one_statement_that_has_a_plan_is_measured(planner: Planner, sql: str) -> None:
    with pytest.raises(WorkbenchError):
        tried(planner, sql)


def test_a_write_that_rolls_back_by_itself_ends_the_trial(planner: Planner) -> None:
    with pytest.raises(StatementError, match="UNIQUE"):
        tried(planner, "INSERT OR ROLLBACK INTO many (id) SELECT id FROM many WHERE a = 7")


def test_it_ends_at_the_time_limit(many: Path, tmp_path: Path) -> None:
    with pytest.raises(TimeLimitReached):
        tried(planner_on(many, tmp_path, limit=0.3), ENDLESS)


def test_it_ends_when_somebody_stops_it(many: Path, tmp_path: Path) -> None:
    planner, waiting = planner_on(many, tmp_path), Waiting("the-trials-id")
    stop = Timer(0.2, lambda: planner._errands._running.cancel("the-trials-id", "alice"))
    stop.start()
    with pytest.raises(Cancelled):
        planner.try_index("alice", Job.of(ENDLESS), INDEX, waiting=waiting)
    stop.join()


def test_it_waits_for_its_turn_to_write(many: Path, tmp_path: Path) -> None:
    other = apsw.Connection(str(many))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        tried(planner_on(many, tmp_path, wait=0.1), "SELECT * FROM many WHERE a = 7")
    other.execute("ROLLBACK")


def test_a_workbench_that_only_reads_tries_nothing(many: Path, tmp_path: Path) -> None:
    with pytest.raises(WriteRefused):
        tried(planner_on(many, tmp_path, read_only=True), "SELECT * FROM many WHERE a = 7")


def test_nothing_stays_of_a_trial_that_is_killed_when_the_index_is_there(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = os.fork()
    if not child:
        made = trial._made

        def make_and_die(*asked: object) -> float:
            made(*asked)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(trial, "_made", make_and_die)
        try:
            tried(planner_on(many, tmp_path), "UPDATE many SET b = 'y' WHERE a = 7")
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL

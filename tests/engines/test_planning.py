"""A text that comes again is not planned again, and still does what it would have done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace

from workbench.engines.sqlite import SqliteEngine, planning
from workbench.errors import StatementError, WriteRefused
from workbench.jobs import Job
from workbench.results import Result
from workbench.runner import first_rows


@pytest.fixture
def engine(student: Path, tmp_path: Path) -> Iterator[SqliteEngine]:
    engine = SqliteEngine(student, line_folder=tmp_path)
    yield engine
    engine.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each plan that SQLite was asked for, whether by a connection that writes."""
    asked: list[bool] = []

    def plan_on(link, job):
        asked.append(link.authorizer.writer)
        return planning.plan_on(link, job)

    monkeypatch.setattr("workbench.engines.sqlite.engine.plan_on", plan_on)
    return asked


def do(engine: SqliteEngine, script: str, **how: object) -> list[Result]:
    with engine.session(engine.plan(replace(Job.of(script), **how))) as session:
        results = [session.execute(statement, first_rows(10)) for statement in session.statements()]
        session.commit()
    return results


def test_a_select_is_planned_once_and_sees_what_is_there_each_time(
    engine: SqliteEngine, asked: list[bool]
) -> None:
    for id_ in (1, 2, 3):
        do(engine, f"DELETE FROM student WHERE id = {id_}")
        asked.clear()
        assert do(engine, "SELECT count(*) FROM student;\n")[0].rows == [(3 - id_,)]
        assert len(asked) == (1 if id_ == 1 else 0)


@pytest.mark.parametrize("how", [{}, {"transaction": "immediate"}, {"record": True}])
def test_what_changes_rows_is_planned_once_and_changes_them_each_time(
    engine: SqliteEngine, asked: list[bool], how: dict
) -> None:
    for _ in range(2):
        do(engine, "INSERT INTO student (name, nr) VALUES ('Eve', 5)", **how)
    assert asked == [False, True]
    assert do(engine, "SELECT count(*) FROM student WHERE name = 'Eve'")[0].rows == [(2,)]


def test_what_changes_the_schema_is_planned_by_the_writer_alone_when_it_comes_again(
    engine: SqliteEngine, asked: list[bool]
) -> None:
    for _ in range(2):
        do(engine, "CREATE TABLE IF NOT EXISTS again (a)")
    assert asked == [False, True, True]


def test_a_select_stays_one_that_reads_after_it_was_run_in_a_transaction_that_may_write(
    engine: SqliteEngine,
) -> None:
    do(engine, "SELECT 1", transaction="immediate")
    plan = engine.plan(Job.of("SELECT 1"))
    assert (plan.writes, plan.selects) == (False, True)


def test_a_text_without_a_statement_stays_one_that_reads_after_it_was_run_so(engine: SqliteEngine) -> None:
    do(engine, "-- nothing", transaction="immediate")
    assert not engine.plan(Job.of("-- nothing")).writes


def test_a_write_that_is_known_fails_when_its_table_is_gone_and_works_when_it_is_back(
    engine: SqliteEngine,
) -> None:
    for _ in range(2):
        do(engine, "CREATE TABLE coming (a)")
        do(engine, "INSERT INTO coming VALUES (1)")
        do(engine, "DROP TABLE coming")
        with pytest.raises(StatementError, match="no such table: coming"):
            do(engine, "INSERT INTO coming VALUES (1)")


def test_a_select_that_is_known_fails_when_its_table_is_gone_and_works_when_it_is_back(
    engine: SqliteEngine,
) -> None:
    for _ in range(2):
        do(engine, "CREATE TABLE IF NOT EXISTS coming AS SELECT 1 AS a")
        assert do(engine, "SELECT * FROM coming")[0].rows == [(1,)]
        do(engine, "DROP TABLE coming")
        with pytest.raises(StatementError, match="no such table: coming"):
            do(engine, "SELECT * FROM coming")


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE IF NOT EXISTS student (a)",
        "DROP TABLE IF EXISTS nobody",
        "PRAGMA user_version",
        "EXPLAIN DELETE FROM student",
        "VALUES (1); SELECT 2",
        "SELECT 1; DELETE FROM student",
        "SELEC 1",
    ],
)
def test_only_a_select_alone_or_a_change_of_rows_alone_is_known_as_one(
    engine: SqliteEngine, asked: list[bool], script: str
) -> None:
    engine.plan(Job.of(script))
    asked.clear()
    engine.plan(Job.of(script))
    assert asked


def test_a_table_is_made_again_by_the_text_that_once_had_nothing_to_do(engine: SqliteEngine) -> None:
    make = "CREATE TABLE IF NOT EXISTS again (a)"
    for _ in range(2):
        do(engine, make)
        do(engine, make)
        assert do(engine, "SELECT count(*) FROM again")[0].rows == [(0,)]
        do(engine, "DROP TABLE IF EXISTS again")


def test_a_write_that_is_known_is_refused_by_a_file_that_is_only_read(student: Path, tmp_path: Path) -> None:
    engine = SqliteEngine(student, line_folder=tmp_path, read_only=True)
    for _ in range(2):
        assert engine.plan(Job.of("DELETE FROM student")).writes
        with pytest.raises(WriteRefused):
            do(engine, "DELETE FROM student")
    engine.close()


def test_only_so_many_texts_are_known(engine: SqliteEngine, asked: list[bool]) -> None:
    for number in range(planning.TEXTS + 1):
        engine.plan(Job.of(f"SELECT {number}"))
    asked.clear()
    engine.plan(Job.of(f"SELECT {planning.TEXTS}"))
    assert asked == []
    engine.plan(Job.of("SELECT 0"))
    assert asked == [False]


def test_an_index_that_another_worker_dropped_can_be_made_again(engine: SqliteEngine, student: Path) -> None:
    do(engine, "CREATE INDEX by_nr ON student (nr)")
    do(engine, "SELECT id FROM student WHERE nr = 1")
    apsw.Connection(str(student)).execute("DROP INDEX by_nr")
    do(engine, "CREATE INDEX by_nr ON student (nr)")

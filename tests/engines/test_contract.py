"""What every engine promises, asked of every engine there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.engines.base import Engine
from workbench.engines.sqlite import SqliteEngine
from workbench.errors import DatabaseTrouble, StatementError
from workbench.jobs import Ask, Job
from workbench.results import Result
from workbench.runner import first_rows


@pytest.fixture(params=["sqlite"])
def make(request: pytest.FixtureRequest, student: Path, tmp_path: Path) -> Callable[[], Engine]:
    return {"sqlite": lambda: SqliteEngine(student, line_folder=tmp_path)}[request.param]


@pytest.fixture
def any_engine(make: Callable[[], Engine]) -> Engine:
    engine = make()
    yield engine
    engine.close()


def do(engine: Engine, script: str, *, commit: bool = True) -> list[Result]:
    with engine.session(engine.plan(Job.of(script))) as session:
        results = [session.execute(statement, first_rows(10)) for statement in session.statements()]
        if commit:
            session.commit()
    return results


def test_a_plan_tells_reading_from_writing(any_engine: Engine) -> None:
    assert not any_engine.plan(Job.of("SELECT 1; SELECT 2")).writes
    assert any_engine.plan(Job.of("SELECT 1; DELETE FROM student")).writes
    assert any_engine.plan(Job.of("WITH x AS (SELECT 1) DELETE FROM student")).writes
    assert not any_engine.plan(Job.of("nonsense")).writes


def test_planning_runs_nothing(any_engine: Engine) -> None:
    any_engine.plan(Job.of("DELETE FROM student; DROP TABLE student"))
    assert do(any_engine, "SELECT count(*) FROM student")[0].rows == [(3,)]


def test_a_description_runs_nothing(any_engine: Engine) -> None:
    (found,) = any_engine.describe(
        Job((Ask("DELETE FROM student WHERE id = :id RETURNING name", single=True),))
    )
    assert (found.parameters, [c.name for c in found.columns]) == (("id",), ["name"])
    assert (found.readonly, found.reads, found.writes) == (False, ("student",), ("student",))
    assert do(any_engine, "SELECT count(*) FROM student")[0].rows == [(3,)]
    with pytest.raises(StatementError):
        any_engine.describe(Job.of("SELECT * FROM nothing_here"))


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("SELECT 1", []),
        ("SELECT :a, @b, :a; DELETE FROM student WHERE id = $c", ["a", "b", "c"]),
        ("SELECT ?, :a, ?; SELECT ?1, ?2", ["?1", "a", "?3", "?2"]),
        ("SELECT $a::b(c), ?3", ["a::b(c)", "?2", "?3"]),
        ('SELECT \':a\', "@b" AS "?" -- :c', []),
    ],
)
def test_a_plan_tells_the_parameters_there_are(any_engine: Engine, script: str, names: list[str]) -> None:
    plan = any_engine.plan(Job.of(script))
    assert (plan.parameters, plan.whole) == (names, True)


@pytest.mark.parametrize(
    ("script", "rows"),
    [
        ("SELECT ?, :a, ?2", [(1, "by name", "by name")]),
        ("SELECT :a, ?, $a; SELECT @a; SELECT ?", [("by name", 2, "by name"), ("by name",), (1,)]),
    ],
)
def test_values_are_bound_by_name_and_by_place(any_engine: Engine, script: str, rows: list[tuple]) -> None:
    job = Job.of(script, {"a": "by name", "?1": 1, "?2": 2})
    with any_engine.session(any_engine.plan(job)) as session:
        assert [session.execute(each, first_rows(1)).rows[0] for each in session.statements()] == rows


def test_what_is_not_committed_is_rolled_back(any_engine: Engine) -> None:
    do(any_engine, "DELETE FROM student", commit=False)
    assert do(any_engine, "SELECT count(*) FROM student")[0].rows == [(3,)]


def test_what_is_committed_is_there_for_another(any_engine: Engine, make: Callable[[], Engine]) -> None:
    do(any_engine, "DELETE FROM student WHERE id = 1")
    other = make()
    assert do(other, "SELECT count(*) FROM student")[0].rows == [(2,)]
    other.close()


def test_the_columns_are_those_of_the_rows_when_the_table_has_changed(any_engine: Engine) -> None:
    do(any_engine, "SELECT * FROM student")
    do(any_engine, "ALTER TABLE student ADD COLUMN email")
    (found,) = do(any_engine, "SELECT * FROM student")
    assert [column.name for column in found.columns] == ["id", "name", "nr", "email"]
    assert {len(row) for row in found.rows} == {4}


def test_an_error_is_ours_and_keeps_its_cause(any_engine: Engine) -> None:
    with pytest.raises(StatementError) as caught:
        do(any_engine, "SELECT * FROM nothing_here")
    assert caught.value.__cause__ is not None


def test_the_catalog_tells_tables_with_their_columns(any_engine: Engine) -> None:
    do(any_engine, "CREATE VIEW v AS SELECT name FROM student")
    catalog = any_engine.catalog()
    assert [(t.name, t.kind) for t in catalog.tables] == [("student", "table"), ("v", "view")]
    assert [(c.name, c.key, c.not_null) for c in catalog.find("STUDENT").columns] == [
        ("id", 1, False),
        ("name", 0, True),
        ("nr", 0, True),
    ]


def test_a_broken_view_leaves_the_rest_of_the_catalog_alone(any_engine: Engine) -> None:
    do(any_engine, "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; DROP TABLE t")
    catalog = any_engine.catalog()
    assert catalog.problem is None
    assert "t" in catalog.find("v").problem
    assert catalog.find("student").columns


def test_a_twin_works_while_the_first_is_at_work(any_engine: Engine) -> None:
    with any_engine.session(any_engine.plan(Job.of("DELETE FROM student"))) as session:
        for statement in session.statements():
            session.execute(statement, first_rows(1))
        twin = any_engine.apart()
        assert do(twin, "SELECT count(*) FROM student")[0].rows == [(3,)]
        twin.close()


def test_a_check_tells_when_the_database_is_gone(any_engine: Engine, student: Path) -> None:
    any_engine.check()
    student.rename(student.with_name("elsewhere.db"))
    with pytest.raises(DatabaseTrouble):
        any_engine.check()

"""Scripts against the sample: what each statement gives back, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs import rows_of, run
from workbench import errors
from workbench.engines.sqlite import SqliteEngine
from workbench.errors import Position
from workbench.results import InvalidText, Kind
from workbench.runner import Runner
from workbench.slots import Slots
from workbench.watchdog import Watchdog


def test_a_select_gives_its_rows_with_their_columns(runner: Runner) -> None:
    (result,) = run(runner, "SELECT name, nr + 1 FROM student WHERE id = 1").results
    assert result.rows == [("Mark Twain", 1112)]
    assert [(c.name, c.decltype) for c in result.columns] == [("name", "TEXT"), ("nr + 1", None)]
    assert result.kind is Kind.READ
    assert result.rows_affected is None


def test_every_statement_has_a_result_of_its_own(runner: Runner) -> None:
    done = run(runner, "SELECT 1; -- one\n ;; SELECT 2, 3; /* end */")
    assert [r.rows for r in done.results] == [[(1,)], [(2, 3)]]
    assert [r.statement[:8] for r in done.results] == ["SELECT 1", "-- one\n "]


@pytest.mark.parametrize("script", ["", "  \n", "-- nothing", "/* nothing */", ";;;"])
def test_a_script_without_a_statement_does_nothing(runner: Runner, script: str) -> None:
    done = run(runner, script)
    assert (done.results, done.error, done.applied) == ([], None, "none")


@pytest.mark.parametrize(
    ("script", "affected"),
    [
        ("UPDATE student SET nr = (SELECT max(nr) FROM student) WHERE id = 1", 1),
        ("INSERT INTO student (name, nr) SELECT name, nr FROM student", 3),
        ("WITH old AS (SELECT 1 AS id) DELETE FROM student WHERE id IN (SELECT id FROM old)", 1),
        ("INSERT INTO student VALUES (7, 'a', 1), (8, 'b', 2) RETURNING id", 2),
        ("REPLACE INTO student VALUES (1, 'x', 1)", 1),
        ("DELETE FROM student", 3),
        ("DELETE FROM student WHERE 0", 0),
        ("/* select */ UPDATE student SET name = 'select'; -- done", 3),
    ],
)
def test_a_write_is_committed_and_counted(runner: Runner, student: Path, script: str, affected: int) -> None:
    before = rows_of(student)
    done = run(runner, script)
    assert done.error is None
    assert (done.results[-1].kind, done.results[-1].rows_affected) == (Kind.WRITE, affected)
    assert done.applied == "all"
    assert (rows_of(student) != before) is (affected > 0)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE t (a)", "ALTER TABLE student ADD COLUMN x", "DROP TABLE student",
        "CREATE INDEX i ON student (nr)",
        "CREATE VIEW v AS SELECT 1", "CREATE TABLE copy AS SELECT * FROM student", "VACUUM", "ANALYZE",
        "PRAGMA user_version = 7", "CREATE VIRTUAL TABLE f USING fts5(t)",
        "CREATE TRIGGER t AFTER INSERT ON student BEGIN SELECT 1; SELECT 2; END;",
    ],
)  # fmt: skip
def test_the_schema_can_be_changed(runner: Runner, script: str) -> None:
    done = run(runner, script)
    assert done.error is None
    assert [(r.kind, r.rows_affected) for r in done.results] == [(Kind.SCHEMA, None)]


def test_later_statements_use_what_earlier_ones_made(runner: Runner) -> None:
    done = run(
        runner, "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); SELECT sum(a) FROM t; DROP TABLE t"
    )
    assert done.error is None
    assert done.results[2].rows == [(3,)]


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ("SELEC 1", Position(0, 1, 1)),
        ("SELECT 1;\nSELECT 'é', zz FROM student", Position(22, 2, 13)),
        ("SELECT 1;\n\n  SELECT * FROM studnet", Position(27, 3, 17)),
        ("SELECT 1;\r\nSELECT * FROM", Position(11, 2, 1)),
    ],
)
def test_an_error_has_its_place_in_the_script(runner: Runner, script: str, place: Position) -> None:
    error = run(runner, script).error
    if script.endswith("FROM"):
        assert error.message == "incomplete input"
    else:
        assert error.position == place


def test_a_place_is_not_guessed_when_the_name_stands_twice(runner: Runner) -> None:
    assert run(runner, "SELECT 'studnet' FROM studnet").error.position is None


@pytest.mark.parametrize(
    ("script", "nearest"),
    [
        ("SELECT nmae FROM student", "name"),
        ("SELECT * FROM Studnet", "student"),
        ("SELECT * FROM xyzzy", None),
    ],
)
def test_a_misspelt_name_finds_its_nearest(runner: Runner, script: str, nearest: str | None) -> None:
    assert run(runner, script).error.suggestion == nearest


def test_a_nul_character_is_refused_with_its_place(runner: Runner) -> None:
    error = run(runner, "SELECT 1;\nDELETE\0 FROM student").error
    assert error.position == Position(16, 2, 7)


def test_text_that_is_not_utf8_comes_as_its_bytes(runner: Runner) -> None:
    run(runner, "INSERT INTO student VALUES (9, CAST(x'ff41' AS TEXT), 1)")
    (result,) = run(runner, "SELECT name, id AS name, x'00' FROM student ORDER BY id DESC -- all").results
    assert result.rows[0] == (InvalidText(b"\xffA"), 9, b"\0")
    assert type(result.rows[0][0]) is InvalidText
    assert result.rows[1] == ("Harry Potter", 3, b"\0")
    assert [c.name for c in result.columns] == ["name", "name", "x'00'"]


def test_a_write_that_returns_such_text_is_refused_and_rolled_back(runner: Runner, student: Path) -> None:
    done = run(runner, "INSERT INTO student VALUES (9, CAST(x'ff' AS TEXT), 1) RETURNING name")
    assert "UTF-8" in done.error.message
    assert len(rows_of(student)) == 3


def test_a_write_is_refused_where_only_reading_is_asked_for(runner: Runner, student: Path) -> None:
    for script in (
        "DELETE FROM student",
        "SELECT 1; DROP TABLE student",
        "VACUUM",
        "BEGIN",
        "PRAGMA user_version=1",
    ):
        assert isinstance(run(runner, script, may_write=False).error, errors.WriteRefused)
    assert run(runner, "SELECT 1", may_write=False).error is None
    assert len(rows_of(student)) == 3


def test_a_reader_engine_refuses_every_write(student: Path, tmp_path: Path, runner: Runner) -> None:
    engine = SqliteEngine(student, line_folder=tmp_path, read_only=True)
    reader = Runner(engine, Slots(2), Watchdog(), 1.0)
    for script in (
        "DELETE FROM student",
        "CREATE TABLE t (a)",
        "SELECT 1; UPDATE student SET nr = 1",
        "VACUUM",
    ):
        assert run(reader, script).error is not None
    assert run(reader, "SELECT count(*) FROM student").results[0].rows == [(3,)]
    engine.close()


@pytest.mark.parametrize("times", [1, 2])
def test_a_pragma_that_tells_is_read_again_and_again(runner: Runner, times: int) -> None:
    for _ in range(times):
        (result,) = run(runner, "PRAGMA journal_mode", may_write=False).results
        assert (result.kind, result.rows) == (Kind.READ, [("wal",)])

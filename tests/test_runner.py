"""Scripts against the sample: what each statement gives back, and what an error leaves behind."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import apsw
import pytest

from workbench import errors
from workbench.engines.sqlite import SqliteEngine
from workbench.errors import Position
from workbench.jobs import Job
from workbench.results import InvalidText, Kind, Run
from workbench.runner import Handling, Runner, first_rows
from workbench.running import Running
from workbench.slots import Slots
from workbench.watchdog import Watchdog

FOREVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"


def run(runner: Runner, script: str, **options: object) -> Run:
    return runner.run(Job.of(script), Handling(first_rows(1000), **options))


def rows_of(path: Path, sql: str = "SELECT id, name, nr FROM student ORDER BY id") -> list[tuple]:
    """What another program sees in the file."""
    return apsw.Connection(str(path)).execute(sql).fetchall()


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


def test_a_script_that_fails_leaves_nothing_behind(runner: Runner, student: Path) -> None:
    before = rows_of(student)
    done = run(
        runner, "DELETE FROM student; CREATE TABLE t (a); INSERT INTO student VALUES (1, NULL, 1); SELECT 1"
    )
    assert done.error.code == "SQLITE_CONSTRAINT_NOTNULL"
    assert (done.results, done.applied) == ([], "none")
    assert done.notices == ["Nothing was changed: the 2 statements before it were rolled back."]
    assert rows_of(student) == before


def test_reads_before_an_error_are_still_shown(runner: Runner) -> None:
    done = run(runner, "SELECT 1; SELECT * FROM studnet; SELECT 2")
    assert [r.rows for r in done.results] == [[(1,)]]
    assert done.error.suggestion == "student"


def test_a_script_may_commit_for_itself(runner: Runner, student: Path) -> None:
    done = run(
        runner, "BEGIN; DELETE FROM student WHERE id = 1; COMMIT; BEGIN; DELETE FROM student; ROLLBACK"
    )
    assert (done.error, done.applied) == (None, "all")
    assert [r[0] for r in rows_of(student)] == [2, 3]


def test_what_it_committed_before_an_error_stays_and_is_said(runner: Runner, student: Path) -> None:
    done = run(runner, "BEGIN; DELETE FROM student WHERE id = 1; COMMIT; SELEC")
    assert done.applied == "some"
    assert done.notices == ["What the script committed before that stays."]
    assert len(rows_of(student)) == 2


def test_a_transaction_left_open_is_rolled_back_and_said(runner: Runner, student: Path) -> None:
    done = run(runner, "BEGIN; DELETE FROM student")
    assert done.error.code == "TRANSACTION_OPEN"
    assert done.results == []
    assert len(rows_of(student)) == 3


def test_a_dump_of_the_sqlite3_shell_can_be_pasted(runner: Runner, student: Path) -> None:
    done = run(
        runner,
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE child (p REFERENCES parent (id));\n"
        "INSERT INTO child VALUES (1);\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\n"
        "INSERT INTO parent VALUES (1);\nCOMMIT;",
    )
    assert done.error is None
    assert run(runner, "INSERT INTO child VALUES (99)").error.code == "SQLITE_CONSTRAINT_FOREIGNKEY"


def test_a_deferred_foreign_key_fails_at_the_commit_and_nothing_stays(runner: Runner, student: Path) -> None:
    run(runner, "CREATE TABLE grade (s REFERENCES student (id) DEFERRABLE INITIALLY DEFERRED)")
    done = run(runner, "INSERT INTO grade VALUES (99)")
    assert done.error.code.startswith("SQLITE_CONSTRAINT_FOREIGNKEY")
    assert done.applied == "none"
    assert rows_of(student, "SELECT * FROM grade") == []


def test_savepoints_nest_inside_the_scripts_transaction(runner: Runner, student: Path) -> None:
    done = run(
        runner, "SAVEPOINT s; DELETE FROM student; ROLLBACK TO s; RELEASE s; DELETE FROM student WHERE id = 3"
    )
    assert (done.error, done.applied) == (None, "all")
    assert len(rows_of(student)) == 2


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


def test_only_as_many_rows_are_kept_as_asked_for(runner: Runner) -> None:
    series = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {}) SELECT x FROM c"
    (exact,) = run(runner, series.format(1000)).results
    assert (exact.row_count, exact.truncated) == (1000, False)
    (more,) = run(runner, series.format(1001)).results
    assert (more.row_count, more.truncated, more.rows[-1]) == (1000, True, (1000,))


@pytest.mark.parametrize(
    ("columns", "kept"),
    [("printf('%.*c', 100000, 'x')", 42), ("zeroblob(30000000)", 1), (", ".join(["x"] * 500), 100)],
)
def test_very_long_or_wide_results_are_kept_in_part(runner: Runner, columns: str, kept: int) -> None:
    series = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 500)"
    (result,) = run(runner, f"{series} SELECT {columns} FROM c").results
    assert (result.row_count, len(result.rows), result.truncated) == (kept, kept, True)


def test_a_write_is_finished_though_its_rows_are_cut_off(runner: Runner, student: Path) -> None:
    script = (
        "WITH RECURSIVE c(x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM c LIMIT 5000) "
        "INSERT INTO student SELECT x, 'n', x FROM c RETURNING id"
    )
    (result,) = run(runner, script).results
    assert (result.row_count, result.truncated, result.rows_affected) == (1000, True, 5000)
    assert rows_of(student, "SELECT count(*) FROM student") == [(5003,)]


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


def test_what_runs_too_long_is_stopped_and_leaves_nothing(runner: Runner, student: Path) -> None:
    done = run(runner, f"DELETE FROM student; {FOREVER}")
    assert isinstance(done.error, errors.TimeLimitReached)
    assert done.duration < 1.0
    assert len(rows_of(student)) == 3
    assert run(runner, "SELECT 1").results[0].rows == [(1,)]


def test_what_is_cancelled_is_stopped_long_before_its_limit_and_leaves_nothing(
    engine: SqliteEngine, student: Path
) -> None:
    patient, running = Runner(engine, Slots(1), Watchdog(), time_limit=60), Running(1)
    with running.enter("mine", "alice", "x") as ticket:
        threading.Timer(0.1, running.cancel, ["mine", "alice"]).start()
        done = run(patient, f"DELETE FROM student; {FOREVER}", ticket=ticket)
    assert (done.error.code, done.error.hint) == ("CANCELLED", "Nothing was changed.")
    assert (done.applied, done.results) == ("none", [])
    assert done.duration < 5
    assert len(rows_of(student)) == 3
    assert run(patient, "SELECT 1").results[0].rows == [(1,)]


def test_what_was_cancelled_before_its_end_is_not_committed_however_quick(
    runner: Runner, student: Path
) -> None:
    """Too quick for the watchdog to see it: the word given to whoever cancelled holds all the same."""
    running = Running(1)
    with running.enter("mine", "alice", "x") as ticket:
        running.cancel("mine", "alice")
        done = run(runner, "DELETE FROM student", ticket=ticket)
    assert (done.error.code, done.applied) == ("CANCELLED", "none")
    assert len(rows_of(student)) == 3


def test_a_cancelled_script_says_that_what_it_committed_itself_stays(runner: Runner, student: Path) -> None:
    running = Running(1)
    with running.enter("mine", "alice", "x") as ticket:
        threading.Timer(0.1, running.cancel, ["mine", "alice"]).start()
        script = f"BEGIN; DELETE FROM student WHERE id = 1; COMMIT; {FOREVER}"
        done = run(runner, script, ticket=ticket)
    assert (done.error.code, done.applied) == ("CANCELLED", "some")
    assert "stays" in done.error.hint
    assert len(rows_of(student)) == 2


def test_a_script_that_was_stopped_after_its_own_commit_says_what_stays(
    runner: Runner, student: Path
) -> None:
    done = run(runner, f"BEGIN; DELETE FROM student WHERE id = 1; COMMIT; {FOREVER}")
    assert done.applied == "some"
    assert "stays" in done.error.hint
    assert len(rows_of(student)) == 2


@pytest.mark.parametrize(
    ("script", "applied"),
    [
        ("BEGIN; DELETE FROM student; COMMIT; SELEC", "some"),
        ("BEGIN; CREATE TABLE t (a); COMMIT; SELEC", "some"),
        ("DELETE FROM student; BEGIN; SELEC", "some"),
        ("BEGIN; DELETE FROM student; ROLLBACK; SELEC", "none"),
        ("BEGIN; DELETE FROM student; SELEC", "none"),
        ("BEGIN; SELECT 1; COMMIT; SELEC", "none"),
        ("BEGIN; DELETE FROM student WHERE 0; COMMIT; SELEC", "none"),
        ("BEGIN; DELETE FROM student; INSERT OR ROLLBACK INTO once VALUES (1); SELECT 1", "none"),
        ("BEGIN; COMMIT; INSERT OR FAIL INTO once VALUES (2), (1)", "some"),
        ("BEGIN; COMMIT; INSERT OR FAIL INTO once VALUES (1)", "some"),
        ("BEGIN; COMMIT; INSERT INTO once VALUES (2), (1)", "none"),
    ],
)
def test_a_script_with_its_own_transactions_says_truly_whether_any_of_it_stays(
    runner: Runner, student: Path, script: str, applied: str
) -> None:
    apsw.Connection(str(student)).execute(
        """
        CREATE TABLE once (v UNIQUE); CREATE TABLE log (v); INSERT INTO once VALUES (1);
        CREATE TRIGGER logs BEFORE INSERT ON once BEGIN INSERT INTO log VALUES (new.v); END;
        """
    )
    counts = ", ".join(f"(SELECT count(*) FROM {t})" for t in ("student", "once", "log", "sqlite_schema"))
    look = f"SELECT {counts}"
    before = rows_of(student, look)
    done = run(runner, script)
    assert done.error is not None
    assert done.applied == applied
    assert (rows_of(student, look) == before) is (applied == "none")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("SELECT hex(zeroblob(60000000)) || hex(zeroblob(60000000))", "SQLITE_TOOBIG"),
        (
            "SELECT count(*) FROM (" + "SELECT zeroblob(1000000) UNION ALL " * 400 + "SELECT 1 ORDER BY 1)",
            None,
        ),
        ("SELECT " + "(" * 20000 + "1" + ")" * 20000, None),
        ("SELECT '" + "x" * (2 << 20) + "'", "SQLITE_TOOBIG"),
        ("SELECT json_group_array(printf('%.*c', 1000, 'x')) FROM generate_series(1, 1000000)", None),
    ],
)
def test_a_statement_that_wants_too_much_is_told_so(runner: Runner, script: str, code: str | None) -> None:
    done = run(runner, script)
    if code:
        assert isinstance(done.error, errors.TooLarge)
        assert done.error.code == code
    assert run(runner, "SELECT 1").error is None


def test_a_script_of_many_statements_is_cut_in_good_time(runner: Runner) -> None:
    done = run(runner, "SELECT 1;\n" * 2000)
    assert (done.error, len(done.results)) == (None, 2000)


def test_a_long_statement_goes_through_whole(runner: Runner) -> None:
    text = "'" + "long " * 20000 + "'"
    done = run(runner, f"SELECT 1;{' ' * 5000}SELECT length({text}); SELECT 3")
    assert [r.rows for r in done.results] == [[(1,)], [(100000,)], [(3,)]]


def test_a_write_waits_for_another_program_to_finish(runner: Runner, student: Path) -> None:
    other = apsw.Connection(str(student))
    other.execute("BEGIN IMMEDIATE; DELETE FROM student WHERE id = 1")
    finishing = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    finishing.start()
    done = run(runner, "INSERT INTO student VALUES (10, 'late', 1)")
    finishing.join()
    assert done.error is None
    assert [r[0] for r in rows_of(student)] == [2, 3, 10]


def test_a_file_that_was_replaced_is_noticed_before_anything_is_written(
    runner: Runner, student: Path, tmp_path: Path
) -> None:
    run(runner, "SELECT 1")
    other = tmp_path / "other.db"
    apsw.Connection(str(other)).execute("CREATE TABLE student (id, name, nr)")
    other.rename(student)
    done = run(runner, "INSERT INTO student VALUES (4, 'lost', 1)")
    assert done.error.code == "DATABASE_MOVED"
    assert "replaced" in done.error.message
    student.unlink()
    assert "gone" in run(runner, "SELECT 1").error.message


def test_nothing_of_one_run_reaches_the_next(runner: Runner) -> None:
    run(runner, "INSERT INTO student VALUES (77, 'x', 1)")
    run(runner, "PRAGMA foreign_keys = OFF; BEGIN; SELECT 1; COMMIT")
    assert run(runner, "PRAGMA foreign_keys").results[0].rows == [(1,)]
    assert run(runner, "SELECT changes()").error is None


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


def test_a_whole_run_has_one_budget_of_rows(runner: Runner) -> None:
    done = run(runner, "SELECT zeroblob(3000000);" * 10)
    assert [r.row_count for r in done.results] == [1, 1] + [0] * 8
    assert all(r.truncated for r in done.results[2:])


def test_a_pragma_at_the_beginning_does_not_keep_a_script_from_being_one_transaction(
    runner: Runner, student: Path
) -> None:
    script = "PRAGMA foreign_keys = 0; INSERT INTO student VALUES (9, 'x', 1); SELEC"
    assert run(runner, script).applied == "none"
    assert len(rows_of(student)) == 3
    refused = run(runner, "DELETE FROM student; PRAGMA foreign_keys = 0")
    assert isinstance(refused.error, errors.Refused)
    assert len(rows_of(student)) == 3


@pytest.mark.parametrize("times", [1, 2])
def test_a_pragma_that_tells_is_read_again_and_again(runner: Runner, times: int) -> None:
    for _ in range(times):
        (result,) = run(runner, "PRAGMA journal_mode", may_write=False).results
        assert (result.kind, result.rows) == (Kind.READ, [("wal",)])


def test_a_schema_made_to_take_for_ever_holds_up_nobody(runner: Runner) -> None:
    views = ["CREATE VIEW v0 AS SELECT nr AS a FROM student"]
    views += [
        f"CREATE VIEW v{i} AS SELECT (SELECT a FROM v{i - 1}) + (SELECT a FROM v{i - 1}) AS a"
        for i in range(1, 30)
    ]
    assert run(runner, ";".join(views)).error is None
    began = time.monotonic()
    catalog = runner.catalog()
    assert time.monotonic() - began < 10
    assert catalog.find("student").columns
    assert "too long" in catalog.find("v9").problem
    assert isinstance(run(runner, "SELECT * FROM nothing_here").error, errors.StatementError)
    assert time.monotonic() - began < 20

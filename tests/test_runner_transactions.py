"""A script is one transaction, unless it says so itself: what stays of it, and what is told of that."""

from __future__ import annotations

import threading
from pathlib import Path

import apsw
import pytest

from tests.runs import rows_of, run
from workbench import errors
from workbench.runner import Runner


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


def test_a_pragma_at_the_beginning_does_not_keep_a_script_from_being_one_transaction(
    runner: Runner, student: Path
) -> None:
    script = "PRAGMA foreign_keys = 0; INSERT INTO student VALUES (9, 'x', 1); SELEC"
    assert run(runner, script).applied == "none"
    assert len(rows_of(student)) == 3
    refused = run(runner, "DELETE FROM student; PRAGMA foreign_keys = 0")
    assert isinstance(refused.error, errors.Refused)
    assert len(rows_of(student)) == 3

"""A script that takes too long or too much, or is cancelled: it ends in good time, and leaves nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.promptness import in_time, seconds_of
from tests.runs import FOREVER, rows_of, run
from workbench import errors
from workbench.engines.sqlite import SqliteEngine
from workbench.runner import Runner
from workbench.running import Running
from workbench.slots import Slots
from workbench.watchdog import Watchdog


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


def test_a_whole_run_has_one_budget_of_rows(runner: Runner) -> None:
    done = run(runner, "SELECT zeroblob(3000000);" * 10)
    assert [r.row_count for r in done.results] == [1, 1] + [0] * 8
    assert all(r.truncated for r in done.results[2:])


def test_a_schema_made_to_take_for_ever_holds_up_nobody(runner: Runner) -> None:
    views = ["CREATE VIEW v0 AS SELECT nr AS a FROM student"]
    views += [
        f"CREATE VIEW v{i} AS SELECT (SELECT a FROM v{i - 1}) + (SELECT a FROM v{i - 1}) AS a"
        for i in range(1, 30)
    ]
    assert run(runner, ";".join(views)).error is None
    assert in_time(lambda: seconds_of(runner.catalog), 1.5)
    catalog = runner.catalog()
    assert catalog.find("student").columns
    assert "too long" in catalog.find("v9").problem
    assert in_time(lambda: seconds_of(lambda: run(runner, "SELECT * FROM nothing_here")), 1.5)
    assert isinstance(run(runner, "SELECT * FROM nothing_here").error, errors.StatementError)

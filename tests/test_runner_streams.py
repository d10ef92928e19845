"""One statement whose rows are taken while it runs: what is seen, what stays, and when it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count as count_up
from pathlib import Path

import apsw
import pytest

from workbench import errors
from workbench.engines.base import Flow
from workbench.engines.sqlite.rows import batches
from workbench.jobs import Ask, Expect, Job
from workbench.results import InvalidText, Row, Run
from workbench.runner import Runner
from workbench.streams import Listener

MANY = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {}) SELECT x FROM c"
FOREVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"


class Somebody:
    """Takes rows; `cut_off` is set when they were too slow."""

    def __init__(self) -> None:
        self.cut_off = threading.Event()
        self.listener = Listener(self.cut_off.set)


@contextmanager
def streaming(runner: Runner, sql: str, run: Run | None = None, **ask: object) -> Iterator[Flow]:
    job = Job((Ask(sql, single=True, **ask),))
    with runner.stream(run or Run(sql), job, Somebody().listener) as flow:
        yield flow


def rows_of(runner: Runner, sql: str, run: Run | None = None, **ask: object) -> list[Row]:
    with streaming(runner, sql, run, **ask) as flow:
        return [row for batch in flow.batches for row in batch]


def count(path: Path) -> int:
    """What another program counts in the file."""
    return apsw.Connection(str(path)).execute("SELECT count(*) FROM student").get


def test_all_rows_come_with_their_columns_and_are_counted(runner: Runner) -> None:
    run = Run("")
    assert rows_of(runner, MANY.format(5000), run) == [(i,) for i in range(1, 5001)]
    assert (run.row_count, run.error, [c.name for c in run.results[0].columns]) == (5000, None, ["x"])


@pytest.mark.parametrize(("seconds", "largest"), [(0.001, 500), (0.3, 1)])
def test_rows_that_come_slowly_are_handed_on_in_small_batches(
    monkeypatch: pytest.MonkeyPatch, seconds: float, largest: int
) -> None:
    clock = count_up(0.0, seconds)
    monkeypatch.setattr("workbench.engines.sqlite.rows.perf_counter", lambda: next(clock))
    sizes = [len(batch) for batch in batches((i,) for i in range(2000))]
    assert (max(sizes), sum(sizes)) == (largest, 2000)


@pytest.mark.parametrize(("length", "sizes"), [(3, [3]), (1 << 20, [1, 1, 1])])
def test_the_first_few_rows_come_together_unless_they_are_large(length: int, sizes: list[int]) -> None:
    rows = (("x" * length,) for _ in range(3))
    assert [len(batch) for batch in batches(rows, together=8)] == sizes


def test_values_are_bound(runner: Runner) -> None:
    assert rows_of(runner, "SELECT name FROM student WHERE id = ?", values=(3,)) == [("Harry Potter",)]


def test_an_error_is_raised_before_there_is_anything_to_take(runner: Runner) -> None:
    run = Run("")
    with pytest.raises(errors.StatementError) as caught, streaming(runner, "SELECT * FROM studnet", run):
        pytest.fail("there is nothing to take")
    assert (caught.value.suggestion, run.error) == ("student", caught.value)


def test_whoever_reads_sees_one_moment_whatever_others_write_meanwhile(
    runner: Runner, student: Path, engine
) -> None:
    with streaming(runner, "SELECT * FROM student, (" + MANY.format(1000) + ")") as flow:
        first = next(flow.batches)
        apsw.Connection(str(student)).execute("DELETE FROM student")
        assert len(first) + sum(map(len, flow.batches)) == 3000
    assert count(student) == 0


def test_a_write_is_durable_when_its_rows_are_taken(runner: Runner, student: Path) -> None:
    run = Run("")
    with streaming(runner, "DELETE FROM student RETURNING id", run) as flow:
        assert next(flow.batches) == [(1,)]
        assert count(student) == 3
        assert [row for batch in flow.batches for row in batch] == [(2,), (3,)]
        assert count(student) == 0
    assert (run.applied, run.rows_affected) == ("all", 3)


def test_a_write_whose_rows_are_left_is_rolled_back(runner: Runner, student: Path) -> None:
    with streaming(runner, "DELETE FROM student RETURNING id") as flow:
        next(flow.batches)
    assert count(student) == 3
    assert rows_of(runner, "DELETE FROM student WHERE id = 1 RETURNING id") == [(1,)]


def test_a_write_that_does_more_than_was_expected_is_rolled_back(runner: Runner, student: Path) -> None:
    run = Run("")
    with pytest.raises(errors.GuardFailed):
        rows_of(runner, "DELETE FROM student RETURNING id", run, expect=Expect(max_affected=1))
    assert (count(student), run.applied) == (3, "none")


def test_who_goes_away_in_the_middle_is_remembered_as_gone(runner: Runner) -> None:
    run = Run("")

    def body() -> Iterator[list[Row]]:
        with streaming(runner, FOREVER, run) as flow:
            yield from flow.batches

    going = body()
    next(going)
    going.close()
    assert run.error.code == "CLIENT_LEFT"
    assert rows_of(runner, "SELECT 1") == [(1,)]


def test_rows_without_end_are_stopped_at_the_time_limit(runner: Runner) -> None:
    run = Run("")
    with pytest.raises(errors.TimeLimitReached, match="longer than"):
        rows_of(runner, FOREVER, run)
    assert (run.error.code, run.row_count > 1000) == ("QUERY_TIMEOUT", True)
    assert 0.5 <= run.duration < 1.5


def test_who_takes_rows_too_slowly_is_cut_off_at_the_time_limit(runner: Runner) -> None:
    slow, run = Somebody(), Run("")
    with pytest.raises(errors.TimeLimitReached):
        _take_slowly(runner, run, slow)
    assert 0.5 <= run.duration < 1.5


def _take_slowly(runner: Runner, run: Run, slow: Somebody) -> None:
    with runner.stream(run, Job.of(FOREVER), slow.listener) as flow:
        for _ in flow.batches:
            assert slow.cut_off.wait(5)


@pytest.mark.parametrize("script", ["SELECT 1; SELECT 2", "-- nothing"])
def test_a_script_is_not_one_statement(runner: Runner, script: str) -> None:
    begun = runner.stream(Run(script), Job.of(script), Somebody().listener)
    with pytest.raises(errors.StatementError) as caught, begun:
        pytest.fail("there is nothing to take")
    assert caught.value.code == "MULTIPLE_STATEMENTS"


def test_nobody_is_cut_off_after_all_was_taken(runner: Runner) -> None:
    quick = Somebody()
    with runner.stream(Run(""), Job.of("SELECT 1"), quick.listener) as flow:
        assert list(flow.batches) == [[(1,)]]
    assert not quick.cut_off.wait(0.7)


def test_text_that_is_not_utf8_comes_in_its_place(runner: Runner) -> None:
    odd = f"SELECT x, iif(x = 700, CAST(x'fc41' AS TEXT), 'plain') FROM ({MANY.format(2000)})"
    rows = rows_of(runner, odd)
    assert [x for x, _ in rows] == list(range(1, 2001))
    assert {text for _, text in rows[:699] + rows[700:]} == {"plain"}
    assert rows[699] == (700, InvalidText(b"\xfcA"))
    assert type(rows[699][1]) is InvalidText


def test_text_that_is_not_utf8_among_rows_in_no_order_is_an_error(runner: Runner) -> None:
    odd = f"SELECT random(), iif(x = 700, CAST(x'fc41' AS TEXT), 'plain') FROM ({MANY.format(2000)})"
    with pytest.raises(errors.StatementError, match="another order"):
        rows_of(runner, odd)

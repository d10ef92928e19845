"""The rows of a run are kept beside the store: once read they stay as they were, for as long as they may."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from workbench import snapshots
from workbench.bench import Bench
from workbench.errors import RowsGone, TimeLimitReached
from workbench.jobs import Job
from workbench.results import Result
from workbench.rowsets import RowSet, View
from workbench.settings import Settings


def many(rows: int, columns: str = "x") -> str:
    counted = f"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT {rows})"
    return f"{counted} SELECT {columns} FROM c"


@pytest.fixture
def bench(app: Flask) -> Bench:
    return app.extensions["bench"]


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.store.with_name("workbench.db-rows")


def ask(bench: Bench, script: str, person: str = "alice") -> tuple[int, list[Result]]:
    answer = bench.run(person, Job.typed(script, ()))
    assert answer.run.error is None
    return answer.number, answer.run.results


def everything(bench: Bench, number: int, place: int = 0, view: View | None = None) -> list[tuple]:
    with bench.kept.rows("alice", number, place) as kept:
        return [row for batch in kept.batches(view or View()) for row in batch]


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def test_a_small_result_needs_no_file_and_can_be_looked_at_all_the_same(bench: Bench, folder: Path) -> None:
    number, (result,) = ask(bench, "SELECT id, name FROM student")
    assert result.snapshot is None
    assert not files(folder)
    with bench.kept.rows("alice", number, 0) as kept:
        assert kept.whole
        window = kept.window(View(sort=1), 1, 1)
        assert (window.rows, list(window.numbers), window.total) == ([(2, "John Doe")], [2], 3)
        assert kept.cell(3, 1) == "Harry Potter"


def test_more_rows_than_the_answer_holds_are_in_a_file_that_only_its_owner_may_read(
    bench: Bench, folder: Path
) -> None:
    number, (result,) = ask(bench, many(5000, "x, random()"))
    assert (len(result.rows), result.row_count, result.truncated) == (1000, 5000, False)
    rows = everything(bench, number)
    assert rows[:1000] == result.rows
    assert [x for x, _ in rows] == list(range(1, 5001))
    assert everything(bench, number, view=View(sort=1)) == sorted(rows, key=lambda row: row[1])
    (name,) = files(folder)
    assert (folder.stat().st_mode & 0o777, (folder / name).stat().st_mode & 0o777) == (0o700, 0o600)


def test_each_statement_of_a_script_has_its_own(bench: Bench) -> None:
    script = f"{many(2000)}; SELECT 7; {many(3000, 'x, x')}"
    number, _ = ask(bench, script)
    assert [len(everything(bench, number, place)) for place in range(3)] == [2000, 1, 3000]
    with bench.kept.rows("alice", number, 3) as nothing:
        assert nothing is None


@pytest.mark.parametrize("bound", [("MOST_ROWS", 1500), ("MOST_BYTES", 16 * 1500)], ids=["rows", "bytes"])
def test_it_has_bounds_and_says_that_it_was_cut(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, bound: tuple[str, int]
) -> None:
    monkeypatch.setattr(snapshots, *bound)
    number, (result,) = ask(bench, many(10_000))
    assert (result.row_count, result.truncated) == (1500, True)
    with bench.kept.rows("alice", number, 0) as kept:
        assert not kept.whole
        assert kept.count() == 1500
    whole, (result,) = ask(bench, many(1500))
    assert (result.row_count, result.truncated) == (1500, False)
    with bench.kept.rows("alice", whole, 0) as kept:
        assert kept.whole


def test_rows_that_take_long_to_come_are_not_waited_for(
    serve: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last row of the first statement would take for ever; the second still gets its turn."""
    bench = serve(time_limit=10.0).extensions["bench"]
    monkeypatch.setattr(snapshots, "SECONDS", 0.1)
    for_ever = many(10**12, "count(*)")
    script = f"SELECT * FROM ({many(1200)}) UNION ALL SELECT * FROM ({for_ever}); SELECT 2"
    for more in ("", "; CREATE TABLE t AS SELECT 1 AS a"):
        number, results = ask(bench, script + more)
        assert 1000 <= results[0].row_count <= 1200
        assert results[0].truncated
        assert results[1].rows == [(2,)]
        assert len(everything(bench, number)) == results[0].row_count
    assert ask(bench, "SELECT * FROM t")[1][0].rows == [(1,)]


def test_what_writes_and_returns_rows_is_never_cut_short(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SECONDS", 0.0)
    ask(bench, "CREATE TABLE t (a)")
    ask(bench, f"INSERT INTO t {many(150_000)} RETURNING a")
    assert ask(bench, "SELECT count(*) FROM t")[1][0].rows == [(150_000,)]


def test_a_run_that_fails_after_that_leaves_nothing_behind(bench: Bench, folder: Path) -> None:
    answer = bench.run("alice", Job.typed(f"{many(2000)}; SELECT nothing", ()))
    assert answer.run.error
    assert answer.run.results[0].snapshot is None
    assert not files(folder)


def test_a_late_error_is_an_error_and_no_shorter_result(bench: Bench, folder: Path) -> None:
    answer = bench.run("alice", Job.typed(many(3000, "iif(x < 2500, x, abs(-9223372036854775807 - 1))"), ()))
    assert "integer overflow" in answer.run.error.message
    assert not files(folder)


def test_text_that_is_not_utf8_far_down_is_kept_exactly(bench: Bench) -> None:
    number, (result,) = ask(bench, many(3000, "iif(x = 2500, CAST(x'ff00' AS TEXT), x)"))
    rows = everything(bench, number)
    assert (result.row_count, bytes(rows[2499][0]), rows[2998:]) == (3000, b"\xff\0", [(2999,), (3000,)])


def test_bob_sees_nothing_of_alices(bench: Bench) -> None:
    number, _ = ask(bench, many(2000))
    with bench.kept.rows("bob", number, 0) as kept:
        assert kept is None


def test_it_survives_a_restart(serve: Callable[..., Flask]) -> None:
    number, (result,) = ask(serve().extensions["bench"], many(2000, "random()"))
    assert everything(serve().extensions["bench"], number)[:1000] == result.rows


def test_it_goes_with_its_entry(bench: Bench, folder: Path) -> None:
    one, _ = ask(bench, many(2000))
    two, _ = ask(bench, many(2000))
    bench.kept.forget("alice", one)
    assert [name.split("-")[0] for name in files(folder)] == [str(two)]
    with bench.kept.rows("alice", one, 0) as kept:
        assert kept is None


def test_the_oldest_go_first_when_all_take_too_much(serve: Callable[..., Flask], folder: Path) -> None:
    bench = serve(snapshots_mb=1).extensions["bench"]
    numbers = [ask(bench, many(2000, "x, hex(zeroblob(100))"))[0] for _ in range(4)]
    kept = [int(name.split("-")[0]) for name in files(folder)]
    assert kept
    assert numbers[-1] in kept
    assert numbers[0] not in kept
    assert sum((folder / name).stat().st_size for name in files(folder)) <= 1 << 20
    assert len(everything(bench, numbers[0])) == 1000
    with bench.kept.rows("alice", numbers[0], 0) as rows:
        assert (rows.missing, rows.whole) == (1000, False)


def test_none_are_kept_where_that_is_said(serve: Callable[..., Flask], folder: Path) -> None:
    number, (result,) = ask(serve(snapshots_mb=0).extensions["bench"], many(2000))
    assert (result.row_count, result.truncated, result.snapshot) == (1000, True, None)
    assert number
    assert not folder.exists()


def test_a_damaged_one_is_as_good_as_none(bench: Bench, folder: Path) -> None:
    script = "SELECT hex(zeroblob(1000000))"
    number, _ = ask(bench, script)
    (name,) = files(folder)
    (folder / name).write_bytes(b"nothing of SQLite's" * 1000)
    with pytest.raises(RowsGone, match="not kept any more"), bench.kept.rows("alice", number, 0):
        pass
    entry, run = bench.kept.again("alice", number)
    assert (entry.rows_kept, run.results[0].rows) == (False, [])


def test_half_a_file_of_a_killed_worker_is_swept(bench: Bench, folder: Path) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    folder.mkdir(mode=0o700)
    (folder / f"part-{child}-0123456789abcdef.rows").touch()
    (folder / f"part-{os.getpid()}-0123456789abcdef.rows").touch()
    (folder / "something else").touch()
    ask(bench, many(2000))
    assert files(folder)[1:] == [f"part-{os.getpid()}-0123456789abcdef.rows", "something else"]


def test_a_disk_that_takes_no_more_costs_the_snapshot_and_not_the_run(bench: Bench, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    _, (result,) = ask(bench, many(2000))
    assert (len(result.rows), result.row_count, result.truncated) == (1000, 1000, True)


def test_a_look_that_takes_too_long_is_ended(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    number, _ = ask(bench, many(2000))
    monkeypatch.setattr("workbench.kept.SECONDS", 0.0)

    def slow(rows: RowSet, _view: View) -> int:
        return rows.connection.execute(many(10**9, "count(*)")).fetchone()[0]

    with bench.kept.rows("alice", number, 0) as kept:
        monkeypatch.setattr(RowSet, "count", slow)
        began = time.monotonic()
        with pytest.raises(TimeLimitReached, match="took longer"):
            kept.count()
    assert time.monotonic() - began < 5

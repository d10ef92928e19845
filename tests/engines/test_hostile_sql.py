"""SQL that reaches for more than the database, as a reader and as a writer."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.engines.sqlite import SqliteEngine
from workbench.errors import Refused, WorkbenchError
from workbench.jobs import Job
from workbench.runner import Handling, Runner, first_rows
from workbench.slots import Slots
from workbench.watchdog import Watchdog

BEYOND = [
    "ATTACH '/etc/passwd' AS x",
    "ATTACH '' AS x",
    "ATTACH ':memory:' AS x",
    "DETACH main",
    "CREATE TEMP TABLE t (a)",
    "CREATE TEMP VIEW v AS SELECT 1",
    "CREATE TABLE temp.t (a)",
    "CREATE VIEW temp.v AS SELECT 1",
    "CREATE TRIGGER temp.t AFTER INSERT ON main.student BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE temp.f USING fts5(t)",
    "PRAGMA journal_mode = delete",
    "PRAGMA locking_mode = exclusive",
    "PRAGMA query_only = 0",
    "PRAGMA hard_heap_limit = 1",
    "PRAGMA soft_heap_limit = 1",
    "PRAGMA busy_timeout = 2000000000",
    "PRAGMA mmap_size = 1000000",
    "PRAGMA writable_schema = 1",
    "PRAGMA database_list",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM pragma_database_list()",
    "PRAGMA trusted_schema = 1",
    "PRAGMA temp_store_directory = '/tmp'",
    "SELECT load_extension('x.so')",
    "SELECT sqlite_log(1, 'x')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('x', 'y')",
    "SELECT edit('x')",
    "SELECT fts3_tokenizer('simple', x'00')",
    "SELECT * FROM fsdir('/')",
    "SELECT * FROM sqlite_dbpage",
    "VACUUM INTO 'stolen.db'",
    "DELETE FROM sqlite_schema",
    "UPDATE sqlite_master SET sql = ''",
]


@pytest.fixture(params=["writer", "reader"])
def hostile(request: pytest.FixtureRequest, student: Path, tmp_path: Path) -> Runner:
    engine = SqliteEngine(student, line_folder=tmp_path, read_only=request.param == "reader")
    made = Runner(engine, Slots(1), Watchdog(), 5.0)
    yield made
    made.close()


@pytest.mark.parametrize("script", BEYOND)
def test_it_is_refused_in_words_and_touches_nothing(hostile: Runner, tmp_path: Path, script: str) -> None:
    files = {p.name for p in tmp_path.iterdir()}
    done = hostile.run(Job.of(script), Handling(first_rows(10)))
    assert isinstance(done.error, WorkbenchError)
    assert done.error.message
    assert {p.name for p in tmp_path.iterdir()} - files <= {"student.db-wal", "student.db-shm"} | {
        p.name for p in tmp_path.glob("writers-*")
    }
    assert hostile.run(Job.of("SELECT count(*) FROM student"), Handling(first_rows(10))).results[0].rows == [
        (3,)
    ]


def test_an_answer_does_not_tell_whether_a_file_exists(hostile: Runner) -> None:
    there, not_there = (
        hostile.run(Job.of(f"ATTACH '{path}' AS x"), Handling(first_rows(1))).error
        for path in ("/etc/passwd", "/no/such/file")
    )
    assert isinstance(there, Refused)
    assert there.message == not_there.message


def test_no_answer_tells_where_the_file_is(hostile: Runner, tmp_path: Path) -> None:
    for script in BEYOND:
        error = hostile.run(Job.of(script), Handling(first_rows(1))).error
        assert str(tmp_path) not in error.message


def test_a_text_that_the_workbench_runs_itself_is_no_way_round_the_guard(hostile: Runner) -> None:
    """The same words as an unguarded statement of ours must not be found in the statement cache."""
    hostile.run(Job.of("SELECT 1; SELECT 2"), Handling(first_rows(1)))
    for script in ("BEGIN IMMEDIATE", "PRAGMA query_only = 1", "PRAGMA mmap_size = 0"):
        assert hostile.run(Job.of(script), Handling(first_rows(1))).error is not None


def test_an_r_tree_can_be_read_by_a_reader(student: Path, tmp_path: Path) -> None:
    writer = SqliteEngine(student, line_folder=tmp_path)
    make = "CREATE VIRTUAL TABLE box USING rtree(id, a, b); INSERT INTO box VALUES (1, 2, 3)"
    assert Runner(writer, Slots(1), Watchdog(), 5.0).run(Job.of(make), Handling(first_rows(1))).error is None
    writer.close()
    reader = SqliteEngine(student, line_folder=tmp_path, read_only=True)
    done = Runner(reader, Slots(1), Watchdog(), 5.0).run(Job.of("SELECT * FROM box"), Handling(first_rows(1)))
    assert done.results[0].rows == [(1, 2.0, 3.0)]
    reader.close()


def test_shadow_tables_are_protected_from_writers(hostile: Runner) -> None:
    if hostile.engine.read_only:
        return
    assert hostile.run(Job.of("CREATE VIRTUAL TABLE f USING fts5(t)"), Handling(first_rows(1))).error is None
    assert hostile.run(Job.of("DELETE FROM f_data"), Handling(first_rows(1))).error is not None
    assert hostile.run(Job.of("DROP TABLE f_data"), Handling(first_rows(1))).error is not None

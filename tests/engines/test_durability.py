"""Nobody is told that a commit is durable before the disk has it, and many need to ask the disk but once."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import apsw
import pytest

from tests.disk import files_of_at_most
from workbench.engines.sqlite import SqliteEngine
from workbench.engines.sqlite.durability import Durability
from workbench.errors import NotDurable
from workbench.jobs import Job
from workbench.runner import Handling, Runner, first_rows

INSERT = "INSERT INTO student (name, nr) VALUES ('Eve', 5)"


class Disk:
    """Stands where `os.fdatasync` does: notes when it is asked and when it is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[float, float]] = []
        self.really = os.fdatasync
        self.seconds = 0.0
        self.look = lambda: None
        monkeypatch.setattr(os, "fdatasync", self.take)

    def take(self, file: int) -> None:
        began = time.monotonic()
        self.look()
        self.really(file)
        if self.seconds:
            threading.Event().wait(self.seconds)
        self.asked.append((began, time.monotonic()))

    def had(self, since: float, until: float) -> bool:
        """Whether it was asked after `since` and done before `until`."""
        return any(since <= began and done <= until for began, done in self.asked)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def run(runner: Runner, script: str, **how: object) -> str:
    done = runner.run(Job.of(script, **how), Handling(first_rows(10)))
    if done.error:
        raise done.error
    return done.applied


def test_the_disk_is_asked_when_the_commit_is_whole_and_before_anybody_is_told(
    runner: Runner, student: Path, disk: Disk, tmp_path: Path
) -> None:
    def look() -> None:
        for suffix in ("", "-wal"):
            shutil.copy(f"{student}{suffix}", tmp_path / f"at-that-moment.db{suffix}")

    disk.look = look
    assert run(runner, INSERT) == "all"
    assert len(disk.asked) == 1
    then = apsw.Connection(str(tmp_path / "at-that-moment.db"))
    assert then.execute("SELECT count(*) FROM student WHERE name = 'Eve'").get == 1


@pytest.mark.parametrize(
    "script", ["SELECT 1", "UPDATE nowhere SET a = 1", "INSERT INTO student VALUES (1, 'x', 1)"]
)
def test_nothing_is_asked_of_the_disk_when_nothing_was_committed(
    runner: Runner, disk: Disk, script: str
) -> None:
    runner.run(Job.of(script), Handling(first_rows(10)))
    assert disk.asked == []


@pytest.mark.parametrize(
    ("script", "recorded"), [(INSERT, True), (f"BEGIN; {INSERT}; COMMIT", False), ("VACUUM", False)]
)
def test_sqlite_itself_waits_where_more_depends_on_the_commit(
    runner: Runner, disk: Disk, script: str, recorded: bool
) -> None:
    run(runner, script, record=recorded)
    assert disk.asked == []
    assert runner.engine._links.writer.own("PRAGMA synchronous") == [(2,)]  # FULL


def test_a_disk_that_does_not_take_it_is_told_of(runner: Runner, disk: Disk) -> None:
    def fail() -> None:
        raise OSError(5, "Input/output error")

    disk.look = fail
    done = runner.run(Job.of(INSERT), Handling(first_rows(10)))
    assert isinstance(done.error, NotDurable)
    assert done.applied == "unknown"
    disk.look = lambda: None
    assert run(runner, INSERT) == "all"


def test_a_database_without_a_log_is_written_durably_by_sqlite(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "plain.db"
    apsw.Connection(str(path)).execute(
        "PRAGMA journal_mode = delete; CREATE TABLE student (name, nr)"
    ).fetchall()
    engine = SqliteEngine(path, line_folder=tmp_path)
    with engine.session(engine.plan(Job.of(INSERT)), together=True) as session:
        for statement in session.statements():
            session.execute(statement, first_rows(1))
        session.commit()
        assert engine._links.writer.own("PRAGMA synchronous") == [(2,)]
    engine.close()
    assert disk.asked == []


def test_each_of_many_commits_is_on_the_disk_before_its_writer_goes_on(tmp_path: Path, disk: Disk) -> None:
    log, turn, wrong, writers, each = tmp_path / "log", threading.Lock(), [], 8, 25
    log.touch()
    disk.seconds = 0.002

    def write() -> None:
        durability = Durability(log, tmp_path / "commits")
        for _ in range(each):
            with durability.afterwards() as committed, turn:
                made = time.monotonic()
                committed()
            if not disk.had(made, time.monotonic()):
                wrong.append(made)
        durability.close()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(disk.asked) < writers * each * 0.8


def test_a_log_that_was_made_anew_is_the_one_that_is_asked_for(tmp_path: Path, disk: Disk) -> None:
    log = tmp_path / "log"
    log.touch()
    durability, seen = Durability(log, tmp_path / "commits"), []
    for _ in range(2):
        with durability.afterwards() as committed:
            committed()
        seen.append(os.fstat(durability._log_file).st_ino == log.stat().st_ino)
        log.rename(tmp_path / "old")
        log.touch()
    durability.close()
    assert seen == [True, True]


def test_without_room_to_count_each_commit_asks_the_disk_by_itself(
    student: Path, disk: Disk, tmp_path: Path
) -> None:
    """To count where the disk has no room would end the process, after the commit."""
    engine = SqliteEngine(student, line_folder=tmp_path)
    plan = engine.plan(Job.of(INSERT))
    with files_of_at_most(8):
        assert engine._shared_durability() is None
    with engine.session(plan, together=True) as session:
        for statement in session.statements():
            session.execute(statement, first_rows(1))
        session.commit()
    (commits,) = tmp_path.glob("*.commits")
    assert commits.stat().st_blocks > 0
    engine.close()

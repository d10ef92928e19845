"""An import is one write: all of it or nothing, in its turn, stopped when it is to stop, and taken back."""

from __future__ import annotations

from pathlib import Path

import apsw
import msgspec
import pytest
from flask import Flask

from tests.disk import files_of_at_most
from workbench.bench import Bench
from workbench.engines.sqlite import whole_tables
from workbench.errors import DatabaseTrouble
from workbench.importer import Importer
from workbench.imports import inbox as inboxes
from workbench.imports.inbox import Upload
from workbench.imports.recipe import Recipe
from workbench.running import Ticket

ALICE = "alice"


@pytest.fixture
def importer(app: Flask) -> Importer:
    return app.extensions["desks"].of(None).importer


@pytest.fixture
def bench(app: Flask) -> Bench:
    return app.extensions["bench"]


def sent(importer: Importer, content: bytes, into: str = "", **order: object) -> Upload:
    """A file that Alice has sent and looked at."""
    file = importer.inbox.incoming()
    file.write(content)
    upload = importer.inbox.keep(ALICE, "t.csv", file)
    importer.look(upload, Recipe(), into)
    upload.order = msgspec.structs.replace(upload.order, **order)
    return upload


def carried_out(importer: Importer, upload: Upload) -> Upload:
    importer.begin(upload)
    importer.run(upload)
    return importer.inbox.find(ALICE, upload.number)


def rows(student: Path, query: str) -> list[tuple]:
    return apsw.Connection(str(student)).execute(query).fetchall()


def many(count: int) -> bytes:
    return b"name,nr\n" + b"".join(b"a name of some length %d,%d\n" % (n, n) for n in range(count))


def take_back(bench: Bench, upload: Upload) -> str | None:
    """Undo it; why not, where that is refused."""
    entry = bench.entry(ALICE, upload.entry)
    if not entry.can_be_undone:
        return entry.why_not
    assert bench.undo(ALICE, entry).run.error is None
    return None


def test_a_run_that_is_cancelled_half_way_leaves_nothing(
    importer: Importer, bench: Bench, student: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, seen, count = sent(importer, many(50_000), into="student"), [], Ticket.count

    def cancel_at_some_point(self: Ticket, rows: int) -> None:
        count(self, rows)
        seen.append(importer.going(upload).rows)
        if seen[-1] > 10_000:
            assert bench.cancel(ALICE, upload.number)

    monkeypatch.setattr(Ticket, "count", cancel_at_some_point)
    done = carried_out(importer, upload)
    assert (done.state, done.trouble.code) == ("ready", "CANCELLED")
    assert 0 < seen[-1] < 50_000
    assert len(rows(student, "SELECT * FROM student")) == 3


def test_its_time_limit_is_its_own_and_leaves_nothing(importer: Importer, student: Path) -> None:
    upload = sent(importer, many(20_000))
    importer.seconds = 0.001
    done = carried_out(importer, upload)
    assert done.trouble.code == "QUERY_TIMEOUT"
    assert "WORKBENCH_IMPORT_SECONDS" in done.trouble.hint
    assert rows(student, "SELECT name FROM sqlite_schema WHERE name = 't'") == []
    importer.seconds = 60
    assert carried_out(importer, done).written == 20_000


def test_a_full_disk_half_way_leaves_nothing(importer: Importer, student: Path) -> None:
    importer._runner.engine._links.to_write(1.0).own("PRAGMA max_page_count = 100")
    done = carried_out(importer, sent(importer, many(50_000), table="t"))
    assert (done.state, done.trouble.code) == ("ready", "SQLITE_FULL")
    assert "nothing was changed" in done.trouble.hint
    assert rows(student, "SELECT name FROM sqlite_schema") == [("student",)]


def test_a_disk_that_is_full_for_what_is_sent_keeps_nothing(importer: Importer) -> None:
    file = importer.inbox.incoming()
    with files_of_at_most(1 << 20), pytest.raises(DatabaseTrouble, match="cannot be kept") as told:
        file.write(b"x" * (2 << 20))
    file.close()
    assert told.value.code == "SQLITE_FULL"
    assert list(importer.inbox.folder.iterdir()) == []


def test_a_large_table_is_taken_back_by_dropping_it(
    importer: Importer, bench: Bench, student: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engines.sqlite.recorder.MOST_BYTES", 1000)
    monkeypatch.setattr("workbench.engines.sqlite.schema_watch.MOST_BYTES", 1000)
    done = carried_out(importer, sent(importer, many(2000)))
    assert rows(student, "SELECT count(*) FROM t") == [(2000,)]
    assert take_back(bench, done) is None
    assert rows(student, "SELECT name FROM sqlite_schema") == [("student",)]


def test_a_table_that_was_changed_since_is_not_dropped(
    importer: Importer, bench: Bench, student: Path
) -> None:
    done = carried_out(importer, sent(importer, many(10)))
    apsw.Connection(str(student)).execute("UPDATE t SET nr = 0 WHERE nr = 5")
    run = bench.undo(ALICE, bench.entry(ALICE, done.entry)).run
    assert [conflict.table for conflict in run.conflicts] == ["t"]
    assert rows(student, "SELECT count(*) FROM t") == [(10,)]


def test_rows_that_are_too_many_to_be_kept_say_that_they_cannot_be_taken_back(
    importer: Importer, bench: Bench, student: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert whole_tables.MOST_BYTES == 64 << 20
    monkeypatch.setattr("workbench.engines.sqlite.recorder.MOST_BYTES", 100_000)
    done = carried_out(importer, sent(importer, many(10_000), into="student"))
    assert done.written == 10_000
    assert "64 MB that are kept" in take_back(bench, done)
    assert take_back(bench, carried_out(importer, sent(importer, many(500), into="student"))) is None
    assert rows(student, "SELECT count(*) FROM student") == [(10_003,)]


def test_what_a_table_would_change_is_rejected_instead(importer: Importer, student: Path) -> None:
    apsw.Connection(str(student)).execute(
        "CREATE TABLE u (i INTEGER, r REAL, n NUMERIC, t TEXT, b, c TEXT NOT NULL CHECK (c <> 'no'))"
    )
    content = b"i,r,n,t,b,c\n1,2.5,3,007,007,a\n"
    content += b"007,1,1,x,1,b\n1,1e5,1,x,1,c\nx,y,z,1,1,d\n1,1,1,1,1,no\n1,1,1,1,1,\n"
    done = carried_out(importer, sent(importer, content, into="u"))
    assert (done.written, done.rejected) == (2, 4)
    assert rows(student, "SELECT * FROM u") == [(1, 2.5, 3, "007", "007", "a"), ("x", "y", "z", "1", 1, "d")]
    told = importer.inbox.rejects_path(done).read_text()
    for reason in (
        "3,“007” would come back as 7", "4,“1e5” would come back as 100000.0",
        "6,CHECK constraint failed: c <> 'no'", "7,NOT NULL constraint failed: u.c",
    ):  # fmt: skip
        assert reason in told


def test_what_is_older_than_a_day_is_swept(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = sent(importer, many(1))
    monkeypatch.setattr(inboxes, "KEPT_SECONDS", -1)
    importer.inbox.sweep()
    assert importer.inbox.find(ALICE, upload.number) is None
    assert list(importer.inbox.folder.iterdir()) == []


def test_one_whose_process_has_ended_is_ready_again_and_says_so(importer: Importer) -> None:
    upload = sent(importer, many(1))
    importer.begin(upload)
    upload.began -= 10
    assert importer.going(upload) is None
    assert (upload.state, upload.trouble.code) == ("ready", "INTERRUPTED")

"""An export is all of one moment, or there is no file: others write, it is stopped, the disk is full."""

from __future__ import annotations

import csv
import hashlib
import io
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import apsw
import pytest
from flask import Flask
from openpyxl import load_workbook

from workbench import exporter as exporters
from workbench.bench import Bench
from workbench.errors import BadRequest
from workbench.exporter import Exporter
from workbench.exporting import Wanted
from workbench.exports import outbox as outboxes
from workbench.exports.outbox import Export
from workbench.running import Ticket

ALICE = "alice"
ROWS = 20_000
MANY = f"""
CREATE TABLE account (id INTEGER PRIMARY KEY, money INTEGER);
CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {ROWS})
INSERT INTO account SELECT i, 100 FROM n;
"""


@pytest.fixture
def exporter(app: Flask, student: Path) -> Exporter:
    apsw.Connection(str(student)).execute(MANY)
    return app.extensions["desks"].of(None).exporter


def made(exporter: Exporter, *tables: str, **wanted: object) -> Export:
    """What Alice has had exported."""
    export = exporter.begin(ALICE, Wanted(tables=tables, **wanted))
    exporter.run(export)
    found = exporter.find(ALICE, export.number)
    assert found == export
    return found


def content(exporter: Exporter, export: Export) -> bytes:
    assert (export.state, export.trouble) == ("done", None)
    found = exporter.outbox.path(export).read_bytes()
    assert (len(found), hashlib.sha256(found).hexdigest()) == (export.size, export.digest)
    return found


def left(exporter: Exporter) -> set[str]:
    """The kinds of files that are there."""
    return {path.suffix for path in exporter.outbox.folder.iterdir()}


def meanwhile(monkeypatch: pytest.MonkeyPatch, do: Callable[[Ticket], None]) -> None:
    """Have `do` done again and again while rows, or pages, are taken."""
    count = Ticket.count

    def count_and_do(self: Ticket, rows: int) -> None:
        count(self, rows)
        do(self)

    monkeypatch.setattr(Ticket, "count", count_and_do)


@pytest.fixture
def a_thousand_writes(student: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Money goes from one account to another, and accounts and notes come, while somebody exports."""
    other, done = apsw.Connection(str(student)), 0

    def write(_ticket: Ticket) -> None:
        nonlocal done
        for _ in range(50 if done < 1000 else 0):
            done += 1
            other.execute(
                f"BEGIN; UPDATE account SET money = money - 1 WHERE id = {done};"
                f" UPDATE account SET money = money + 1 WHERE id = {ROWS - done};"
                f" INSERT INTO account VALUES ({ROWS + done}, 0);"
                f" INSERT INTO note VALUES ({done}, 'x'); COMMIT"
            )

    meanwhile(monkeypatch, write)
    yield lambda: done
    other.close()


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_of_a_thousand_writes_meanwhile_none_is_in_it(
    exporter: Exporter, a_thousand_writes: Callable[[], int], format_: str
) -> None:
    export = made(exporter, "account", "note", format=format_)
    assert a_thousand_writes() == 1000
    assert export.counts == {"account": ROWS, "note": 0}
    file = io.BytesIO(content(exporter, export))
    if format_ == "csv":
        rows = list(csv.reader(ZipFile(file).read("account.csv").decode().splitlines()))[1:]
    else:
        rows = list(load_workbook(file, read_only=True).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [(int(id_), int(money)) for id_, money in rows] == [(id_, 100) for id_ in range(1, ROWS + 1)]


def test_nor_is_one_in_a_copy_of_the_database(
    exporter: Exporter, a_thousand_writes: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engines.sqlite.takeout._PAGES", 1)
    export = made(exporter, what="database")
    assert a_thousand_writes() == 1000
    copy = tmp_path / "copy.db"
    copy.write_bytes(content(exporter, export))
    found = apsw.Connection(str(copy))
    assert list(found.execute("PRAGMA integrity_check")) == [("ok",)]
    assert list(found.execute("SELECT count(*), sum(money), max(id) FROM account")) == [
        (ROWS, 100 * ROWS, ROWS)
    ]
    assert left(exporter) == {".json", ".data"}


@pytest.mark.parametrize("wanted", [{"tables": ("account",)}, {"what": "database"}], ids=["rows", "file"])
def test_one_that_is_cancelled_half_way_leaves_no_file(
    exporter: Exporter, app: Flask, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, object]
) -> None:
    bench: Bench = app.extensions["bench"]
    export, seen = exporter.begin(ALICE, Wanted(**wanted)), []

    def cancel_at_some_point(_ticket: Ticket) -> None:
        seen.append(exporter.going(export).rows)
        assert left(exporter) == {".json", ".part"}
        if seen[-1] > 20:
            bench.cancel(ALICE, export.number)

    monkeypatch.setattr("workbench.engines.sqlite.takeout._PAGES", 1)
    meanwhile(monkeypatch, cancel_at_some_point)
    exporter.run(export)
    assert (export.state, export.trouble.code) == ("failed", "CANCELLED")
    assert 0 < seen[-1] < ROWS
    assert left(exporter) == {".json"}


def test_its_time_limit_is_its_own_and_leaves_no_file(exporter: Exporter) -> None:
    exporter.seconds = 0.001
    export = made(exporter, "account")
    assert export.trouble.code == "QUERY_TIMEOUT"
    assert "WORKBENCH_EXPORT_SECONDS" in export.trouble.hint
    assert left(exporter) == {".json"}
    exporter.seconds = 60
    assert made(exporter, "account").rows == ROWS


def test_a_view_that_never_ends_is_stopped_too(exporter: Exporter, student: Path) -> None:
    apsw.Connection(str(student)).execute(
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) AS c FROM n"
    )
    exporter.seconds = 0.5
    assert made(exporter, "endless").trouble.code == "QUERY_TIMEOUT"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("wanted", [{"tables": ("account",)}, {"what": "database"}], ids=["rows", "file"])
def test_a_full_disk_half_way_leaves_no_file_and_says_so(
    exporter: Exporter, wanted: dict[str, object]
) -> None:
    export = exporter.begin(ALICE, Wanted(**wanted))
    with files_of_at_most(50_000):
        exporter.run(export)
    assert export.state == "failed"
    assert export.trouble.code in ("SQLITE_FULL", "SQLITE_IOERR_WRITE")
    assert "the disk where the workbench's own file is" in export.trouble.hint
    assert left(exporter) == {".json"}


def test_all_files_have_a_limit_together_and_the_oldest_go_for_it(exporter: Exporter) -> None:
    first = made(exporter, "account")
    exporter.outbox.most_bytes = 3 * first.size
    others = [made(exporter, "account") for _ in range(3)]
    assert [exporter.outbox.is_there(each) for each in (first, *others)] == [False, True, True, True]
    exporter.outbox.most_bytes = first.size // 2
    export = made(exporter, "account")
    assert (export.state, export.trouble.code) == ("failed", "NO_ROOM")
    assert "WORKBENCH_EXPORT_MB" in export.trouble.hint


def test_what_is_older_than_a_day_is_swept(exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    export = made(exporter, "account")
    monkeypatch.setattr(outboxes, "KEPT_SECONDS", -1)
    exporter.outbox.sweep()
    assert exporter.find(ALICE, export.number) is None
    assert left(exporter) == set()


@pytest.mark.parametrize("ending", ["part", "data"])
def test_one_whose_process_has_ended_is_broken_off_and_no_file_of_it_stays(
    exporter: Exporter, ending: str
) -> None:
    export = exporter.begin(ALICE, Wanted(tables=("account",)))
    exporter.outbox.at(export.number, ending).write_bytes(b"id,money\r\n1,100\r\n")
    assert exporter.going(export) is None
    assert export.state == "running"
    export.at -= 10
    assert exporter.going(export) is None
    assert (export.state, export.trouble.code) == ("failed", "INTERRUPTED")
    assert left(exporter) == {".json"}


def test_no_more_than_some_are_made_at_once(exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    with exporter._places.take(), exporter._places.take():
        monkeypatch.setattr(
            "workbench.slots.Slots._try", lambda *_: False
        )  # locks of one process do not meet
        export = made(exporter, "account")
        assert (export.state, export.trouble.code) == ("failed", "OVERLOADED")
        assert "places for exports are taken" in export.trouble.message


def test_what_was_looked_at_and_what_not_is_told(exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exporter.foresee(ALICE, Wanted(tables=("account", "note")))
    assert [(each.table, each.rows, each.whole) for each in whole.looked] == [
        ("account", ROWS, True), ("note", 0, True),
    ]  # fmt: skip
    monkeypatch.setattr(exporters, "LOOK_ROWS", 1000)
    (part,) = exporter.foresee(ALICE, Wanted(tables=("account",))).looked
    assert (part.size.rows, part.whole) == (ROWS, False)
    assert 1000 <= part.rows < ROWS


def test_a_table_that_is_dropped_meanwhile_is_told(exporter: Exporter, student: Path) -> None:
    export = exporter.begin(ALICE, Wanted(tables=("note",)))
    apsw.Connection(str(student)).execute("DROP TABLE note")
    exporter.run(export)
    assert "There is no table note to export" in export.trouble.message
    with pytest.raises(BadRequest):
        exporter.begin(ALICE, Wanted(tables=("note",)))

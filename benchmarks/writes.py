"""S6 and S7: what it costs to write durably, and to be able to take it back."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import apsw

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, large, sample
from benchmarks.load import Ask, press
from benchmarks.peers import NAMES
from benchmarks.serving import Servers
from workbench.settings import TABLE

INSERT = "INSERT INTO student (name, nr) VALUES ('Peter Pan', 4444)"
CLIENTS = 16
UNDO = "WORKBENCH_UNDO"
"""The setting that turns the recording of changes on and off."""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """Rows are counted in the file: some answer a failed write with status 200."""
    with Servers(book, folder / "writes") as servers:
        alone = copied(sample(folder), folder / "alone")
        measures: dict[str, Measure] = {"write/engine": partial(_alone, alone, effort.seconds)}
        for key in ("workbench", "tutorial"):
            database = copied(sample(folder), folder / f"{key}-writes")
            url = servers.url("write", key, database)
            if url:
                measures[f"write/{key}"] = partial(_write, key, url, database, effort.seconds)
        in_turn(book, effort.rounds, measures)
    _updates(book, effort, folder)


def _alone(database: Path, seconds: float) -> dict[str, float]:
    connection = apsw.Connection(str(database))
    connection.execute("PRAGMA synchronous = FULL")
    end = time.perf_counter() + seconds
    written = 0
    while time.perf_counter() < end:
        connection.execute(INSERT)
        written += 1
    connection.close()
    return {"write/engine": written / seconds}


def _write(key: str, url: str, database: Path, seconds: float) -> dict[str, float]:
    before = _rows(database)
    load = press(url, Ask.form("/run", {"query": INSERT}), clients=CLIENTS, seconds=seconds)
    return {f"write/{key}": (_rows(database) - before) / seconds, f"write-p99/{key}": load.p99}


def _rows(database: Path) -> int:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return connection.execute("SELECT count(*) FROM student").get
    finally:
        connection.close()


def _updates(book: Book, effort: Effort, folder: Path) -> None:
    """One UPDATE of many rows, recorded and not."""
    wishes = {"plain": {UNDO: 0}, "recorded": {UNDO: 1}}
    if UNDO not in TABLE:
        book.lack("update/recorded", f"waits for undo ({UNDO})")
        wishes = {"plain": {}}
    with Servers(book, folder / "updates") as servers:
        measures: dict[str, Measure] = {}
        for name, settings in wishes.items():
            database = copied(large(folder, effort.updated), folder / f"updates-{name}")
            url = servers.workbench(database, name, **settings)
            measures[f"update/{name}"] = partial(_update, f"update/{name}", url)
        in_turn(book, effort.few_rounds, measures)


def _update(key: str, url: str) -> dict[str, float]:
    body = urlencode({"query": "UPDATE t SET nr = nr + 1"}).encode()
    began = time.perf_counter()
    with urlopen(f"{url}/run", body, timeout=60) as answer:
        assert answer.read().startswith(b'"Done'), f"{NAMES['workbench']} did not update"
    return {key: time.perf_counter() - began}

"""S7: what it costs to record a large write, to see it before, and to take it back; and the memory it takes.

Measured inside one process, by the verbs of the page, so that nothing else is in the figures; and beside
them what SQLite's session extension takes by itself, which tells the rows that changed. Each round begins
with the same file and ends with it.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import apsw
from flask import Flask

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, large
from workbench.app import create_app
from workbench.bench import Bench
from workbench.caution import Caution
from workbench.jobs import Job
from workbench.results import Run
from workbench.settings import Settings

UPDATE = "UPDATE t SET nr = nr + 1"
SURE = Caution("never")
KINDS = {"narrow": "", "indexed": "CREATE INDEX by_nr ON t (nr)"}
"""Tables that it is measured on, and what is made of the plain one for them."""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """All verbs in turn, on each kind of table."""
    measures: dict[str, Measure] = {}
    for kind, more in KINDS.items():
        database = copied(large(folder, effort.updated), folder / f"thoughts-{kind}")
        apsw.Connection(str(database)).execute(more)
        settings = Settings(database=database, store=folder / f"thoughts-{kind}" / "store.db")
        plain = create_app(replace(settings, undo="off", store=folder / f"thoughts-{kind}" / "plain.db"))
        measures[f"thoughts/{kind}"] = partial(_all, kind, plain, create_app(settings))
        measures[f"session/{kind}"] = partial(_session, kind, database)
    in_turn(book, effort.rounds, measures)


def _all(kind: str, plain: Flask, recording: Flask) -> dict[str, float]:
    """One round. Undo brings the file back to where the recorded write found it."""
    without, bench = _bench(plain), _bench(recording)
    seconds = {
        "update-alone": _timed(lambda: _done(without.run("p", Job.of(UPDATE), caution=SURE).run)),
        "update-recorded": _timed(lambda: _done(bench.run("p", Job.of(UPDATE), caution=SURE).run)),
    }
    entry = bench.remembered("p").entries[0]
    seconds["update-undone"] = _timed(lambda: _done(bench.undo("p", entry).run))
    seconds["update-shown"] = _timed(lambda: bench.preview("p", Job.of(UPDATE)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {f"{name}/{kind}": value for name, value in seconds.items()} | {f"update-peak/{kind}": grown}


def _session(kind: str, database: Path) -> dict[str, float]:
    """The same by SQLite alone, with its session extension and without; nothing is committed."""
    connection = apsw.Connection(str(database))
    bare = _rolled_back(connection, lambda: connection.execute(UPDATE))
    session = apsw.Session(connection, "main")
    session.attach()
    followed = _rolled_back(connection, lambda: (connection.execute(UPDATE), session.changeset()))
    session.close()
    connection.close()
    return {f"update-bare/{kind}": bare, f"update-session/{kind}": followed}


def _rolled_back(connection: apsw.Connection, act: Callable[[], object]) -> float:
    connection.execute("BEGIN IMMEDIATE")
    seconds = _timed(act)
    connection.execute("ROLLBACK")
    return seconds


def _bench(app: Flask) -> Bench:
    return app.extensions["bench"]


def _done(run: Run) -> None:
    assert run.applied == "all", run.error


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began

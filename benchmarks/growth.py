"""How cost grows: with rows, columns, the size of a cell, clients, the history, and the tables of a schema."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import apsw

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, large, sample
from benchmarks.load import Ask, press
from benchmarks.long import with_history
from benchmarks.peers import peer
from benchmarks.serving import started
from benchmarks.small import SQL
from benchmarks.visitor import Visitor

_WIDE = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100) SELECT {} FROM n"
)


@dataclass(frozen=True)
class Line:
    """What one thing costs as another grows, in milliseconds; `why` where it is not flat or linear."""

    key: str
    words: str
    why: str


LINES = (
    Line("rows", "`/run`, rows of 5 columns", "Flat below some 10 rows, where the request itself is the cost; linear above."),
    Line("columns", "`/run`, 100 rows of so many columns", "Flat below some 10 columns; linear above."),
    Line("cell", "`/run`, one cell of so many bytes", "Flat up to a few KB; then linear: the text is copied and encoded."),
    Line("clients", "`/run`, so many clients at once, each waits", "Linear beyond the cores there are: requests wait for one of them."),
    Line("history", "the page, so many entries in one's history", "Flat: the newest 50 are found by an index."),
    Line("read-tables", "`/run`, so many tables in the schema", "Flat: a schema is read once for each process."),
    Line("page-tables", "the page, so many tables in the schema", "Linear: it lists them all."),
)  # fmt: skip
"""The lines, in the order of the table. Values are under ``grow-KEY/SIZE``."""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """A few sizes of each, each ten times the one before."""
    seconds = min(effort.seconds, 1.0)
    with ExitStack() as at_work:
        database = copied(large(folder, 100_000), folder / "growth")
        visitor = Visitor(started(at_work, peer("workbench", folder / "servers-growth", database)).url)
        measures = {
            **_of(visitor, "rows", (1, 10, 100, 1000, 10_000), "SELECT * FROM t LIMIT {}".format, seconds),
            **_of(visitor, "columns", (1, 10, 100, 1000), _columns, seconds),
            **_of(visitor, "cell", (10, 1000, 100_000, 10_000_000), "SELECT printf('%.*c', {}, 'x')".format, seconds),
            **{f"grow-clients/{n}": partial(_clients, visitor, n, seconds) for n in (1, 4, 16, 64)},
        }  # fmt: skip
        in_turn(book, effort.few_rounds, measures)
    _histories(book, effort, folder, seconds)
    _schemas(book, effort, folder, seconds)


def _of(visitor: Visitor, key: str, sizes: Iterable[int], sql, seconds: float) -> dict[str, Measure]:
    return {
        f"grow-{key}/{size}": partial(_one, f"grow-{key}/{size}", visitor, visitor.run(sql(size)), seconds)
        for size in sizes
    }


def _columns(count: int) -> str:
    return _WIDE.format(", ".join(f"i + {n}" for n in range(count)))


def _one(key: str, visitor: Visitor, ask: Ask, seconds: float) -> dict[str, float]:
    return {key: visitor.milliseconds(ask, seconds)}


def _clients(visitor: Visitor, clients: int, seconds: float) -> dict[str, float]:
    load = press(visitor.url, visitor.run(SQL), clients=clients, seconds=seconds)
    return {f"grow-clients/{clients}": load.p50}


def _histories(book: Book, effort: Effort, folder: Path, seconds: float) -> None:
    sizes = sorted({1, 1000, effort.entries // 10, effort.entries})
    with ExitStack() as at_work:
        measures: dict[str, Measure] = {}
        for size in sizes:
            visitor = with_history(at_work, folder / f"history-{size}", size)
            measures[f"grow-history/{size}"] = partial(
                _one, f"grow-history/{size}", visitor, visitor.page(), seconds
            )
        in_turn(book, effort.few_rounds, measures)


def _schemas(book: Book, effort: Effort, folder: Path, seconds: float) -> None:
    with ExitStack() as at_work:
        measures: dict[str, Measure] = {}
        for size in sorted({1, effort.tables // 100, effort.tables // 10, effort.tables}):
            database = _with_tables(copied(sample(folder), folder / f"tables-{size}"), size)
            visitor = Visitor(started(at_work, peer("workbench", folder / f"schema-{size}", database)).url)
            for key, ask in {"read-tables": visitor.run(SQL), "page-tables": visitor.page()}.items():
                key = f"grow-{key}/{size}"
                measures[key] = partial(_one, key, visitor, ask, seconds)
        in_turn(book, effort.few_rounds, measures)


def _with_tables(database: Path, count: int) -> Path:
    connection = apsw.Connection(str(database))
    with connection:
        for number in range(1, count):
            connection.execute(f"CREATE TABLE table_{number} (id INTEGER PRIMARY KEY, name TEXT, nr INTEGER)")
    connection.close()
    return database

"""How cost grows: with rows, columns, a cell's size, clients, the history, and the tables of a schema."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import apsw

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, large, sample
from benchmarks.load import Ask, press
from benchmarks.long import with_history
from benchmarks.peers import FOR_ONE
from benchmarks.serving import Servers
from benchmarks.small import SQL
from benchmarks.visitor import Visitor

_WIDE = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100) SELECT {} FROM n"


@dataclass(frozen=True)
class Line:
    """What one thing costs as another grows, in milliseconds; `why` where it is not flat or linear."""

    key: str
    words: str
    why: str


LINES = (
    Line(
        "rows",
        "`/run`, rows of 5 columns",
        "Flat below a hundred rows, where the request itself is the cost; linear above.",
    ),
    Line("columns", "`/run`, 100 rows of so many columns", "Flat below ten columns; linear above."),
    Line(
        "cell",
        "`/run`, one cell of so many bytes",
        "Flat up to some 100 KB; then linear: the text is copied and encoded.",
    ),
    Line(
        "clients",
        "`/run`, so many clients at once, the middle one's wait",
        "Linear: when the processors are busy, requests wait for one of them.",
    ),
    Line(
        "history",
        "the page, so many entries in one's history",
        "Grows to the 30 that it shows, then flat: an index finds those.",
    ),
    Line(
        "read-tables",
        "`/run`, so many tables in the schema",
        "Flat: SQLite reads a schema once for each connection.",
    ),
    Line("page-tables", "the page, so many tables in the schema", "Linear: it lists them all."),
)
"""The lines, in the order of the table. Values are under ``grow-KEY/SIZE``."""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """A few sizes of each, each ten times the one before or more."""
    short = replace(effort, seconds=min(effort.seconds, 1.0))
    _answers(book, short, folder)
    _histories(book, short, folder)
    _schemas(book, effort, folder)  # its largest page takes more than a second


def _answers(book: Book, effort: Effort, folder: Path) -> None:
    queries = {
        "rows": ("SELECT * FROM t LIMIT {}".format, (1, 10, 100, 1000, 10_000)),
        "columns": (_columns, (1, 10, 100, 1000)),
        "cell": ("SELECT printf('%.*c', {}, 'x')".format, (10, 1000, 100_000, 10_000_000)),
    }
    with Servers(book, folder / "growth-servers") as servers:
        visitor = Visitor(servers.workbench(copied(large(folder, 100_000), folder / "growth")))
        measures = {
            f"grow-{key}/{size}": partial(
                _one, f"grow-{key}/{size}", visitor, visitor.run(query(size)), effort
            )
            for key, (query, sizes) in queries.items()
            for size in sizes
        }
        measures |= {f"grow-clients/{n}": partial(_clients, visitor, n, effort) for n in (1, 4, 16, 64)}
        in_turn(book, effort.few_rounds, measures)


def _columns(count: int) -> str:
    return _WIDE.format(", ".join(f"i + {n}" for n in range(count)))


def _one(key: str, visitor: Visitor, ask: Ask, effort: Effort) -> dict[str, float]:
    return {key: visitor.milliseconds(ask, effort.seconds)}


def _clients(visitor: Visitor, clients: int, effort: Effort) -> dict[str, float]:
    load = press(visitor.url, visitor.run(SQL), clients=clients, seconds=effort.seconds)
    return {f"grow-clients/{clients}": load.p50}


def _histories(book: Book, effort: Effort, folder: Path) -> None:
    with Servers(book, folder / "growth-servers") as servers:
        measures: dict[str, Measure] = {}
        for size in sorted({1, 30, 1000, effort.entries}):
            visitor = with_history(servers, folder / f"history-{size}", size)
            key = f"grow-history/{size}"
            measures[key] = partial(_one, key, visitor, visitor.page(), effort)
        in_turn(book, effort.few_rounds, measures)


def _schemas(book: Book, effort: Effort, folder: Path) -> None:
    with Servers(book, folder / "growth-servers") as servers:
        measures: dict[str, Measure] = {}
        for size in sorted({1, effort.tables // 100, effort.tables // 10, effort.tables}):
            database = _with_tables(copied(sample(folder), folder / f"tables-{size}"), size)
            visitor = Visitor(servers.workbench(database, f"schema-{size}", **FOR_ONE))
            for what, ask in {"read-tables": visitor.run(SQL), "page-tables": visitor.page()}.items():
                key = f"grow-{what}/{size}"
                measures[key] = partial(_one, key, visitor, ask, effort)
        in_turn(book, effort.few_rounds, measures)


def _with_tables(database: Path, count: int) -> Path:
    connection = apsw.Connection(str(database))
    with connection:
        for number in range(1, count):
            connection.execute(f"CREATE TABLE table_{number} (id INTEGER PRIMARY KEY, name TEXT, nr INTEGER)")
    connection.close()
    return database

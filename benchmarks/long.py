"""S12: one request as the history grows, which is filled by SQL with copies of an entry."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen

import apsw

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, sample
from benchmarks.load import Ask
from benchmarks.peers import FOR_ONE, peer
from benchmarks.serving import Servers
from benchmarks.small import SQL
from benchmarks.visitor import Visitor

_COPIES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?)
INSERT INTO entry (person, source, at, script, outcome, wrote, row_count, truncated, rows_affected, duration)
SELECT person, source, at - i, script || ' -- ' || i, outcome, wrote, row_count, truncated, rows_affected,
       duration
  FROM n, (SELECT * FROM entry ORDER BY number DESC LIMIT 1)
"""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """A person who comes for the first time, and one with a long history, in turn.

    The page shows 30 entries, so those are the fewest it is measured with.
    """
    few = {"long-read/empty": 1, "long-page/empty": 30}
    many = {"long-read/full": effort.entries, "long-page/full": effort.entries}
    with Servers(book, folder / "long") as servers:
        measures: dict[str, Measure] = {}
        for key, entries in (few | many).items():
            visitor = with_history(servers, folder / key, entries)
            ask = visitor.page() if "page" in key else visitor.run(SQL)
            measures[key] = partial(_one, key, visitor, ask, effort.seconds)
        in_turn(book, effort.rounds, measures)


def with_history(servers: Servers, folder: Path, entries: int) -> Visitor:
    """Someone at a server of their own, who ran so many queries, one at the least."""
    database = copied(sample(folder), folder / "data")
    server = servers.start(peer("workbench", folder / "servers", database, **FOR_ONE))
    visitor = Visitor(server.url)
    send(visitor, visitor.run(SQL))
    store = apsw.Connection(str(server.folder / "workbench.db"))
    store.set_busy_timeout(5000)
    if entries > 1:
        store.execute(_COPIES, (entries - 1,))
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return visitor


def send(visitor: Visitor, ask: Ask) -> None:
    """Send `ask` once."""
    request = Request(visitor.url + ask.path, ask.body.encode() or None, ask.headers, method=ask.method)
    urlopen(request, timeout=60).close()


def _one(key: str, visitor: Visitor, ask: Ask, seconds: float) -> dict[str, float]:
    return {key: visitor.milliseconds(ask, seconds)}

"""What a long history costs: recording a run, and finding a part of it.

    python -m benchmarks.history 1000000

Fills a store with that many entries, and prints milliseconds at 0, at the half and at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, time

from workbench.history import History
from workbench.results import Column, Kind, Result, Run
from workbench.searching import Search, Searching
from workbench.store import Store

_SCRIPT = "SELECT id, name, nr FROM student WHERE nr > {0} AND name LIKE 'a{1}%' ORDER BY nr DESC;"

_FILL = """\
INSERT INTO entry (person, source, at, script, outcome, kind, wrote, row_count, truncated, duration)
WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
SELECT iif(i % 10, 'alice', 'program'), 's', ?3 + i, printf(?4, i, i % 5000), iif(i % 50, 'ok', 'error'),
       iif(i % 20, 'read', 'write'), NOT i % 20, 3, 0, 400
  FROM n"""

LOOKS = {
    "newest": Search(),
    "all of mine and programs": Search(whose="all"),
    "writes that failed": Search(kind="write", outcome="error"),
    "a common word": Search("student"),
    "the beginning of a common word": Search("stud"),
    "a rare word": Search("a4711"),
    "a word that is nowhere": Search("nowhere"),
    "a common word among writes of today": Search("select", kind="write", since="day"),
}


def main(entries: int) -> None:
    """Fill, measure, print."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "workbench.db")
        store.prepare()
        there = 0
        for wanted in (0, entries // 2, entries):
            _fill(store, there, wanted)
            there = wanted
            _measure(store, there)


def _fill(store: Store, there: int, wanted: int) -> None:
    start = int((time() - timedelta(days=100).total_seconds()) * 1e6)
    script = _SCRIPT.format("%d", "%d").replace("%'", "%%'")
    for first in range(there, wanted, 20_000):
        with store.connection() as connection:
            connection.execute(_FILL, (first + 1, min(first + 20_000, wanted), start, script))


def _measure(store: Store, there: int) -> None:
    history, searching = History(store, "s"), Searching(store, "s")
    run = Run("x", [Result("x", Kind.READ, (Column("a", None),), ((1,),), 1)])

    def record(number: int) -> object:
        run.script = _SCRIPT.format(number, number)
        return history.record("alice", run, keep_answer=False)

    print(f"{there:,} entries, {store.path.stat().st_size / 2**20:.0f} MB")
    print(f"  {'recording a run':36} {_line(record, 500)}")
    for name, search in LOOKS.items():
        print(f"  {name:36} {_line(lambda _, s=search: searching.page('alice', s, most=51), 10)}")
        half = there // 2
        if half:
            late = _line(lambda _, s=search: searching.page("alice", s, most=51, before=half), 10)  # noqa: B023
            print(f"  {'  … older than the half':36} {late}")


def _line(act: Callable[[int], object], times: int) -> str:
    spent = []
    for number in range(times):
        began = perf_counter()
        act(number)
        spent.append((perf_counter() - began) * 1000)
    spent.sort()
    return f"{median(spent):8.2f} ms, at most {spent[-1]:.2f}, mean {sum(spent) / times:.2f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""S11: what a server takes when nobody asks: memory, and the time from nothing to the first answer."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, sample
from benchmarks.memory import held
from benchmarks.peers import NAMES, answered, peer
from tests.deployment.servers import Server


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """Each is started, asked once, looked at, and stopped."""
    measures: dict[str, Measure] = {}
    for key in NAMES:
        database = copied(sample(folder), folder / f"{key}-idle")
        measures[f"start/{key}"] = partial(_started, key, folder / "idle", database)
    in_turn(book, effort.few_rounds, measures)


def _started(key: str, folder: Path, database: Path) -> dict[str, float]:
    server = peer(key, folder, database)
    began = time.perf_counter()
    try:
        server.start()
        answered(server)
        took = time.perf_counter() - began
        memory = held(_a_process(server))
    finally:
        server.stop()
    return {
        f"start/{key}": took,
        f"idle/{key}": memory["share"],
        f"idle-rss/{key}": memory["rss"],
        f"idle-own/{key}": memory["own"],
    }


def _a_process(server: Server) -> int:
    """The one that has answered: of several, the one with the most memory; else the only one there is."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return max(map(int, children), key=lambda pid: held(pid)["rss"], default=server.pid)

"""S1 and S2: a query of three rows over HTTP, from 16 clients at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.request import urlopen

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, sample
from benchmarks.load import Ask, press
from benchmarks.peers import NAMES, read
from benchmarks.serving import Servers

SQL = "SELECT * FROM student"
CLIENTS = 16


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """Everyone answers the same query; Flask hello and the bare callable answer a word."""
    made = sample(folder)
    with Servers(book, folder / "small") as servers:
        measures: dict[str, Measure] = {}
        for key in NAMES:
            database = copied(made, folder / key)
            url = servers.url("read", key, database)
            ask = read(key, database, SQL)
            if url and _has_rows(book, key, url + ask.path):
                measures[f"read/{key}"] = partial(_read, f"read/{key}", url, ask, effort)
                if key.startswith("datasette"):
                    kept = f"read/{key}-kept"
                    measures[kept] = partial(_read, kept, url, replace(ask, kept=True), effort)
        in_turn(Book(), 1, measures)  # so that each process has had its first request
        in_turn(book, effort.rounds, measures)


def _has_rows(book: Book, key: str, address: str) -> bool:
    """Whether the students are in the answer; some tell of an error with status 200."""
    with urlopen(address, timeout=20) as answer:
        found = key in ("bare", "hello") or b"Mark Twain" in answer.read()
    if not found:
        book.lack(f"read/{key}", f"{NAMES[key]} does not answer with the rows")
    return found


def _read(key: str, url: str, ask: Ask, effort: Effort) -> dict[str, float]:
    return {key: press(url, ask, clients=CLIENTS, seconds=effort.seconds).per_second}

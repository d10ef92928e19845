"""S1 to S12: which figures there are, what each is to reach, and how it follows from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.book import Book


@dataclass(frozen=True)
class Spread:
    """The middle of the values of all rounds, with the least and the most of them."""

    middle: float
    least: float
    most: float


@dataclass(frozen=True)
class Goal:
    """`most` or `least`: which side of `bound` is good."""

    bound: float
    at_most: bool

    def reached(self, value: float) -> bool:
        """Whether `value` is on the good side."""
        return value <= self.bound if self.at_most else value >= self.bound


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured under `of`, divided round by round by `over` if there is one."""

    name: str
    words: str
    of: str
    over: str = ""
    unit: str = "×"
    goal: Goal | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a figure; `why_not` when nothing did."""

    figure: Figure
    spread: Spread | None
    why_not: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the middle reaches the goal; None without a goal or a value."""
        if self.spread is None or self.figure.goal is None:
            return None
        return self.figure.goal.reached(self.spread.middle)


def at_most(bound: float) -> Goal:
    """Less is better."""
    return Goal(bound, at_most=True)


def at_least(bound: float) -> Goal:
    """More is better."""
    return Goal(bound, at_most=False)


def spread(values: Sequence[float]) -> Spread:
    """The spread of one value or more."""
    return Spread(median(values), min(values), max(values))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Round by round: two values of one round met the same machine, so their ratio says more than either."""
    return [mine / other for mine, other in zip(ours, theirs, strict=False) if other]


def outcome(figure: Figure, book: Book) -> Outcome:
    """What `book` says about `figure`."""
    for key in filter(None, (figure.of, figure.over)):
        if key not in book.values:
            return Outcome(figure, None, book.lacking.get(key, "not measured"))
    values = book.values[figure.of]
    found = ratios(values, book.values[figure.over]) if figure.over else values
    return Outcome(figure, spread(found)) if found else Outcome(figure, None, "what it is compared with is 0")


_OURS = "read/workbench"

FIGURES = (
    Figure("S1", "small read by `/run`: req/s against Flask hello", _OURS, "read/hello", goal=at_least(0.80)),
    Figure("S2", "the same against Datasette", _OURS, "read/datasette", goal=at_least(8)),
    Figure("S2", "… its pre-release", _OURS, "read/datasette-next", goal=at_least(8)),
    Figure("S2", "… its best: connections kept, unlike ours", _OURS, "read/datasette-kept"),
    Figure("S2", "the same against the tutorial's server", _OURS, "read/tutorial", goal=at_least(2.5)),
    Figure("S2", "the same against sqlite-web, which answers a page", _OURS, "read/sqlite-web"),
    Figure("S3", "{rows} rows, NDJSON: time against `sqlite3 -json`", "ndjson/workbench", "json/shell", goal=at_most(1)),
    Figure("S3", "… as one JSON object", "json/workbench", "json/shell", goal=at_most(1)),
    Figure("S3", "… NDJSON through Nginx", "ndjson/nginx", "json/shell"),
    Figure("S4", "the same rows, CSV: time against `sqlite3 -csv`", "csv/workbench", "csv/shell", goal=at_most(1.5)),
    Figure("S4", "… through Nginx", "csv/nginx", "csv/shell"),
    Figure("S5", "memory that a worker grows by meanwhile", "grown/workbench", unit="MB", goal=at_most(32)),
    Figure("S5", "time to the first byte, NDJSON", "first/ndjson", unit="ms", goal=at_most(50)),
    Figure("S5", "… CSV", "first/csv", unit="ms", goal=at_most(50)),
    Figure("S6", "durable INSERTs, 16 clients, against the tutorial's server", "write/workbench", "write/tutorial", goal=at_least(2.5)),
    Figure("S6", "… against the engine alone, one by one", "write/workbench", "write/engine", goal=at_least(0.6)),
    Figure("S6", "… 99 of 100 are answered within", "write-p99/workbench", unit="ms", goal=at_most(30)),
    Figure("S7", "UPDATE of {updated} rows, with undo recorded against without", "update/recorded", "update/plain", goal=at_most(1.5)),
    Figure("S8", "last page of {paged} rows against the first", "paged/last", "paged/first", goal=at_most(2)),
    Figure("S9", "the workbench page, one client, whole request", "page/workbench", unit="ms", goal=at_most(5)),
    Figure("S9", "a 100-row result swapped in", "swap/workbench", unit="ms", goal=at_most(3)),
    Figure("S10", "the page in Chromium against Datasette's pre-release", "shown/workbench", "shown/datasette-next", goal=at_most(0.5)),
    Figure("S10", "… against sqlite-web", "shown/workbench", "shown/sqlite-web", goal=at_most(1)),
    Figure("S10", "JavaScript of the page, gzipped", "script-gzipped/workbench", unit="KB", goal=at_most(180)),
    Figure("S11", "memory of one idle worker (its share, PSS)", "idle/workbench", unit="MB", goal=at_most(60)),
    Figure("S11", "… all its pages, shared ones too (RSS)", "idle-rss/workbench", unit="MB"),
    Figure("S11", "start from nothing to the first answer", "start/workbench", unit="s", goal=at_most(1.5)),
    Figure("S12", "`/run` with {entries} entries of history against none", "long-read/full", "long-read/empty", goal=at_most(1.1)),
    Figure("S12", "… the page", "long-page/full", "long-page/empty", goal=at_most(1.1)),
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """What is measured of several, side by side; `more` says whether more is better."""

    key: str
    words: str
    unit: str
    more: bool = False


SUBJECTS = (
    Subject("read", "Small read: three rows, 16 clients", "req/s", more=True),
    Subject("json", "{rows} rows as JSON", "s"),
    Subject("ndjson", "{rows} rows as NDJSON", "s"),
    Subject("csv", "{rows} rows as CSV", "s"),
    Subject("grown", "Memory grown by meanwhile", "MB"),
    Subject("first", "Time to the first byte", "ms"),
    Subject("write", "Durable single-row INSERTs, 16 clients", "rows/s", more=True),
    Subject("write-p99", "… 99 of 100 answered within", "ms"),
    Subject("update", "UPDATE of {updated} rows", "s"),
    Subject("paged", "A page of {paged} rows", "ms"),
    Subject("page", "The page that queries are typed on, one client", "ms"),
    Subject("swap", "A result of 100 rows swapped in", "ms"),
    Subject("shown", "The page in Chromium, to DOMContentLoaded, warm", "ms"),
    Subject("script", "Its JavaScript, raw", "KB"),
    Subject("script-gzipped", "Its JavaScript, gzipped", "KB"),
    Subject("idle", "Memory of one idle process (PSS)", "MB"),
    Subject("idle-rss", "… RSS", "MB"),
    Subject("idle-own", "… its alone (USS)", "MB"),
    Subject("start", "Start from nothing to the first answer", "s"),
    Subject("long-read", "One `/run` as the history grows", "ms"),
    Subject("long-page", "The page as the history grows", "ms"),
)

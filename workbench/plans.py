"""How SQLite would carry out a statement, and which index would help: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Mark(Enum):
    """What makes a step costly."""

    SCAN = "scan"
    SORT = "sort"
    AUTOMATIC = "automatic"
    REPEATED = "repeated"


class Size(NamedTuple):
    """How many rows a table has: ``exactly``, ``about``, ``at least`` or ``more than`` so many."""

    rows: int
    how: str = "exactly"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan, with the steps inside of it.

    `detail` is SQLite's own line (https://sqlite.org/eqp.html), `words` what it means. `table` is the one
    that is read from end to end, and `size` its number of rows, where these are known.
    """

    detail: str
    words: str
    mark: Mark | None = None
    table: str | None = None
    size: Size | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """Indexes that the planner would use, as SQL; what they `save`, in words; and the plan with them."""

    index: str
    saves: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """The plan of one statement. `without`: why it has none; `unadvised`: why no index is proposed.

    `measurable`: an index can be tried with it.
    """

    statement: str
    steps: tuple[Step, ...] = ()
    writes: bool = False
    without: str | None = None
    advice: tuple[Advice, ...] = ()
    unadvised: str | None = None
    measurable: bool = False


@dataclass(frozen=True, slots=True)
class QueryPlans:
    """The plans of a text's statements; of `more` of them it is only known that they are right."""

    plans: tuple[QueryPlan, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """A statement's plan and what it took: the median of so many `runs`, in seconds."""

    steps: tuple[Step, ...]
    seconds: float
    runs: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A statement without and with an index that was made, measured and rolled back.

    `making` is how many seconds it took to make, `size` how many bytes it took in the file.
    """

    statement: str
    index: str
    before: Measured
    after: Measured
    making: float
    size: int


def marked(steps: tuple[Step, ...]) -> Iterator[Step]:
    """The costly steps of a plan, at whatever depth."""
    for step in steps:
        if step.mark:
            yield step
        yield from marked(step.steps)

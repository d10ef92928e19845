"""How a figure follows from what was measured, and whether it reaches its goal."""

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
    """One line of the table: what was measured under `of`, divided round by round by `over`, if given."""

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

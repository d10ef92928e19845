"""What was measured: for each thing a value for each round, or why there is none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Measure = Callable[[], Mapping[str, float]]
"""Measures once, and gives values by their keys, such as ``read/workbench``."""


class Lacking(Exception):
    """Something cannot be measured; the message says why, and what to install where that would help."""


@dataclass
class Book:
    """The values by key, in the order of the rounds; `lacking` has the keys that have none, with the reason.

    `facts` tell of the machine, `sizes` how large things were made, for the words of a table.
    """

    values: dict[str, list[float]] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, str] = field(default_factory=dict)

    def add(self, found: Mapping[str, float]) -> None:
        """Write down what one measurement found."""
        for key, value in found.items():
            self.values.setdefault(key, []).append(value)

    def lack(self, key: str, why: str) -> None:
        """Write down why there is nothing for `key`, and forget what a failed measurement found before."""
        self.values.pop(key, None)
        self.lacking.setdefault(key, why)

    def under(self, subject: str) -> Iterator[tuple[str, list[float]]]:
        """The names and values of a subject: those of ``read/flask`` are under ``read``."""
        for key, values in self.values.items():
            if key.startswith(f"{subject}/"):
                yield key.removeprefix(f"{subject}/"), values

    def as_json(self) -> dict[str, Any]:
        """All of it, for a file."""
        return {"facts": self.facts, "sizes": self.sizes, "values": self.values, "lacking": self.lacking}

    @staticmethod
    def from_json(found: dict[str, Any]) -> Book:
        """The book that was written as `found`."""
        return Book(found["values"], found["lacking"], found["facts"], found["sizes"])


def in_turn(book: Book, rounds: int, measures: Mapping[str, Measure]) -> None:
    """Measure A B C, A B C, ...: what the machine does meanwhile meets all alike.

    One that fails is left out of the rounds that are left; its key says why.
    """
    left = dict(measures)
    for _ in range(rounds):
        for key, measure in list(left.items()):
            try:
                book.add(measure())
            except (Lacking, AssertionError, OSError, ValueError, subprocess.SubprocessError) as error:
                book.lack(key, str(error).strip() or type(error).__name__)
                del left[key]
                say(f"  {key}: {error}")


def say(words: str) -> None:
    """Tell whoever waits how far it is."""
    print(words, file=sys.stderr, flush=True)

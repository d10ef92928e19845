"""Who waits for a run, and what they are answered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct

from workbench.results import Run


@dataclass(frozen=True, slots=True)
class Answer:
    """A run, and the number of its entry in the history; None when the history is off."""

    run: Run
    number: int | None


LastWords = Callable[[Answer], None]
"""Sends an answer out of a process that is about to end."""


class Waiting(Struct, frozen=True):
    """Someone who waits for an answer: under which id, has this one gone, and how to speak in the end."""

    request_id: str = ""
    left: Callable[[], bool] | None = None
    last_words: LastWords | None = None


NOBODY = Waiting()
"""Who waits when nobody can leave or be answered before the end."""

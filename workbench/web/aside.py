"""What else can be done with an answer: share its rows, compare it with the one before."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from workbench.errors import StoreTrouble
from workbench.frozen import SPANS
from workbench.results import Run
from workbench.web.here import person, sharing


class Aside(NamedTuple):
    """For the answer of entry `number`: `before` is the one to compare it with, if there is one."""

    number: int
    before: int | None
    spans: tuple[str, ...] = tuple(SPANS)


def aside(number: int | None, run: Run | None) -> Aside | None:
    """What there is for this answer; None where it has no rows, or no entry."""
    if number is None or run is None or run.error or not any(result.columns for result in run.results):
        return None
    with suppress(StoreTrouble):
        return Aside(number, sharing().comparing.before(person(), number))
    return None

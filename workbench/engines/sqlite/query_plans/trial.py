"""An index tried for real: made, measured, and left to the session to roll back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from statistics import median
from time import perf_counter

from workbench.engines.base import Statement
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.query_plans.asking import lines_of, steps_of
from workbench.engines.sqlite.query_plans.sizes import TableSizes
from workbench.engines.sqlite.rows import begin, drain
from workbench.engines.sqlite.statements import cut
from workbench.errors import BadRequest
from workbench.jobs import Ask, Job
from workbench.plans import Measured, Trial
from workbench.results import Kind, Result

RUNS = 5
"""How often a statement is run to be measured, unless that takes longer than `SECONDS`."""

SECONDS = 1.0

_USED = "SELECT (page_count - freelist_count) * page_size FROM " + ", ".join(
    f"pragma_{name}" for name in ("page_count", "freelist_count", "page_size")
)


def try_index(link: Link, ask: Ask, statement: Statement, index: str) -> Trial:
    """Measure `statement` without and with `index`, one or more CREATE INDEX, in the open transaction.

    Raises:
        WorkbenchError: SQLite's, or BadRequest for what is no such statement.
    """
    with translated(link.authorizer, ask.sql, statement):
        before = _measured(link, ask, statement)
    used = _bytes_used(link)
    making = _made(link, index)
    size = _bytes_used(link) - used
    with translated(link.authorizer, ask.sql, statement):
        after = _measured(link, ask, statement)
    return Trial(statement.text.strip(), index, before, after, making, size)


def _measured(link: Link, ask: Ask, statement: Statement) -> Measured:
    steps = steps_of(lines_of(link, statement.text), TableSizes(link))
    if not (link.authorizer.only_selects or link.authorizer.changes_rows):
        raise BadRequest("Only SELECT, INSERT, UPDATE and DELETE can be measured with an index.")
    seconds, runs = _timed(lambda: _run(link, ask, statement))
    return Measured(steps, seconds, runs)


def _timed(once: Callable[[], None]) -> tuple[float, int]:
    """The median of several runs; fewer where one takes long."""
    taken: list[float] = []
    while len(taken) < RUNS and sum(taken) < SECONDS:
        began = perf_counter()
        once()
        taken.append(perf_counter() - began)
    return median(taken), len(taken)


def _run(link: Link, ask: Ask, statement: Statement) -> None:
    with link.undone(), closing(link.connection.cursor()) as cursor:
        begin(cursor, link, statement.text, ask, Result(statement.text, Kind.READ))
        drain(cursor)


def _made(link: Link, index: str) -> float:
    """Make the index, and tell in how many seconds."""
    began = perf_counter()
    with translated(link.authorizer):
        for statement, _ in cut(link, Job.of(index)):
            if not link.authorizer.only_makes_index:
                raise BadRequest("This is no CREATE INDEX, so it is not tried.")
            with closing(link.connection.cursor()) as cursor:
                begin(cursor, link, statement.text, Ask(statement.text), Result("", Kind.READ))
                drain(cursor)
    return perf_counter() - began


def _bytes_used(link: Link) -> int:
    ((size,),) = link.own(_USED)
    return size

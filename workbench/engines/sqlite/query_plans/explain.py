"""The plans of a text's statements, with the indexes that would help them. Nothing is run."""

from __future__ import annotations

from contextlib import ExitStack
from time import monotonic

import apsw

from workbench.engines.base import Statement
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.query_plans.advising import FEW_ROWS, Adviser
from workbench.engines.sqlite.query_plans.asking import Line, lines_of, steps_of
from workbench.engines.sqlite.query_plans.blueprint import blueprint
from workbench.engines.sqlite.query_plans.sizes import TableSizes
from workbench.engines.sqlite.rows import foreseen
from workbench.engines.sqlite.statements import Prepared, cut
from workbench.errors import StatementError
from workbench.jobs import Job
from workbench.plans import Mark, QueryPlan, QueryPlans, marked

MOST = 50
"""How many statements of a text are explained."""

ADVICE_SECONDS = 1.0
"""How long trying indexes may take, for all statements together."""

_OF_ITSELF = "This is an EXPLAIN already: run it to see what it tells."
_NONE = "SQLite makes plans for SELECT, INSERT, UPDATE and DELETE, not for this."
_EMPTY = "There is nothing to plan: it looks for no rows."
_NOT_YET = "It needs what a statement before it is yet to make, so it has no plan before that has run"


class Explaining:
    """Explains the statements of one job on `link`, whose guard is a Witness."""

    def __init__(self, link: Link, at_work: ExitStack) -> None:
        self._link = link
        self._at_work = at_work
        self._sizes = TableSizes(link)
        self._adviser: Adviser | None = None
        self._out_of_time = False

    def explain(self, job: Job) -> QueryPlans:
        """The plans. Raises a WorkbenchError for a statement that is wrong."""
        plans, more, end, makes = [], 0, 0, False
        try:
            for statement, prepared in cut(self._link, job):
                end = prepared.end
                makes = makes or self._link.authorizer.changes_schema
                if len(plans) < MOST:
                    plans.append(self._plan(statement, prepared))
                else:
                    more += 1
        except StatementError as error:
            if not (makes and error.missing):
                raise
            plans.append(QueryPlan(job.script[end:].strip(), without=f"{_NOT_YET} ({error.message})."))
        return QueryPlans(tuple(plans), more)

    def _plan(self, statement: Statement, prepared: Prepared) -> QueryPlan:
        guard, text = self._link.authorizer, statement.text.strip()
        writes = not prepared.reads
        measurable = guard.only_selects or guard.changes_rows
        planned = guard.changes_rows or apsw.SQLITE_SELECT in guard.seen
        with translated(guard, statement.text, statement):
            if foreseen(self._link, statement.text)[1]:
                return QueryPlan(text, without=_OF_ITSELF)
            lines = lines_of(self._link, statement.text) if planned else []
            steps = steps_of(lines, self._sizes)
            if not steps:
                return QueryPlan(text, writes=writes, without=_EMPTY if planned else _NONE)
            advice, why = self._advice(statement.text, lines)
        return QueryPlan(text, steps, writes, advice=advice, unadvised=why, measurable=measurable)

    def _advice(self, text: str, lines: list[Line]) -> tuple[tuple, str | None]:
        """Indexes for a plan that has something costly in it, or why there are none."""
        if not any(step.mark is not Mark.REPEATED for step in marked(steps_of(lines))):
            return (), None
        try:
            adviser = self._on_copy()
            found = adviser.advise(text, lines) if adviser else ()
        except apsw.InterruptError:
            self._out_of_time = True
        except (apsw.Error, UnicodeDecodeError):
            return (), "No index could be tried: this schema cannot be copied without its rows."
        if self._out_of_time:
            return (), "No index was found in the time there is for trying them."
        return found, None if found else _why_none(lines, adviser)

    def _on_copy(self) -> Adviser | None:
        if self._adviser is None and not self._out_of_time:
            until = monotonic() + ADVICE_SECONDS
            copy = self._at_work.enter_context(blueprint(self._link, until))
            self._adviser = Adviser(copy, self._sizes, until)
        return None if self._out_of_time else self._adviser


def query_plans(link: Link, job: Job) -> QueryPlans:
    """The plans of all statements of `job`. Raises a WorkbenchError for one that is wrong."""
    with ExitStack() as at_work:
        return Explaining(link, at_work).explain(job)


def _why_none(lines: list[Line], adviser: Adviser) -> str:
    tables = dict.fromkeys(line.table for line in lines if line.table)
    if tables and all(map(adviser.is_small, tables)):
        return f"No index is needed for {', '.join(tables)}: {FEW_ROWS} rows at most are soon read."
    return "No index of plain columns was found that would spare it this."

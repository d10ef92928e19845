"""The verbs about plans: how a text would be carried out, and what an index would do for it."""

from __future__ import annotations

from msgspec.structs import replace

from workbench.engines.base import Plan
from workbench.errands import Errands
from workbench.errors import BadRequest, WriteRefused
from workbench.jobs import Job
from workbench.plans import QueryPlans, Trial
from workbench.waiting import NOBODY, Waiting

TRY_SECONDS = 10.0
"""How long trying an index may take; others wait with their writes meanwhile."""


class Planner:
    """Asks for plans and tries indexes."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands

    def explain(self, person: str, job: Job, *, waiting: Waiting = NOBODY) -> QueryPlans:
        """The plans of the statements of `job`. Runs nothing. Raises a WorkbenchError."""
        with self._errands.at_work(person, job, waiting) as (run, caller):
            supervisor = self._errands.runner.supervisor
            with supervisor.watched(run, job, caller):
                return supervisor.engine.query_plans(job)

    def try_index(self, person: str, job: Job, index: str, *, waiting: Waiting = NOBODY) -> Trial:
        """Measure the one statement of `job` without and with `index`, which is SQL that makes it.

        All of it happens in a transaction that is rolled back, in its turn in the line of writers, and
        takes `TRY_SECONDS` at most. Raises a WorkbenchError.
        """
        if self._errands.runner.engine.read_only:
            raise WriteRefused("trying an index makes it for a moment, and this workbench only reads")
        job = replace(job, transaction="immediate", dry_run=True, time_limit=TRY_SECONDS)
        with self._errands.at_work(person, job, waiting) as (run, caller):
            supervisor = self._errands.runner.supervisor
            plan = supervisor.plan(run, job, caller)
            _refuse_unless_one(plan)
            watched = supervisor.watched(run, job, caller)
            with supervisor.session(run, plan, caller) as session, watched:
                return session.try_index(plan.statements[0], index)


def _refuse_unless_one(plan: Plan) -> None:
    if not plan.whole or len(plan.statements) != 1 or plan.own_transaction:
        raise BadRequest("An index is tried for one statement at a time.")

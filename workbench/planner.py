"""The verbs about plans: how a text would be carried out, and what an index would do for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from workbench.bench import NOBODY, Answer, LastWords, Waiting
from workbench.contention import explain_lock
from workbench.engines.base import Plan
from workbench.errors import BadRequest, WorkbenchError, WriteRefused
from workbench.jobs import Job
from workbench.plans import QueryPlans, Trial
from workbench.results import Run
from workbench.runner import Runner
from workbench.running import Running
from workbench.supervisor import Caller
from workbench.terms import refuse_nul

TRY_SECONDS = 10.0
"""How long trying an index may take; others wait with their writes meanwhile."""


class Planner:
    """Asks for plans and tries indexes with the slots, the line and the time limits of every run."""

    def __init__(self, runner: Runner, running: Running) -> None:
        self._runner = runner
        self._running = running

    def explain(self, person: str, job: Job, *, waiting: Waiting = NOBODY) -> QueryPlans:
        """The plans of the statements of `job`. Runs nothing. Raises a WorkbenchError."""
        with self._at_work(person, job, waiting) as (run, caller):
            supervisor = self._runner.supervisor
            with supervisor.watched(run, job, caller):
                return supervisor.engine.query_plans(job)

    def try_index(self, person: str, job: Job, index: str, *, waiting: Waiting = NOBODY) -> Trial:
        """Measure the one statement of `job` without and with `index`, which is SQL that makes it.

        All of it happens in a transaction that is rolled back, in its turn in the line of writers, and
        takes `TRY_SECONDS` at most. Raises a WorkbenchError.
        """
        if self._runner.engine.read_only:
            raise WriteRefused("trying an index makes it for a moment, and this workbench only reads")
        job = replace(job, transaction="immediate", dry_run=True, time_limit=TRY_SECONDS)
        with self._at_work(person, job, waiting) as (run, caller):
            supervisor = self._runner.supervisor
            plan = supervisor.plan(run, job, caller)
            _refuse_unless_one(plan)
            watched = supervisor.watched(run, job, caller)
            with supervisor.session(run, plan, caller) as session, watched:
                return session.try_index(plan.statements[0], index)

    @contextmanager
    def _at_work(self, person: str, job: Job, waiting: Waiting) -> Iterator[tuple[Run, Caller]]:
        """Where it is seen, can be stopped, and has a slot; an error says what can be found out of it."""
        run = Run(job.script)
        try:
            refuse_nul(job)
            with self._running.enter(waiting.request_id, person, job.script, waiting.left) as ticket:
                words = self._as_last(waiting.last_words)
                with self._runner.supervisor.slot(job):
                    yield run, Caller(last_words=words, ticket=ticket)
        except WorkbenchError as error:
            self._runner.explained(error)
            if error.code == "SQLITE_BUSY":
                holder = self._runner.engine.holder()
                error.explanation = explain_lock(holder, self._running, person, self._runner.engine.wait)
            raise

    def _as_last(self, last_words: LastWords | None) -> Callable[[Run], None] | None:
        """How to answer when nothing interrupts what runs, and it still blocks its engine."""
        if last_words is None:
            return None

        def speak(run: Run) -> None:
            self._runner.engine = self._runner.engine.apart()
            last_words(Answer(run, None))

        return speak


def _refuse_unless_one(plan: Plan) -> None:
    if not plan.whole or len(plan.statements) != 1 or plan.own_transaction:
        raise BadRequest("An index is tried for one statement at a time.")

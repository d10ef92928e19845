"""What a job may take: a slot, a turn to write, and time; and why it was ended before it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from math import inf
from time import monotonic

from workbench.engines.base import Engine, Plan, Session
from workbench.errors import TimeLimitReached, WorkbenchError
from workbench.jobs import Job
from workbench.results import Run
from workbench.running import Ticket
from workbench.slots import Slots
from workbench.terms import refuse_unfit, refuse_without_values, what_stays
from workbench.watchdog import Watch, Watchdog

LastWords = Callable[[Run], None]
"""Answers whoever asked, when the process is about to end in the middle of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks for a job: with `may_write` false one that writes is refused before anything runs;
    `last_words` reaches them from another thread, `ticket` tells whether they want it stopped.
    """

    may_write: bool = True
    last_words: LastWords | None = None
    ticket: Ticket | None = None


class Supervisor:
    """Gives out slots, turns and time on `engine`; a job has `time_limit` seconds at most."""

    def __init__(self, engine: Engine, slots: Slots, watchdog: Watchdog, time_limit: float) -> None:
        self.engine = engine
        self.watchdog = watchdog
        self._slots = slots
        self._time_limit = time_limit
        self._setting = "WORKBENCH_TIME_LIMIT"

    def patient(self, time_limit: float, setting: str) -> Supervisor:
        """Another on the same engine, which gives this much time; `setting` is where that is said."""
        made = Supervisor(self.engine, self._slots, self.watchdog, time_limit)
        made._setting = setting
        return made

    def slot(self, job: Job) -> AbstractContextManager[None]:
        """A slot for the time inside. Raises Busy when there is none for as long as `job` waits."""
        return self._slots.take(job.patience)

    @contextmanager
    def session(self, run: Run, plan: Plan, caller: Caller, *, together: bool = False) -> Iterator[Session]:
        """A session; a turn in the line of writers has a limit of its own, and may be given up for.

        `together`: see `Engine.session`.
        """
        with ExitStack() as at_work:
            if plan.writes:
                at_work.enter_context(self._slots.take_to_write(plan.job.patience))
            with self.watched(run, plan.job, caller, left=inf) if plan.writes else nullcontext():
                session = at_work.enter_context(self.engine.session(plan, together=together))
            yield session

    def plan(self, run: Run, job: Job, caller: Caller) -> Plan:
        """The plan for `job`, made within its time. Raises a WorkbenchError for one that may not run."""
        with self.watched(run, job, caller):
            plan = self.engine.plan(job)
        run.parameters = plan.parameters
        refuse_unfit(plan, may_write=caller.may_write)
        refuse_without_values(plan)
        return plan

    def limit(self, job: Job) -> float:
        """How many seconds `job` may take."""
        return min(job.time_limit or self._time_limit, self._time_limit)

    @contextmanager
    def watched(
        self,
        run: Run,
        job: Job,
        caller: Caller,
        *,
        own_transaction: bool = False,
        left: float | None = None,
    ) -> Iterator[None]:
        """Within the time limit, or what is `left` of it, and until the caller's ticket is stopped.

        What is interrupted because of it says why.
        """
        limit, began = self.limit(job) if left is None else left, monotonic()

        def speak() -> None:
            run.error, run.results = self.why(watch, job, own_transaction=own_transaction), []
            run.duration = monotonic() - began
            caller.last_words(run)

        words = speak if caller.last_words else None
        stop = caller.ticket.stopped if caller.ticket else None
        with self.watchdog.watch(limit, self.engine.interrupt, words, stop) as watch:
            try:
                if limit <= 0:
                    raise self._too_long(job, own_transaction, over=-limit)
                yield
            except TimeLimitReached as error:
                ended = self.why(watch, job, own_transaction=own_transaction) if watch.fired else error
                raise ended from error
        if caller.ticket and (cancelled := caller.ticket.cancelled()):
            cancelled.hint = what_stays(own_transaction)
            raise cancelled

    def why(self, watch: Watch, job: Job, *, own_transaction: bool = False) -> WorkbenchError:
        """Why the watchdog ended it."""
        if watch.reason is None:
            return self._too_long(job, own_transaction, over=monotonic() - watch.deadline)
        watch.reason.hint = what_stays(own_transaction)
        return watch.reason

    def _too_long(self, job: Job, own_transaction: bool, over: float) -> TimeLimitReached:
        limit = self.limit(job)
        return TimeLimitReached(
            f"the run took longer than {limit:g} s and was stopped",
            hint=f"{what_stays(own_transaction)} Ask for less at once, or have {self._setting} raised.",
            limit=limit,
            actual=round(limit + over, 3),
        )

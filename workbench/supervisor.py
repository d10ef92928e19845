"""What a job may take: a slot, a turn to write, and time; and why it was ended before it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from math import inf
from time import monotonic

from msgspec import Struct

from workbench.engines.base import Engine, Pace, Plan, Session
from workbench.errors import TimeLimitReached, WorkbenchError
from workbench.jobs import Job
from workbench.results import Run
from workbench.running import Ticket
from workbench.slots import Slots
from workbench.terms import refuse_unfit, refuse_without_values, what_stays
from workbench.watchdog import Watch, Watchdog

LastWords = Callable[[Run], None]
"""Answers whoever asked, when the process is about to end in the middle of a run."""


class Caller(Struct, frozen=True, kw_only=True):
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

    def session(
        self, run: Run, plan: Plan, caller: Caller, *, together: bool = False
    ) -> AbstractContextManager[Session]:
        """A session; a turn in the line of writers has a limit of its own, and may be given up for.

        `together`: see `Engine.session`.
        """
        if not plan.writes:
            return self.engine.session(plan)
        return self._in_line(run, plan, caller, together)

    @contextmanager
    def _in_line(self, run: Run, plan: Plan, caller: Caller, together: bool) -> Iterator[Session]:
        with self._slots.take_to_write(plan.job.patience), ExitStack() as at_work:
            with self.watched(run, plan.job, caller, left=inf):
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

    def watched(
        self,
        run: Run,
        job: Job,
        caller: Caller,
        *,
        own_transaction: bool = False,
        left: float | None = None,
    ) -> AbstractContextManager[None]:
        """Within the time limit, or what is `left` of it, and until the caller's ticket is stopped.

        What is interrupted because of it says why.
        """
        return _Watched(self, run, job, caller, own_transaction, self.limit(job) if left is None else left)

    def pace(self, job: Job, ticket: Ticket, what: str) -> Pace:
        """Counts the rows of work that goes on outside the engine, and ends it when it is to stop.

        `what` it is (``import``): nothing of it is there before its end.
        """
        limit, stays = self.limit(job), what_stays(own_transaction=False)
        until = monotonic() + limit

        def pace(rows: int) -> None:
            ticket.count(rows)
            if stopped := ticket.stopped():
                stopped.hint = stays
                raise stopped
            if monotonic() > until:
                raise TimeLimitReached(
                    f"the {what} took longer than {limit:g} s and was stopped",
                    hint=f"{stays} {what.capitalize()} less at once, or have {self._setting} raised.",
                    limit=limit,
                )

        return pace

    def why(self, watch: Watch, job: Job, *, own_transaction: bool = False) -> WorkbenchError:
        """Why the watchdog ended it."""
        if watch.reason is None:
            return self.too_long(job, own_transaction, over=monotonic() - watch.deadline)
        watch.reason.hint = what_stays(own_transaction)
        return watch.reason

    def too_long(self, job: Job, own_transaction: bool, over: float) -> TimeLimitReached:
        """The error for a job that is `over` its limit by so many seconds."""
        limit = self.limit(job)
        return TimeLimitReached(
            f"the run took longer than {limit:g} s and was stopped",
            hint=f"{what_stays(own_transaction)} Ask for less at once, or have {self._setting} raised.",
            limit=limit,
            actual=round(limit + over, 3),
        )


class _Watched(Struct, eq=False):
    """A job watched for the time inside: see `Supervisor.watched`. `limit` is in seconds."""

    supervisor: Supervisor
    run: Run
    job: Job
    caller: Caller
    own_transaction: bool
    limit: float
    began: float = 0.0
    watching: AbstractContextManager[Watch] | None = None
    watch: Watch | None = None

    def __enter__(self) -> None:
        supervisor, caller, self.began = self.supervisor, self.caller, monotonic()
        if self.limit <= 0:
            raise supervisor.too_long(self.job, self.own_transaction, over=-self.limit)
        words = self._speak if caller.last_words else None
        stop = caller.ticket.stopped if caller.ticket else None
        self.watching = supervisor.watchdog.watch(self.limit, supervisor.engine.interrupt, words, stop)
        self.watch = self.watching.__enter__()

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.watching.__exit__(None, None, None)
        if isinstance(error, TimeLimitReached) and self.watch.fired:
            raise self._why() from error
        ticket = self.caller.ticket
        if error is None and ticket and (cancelled := ticket.cancelled()):
            cancelled.hint = what_stays(self.own_transaction)
            raise cancelled

    def _why(self) -> WorkbenchError:
        return self.supervisor.why(self.watch, self.job, own_transaction=self.own_transaction)

    def _speak(self) -> None:
        self.run.error, self.run.results = self._why(), []
        self.run.duration = monotonic() - self.began
        self.caller.last_words(self.run)

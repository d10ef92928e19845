"""One statement whose rows are taken while it runs, within the limits of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from itertools import islice
from time import monotonic

from workbench.engines.base import Flow, Plan, Session, Statement
from workbench.errors import StatementError
from workbench.jobs import Job
from workbench.results import Row, Run
from workbench.supervisor import Caller, Supervisor
from workbench.terms import ending, finish, hold_to


class Listener(Caller, frozen=True):
    """Whoever takes rows; `hang_up` cuts them off, from another thread, when they are too slow."""

    hang_up: Callable[[], None]


@contextmanager
def flowing(supervisor: Supervisor, run: Run, job: Job, listener: Listener) -> Iterator[Flow]:
    """Run the one statement of `job` while its rows are taken; the first ones are there at once.

    Raises:
        WorkbenchError: when it cannot begin, and from the batches.
    """
    deadline = monotonic() + supervisor.limit(job)
    plan = supervisor.plan(run, job, listener)
    turns = _Turns(supervisor, run, plan, listener, deadline)
    with ExitStack() as at_work:
        session = at_work.enter_context(supervisor.session(run, plan, listener))
        at_work.enter_context(ending(run, plan, session))
        with turns.taking():
            statement = _only(session)
            flow = at_work.enter_context(session.flow(statement))
            first = next(flow.batches, [])
        run.results.append(flow.result)

        def rows() -> Iterator[list[Row]]:
            yield from turns.paced(first, flow.batches)
            hold_to(job.asks[0].expect, statement, flow.result)
            finish(run, session, job)

        yield Flow(flow.result, at_work.enter_context(closing(rows())))


class _Turns:
    """The engine and the listener take turns, and share the time limit of a run."""

    def __init__(
        self, supervisor: Supervisor, run: Run, plan: Plan, listener: Listener, deadline: float
    ) -> None:
        self._supervisor, self._run, self._plan, self._listener = supervisor, run, plan, listener
        self._deadline = deadline

    def paced(self, first: list[Row], batches: Iterator[list[Row]]) -> Iterator[list[Row]]:
        """`first` and the other batches, each taken in one turn and handed on in another."""
        batch = first
        while batch:
            with self.giving():
                yield batch
            with self.taking():
                batch = next(batches, [])

    def taking(self) -> AbstractContextManager[None]:
        """While the engine makes rows."""
        job, own, left = self._plan.job, self._plan.own_transaction, self._deadline - monotonic()
        return self._supervisor.watched(self._run, job, self._listener, own_transaction=own, left=left)

    @contextmanager
    def giving(self) -> Iterator[None]:
        """While the listener takes rows."""
        left = self._deadline - monotonic()
        stop = self._listener.ticket.stopped if self._listener.ticket else None
        with self._supervisor.watchdog.watch(left, self._listener.hang_up, None, stop) as watch:
            try:
                yield
            finally:
                if watch.fired:
                    self._run.error = self._supervisor.why(watch, self._plan.job)
        if watch.fired:
            raise self._run.error


def _only(session: Session) -> Statement:
    found = list(islice(session.statements(), 2))
    if len(found) != 1:
        raise StatementError("rows can be taken from one statement alone", code="MULTIPLE_STATEMENTS")
    return found[0]

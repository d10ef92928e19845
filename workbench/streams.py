"""One statement whose rows are taken while it runs, within the limits of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from itertools import islice
from time import monotonic

from workbench.engines.base import Flow, Session, Statement
from workbench.errors import StatementError
from workbench.jobs import Job
from workbench.results import Row, Run
from workbench.supervisor import Caller, Supervisor
from workbench.terms import ending, finish, hold_to

_Watching = Callable[[], AbstractContextManager[None]]


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

    def taking() -> AbstractContextManager[None]:
        left = deadline - monotonic()
        return supervisor.watched(run, job, listener, own_transaction=plan.own_transaction, left=left)

    def giving() -> AbstractContextManager[None]:
        return _giving(supervisor, run, job, deadline, listener)

    with ExitStack() as at_work:
        session = at_work.enter_context(supervisor.session(run, plan, listener))
        at_work.enter_context(ending(run, plan, session))
        with taking():
            statement = _only(session)
            flow = at_work.enter_context(session.flow(statement))
            first = next(flow.batches, [])
        run.results.append(flow.result)

        def rows() -> Iterator[list[Row]]:
            yield from _paced(first, flow.batches, taking, giving)
            hold_to(job.asks[0].expect, statement, flow.result)
            finish(run, session, job)

        yield Flow(flow.result, at_work.enter_context(closing(rows())))


@contextmanager
def _giving(
    supervisor: Supervisor, run: Run, job: Job, deadline: float, listener: Listener
) -> Iterator[None]:
    """While somebody takes rows, for as long as the time limit leaves them."""
    stop = listener.ticket.stopped if listener.ticket else None
    with supervisor.watchdog.watch(deadline - monotonic(), listener.hang_up, None, stop) as watch:
        try:
            yield
        finally:
            if watch.fired:
                run.error = supervisor.why(watch, job)
    if watch.fired:
        raise run.error


def _paced(
    first: list[Row], batches: Iterator[list[Row]], taking: _Watching, giving: _Watching
) -> Iterator[list[Row]]:
    """`first` and the other batches, each taken inside one watch and handed on inside another."""
    batch = first
    while batch:
        with giving():
            yield batch
        with taking():
            batch = next(batches, [])


def _only(session: Session) -> Statement:
    found = list(islice(session.statements(), 2))
    if len(found) != 1:
        raise StatementError("rows can be taken from one statement alone", code="MULTIPLE_STATEMENTS")
    return found[0]

"""A script against an engine, within limits: a result for each statement, or the error that ended it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice
from math import inf
from time import monotonic, perf_counter

from workbench.catalog import Catalog
from workbench.engines.base import Engine, Flow, Keeper, Kept, Plan, Session, Statement
from workbench.errors import (
    Cancelled,
    GuardFailed,
    KeyConflict,
    Position,
    StatementError,
    TimeLimitReached,
    Unsupported,
    ValueMissing,
    WorkbenchError,
    WriteRefused,
)
from workbench.jobs import Expect, Job, Key
from workbench.results import Result, Row, Run, weight
from workbench.running import Ticket
from workbench.slots import Slots
from workbench.watchdog import Watch, Watchdog

LastWords = Callable[[Run], None]
"""Answers whoever asked, when the process is about to end in the middle of a run."""

Seal = Callable[[Run], bytes]
"""Makes the answer to a run while its transaction is still open."""

CATALOG_SECONDS = 0.5
"""How long reading the catalog may take: a schema can be made so that it takes for ever."""

PLAN_SECONDS = 0.5
"""How long telling the parameters of a text may take that somebody is still typing."""


@dataclass(frozen=True, slots=True)
class Listener:
    """How whoever takes rows is reached from another thread: answered at last, or cut off as too slow."""

    last_words: LastWords | None
    hang_up: Callable[[], None]
    may_write: bool = False
    ticket: Ticket | None = None


_Watching = Callable[[], AbstractContextManager[None]]

_MISSING = re.compile(r"(?:no such (table|column): (?:\w+\.)*|table .+ has no column named )(.+)", re.S)


@dataclass(frozen=True, slots=True)
class Handling:
    """How a caller is served: `keep` decides what becomes of rows; with `may_write` false a job that
    writes is refused before anything runs; `seal` makes the answer that is kept for the job's key.
    """

    keep: Keeper
    may_write: bool = True
    last_words: LastWords | None = None
    seal: Seal | None = None
    ticket: Ticket | None = None


class Runner:
    """Runs scripts one at a time, each at most `time_limit` seconds long."""

    def __init__(self, engine: Engine, slots: Slots, watchdog: Watchdog, time_limit: float) -> None:
        self.engine = engine
        self._slots = slots
        self._watchdog = watchdog
        self._time_limit = time_limit

    def run(self, job: Job, handling: Handling) -> Run:
        """Run all of `job`, or as much as there is before an error: then nothing of it stays.

        Never raises a WorkbenchError: it is in `Run.error`.
        """
        run, began = Run(job.script), perf_counter()
        try:
            _refuse_nul(job)
            with self._slots.take():
                self._run(run, job, handling)
        except WorkbenchError as error:
            run.error = self._explained(error)
        run.duration = perf_counter() - began
        return run

    def catalog(self) -> Catalog:
        """The tables there are; those that cannot be told within `CATALOG_SECONDS` say so."""
        with self._watchdog.watch(CATALOG_SECONDS, self.engine.interrupt):
            return self.engine.catalog()

    def plan(self, job: Job) -> Plan:
        """What the engine can tell of `job` within `PLAN_SECONDS`; runs nothing. Raises WorkbenchError."""
        _refuse_nul(job)
        with self._watchdog.watch(PLAN_SECONDS, self.engine.interrupt):
            return self.engine.plan(job)

    def _run(self, run: Run, job: Job, handling: Handling) -> None:
        with self._watched(run, job, handling):
            plan = self.engine.plan(job)
        run.parameters = plan.parameters
        _refuse_unfit(plan, handling.may_write)
        _refuse_without_values(plan)
        with ExitStack() as at_work:
            session = at_work.enter_context(self._session(run, plan, handling))
            if job.key and _replays(run, session, job.key):
                return
            try:
                with self._watched(run, job, handling, own_transaction=plan.own_transaction):
                    for statement in session.statements():
                        _learn(run, statement)
                        run.results.append(session.execute(statement, handling.keep))
                        _hold_to(job.asks[statement.number].expect, statement, run.results[-1])
                _end(run, session, job, handling.seal)
            except WorkbenchError:
                if plan.writes:
                    _say_what_stays(run, session.applied)
                raise
            finally:
                run.applied = session.applied

    @contextmanager
    def stream(self, run: Run, job: Job, listener: Listener) -> Iterator[Flow]:
        """Run the one statement of `job` while its rows are taken; the first ones are there at once.

        `run` tells how it goes. What was written is durable when the batches are over, and rolled
        back when they are left before that. All of it has the time limit of a run, the time in
        which `listener` takes the rows included.

        Raises:
            WorkbenchError: when it cannot begin, and from the batches; it is in `Run.error` too.
        """
        began = perf_counter()
        try:
            _refuse_nul(job)
            with self._slots.take(), self._flow(run, job, listener) as flow:
                yield flow
        except WorkbenchError as error:
            run.error = self._explained(error)
            raise
        except GeneratorExit:
            run.error = run.error or Cancelled("nobody waited for the rows any more", code="CLIENT_LEFT")
            raise
        finally:
            run.duration = perf_counter() - began

    @contextmanager
    def _flow(self, run: Run, job: Job, listener: Listener) -> Iterator[Flow]:
        deadline = monotonic() + self._limit(job)
        with self._watched(run, job, listener):
            plan = self.engine.plan(job)
        run.parameters = plan.parameters
        _refuse_unfit(plan, listener.may_write)
        _refuse_without_values(plan)

        def taking() -> AbstractContextManager[None]:
            left = deadline - monotonic()
            return self._watched(run, job, listener, own_transaction=plan.own_transaction, left=left)

        def giving() -> AbstractContextManager[None]:
            return self._giving(run, job, deadline, listener)

        with ExitStack() as at_work:
            session = at_work.enter_context(self._session(run, plan, listener))
            try:
                with taking():
                    statement = _only(session)
                    flow = at_work.enter_context(session.flow(statement))
                    first = next(flow.batches, [])
                run.results.append(flow.result)

                def rows() -> Iterator[list[Row]]:
                    yield from _paced(first, flow.batches, taking, giving)
                    _hold_to(job.asks[0].expect, statement, flow.result)
                    _end(run, session, job, None)

                yield Flow(flow.result, at_work.enter_context(closing(rows())))
            except WorkbenchError:
                if plan.writes:
                    _say_what_stays(run, session.applied)
                raise
            finally:
                run.applied = session.applied

    @contextmanager
    def _giving(self, run: Run, job: Job, deadline: float, listener: Listener) -> Iterator[None]:
        """While somebody takes rows, for as long as the time limit leaves them."""
        stop = listener.ticket.stopped if listener.ticket else None
        with self._watchdog.watch(deadline - monotonic(), listener.hang_up, None, stop) as watch:
            try:
                yield
            finally:
                if watch.fired:
                    run.error = self._why(watch, job, False)
        if watch.fired:
            raise run.error

    @contextmanager
    def _session(self, run: Run, plan: Plan, caller: Handling | Listener) -> Iterator[Session]:
        """A session; a turn in the line of writers has a limit of its own, and may be given up for."""
        with ExitStack() as at_work:
            if plan.writes:
                at_work.enter_context(self._slots.take_to_write())
            with self._watched(run, plan.job, caller, left=inf) if plan.writes else nullcontext():
                session = at_work.enter_context(self.engine.session(plan))
            yield session

    def _limit(self, job: Job) -> float:
        return min(job.time_limit or self._time_limit, self._time_limit)

    def _too_long(self, job: Job, *, own_transaction: bool = False) -> TimeLimitReached:
        return TimeLimitReached(
            f"the run took longer than {self._limit(job):g} s and was stopped",
            hint=f"{_what_stays(own_transaction)} Ask for less at once, or have WORKBENCH_TIME_LIMIT raised.",
        )

    @contextmanager
    def _watched(
        self,
        run: Run,
        job: Job,
        caller: Handling | Listener,
        *,
        own_transaction: bool = False,
        left: float | None = None,
    ) -> Iterator[None]:
        """Within the time limit, or what is `left` of it, and until the caller's ticket is stopped.

        What is interrupted because of it says why.
        """
        limit, began = self._limit(job) if left is None else left, monotonic()

        def speak() -> None:
            run.error, run.results = self._why(watch, job, own_transaction), []
            run.duration = monotonic() - began
            caller.last_words(run)

        words = speak if caller.last_words else None
        stop = caller.ticket.stopped if caller.ticket else None
        with self._watchdog.watch(limit, self.engine.interrupt, words, stop) as watch:
            try:
                if limit <= 0:
                    raise self._too_long(job, own_transaction=own_transaction)
                yield
            except TimeLimitReached as error:
                raise (self._why(watch, job, own_transaction) if watch.fired else error) from error
        if caller.ticket and (cancelled := caller.ticket.cancelled()):
            cancelled.hint = _what_stays(own_transaction)
            raise cancelled

    def _why(self, watch: Watch, job: Job, own_transaction: bool) -> WorkbenchError:
        """Why the watchdog ended it."""
        if watch.reason is None:
            return self._too_long(job, own_transaction=own_transaction)
        watch.reason.hint = _what_stays(own_transaction)
        return watch.reason

    def _explained(self, error: WorkbenchError) -> WorkbenchError:
        """The error with the nearest existing name, when a table or column is missing."""
        missing = _MISSING.match(error.message) if isinstance(error, StatementError) else None
        if missing:
            catalog = self.catalog()
            names = [t.name for t in catalog.tables] if missing[1] == "table" else catalog.names()
            error.suggestion = _nearest(missing[2], names)
        return error


def first_rows(most: int, *, most_cells: int = 50_000, most_bytes: int = 4 << 20) -> Keeper:
    """A keeper of the first `most` rows of each result as they are, for one run.

    All results of the run together have `most_cells`, and texts and BLOBs of `most_bytes`; only
    the row that reaches the end of that is kept whole, however large.
    """
    cells, size = most_cells, most_bytes

    def keep(batches: Iterator[list[Row]]) -> Kept:
        nonlocal cells, size
        rows: list[Row] = []
        for row in chain.from_iterable(batches):
            if len(rows) == most or cells <= 0 or size <= 0:
                return Kept(rows, len(rows), True)
            cells -= len(row)
            size -= weight(row)
            rows.append(row)
        return Kept(rows, len(rows), False)

    return keep


def _only(session: Session) -> Statement:
    found = list(islice(session.statements(), 2))
    if len(found) != 1:
        raise StatementError("rows can be taken from one statement alone", code="MULTIPLE_STATEMENTS")
    return found[0]


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


def _what_stays(own_transaction: bool) -> str:
    return "What the script had committed itself stays." if own_transaction else "Nothing was changed."


def _say_what_stays(run: Run, applied: str) -> None:
    """No result may look as if it held when its transaction was rolled back."""
    if applied == "some":
        run.notices.append("What the script committed before that stays.")
    elif run.results:
        count = len(run.results)
        were = "the statement before it was" if count == 1 else f"the {count} statements before it were"
        run.notices.append(f"Nothing was changed: {were} rolled back.")
        run.results = []


def _replays(run: Run, session: Session, key: Key) -> bool:
    """Whether the key was used before: then `run` is answered as it was."""
    found = session.recall(key)
    if found is None:
        return False
    fingerprint, run.replayed = found
    if fingerprint != key.fingerprint:
        raise KeyConflict(
            "this key was used before for another request",
            code="IDEMPOTENCY_MISMATCH",
            hint="Nothing was run. Send a new key with a new request.",
        )
    return True


def _end(run: Run, session: Session, job: Job, seal: Seal | None) -> None:
    """Commit, with the answer for the job's key; or look what a commit would have met."""
    if job.dry_run:
        run.fails_at_commit = session.broken_keys()
        return
    if job.key and seal:
        run.applied = "all"  # as the answer will say it, once this is committed
        session.remember(job.key, seal(run))
    session.commit()
    run.applied = session.applied


def _refuse_nul(job: Job) -> None:
    for number, ask in enumerate(job.asks):
        if "\0" in ask.sql:
            error = StatementError(
                "the text holds a NUL character, where SQLite would stop reading",
                hint="Write char(0) where a value needs one.",
                position=Position.at(ask.sql, ask.sql.index("\0")),
            )
            error.statement = number
            raise error


def _refuse_unfit(plan: Plan, may_write: bool) -> None:
    if plan.writes and (not may_write or plan.job.transaction == "deferred"):
        raise WriteRefused("this script writes, and only reading is allowed this way")
    if plan.job.dry_run and plan.cannot_be_wrapped:
        raise Unsupported(
            "this statement runs outside transactions only, so it cannot be tried and rolled back",
            code="DRY_RUN_UNSUPPORTED",
        )
    if plan.job.key and plan.writes and plan.own_transaction:
        raise Unsupported("a key needs one transaction, in which it is kept with what is written")
    if plan.job.dry_run and plan.own_transaction:
        raise Unsupported("a dry run is one transaction of its own", code="DRY_RUN_UNSUPPORTED")


def _refuse_without_values(plan: Plan) -> None:
    """Raise ValueMissing before anything runs when a script's values by name are not all there."""
    ask = plan.job.asks[0]
    if ask.single or not isinstance(ask.values, Mapping):
        return
    missing = tuple(name for name in plan.parameters if name not in ask.values)
    if missing:
        raise ValueMissing.of(missing)


def _learn(run: Run, statement: Statement) -> None:
    """Add the parameters of a statement that could not be planned."""
    if statement.parameters:
        known = set(run.parameters)
        run.parameters += [name for name in statement.parameters if name not in known]


def _hold_to(expect: Expect | None, statement: Statement, result: Result) -> None:
    """Raise GuardFailed when the statement did not do what its caller expects."""
    broken = expect.broken_by(result) if expect else None
    if broken:
        error = GuardFailed(broken, hint="Nothing was changed.")
        error.statement = statement.number
        raise error


def _nearest(name: str, names: list[str]) -> str | None:
    by_folded = {n.casefold(): n for n in names}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    # A name that exists is missing only where it was looked for: to offer it again helps nobody.
    return by_folded[close[0]] if close and close[0] != name.casefold() else None

"""A script against an engine, within limits: a result for each statement, or the error that ended it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter

from workbench.catalog import Catalog
from workbench.caution import Caution
from workbench.changes import Record
from workbench.engines.base import Description, Engine, Flow, Keeper, Kept, Plan, Session
from workbench.errors import Cancelled, KeyConflict, NotDurable, StatementError, WorkbenchError
from workbench.jobs import Job, Key
from workbench.results import Kind, Result, Row, Run, weight
from workbench.slots import Slots
from workbench.streams import Listener, flowing
from workbench.supervisor import Caller, Supervisor
from workbench.terms import Seal, ending, finish, hold_to, learn, refuse_nul
from workbench.watchdog import Watchdog

CATALOG_SECONDS = 0.5
"""How long reading the catalog may take: a schema can be made so that it takes for ever."""

JUDGE_SECONDS = 5.0
"""How long looking whether a write happened may take."""

PLAN_SECONDS = 0.5
"""How long telling the parameters of a text may take that somebody is still typing."""


WriteDown = Callable[[Run, Sequence[Record]], None]
"""Keeps what a run changed, before that is committed. Raises a WorkbenchError to have it rolled back."""


class Handling(Caller, frozen=True):
    """How a caller is served: `keep` decides what becomes of rows; `seal` makes the answer that is
    kept for the job's key. `caution` may have what was recorded rolled back, to be looked at first;
    `write_down` is told of it before its commit, and `committed` that this is done, before anybody else
    may write.
    """

    keep: Keeper
    seal: Seal | None = None
    caution: Caution | None = None
    write_down: WriteDown | None = None
    committed: Callable[[], None] | None = None

    def look(self, run: Run, session: Session) -> None:
        """Look at what `run` is about to commit. Raises a WorkbenchError to have it rolled back."""
        shown = self.caution.before_commit(session.records) if self.caution else None
        if shown is not None:
            session.make_instead(shown)
            run.effects = list(session.effects)
        if self.write_down:
            self.write_down(run, session.records)

    def note(self, run: Run) -> None:
        """Say that all of `run` is committed, if it is."""
        if self.committed and run.applied == "all":
            self.committed()


class Runner:
    """Runs jobs one at a time, each at most `time_limit` seconds long."""

    def __init__(self, engine: Engine, slots: Slots, watchdog: Watchdog, time_limit: float) -> None:
        self._supervisor = Supervisor(engine, slots, watchdog, time_limit)

    @property
    def engine(self) -> Engine:
        """Where jobs run; another one takes its place when it is stuck."""
        return self._supervisor.engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._supervisor.engine = engine

    @property
    def supervisor(self) -> Supervisor:
        """Who gives out slots, turns and time: to jobs that are not run here too."""
        return self._supervisor

    def close(self) -> None:
        """Let go of the engine and of whoever watches it."""
        self._supervisor.watchdog.close()
        self.engine.close()

    def run(self, job: Job, handling: Handling) -> Run:
        """Run all of `job`, or as much as there is before an error: then nothing of it stays.

        Never raises a WorkbenchError: it is in `Run.error`.
        """
        run, began = Run(job.script), perf_counter()
        try:
            refuse_nul(job)
            with self._supervisor.slot(job):
                self._run(run, job, handling)
        except WorkbenchError as error:
            run.error = self.explained(error)
            if isinstance(error, NotDurable):
                run.applied = "unknown"
        run.duration = perf_counter() - began
        return run

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
            refuse_nul(job)
            with self._supervisor.slot(job), flowing(self._supervisor, run, job, listener) as flow:
                yield flow
        except WorkbenchError as error:
            run.error = self.explained(error)
            raise
        except GeneratorExit:
            run.error = run.error or Cancelled("nobody waited for the rows any more", code="CLIENT_LEFT")
            raise
        finally:
            run.duration = perf_counter() - began

    def describe(self, job: Job) -> list[Description]:
        """What the statements of `job` are. Runs nothing. Raises a WorkbenchError for one that is wrong."""
        try:
            refuse_nul(job)
            with self._supervisor.slot(job), self._supervisor.watched(Run(job.script), job, Caller()):
                return self.engine.describe(job)
        except WorkbenchError as error:
            raise self.explained(error) from error.__cause__

    def catalog(self) -> Catalog:
        """The tables there are; those that cannot be told within `CATALOG_SECONDS` say so."""
        with self._supervisor.watchdog.watch(CATALOG_SECONDS, self.engine.interrupt):
            return self.engine.catalog()

    def plan(self, job: Job) -> Plan:
        """What the engine can tell of `job` within `PLAN_SECONDS`; runs nothing. Raises WorkbenchError."""
        refuse_nul(job)
        with self._supervisor.watchdog.watch(PLAN_SECONDS, self.engine.interrupt):
            return self.engine.plan(job)

    def _run(self, run: Run, job: Job, handling: Handling) -> None:
        plan = self._supervisor.plan(run, job, handling)
        run.to_write = plan.writes
        if handling.caution and not job.dry_run:
            handling.caution.before_it_begins(plan)
        watched = self._supervisor.watched(run, job, handling, own_transaction=plan.own_transaction)
        with self._supervisor.session(run, plan, handling, together=not job.record) as session:
            if job.key and _replays(run, session, job.key):
                return
            with ending(run, plan, session):
                with watched:
                    for statement in session.statements():
                        learn(run, statement)
                        run.results.append(session.execute(statement, handling.keep))
                        run.applied = session.applied
                        hold_to(job.asks[statement.number].expect, statement, run.results[-1])
                finish(run, session, job, handling.seal, handling.look)
                handling.note(run)

    def take_back(self, records: Callable[[], Sequence[Record]], script: str, handling: Handling) -> Run:
        """Take back what was recorded, as a run of its own that `script` names; like `run`.

        `records` are asked for when its turn to write has come.
        """
        job = Job.of(script, record=True)
        run, began = Run(script), perf_counter()
        try:
            with self._supervisor.slot(job):
                self._take_back(run, Plan(job, number=1, writes=True), records, handling)
        except WorkbenchError as error:
            run.error = self.explained(error)
        run.duration = perf_counter() - began
        return run

    def _take_back(
        self, run: Run, plan: Plan, records: Callable[[], Sequence[Record]], handling: Handling
    ) -> None:
        watched = self._supervisor.watched(run, plan.job, handling)
        with self._supervisor.session(run, plan, handling) as session, ending(run, plan, session):
            with watched:
                taken_back = session.take_back(records())
            run.results = [Result(run.script, Kind.WRITE, rows_affected=taken_back.rows)]
            run.conflicts = taken_back.conflicts
            if taken_back.orphans:
                raise StatementError(
                    "taking this back would leave rows that refer to others which are not there",
                    code="SQLITE_CONSTRAINT_FOREIGNKEY",
                    hint="Nothing was changed. Take back first what was written after it.",
                )
            finish(run, session, plan.job, before_commit=handling.look)
            handling.note(run)

    def spare(self, seconds: float) -> AbstractContextManager[None]:
        """Within a run: reading that nobody asked for ends after this time, without any harm to the run."""
        return self._supervisor.watchdog.spare(seconds, self.engine.enough)

    def judge(self, records: Sequence[Record]) -> bool | None:
        """Whether what was recorded is in the database; None when that cannot be told."""
        with self._supervisor.watchdog.watch(JUDGE_SECONDS, self.engine.interrupt):
            return self.engine.judge(records)

    def explained(self, error: WorkbenchError) -> WorkbenchError:
        """The error with the nearest existing name for one that is missing, and what the engine can tell."""
        if isinstance(error, StatementError) and error.missing:
            error.suggestion = self.catalog().nearest(*error.missing)
        error.explanation = error.explanation or self.engine.explain(error)
        return error


class FirstRows:
    """Takes the first `most` rows of each result of one run as they are.

    All results of the run together have `most_cells`, and texts and BLOBs of `most_bytes`; only
    the row that reaches the end of that is kept whole, however large.
    """

    def __init__(self, most: int, *, most_cells: int = 50_000, most_bytes: int = 4 << 20) -> None:
        self._most, self._cells, self._bytes = most, most_cells, most_bytes

    @property
    def left(self) -> tuple[int, int]:
        """How many cells there is room for, and how many bytes of texts and BLOBs."""
        return self._cells, self._bytes

    def take(self, batches: Iterator[list[Row]]) -> tuple[list[Row], list[Row]]:
        """The first rows, and the rest of the batch in which they end: empty when they are all."""
        rows: list[Row] = []
        for batch in batches:
            for place, row in enumerate(batch):
                if len(rows) == self._most or self._cells <= 0 or self._bytes <= 0:
                    return rows, batch[place:]
                self._cells -= len(row)
                self._bytes -= weight(row)
                rows.append(row)
        return rows, []


def first_rows(most: int, **bounds: int) -> Keeper:
    """A keeper of the rows that `FirstRows` takes."""
    first = FirstRows(most, **bounds)

    def keep(batches: Iterator[list[Row]]) -> Kept:
        rows, rest = first.take(batches)
        return Kept(rows, len(rows), bool(rest))

    return keep


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

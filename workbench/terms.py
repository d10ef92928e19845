"""The terms on which a job runs: what is refused before it, what it must do, and how its session ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.changes import fingerprint
from workbench.engines.base import Plan, Session, Statement
from workbench.errors import (
    GuardFailed,
    Position,
    StatementError,
    Unsupported,
    ValueMissing,
    WorkbenchError,
    WriteRefused,
)
from workbench.jobs import Expect, Job
from workbench.results import Result, Run

BeforeCommit = Callable[[Run, Session], None]
"""Looks at what a run changed, and writes it down, while its transaction is still open."""

Seal = Callable[[Run], bytes]
"""Makes the answer to a run while its transaction is still open."""


def refuse_nul(job: Job) -> None:
    """Raise StatementError when a text of `job` holds a NUL character."""
    for number, ask in enumerate(job.asks):
        if "\0" in ask.sql:
            error = StatementError(
                "the text holds a NUL character, where SQLite would stop reading",
                hint="Write char(0) where a value needs one.",
                position=Position.at(ask.sql, ask.sql.index("\0")),
            )
            error.statement = number
            raise error


def refuse_unfit(plan: Plan, *, may_write: bool) -> None:
    """Raise WriteRefused or Unsupported when the plan is not what its job may be."""
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


def refuse_without_values(plan: Plan) -> None:
    """Raise ValueMissing before anything runs when a script's values by name are not all there."""
    ask = plan.job.asks[0]
    if ask.single or not isinstance(ask.values, Mapping):
        return
    missing = tuple(name for name in plan.parameters if name not in ask.values)
    if missing:
        raise ValueMissing.of(missing)


def learn(run: Run, statement: Statement) -> None:
    """Add the parameters of a statement that could not be planned."""
    if statement.parameters:
        known = set(run.parameters)
        run.parameters += [name for name in statement.parameters if name not in known]


def hold_to(expect: Expect | None, statement: Statement, result: Result) -> None:
    """Raise GuardFailed when the statement did not do what its caller expects."""
    broken = expect.broken_by(result) if expect else None
    if broken:
        error = GuardFailed(broken, hint="Nothing was changed.")
        error.statement = statement.number
        raise error


class ending:
    """Around a session's work: however it ends, `run` says what is in the database then."""

    __slots__ = ("_plan", "_run", "_session")

    def __init__(self, run: Run, plan: Plan, session: Session) -> None:
        self._run, self._plan, self._session = run, plan, session

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._plan.writes and isinstance(error, WorkbenchError):
            _say_what_stays(self._run, self._session.applied)
        self._run.applied = self._session.applied


def finish(
    run: Run,
    session: Session,
    job: Job,
    seal: Seal | None = None,
    before_commit: BeforeCommit | None = None,
) -> None:
    """Commit, with the answer for the job's key; or look what a commit would have met.

    `before_commit` may raise a WorkbenchError to have it rolled back.
    """
    run.effects = list(session.effects)
    if job.dry_run:
        run.fails_at_commit = session.broken_keys()
        run.fingerprint = fingerprint(session.records) if job.record else None
    if before_commit and (session.records or run.conflicts):
        before_commit(run, session)
    if job.dry_run:
        return
    if job.key and seal:
        run.applied = "all"  # as the answer will say it, once this is committed
        session.remember(job.key, seal(run))
    session.commit()
    run.applied = session.applied


def what_stays(own_transaction: bool) -> str:
    """In words what a run that was stopped leaves behind."""
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

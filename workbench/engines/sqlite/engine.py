"""A SQLite file as an engine: it plans, reads and writes through connections of its own process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from hashlib import sha256
from math import inf
from pathlib import Path

from workbench.catalog import Catalog
from workbench.changes import Record
from workbench.engines.base import Description, Holder, Plan
from workbench.engines.sqlite.browsing import Browsing, Counts
from workbench.engines.sqlite.catalog import read_catalog
from workbench.engines.sqlite.condition import condition
from workbench.engines.sqlite.connections import LIMITS, Link
from workbench.engines.sqlite.describe import describe
from workbench.engines.sqlite.durability import Durability
from workbench.engines.sqlite.explaining.holders import holder_of
from workbench.engines.sqlite.explaining.permissions import explain_permissions
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.judging import happened
from workbench.engines.sqlite.keys import KeysAtWork
from workbench.engines.sqlite.line import WAIT, WriterLine
from workbench.engines.sqlite.opened import Opened, identity
from workbench.engines.sqlite.planning import Known, plan_on
from workbench.engines.sqlite.query_plans.explain import query_plans
from workbench.engines.sqlite.sessions import Reading, Session
from workbench.engines.sqlite.takeout import Takeout
from workbench.engines.sqlite.writing import Writing
from workbench.errors import WorkbenchError
from workbench.explanations import Explanation
from workbench.jobs import Attached, Job
from workbench.listing import home_as_tilde
from workbench.plans import QueryPlans
from workbench.results import Kind
from workbench.upkeep import Condition


class SqliteEngine:
    """The file at `path`; `line_folder` is where its line of writers has its lock file,
    `wait` how many seconds a writer waits in it, and for other programs, at most. `attach` are files that
    its jobs can read beside it.

    Nothing is opened before the first use: connections must not cross a fork
    (https://sqlite.org/howtocorrupt.html, section 2.6).
    """

    limits = LIMITS

    def __init__(
        self,
        path: Path,
        *,
        line_folder: Path,
        read_only: bool = False,
        wait: float = WAIT,
        attach: tuple[Attached, ...] = (),
    ) -> None:
        self.path = path
        self.name = path.name
        self.where = home_as_tilde(path.parent)
        self.read_only = read_only
        self._line_path = line_folder / f"writers-{sha256(os.fsencode(path.resolve())).hexdigest()[:12]}.lock"
        self.wait = wait
        self._links = Opened(path, read_only=read_only, wait=wait, attach=attach)
        self._attach = attach
        self._identities = tuple(identity(each.path) for each in attach)
        self._beside: SqliteEngine | None = None
        self._catalog: tuple[int, Catalog] | None = None
        self._known = Known()
        self._counts = Counts()
        self._line: WriterLine | None = None
        self._keys: KeysAtWork | None = None
        self._durability: Durability | None = None

    def plan(self, job: Job) -> Plan:
        """Which statements there are and whether any writes: asked of SQLite, not of the text."""
        if job.attach != self._attach:
            return self._beside_others(job).plan(job)
        plan = self._plan_to_read(job)
        plan.writes = plan.writes or (job.key is not None and not plan.whole)
        if (plan.writes or job.transaction == "immediate") and not (self.read_only or _is_known(plan)):
            plan = self._plan_to_write(job)
        plan.own_transaction = plan.own_transaction or job.transaction == "none"
        return plan

    def _plan_to_read(self, job: Job) -> Plan:
        link = self._links.to_read(job.patience)
        plan = self._known.plan(job, read_only=self.read_only)
        if plan is None:
            plan = plan_on(link, job)
            self._known.learn(plan)
        return plan

    def _plan_to_write(self, job: Job) -> Plan:
        link = self._links.to_write(job.patience)
        plan = plan_on(link, job)
        plan.writes = True
        if plan.changes_rows:
            self._known.learn(plan)
        return plan

    def session(self, plan: Plan, *, together: bool = False) -> AbstractContextManager[Session]:
        """A reading session, or a writing one when its turn in the line has come."""
        if plan.job.attach != self._attach:
            return self._beside_others(plan.job).session(plan, together=together)
        if not plan.writes or self.read_only:
            return Reading(self._links.reader or self._links.to_read(plan.job.patience), plan)
        return self._writing(plan, together)

    @contextmanager
    def _writing(self, plan: Plan, together: bool) -> Iterator[Session]:
        key = plan.job.key
        held = self._keys_at_work().hold(key) if key else nullcontext()
        turn = self._writers().turn(min(self.wait, plan.job.patience))
        link = self._links.to_write(plan.job.patience)
        durable = self._durable(link, together and link.logs and not plan.own_transaction)
        with durable as committed, held, turn, Writing(link, plan, committed) as writing:
            yield writing
        if writing.stale:
            self._links.drop_writer()

    def _durable(self, link: Link, together: bool) -> AbstractContextManager[Callable[[], None]]:
        """How what `link` commits becomes durable; gives what is to be called after each commit."""
        shared = self._shared_durability() if together else None
        link.wait_for_disk(shared is None)
        return shared.afterwards() if shared else nullcontext(lambda: None)

    def _shared_durability(self) -> Durability | None:
        """None where there is no room to count commits in: then each of them asks the disk by itself."""
        if self._durability is None:
            log = Path(f"{self.path.resolve()}-wal")
            with suppress(OSError):
                self._durability = Durability(log, self._line_path.with_suffix(".commits"))
        return self._durability

    def describe(self, job: Job) -> list[Description]:
        """What the statements of `job` are: asked of SQLite on a connection that cannot write."""
        if job.attach != self._attach:
            return self._beside_others(job).describe(job)
        return describe(self._links.witness(job.patience), job)

    def query_plans(self, job: Job) -> QueryPlans:
        """The plans of the statements of `job`: asked of SQLite on a connection that cannot write."""
        if job.attach != self._attach:
            return self._beside_others(job).query_plans(job)
        return query_plans(self._links.witness(job.patience), job)

    def browsing(self, patience: float = inf) -> AbstractContextManager[Browsing]:
        """Tables to look through, as they are at one moment; waits no longer than `patience` for a lock."""
        return Browsing(self._links.to_read(patience), self._counts)

    def takeout(self, patience: float = inf) -> AbstractContextManager[Takeout]:
        """Whole tables, as they are at one moment; waits no longer than `patience` for a lock."""
        return Takeout(self._links.to_read(patience), self._counts)

    def judge(self, records: Sequence[Record]) -> bool | None:
        """Whether what was recorded is in the database; None when that cannot be told.

        It looks in a turn of its own in the line: whoever was about to commit has done it then, or not.
        """
        with self._writers().turn(self.wait), translated():
            return happened(self._links.to_read(), records)

    def interrupt(self) -> None:
        """Stop whatever runs on any connection (https://sqlite.org/c3ref/interrupt.html)."""
        for link in self._links:
            link.connection.interrupt()
        if self._beside is not None:
            self._beside.interrupt()

    def enough(self) -> None:
        """Stop a SELECT. Interrupted so, what writes would be rolled back."""
        for link in (self._links.reader, self._links.writer):
            if link is not None and link.at_work is Kind.READ:
                link.connection.interrupt()
        if self._beside is not None:
            self._beside.enough()

    def catalog(self) -> Catalog:
        """Tables and views with their columns; read again only when the schema has changed."""
        link = self._links.to_read()
        with translated():
            ((version,),) = link.own("PRAGMA schema_version")
        if self._catalog is None or self._catalog[0] != version:
            self._catalog = version, read_catalog(link)
        return self._catalog[1]

    def condition(self) -> Condition:
        """How the file is; see `workbench.upkeep`."""
        with translated():
            return condition(self._links.to_read(), str(self.path.resolve()))

    def holder(self) -> Holder | None:
        """Which other process writes to the file now, as the system tells it."""
        return holder_of(self.path, self._line.stat() if self._line else None)

    def explain(self, error: WorkbenchError) -> Explanation | None:
        """Which of the files cannot be written, for an error that says so of one."""
        if not error.code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            return None
        try:
            return explain_permissions(self.path)
        except OSError:
            return None

    def check(self) -> None:
        """Raise DatabaseTrouble unless the file is there, is the same, and can be read."""
        with translated():
            self._links.to_read().own("SELECT count(*) FROM sqlite_schema")

    def apart(self) -> SqliteEngine:
        """The same file with connections of its own, for when this one's are stuck."""
        twin = self._twin()
        twin._catalog = self._catalog
        return twin

    def close(self) -> None:
        """Close the connections and leave the line."""
        self._links.close()
        for file in (self._line, self._keys, self._durability):
            if file is not None:
                file.close()
        if self._beside is not None:
            self._beside.close()
        self._beside = self._line = self._keys = self._durability = None

    def _beside_others(self, job: Job) -> SqliteEngine:
        """The same file with connections to which the files of `job` are attached; the last one is kept.

        A connection of its own: what is attached to one is there for every statement on it.
        """
        kept = self._beside
        now = tuple(identity(each.path) for each in job.attach)
        if kept is None or (kept._attach, kept._identities) != (job.attach, now):
            self._beside = self._twin(job.attach)
            if kept is not None:
                kept.close()
        return self._beside

    def _twin(self, attach: tuple[Attached, ...] = ()) -> SqliteEngine:
        twin = SqliteEngine(
            self.path,
            line_folder=self._line_path.parent,
            read_only=self.read_only,
            wait=self.wait,
            attach=attach,
        )
        twin._links.identity = self._links.identity
        return twin

    def _keys_at_work(self) -> KeysAtWork:
        if self._keys is None:
            self._keys = KeysAtWork(self._line_path.with_suffix(".keys"))
        return self._keys

    def _writers(self) -> WriterLine:
        if self._line is None:
            self._line = WriterLine(self._line_path)
        return self._line


def _is_known(plan: Plan) -> bool:
    """Whether it tells all that a writer's plan would."""
    return plan.writes and plan.whole

"""A script's time with a SQLite file that it writes: one transaction, recorded if that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext

import apsw

from workbench.changes import Effects, Record
from workbench.engines.base import Keeper, Plan, Statement
from workbench.engines.sqlite import keys
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.effects import effects
from workbench.engines.sqlite.explaining.attempt import explaining_commit
from workbench.engines.sqlite.explaining.orphans import broken_references
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.likeness import alike
from workbench.engines.sqlite.loading import Loader
from workbench.engines.sqlite.query_plans.trial import try_index
from workbench.engines.sqlite.recorder import Recorder
from workbench.engines.sqlite.sessions import Session
from workbench.engines.sqlite.undoing import Undoing
from workbench.errors import StatementError, WorkbenchError, moved
from workbench.jobs import Key
from workbench.loads import Batch, Loaded, Reject, Target
from workbench.plans import Trial
from workbench.results import Kind, Result, Row

LOOKED_AT = 256 << 10
"""Bytes of a record up to which what it holds is also told of a write that is done, not only of a dry run."""


class Writing(Session):
    """A session that writes: one transaction, unless the script says BEGIN and COMMIT itself.

    `committed` is called after the commit, unless the script makes its own. With `Job.record` it records
    what its statements change, to show it and to take it back.
    """

    def __init__(self, link: Link, plan: Plan, committed: Callable[[], None] = lambda: None) -> None:
        super().__init__(link, plan)
        self._tell = committed
        self._recorder = Recorder(link, self._look)
        self._records = plan.job.record and not plan.own_transaction
        self.effects: list[Effects] = []
        self.stale = False
        self._executed = 0
        self._changed = self._committed = False

    def __enter__(self) -> Writing:
        self.link.before_step = self._recorder.before_step
        if self.plan.own_transaction:
            self.link.connection.set_commit_hook(self._note_commit)
        self._begin_when_due(0)
        return self

    def statements(self) -> Iterator[Statement]:
        """The statements; the transaction begins after those that have no effect in one."""
        for number, statement in enumerate(super().statements()):
            self._begin_when_due(number)
            yield statement

    def execute(self, statement: Statement, keep: Keeper) -> Result:
        """Run one statement; in a script with its own transactions it may commit at once."""
        if not self.plan.own_transaction:
            result = self._recorded(statement, keep) if self._records else super().execute(statement, keep)
            self._hold_to_foreign_keys()
            return result
        connection = self.link.connection
        before, self._committed = connection.total_changes(), False
        try:
            result = super().execute(statement, keep)
        except WorkbenchError:
            # Only with ON CONFLICT FAIL: what was written before the conflict is committed.
            if self._committed and connection.total_changes() != before:
                self.applied = "some"
            raise
        self._changed |= result.kind is Kind.SCHEMA or connection.total_changes() != before
        if not connection.in_transaction:
            self._end_own_transaction()
        return result

    def _hold_to_foreign_keys(self) -> None:
        """What a check finds must not be committed where foreign keys were switched off to alter a table.

        It is the last of the steps of https://sqlite.org/lang_altertable.html#otheralter.
        """
        checked = self.link.authorizer.checks_foreign_keys
        if not self.plan.before_transaction or checked is None or not self.link.connection.in_transaction:
            return
        with translated():
            ((on,),) = self.link.own("PRAGMA foreign_keys")
            broken = None if on else broken_references(self.link, checked[0])
        if broken:
            raise broken

    def _end_own_transaction(self) -> None:
        """A transaction of the script's own is over: committed, or rolled back."""
        if self._committed and self._changed:
            self.applied = "some"
        self._changed = False

    def _note_commit(self) -> bool:
        self._committed = True
        return False  # True would turn it into a rollback

    @property
    def records(self) -> list[Record]:
        """What was changed, in the order in which it was, as it can be taken back."""
        return self._recorder.records

    def take_back(self, records: Sequence[Record]) -> Undoing:
        """Take back what was recorded; then the connection is `stale`: virtual tables know nothing of it."""
        self.stale = True
        undoing = Undoing(self.link, self._recorder)
        with translated():
            undoing.take_back(records)
        return undoing

    def load(
        self, target: Target, batches: Iterable[Batch], rejected: Callable[[Reject], None], name: str
    ) -> Loaded:
        """Write rows from elsewhere into a table; recorded as one statement that `name` tells of."""
        recorded = self._recorder.statement(name) if self._records else nullcontext()
        with translated(self.link.authorizer), recorded:
            return Loader(self.link, target, rejected).load(batches, self._recorder)

    def make_instead(self, shown: Sequence[Record]) -> None:
        """Put what `shown` tells in the place of what was changed so far.

        Raises Held when they differ in more than new values.
        """
        if not alike(shown, self.records):
            raise moved()
        with translated():
            self.link.own("ROLLBACK")
            self.link.own("BEGIN IMMEDIATE")
            self.records.clear()
            self.effects.clear()
            undoing = Undoing(self.link, self._recorder)
            undoing.make_again(shown)
        if undoing.conflicts or undoing.orphans:
            raise moved()

    def _recorded(self, statement: Statement, keep: Keeper) -> Result:
        number = self._executed
        self._executed += 1
        with translated(self.link.authorizer), self._recorder.statement(statement.text, number=number):
            return super().execute(statement, keep)

    def _look(self, record: Record) -> None:
        """See what was changed, while it is as that left it."""
        if self.plan.job.dry_run or record.size <= LOOKED_AT:
            self.effects.append(effects(self.link, record))

    def _begin_when_due(self, number: int) -> None:
        if number == self.plan.before_transaction and not self.plan.own_transaction:
            if self.link.connection.in_transaction:
                return
            with translated():
                self.link.own("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make all of it durable; a script must end the transactions it begins itself."""
        if not self.plan.own_transaction:
            if self.link.connection.in_transaction:
                with translated(), explaining_commit(self.link):
                    self.link.own("COMMIT")
                self._tell()
        elif self.link.connection.in_transaction:
            raise StatementError(
                "the script began a transaction and did not end it, so it was rolled back",
                code="TRANSACTION_OPEN",
                hint="End it with COMMIT.",
            )
        self.applied = "all"

    def recall(self, key: Key) -> tuple[str, bytes] | None:
        """What was remembered for this key, in the database itself."""
        with translated():
            return keys.recall(self.link, key)

    def remember(self, key: Key, answer: bytes) -> None:
        """Remember the answer in this transaction: it is there exactly when what was written is."""
        with translated():
            keys.remember(self.link, key, answer)

    def try_index(self, statement: Statement, index: str) -> Trial:
        """Measure one statement without and with an index; both are there until the rollback."""
        return try_index(self.link, self.plan.job.asks[statement.number], statement, index)

    def broken_keys(self) -> list[Row]:
        """What the deferred check at a commit would find (https://sqlite.org/foreignkeys.html#fk_deferred)."""
        if not self.link.connection.status(apsw.SQLITE_DBSTATUS_DEFERRED_FKS)[0]:
            return []
        return [row[:3] for row in self.link.own("SELECT * FROM pragma_foreign_key_check LIMIT 100")]

    def __exit__(self, *_: object) -> None:
        if self.link.connection.in_transaction:
            self.link.own("ROLLBACK")
        self.link.connection.set_commit_hook(None)
        if self.plan.own_transaction or self.plan.before_transaction:
            self.link.own("PRAGMA foreign_keys = 1")

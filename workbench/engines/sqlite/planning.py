"""What a job would do: asked of SQLite once for each text, and remembered where that is safe."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

import apsw

from workbench.engines.base import Plan, Statement
from workbench.engines.sqlite.authorizer import Verdict
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.statements import cut
from workbench.errors import WorkbenchError
from workbench.jobs import Job

TEXTS = 200
"""How many texts are known."""

_LONGEST = 2000  # characters


class Known:
    """Texts that were planned before, the newest few of them.

    Nothing rests on it but where a text goes: each runs on a connection whose guard judges it when
    it is prepared there. One that is a SELECT and nothing else is one whatever becomes of the
    schema, and so is one that only changes rows. Any other that a reader refused as writing goes to the
    writer, which plans it anew each time.
    """

    def __init__(self) -> None:
        self._texts: dict[str, _Text] = {}

    def plan(self, job: Job, *, read_only: bool) -> Plan | None:
        """The plan for `job` when it is one text that is known; of one that writes perhaps no more.

        `read_only`: there is no writer to plan what writes.
        """
        text = job.asks[0].sql
        if len(job.asks) > 1 or text not in self._texts:
            return None
        found = self._texts[text]
        if found.writes and read_only:
            return None
        if found.statement is None:
            return Plan(job, writes=True)
        return Plan(job, [found.statement], number=1, writes=found.writes, selects=not found.writes)

    def learn(self, plan: Plan) -> None:
        """Remember what `plan` tells of its text: a reader's, or a writer's that `changes_rows`."""
        text = plan.job.asks[0].sql
        if len(plan.job.asks) > 1 or len(text) > _LONGEST:
            return
        alone = len(plan.statements) == 1 and (plan.selects or plan.changes_rows)
        if plan.writes or alone:
            self._texts[text] = _Text(plan.writes, plan.statements[0] if alone else None)
        if len(self._texts) > TEXTS:
            del self._texts[next(iter(self._texts))]


class _Text(NamedTuple):
    """What is known of a text: whether it writes, and its one statement where that is safe to know."""

    writes: bool
    statement: Statement | None


def plan_on(link: Link, job: Job, *, again: bool = True) -> Plan:
    """What SQLite tells of `job` on the connection of `link`; asked `again` where it may be mistaken."""
    plan, guard, silent, selects, changes_rows = Plan(job), link.authorizer, False, True, True
    try:
        for statement, prepared in cut(link, job):
            plan.statements.append(statement)
            plan.number, plan.end = statement.number, prepared.end
            if not (prepared.reads or guard.writer):
                plan.writes = True
                return plan
            selects = selects and guard.only_selects
            changes_rows = changes_rows and guard.changes_rows and not prepared.reads
            silent = silent or guard.checkpoints or (guard.asked_nothing and not prepared.reads)
            plan.own_transaction = plan.own_transaction or guard.controls_transaction
            if guard.sets_foreign_keys and plan.before_transaction == len(plan.statements) - 1:
                plan.before_transaction += 1
    except (WorkbenchError, UnicodeDecodeError):
        # A write is for the writer to plan; what is wrong with it comes up in its turn.
        plan.writes = guard.verdict is Verdict.WRITES
        if again and not plan.writes:
            _look_at_schema(link)
            return plan_on(link, job, again=False)
        return plan
    plan.number, plan.selects = len(job.asks), selects
    plan.changes_rows = changes_rows and bool(plan.statements)
    # VACUUM runs outside transactions only, as a checkpoint does, and shows by asking the guard for nothing.
    plan.cannot_be_wrapped = silent and len(plan.statements) == 1
    plan.own_transaction = plan.own_transaction or plan.cannot_be_wrapped
    return plan


def _look_at_schema(link: Link) -> None:
    """Have the connection see what others changed of the schema, which it notices only when it reads.

    CREATE INDEX would be refused for an index that another connection has dropped since.
    """
    with suppress(apsw.Error):
        link.own("SELECT 1 FROM sqlite_schema LIMIT 1")

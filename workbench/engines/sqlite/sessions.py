"""A script's time with a SQLite file: what all sessions have in common, and those that only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from time import perf_counter

import apsw

from workbench.changes import Record
from workbench.engines.base import Flow, Keeper, Plan, Statement
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.attempt import explaining
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.flow import flow
from workbench.engines.sqlite.rows import as_bytes, batches, begin, count, drain, foreseen, texts_decoded
from workbench.engines.sqlite.statements import cut
from workbench.errors import StatementError, TimeLimitReached
from workbench.jobs import Ask, Key, Values
from workbench.results import Kind, Result, Row

_FEW = 8
"""How many rows are encoded at once when there are no more of them."""


class Session:
    """What reading and writing have in common: statements in order, each run to its end."""

    def __init__(self, link: Link, plan: Plan) -> None:
        self.link = link
        self.plan = plan
        self.applied = "none"

    def statements(self) -> Iterator[Statement]:
        """The planned statements, then those that could not be prepared before these had run."""
        yield from self.plan.statements
        for statement, _ in cut(self.link, self.plan.job, self.plan.number, self.plan.end):
            yield statement

    def execute(self, statement: Statement, keep: Keeper) -> Result:
        """Run one statement to its end, whatever the keeper wanted of its rows."""
        began = perf_counter()
        ask = self.plan.job.asks[statement.number]
        with translated(self.link.authorizer, ask.sql, statement):
            if ask.many is not None:
                result = self._run_for_each(statement, ask.many, keep)
            else:
                result = self._run_whole(statement, ask, keep)
        result.duration, result.parameters = perf_counter() - began, statement.parameters
        return result

    def flow(self, statement: Statement) -> AbstractContextManager[Flow]:
        """Run one statement while its rows are taken."""
        return flow(self.link, self.plan.job.asks[statement.number], statement)

    def _run_whole(self, statement: Statement, ask: Ask, keep: Keeper) -> Result:
        values = ask.values if ask.values or statement.parameters else None
        try:
            return self._run(statement.text, values, keep, all_used=ask.single)
        except UnicodeDecodeError:
            return self._run_as_bytes(statement.text, values, keep)

    def _run_for_each(self, statement: Statement, many: tuple[Values, ...], keep: Keeper) -> Result:
        """Run a statement that writes once for each of `many`; the counts are added up."""
        total = Result(statement.text.strip(), Kind.WRITE, rows_affected=0)
        for values in many:
            one = self._run(statement.text, values, keep, all_used=True)
            if one.kind is not Kind.WRITE or one.columns:
                raise StatementError(
                    "params_seq is for a statement that writes and returns no rows", code="PARAM_COUNT"
                )
            total.rows_affected += one.rows_affected
            total.last_rowid = one.last_rowid
        return total

    def _run(self, text: str, values: Values, keep: Keeper, *, all_used: bool = False) -> Result:
        result, connection = Result(text.strip(), Kind.READ), self.link.connection
        ask = Ask(text, values, single=all_used)
        with explaining(self.link, ask), closing(connection.cursor()) as cursor:
            begin(cursor, self.link, text, ask, result)
            if result.columns:
                kept = keep(_told(batches(cursor, together=_FEW)))
                result.rows, result.row_count, result.truncated, result.snapshot = kept
            if result.kind is not Kind.READ:
                drain(cursor)
        count(connection, result)
        return result

    def _run_as_bytes(self, text: str, values: Values, keep: Keeper) -> Result:
        """Read again a result that holds text which is not UTF-8, each text as its bytes."""
        columns, _ = foreseen(self.link, text)
        try:
            again = self._run(
                as_bytes(text, len(columns)), values, lambda found: keep(texts_decoded(self.link, found))
            )
        except apsw.SQLError as error:  # not a SELECT: it cannot stand inside another
            raise UnicodeDecodeError("utf-8", b"", 0, 0, "a value is not UTF-8") from error
        again.statement, again.columns = text.strip(), columns
        return again


def _told(found: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """`found`; that it was interrupted is told as a keeper understands it."""
    try:
        yield from found
    except apsw.InterruptError as error:
        raise TimeLimitReached("it was stopped before its last row") from error


class Reading(Session):
    """A session that cannot write; several statements see one snapshot."""

    def __enter__(self) -> Reading:
        if len(self.plan.statements) > 1 or not self.plan.whole:
            with translated():
                self.link.own("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        if self.link.connection.in_transaction:
            self.link.own("ROLLBACK")

    @property
    def records(self) -> list[Record]:
        """Nothing is changed."""
        return []

    effects = records

    def commit(self) -> None:
        """There is nothing to commit."""

    def broken_keys(self) -> list[Row]:
        """Reading breaks none."""
        return []

    def recall(self, _key: Key) -> None:
        """Reading twice is harmless: nothing is remembered of it."""

    def remember(self, _key: Key, _answer: bytes) -> None:
        """There is nothing to remember."""

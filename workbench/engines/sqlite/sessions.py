"""A script's time with a SQLite file: reading in one snapshot, or writing in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from time import perf_counter

import apsw

from workbench.engines.base import Keeper, Plan, Statement
from workbench.engines.sqlite import keys
from workbench.engines.sqlite.authorizer import Authorizer
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.statements import bound, cut, prepare
from workbench.errors import Refused, StatementError
from workbench.jobs import Ask, Key, Values
from workbench.results import Column, InvalidText, Kind, Result, Row, weight

_BATCH_ROWS = 500
_BATCH_BYTES = 1 << 20


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
        result.duration = perf_counter() - began
        return result

    def _run_whole(self, statement: Statement, ask: Ask, keep: Keeper) -> Result:
        try:
            return self._run(statement.text, ask.values, keep, all_used=ask.single)
        except UnicodeDecodeError:
            return self._run_as_bytes(statement.text, ask.values, keep)

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
        result, guard, connection = (
            Result(text.strip(), Kind.READ),
            self.link.authorizer,
            self.link.connection,
        )

        def look(cursor: apsw.Cursor, _text: str, _bindings: object) -> bool:
            result.columns = _columns_of(cursor)
            result.kind = _kind(cursor, guard)
            if guard.sets_foreign_keys and connection.in_transaction:
                raise Refused(
                    "PRAGMA foreign_keys has no effect inside a transaction, so it is refused there",
                    hint="Put it at the very beginning of the script.",
                )
            guard.stepping = True
            return True

        guard.begin()
        with closing(connection.cursor()) as cursor:
            cursor.exec_trace = look
            connection.set_last_insert_rowid(0)
            cursor.execute(text, _bindings(self.link, text, values, all_used), can_cache=not guard.writer)
            if result.columns:
                result.rows, result.row_count, result.truncated = keep(_batches(cursor))
            if result.kind is not Kind.READ:
                _drain(cursor)
        if result.kind is Kind.WRITE:
            result.rows_affected = connection.changes()
            result.last_rowid = connection.last_insert_rowid() or None
        return result

    def _run_as_bytes(self, text: str, values: Values, keep: Keeper) -> Result:
        """Read again a result that holds text which is not UTF-8, each text as its bytes."""
        columns = self._columns(text)
        names = [f"c{i}" for i in range(len(columns))]
        picks = ", ".join(
            f"typeof({c}) = 'text', iif(typeof({c}) = 'text', CAST({c} AS BLOB), {c})" for c in names
        )
        body = text.rstrip(" \t\r\n;")
        wrapped = f"WITH q({', '.join(names)}) AS (\n{body}\n) SELECT {picks} FROM q"
        try:
            again = self._run(wrapped, values, lambda batches: keep(_texts_decoded(batches)))
        except apsw.SQLError as error:  # not a SELECT: it cannot stand inside another
            raise UnicodeDecodeError("utf-8", b"", 0, 0, "a value is not UTF-8") from error
        again.statement, again.columns = text.strip(), columns
        return again

    def _columns(self, text: str) -> tuple[Column, ...]:
        found: list[tuple[Column, ...]] = []

        def look(cursor: apsw.Cursor, _text: str, _bindings: object) -> bool:
            found.append(_columns_of(cursor))
            return False

        cursor = self.link.connection.cursor()
        cursor.exec_trace = look
        with suppress(apsw.ExecTraceAbort):
            cursor.execute(text, apsw._null_bindings)
        return found[0]


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

    def commit(self) -> None:
        """There is nothing to commit."""

    def broken_keys(self) -> list[Row]:
        """Reading breaks none."""
        return []

    def recall(self, _key: Key) -> None:
        """Reading twice is harmless: nothing is remembered of it."""

    def remember(self, _key: Key, _answer: bytes) -> None:
        """There is nothing to remember."""


class Writing(Session):
    """A session that writes: one transaction, unless the script says BEGIN and COMMIT itself."""

    def __enter__(self) -> Writing:
        self._begin_when_due(0)
        return self

    def statements(self) -> Iterator[Statement]:
        """The statements; the transaction begins after those that have no effect in one."""
        for number, statement in enumerate(super().statements()):
            self._begin_when_due(number)
            yield statement

    def execute(self, statement: Statement, keep: Keeper) -> Result:
        """Run one statement; in a script with its own transactions it may commit at once."""
        result = super().execute(statement, keep)
        if self.plan.own_transaction and not self.link.connection.in_transaction:
            self.applied = "some"
        return result

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
                with translated():
                    self.link.own("COMMIT")
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

    def broken_keys(self) -> list[Row]:
        """What the deferred check at a commit would find (https://sqlite.org/foreignkeys.html#fk_deferred)."""
        if not self.link.connection.status(apsw.SQLITE_DBSTATUS_DEFERRED_FKS)[0]:
            return []
        return [row[:3] for row in self.link.own("SELECT * FROM pragma_foreign_key_check LIMIT 100")]

    def __exit__(self, *_: object) -> None:
        if self.link.connection.in_transaction:
            self.link.own("ROLLBACK")
        if self.plan.own_transaction or self.plan.before_transaction:
            self.link.own("PRAGMA foreign_keys = 1")


def _columns_of(cursor: apsw.Cursor) -> tuple[Column, ...]:
    return tuple(Column(name, decltype) for name, decltype in cursor.get_description())


def _kind(cursor: apsw.Cursor, guard: Authorizer) -> Kind:
    """What the statement now prepared will do, from SQLite's flags and what it asked the guard.

    On a reader's connection it only reads, whatever a statement from the cache asked earlier.
    """
    if guard.seen & {apsw.SQLITE_TRANSACTION, apsw.SQLITE_SAVEPOINT}:
        return Kind.CONTROL
    if cursor.is_readonly or cursor.is_explain or guard.tells or not guard.writer:
        return Kind.READ
    return Kind.WRITE if guard.changes_rows else Kind.SCHEMA


def _bindings(link: Link, text: str, values: Values, all_used: bool) -> Values:
    """The values for the statement; it is prepared for their names only when there are any."""
    if values is None:
        return None
    found = prepare(link, text, 0)
    link.authorizer.begin()
    return bound(found.parameters, values, all_used=all_used)


def _batches(cursor: apsw.Cursor) -> Iterator[list[Row]]:
    """Rows in lists: long ones for speed, short ones where rows are large, so that memory stays flat."""
    most = 1
    while batch := list(islice(cursor, most)):
        yield batch
        heavy = max(weight(batch[0]), weight(batch[-1]), 1)
        most = max(1, min(_BATCH_ROWS, most * 4, _BATCH_BYTES // heavy))


def _drain(cursor: apsw.Cursor) -> None:
    """Take the rows nobody wanted: a write is done only when its last row is taken."""
    for _ in cursor:
        pass


def _texts_decoded(batches: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Rows of (was it text, value) pairs, as rows of values again."""
    for batch in batches:
        yield [tuple(_decoded(*pair) for pair in zip(row[::2], row[1::2], strict=True)) for row in batch]


def _decoded(was_text: int, value: object) -> object:
    if not was_text or not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return InvalidText(value)

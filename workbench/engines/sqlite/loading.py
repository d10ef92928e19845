"""Rows from a file into a table: many at once, and one by one where one of them does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing, suppress

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import code_of
from workbench.engines.sqlite.recorder import Recorder
from workbench.engines.sqlite.rows import begin
from workbench.errors import StatementError
from workbench.jobs import Ask
from workbench.loads import Batch, Loaded, Reject, Target
from workbench.results import Kind, Result, Row

_DOES_NOT_FIT = (apsw.ConstraintError, apsw.TooBigError, apsw.MismatchError, UnicodeEncodeError)
"""What is wrong with one row and not with the file."""

_TAKEN = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"}


class Loader:
    """Loads `target` in the transaction that is open on `link`; each row that does not fit is `rejected`."""

    def __init__(self, link: Link, target: Target, rejected: Callable[[Reject], None]) -> None:
        self._link, self._target, self._rejected = link, target, rejected
        self._written = self._skipped = 0
        self._by_one = target.on_conflict == "skip"

    def load(self, batches: Iterable[Batch], recorder: Recorder) -> Loaded:
        """Make the table if need be, and write all rows. What it changes is recorded as far as it can be."""
        if self._target.create:
            self._make()
            recorder.look_away()
        self._foresee()
        with closing(self._link.connection.cursor()) as cursor:
            for batch in batches:
                for reject in batch.rejects:
                    self._rejected(reject)
                self._take(cursor, batch)
                recorder.give_up_when_large()
        return Loaded(self._written, self._skipped)

    def _make(self) -> None:
        sql = self._target.create
        with closing(self._link.connection.cursor()) as cursor:
            begin(cursor, self._link, sql, Ask(sql), Result(sql, Kind.READ))

    def _foresee(self) -> None:
        """Prepare the statement, so that the guard has judged it and the recorder knows what it names."""

        def look(*_: object) -> bool:
            self._link.before_step(Kind.WRITE)
            return False

        self._link.authorizer.begin()
        with closing(self._link.connection.cursor()) as cursor, suppress(apsw.ExecTraceAbort):
            cursor.exec_trace = look
            cursor.execute(self._target.insert, apsw._null_bindings)

    def _take(self, cursor: apsw.Cursor, batch: Batch) -> None:
        if not batch.rows:
            return
        if self._by_one:
            self._one_by_one(cursor, batch)
            return
        self._link.own("SAVEPOINT batch")
        try:
            cursor.executemany(self._target.insert, batch.rows)
        except _DOES_NOT_FIT:
            if not self._link.connection.in_transaction:
                raise
            self._link.own("ROLLBACK TO batch")
            self._one_by_one(cursor, batch)
        else:
            self._written += len(batch.rows)
        self._link.own("RELEASE batch")

    def _one_by_one(self, cursor: apsw.Cursor, batch: Batch) -> None:
        connection = self._link.connection
        for line, row in zip(batch.lines, batch.rows, strict=True):
            try:
                cursor.execute(self._target.insert, row)
            except _DOES_NOT_FIT as error:
                self._refuse(line, row, error)
            else:
                written = connection.changes() > 0
                self._written += written
                self._skipped += not written

    def _refuse(self, line: int, row: Row, error: Exception) -> None:
        """Reject the row, unless what it met is to end everything."""
        if (
            not self._link.connection.in_transaction
        ):  # a trigger's RAISE(ROLLBACK): nothing is left to go on in
            raise error
        if isinstance(error, UnicodeEncodeError):
            self._rejected(Reject(line, "it holds text that is not valid in this encoding", row))
            return
        if self._target.on_conflict == "abort" and code_of(error) in _TAKEN:
            raise _taken(line, error) from error
        self._rejected(Reject(line, str(error), row))


def _taken(line: int, error: apsw.Error) -> StatementError:
    ours = StatementError(
        f"line {line:,}: {error}",
        code=code_of(error),
        hint="Nothing was imported. Choose what is to become of rows whose key is there already.",
    )
    ours.number = error.extendedresult
    return ours

"""Rows taken while their statement runs, instead of when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import apsw
from msgspec.structs import replace

from workbench.engines.base import Flow, Statement
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.attempt import explaining
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.rows import as_bytes, batches, begin, count, texts_decoded
from workbench.errors import StatementError
from workbench.jobs import Ask
from workbench.results import Kind, Result, Row


@contextmanager
def flow(link: Link, ask: Ask, statement: Statement) -> Iterator[Flow]:
    """The rows of `statement`, which is at work until the context is left."""
    result = Result(statement.text.strip(), Kind.READ)
    with closing(link.connection.cursor()) as cursor:
        alone = replace(ask, sql=statement.text)
        with translated(link.authorizer, ask.sql, statement), explaining(link, alone):
            begin(cursor, link, statement.text, ask, result)
        yield Flow(result, _taken(link, cursor, ask, statement, result))


def _taken(
    link: Link, cursor: apsw.Cursor, ask: Ask, statement: Statement, result: Result
) -> Iterator[list[Row]]:
    last: Row = ()
    with translated(link.authorizer, ask.sql, statement):
        try:
            for batch in batches(cursor):
                result.row_count, last = result.row_count + len(batch), batch[-1]
                yield batch
        except UnicodeDecodeError:
            if result.kind is not Kind.READ:
                raise
            for batch in _rest_as_bytes(link, ask, statement, result, last):
                result.row_count += len(batch)
                yield batch
        count(link.connection, result)


def _rest_as_bytes(
    link: Link, ask: Ask, statement: Statement, result: Result, last: Row
) -> Iterator[list[Row]]:
    """The rows after the first `result.row_count`, of which one holds text that is not UTF-8.

    A second statement reads them, in the snapshot of the first, which is still at work. It begins
    with the last row that was taken, to see that it gives the rows in the same order.
    """
    known = result.row_count
    again = f"{as_bytes(statement.text, len(result.columns))} LIMIT -1 OFFSET {max(known - 1, 0)}"
    with closing(link.connection.cursor()) as cursor:
        try:
            begin(cursor, link, again, ask, Result(again, Kind.READ))
        except apsw.SQLError as error:  # not a SELECT: it cannot stand inside another
            raise UnicodeDecodeError("utf-8", b"", 0, 0, "a value is not UTF-8") from error
        rows = texts_decoded(link, batches(cursor))
        if known and next(rows, []) != [last]:
            raise StatementError(
                "a text here is not UTF-8, and this statement gives its rows in another order each time",
                hint="Give it an ORDER BY, or select that text with CAST(… AS BLOB).",
            )
        yield from rows

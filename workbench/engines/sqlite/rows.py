"""One statement at work: begun on a cursor, its rows taken in batches, counted when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from time import perf_counter

import apsw

from workbench.engines.sqlite.authorizer import Authorizer
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.statements import bound, prepare
from workbench.errors import Refused
from workbench.jobs import Ask, Values
from workbench.results import Column, InvalidText, Kind, Result, Row, weight

_BATCH_ROWS = 500
_BATCH_BYTES = 1 << 20
_BATCH_SECONDS = 0.25


def begin(cursor: apsw.Cursor, link: Link, text: str, ask: Ask, result: Result) -> None:
    """Start one statement with the values of `ask`; `result` gets its columns and its kind before it runs."""
    guard = link.authorizer

    def look(cursor: apsw.Cursor, _text: str, _bindings: object) -> bool:
        result.columns = columns_of(cursor)
        result.kind = link.at_work = _kind(cursor, guard)
        if guard.sets_foreign_keys and link.connection.in_transaction:
            raise Refused(
                "PRAGMA foreign_keys has no effect inside a transaction, so it is refused there",
                hint="Put it at the very beginning of the script.",
            )
        link.before_step(result.kind)
        guard.stepping = True
        return True

    guard.begin()
    cursor.exec_trace = look
    if guard.writer:
        link.connection.set_last_insert_rowid(0)
    values = _bindings(link, text, ask.values, ask.single)
    cursor.execute(text, values, can_cache=not guard.writer)
    if result.columns:
        _look_again(cursor, result)


def _look_again(cursor: apsw.Cursor, result: Result) -> None:
    """Compare the columns with those that are there with the first row: had another connection changed the
    schema, SQLite notices with that step and prepares the statement anew, and apsw keeps what it told of
    it before (https://sqlite.org/rescode.html#schema).
    """
    with suppress(apsw.ExecutionCompleteError):  # there is no row
        found = cursor.get_description()
        if [*found] != [column[:2] for column in result.columns]:
            result.columns = tuple(Column(*each) for each in found)


def count(connection: apsw.Connection, result: Result) -> None:
    """Write down how many rows a statement wrote, now that it is done."""
    if result.kind is Kind.WRITE:
        result.rows_affected = connection.changes()
        result.last_rowid = connection.last_insert_rowid() or None


def as_bytes(text: str, columns: int) -> str:
    """A SELECT around `text` that gives (was it text, value) for each column, each text as its bytes."""
    names = [f"c{i}" for i in range(columns)]
    picks = ", ".join(
        f"typeof({c}) = 'text', iif(typeof({c}) = 'text', CAST({c} AS BLOB), {c})" for c in names
    )
    body = text.rstrip(" \t\r\n;")
    return f"WITH q({', '.join(names)}) AS (\n{body}\n) SELECT {picks} FROM q"


def foreseen(link: Link, text: str) -> tuple[tuple[Column, ...], bool]:
    """The columns that the statement will have, and whether it only explains another. Runs nothing."""
    found: list[tuple[tuple[Column, ...], bool]] = []

    def look(cursor: apsw.Cursor, _text: str, _bindings: object) -> bool:
        found.append((columns_of(cursor), bool(cursor.is_explain)))
        return False

    cursor = link.connection.cursor()
    cursor.exec_trace = look
    with suppress(apsw.ExecTraceAbort):
        cursor.execute(text, apsw._null_bindings)
    return found[0]


def columns_of(cursor: apsw.Cursor) -> tuple[Column, ...]:
    """The columns of the statement on the cursor."""
    found = cursor.description_full
    return tuple([Column(name, type_, table, origin) for name, type_, _, table, origin in found])


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


def batches(cursor: apsw.Cursor, *, together: int = 1) -> Iterator[list[Row]]:
    """Rows in lists: long ones for speed, short ones where rows are large or slow, so that memory stays
    flat and nobody waits long for the first of them. `together`: how many may come in the first list,
    if they are small, where nobody waits for one alone.
    """
    most, began = together, perf_counter()
    batch, more = _beginning(cursor, together)
    while batch:
        slow = perf_counter() - began > _BATCH_SECONDS
        yield batch
        if not more:
            return
        heavy = max(weight(batch[0]), weight(batch[-1]), 1)
        wanted = len(batch) // 8 if slow else most * 4
        most, began = max(1, min(_BATCH_ROWS, wanted, _BATCH_BYTES // heavy)), perf_counter()
        batch = list(islice(cursor, most))
        more = len(batch) == most


def _beginning(cursor: apsw.Cursor, most: int) -> tuple[list[Row], bool]:
    """The first rows, at most so many, and whether there may be more; a heavy one is the last of them."""
    rows: list[Row] = []
    for row in islice(cursor, most):
        rows.append(row)
        if weight(row) * most > _BATCH_BYTES:
            return rows, True
    return rows, len(rows) == most


def drain(cursor: apsw.Cursor) -> None:
    """Take the rows nobody wanted: a write is done only when its last row is taken."""
    for _ in cursor:
        pass


def texts_decoded(link: Link, found: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Rows of (was it text, value) pairs, as rows of values again."""
    for batch in found:
        yield [row_decoded(link, row) for row in batch]


def row_decoded(link: Link, row: Row) -> Row:
    """A row of (was it text, value) pairs as one of values: a text, or bytes that are not one."""
    encoding = link.encoding
    return tuple(
        _text_decoded(value, encoding) if was_text and isinstance(value, bytes) else value
        for was_text, value in zip(row[::2], row[1::2], strict=True)
    )


def _text_decoded(value: bytes, encoding: str) -> str | InvalidText:
    if encoding != "utf-8":  # as SQLite itself turns it into UTF-8
        value = value[: len(value) // 2 * 2].decode(encoding, "surrogatepass").encode(errors="surrogatepass")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return InvalidText(value)

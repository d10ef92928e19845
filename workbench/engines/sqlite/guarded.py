"""What is asked about a person's tables on their behalf: guarded as what they write themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import chain

import apsw

from workbench.browsing import Shape
from workbench.engines.base import Statement
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.rows import texts_decoded
from workbench.engines.sqlite.selecting import Condition
from workbench.errors import Position, StatementError
from workbench.results import Row, weight
from workbench.sql import quoted

MOST_BYTES = 4 << 20
"""What the rows of one such SELECT may have together; the one that reaches it is the last of them."""

MOST_PICKS = 1000
"""Expressions of one SELECT: SQLite takes 2,000, and one may become two in `rows_of`."""


def rows_of(link: Link, query: Condition, width: int = 0, room: int = MOST_BYTES) -> list[Row]:
    """The rows of one SELECT of the workbench's own about a person's table, guarded as theirs are."""
    with translated(link.authorizer, query.sql):
        try:
            return _taken(link, query, room)
        except UnicodeDecodeError:
            pairs = ", ".join(
                f"typeof(c{i}) = 'text', iif(typeof(c{i}) = 'text', CAST(c{i} AS BLOB), c{i})"
                for i in range(width or 1)
            )
            names = ", ".join(f"c{i}" for i in range(width or 1))
            again = Condition(f"WITH q({names}) AS (\n{query.sql}\n) SELECT {pairs} FROM q", query.values)
            return next(texts_decoded(link, iter([_taken(link, again, room)])))


def rows_in_parts(
    link: Link,
    picks: Sequence[str],
    select: Callable[[Sequence[str]], Condition],
    room: int = MOST_BYTES,
) -> list[Row]:
    """The rows that `select` makes of `picks`, of which there may be more than one SELECT may have.

    Call it where all is of one moment, and with an order that no two rows have the same place in.
    """
    parts = [picks[at : at + MOST_PICKS] for at in range(0, len(picks), MOST_PICKS)]
    found = [rows_of(link, select(some), len(some), room) for some in parts]
    if len(found) == 1:
        return found[0]
    return [tuple(chain.from_iterable(row)) for row in zip(*found, strict=False)]


def _taken(link: Link, query: Condition, room: int) -> list[Row]:
    """The rows, up to the one by which they have so many bytes."""
    link.authorizer.begin()
    found = []
    with closing(link.connection.cursor()) as cursor:
        for row in cursor.execute(query.sql, query.values):
            found.append(row)
            room -= weight(row)
            if room <= 0:
                break
    return found


def refuse_unfit(link: Link, shape: Shape, where: str) -> None:
    """Raise a WorkbenchError, with its place in `where`, for what is no one expression of SQL.

    What is one both alone and in brackets has neither an end nor a beginning of something else.
    """
    for before, after in (("WHERE ", ""), ("WHERE (", "\n)")):
        begin = f"SELECT 1 FROM main.{quoted(shape.name)} {before}"
        statement = Statement(f"{begin}{where}{after}")
        try:
            with translated(link.authorizer, statement.text, statement):
                _prepare(link, statement.text)
        except StatementError as error:
            if error.position:
                error.position = Position.at(where, max(0, error.position.offset - len(begin)))
            raise


def _prepare(link: Link, sql: str) -> None:
    """Have SQLite prepare a text, which must be all one statement without parameters."""
    link.authorizer.begin()

    def look(cursor: apsw.Cursor, text: str, _bindings: object) -> bool:
        if cursor.bindings_count:
            raise apsw.BindingsError("parameters")
        if text.strip() != sql.strip():
            raise StatementError("a WHERE is one expression, and has no ; in it")
        return False

    with closing(link.connection.cursor()) as cursor:
        cursor.exec_trace = look
        try:
            cursor.execute(sql, apsw._null_bindings, can_cache=False)
        except apsw.ExecTraceAbort:
            return

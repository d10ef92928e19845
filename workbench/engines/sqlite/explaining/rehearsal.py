"""The row that a statement was about to write when it failed.

SQLite tells neither its number nor its values. A TEMP trigger on its table, made for the attempt and
gone with it, sees every row before any constraint is checked; the last one it saw is the one.
See https://sqlite.org/lang_createtrigger.html, and `insert.c` for the order of things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.facts import Table, shown
from workbench.engines.sqlite.explaining.failure import Failure, Unexplained
from workbench.engines.sqlite.rows import texts_decoded
from workbench.explanations import Evidence
from workbench.results import Row, Value
from workbench.sql import quoted

_STOP, _SEE = "workbench_stop", "workbench_see"
_HERE = "workbench stops here"

_NOT_YET = -1
"""A rowid before it is chosen (https://sqlite.org/lang_createtrigger.html, section 2.1)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that was to be written: a value for each of the table's names.

    `old` is the row that it was to take the place of, None for an INSERT. `trigger` is the one that wrote
    it, if any. `numbered_by_sqlite`: its rowid was for SQLite to choose, and is not known.
    """

    row: Row
    old: Row | None
    trigger: str | None
    numbered_by_sqlite: bool

    def evidence(self, table: Table, first: Sequence[str] = ()) -> Evidence:
        """The row as it is shown, without a number that SQLite was to choose; columns `first` come first."""
        chosen = table.number if self.numbered_by_sqlite else None
        known = [at for at, name in enumerate(table.names) if name != chosen]
        names, row = [table.names[at] for at in known], tuple(self.row[at] for at in known)
        title = "Was to be written" if self.old is None else "Was to become"
        return Evidence(title, *shown(names, [row], first))


def by_trigger(row: Wanted) -> str:
    """A sentence about the trigger that wrote the row, empty when none did."""
    return f" The trigger {row.trigger} was at work here." if row.trigger else ""


def wanted(failure: Failure, table: Table) -> Wanted:
    """The row of `table` at which the statement fails. Raises Unexplained when that is not certain."""
    with at_the_row(failure, table) as row:
        return row


@contextmanager
def at_the_row(failure: Failure, table: Table) -> Iterator[Wanted]:
    """The same, with the database for the time inside as it is when the statement is about to write it."""
    trigger, link = _writer_of(failure, table), failure.link
    number = _count(failure, table)
    counted, values = count(1), []

    def is_there() -> bool:
        failure.clock.look()
        return next(counted) == number

    with link.undone():
        with _watching(link, table, is_there, lambda *pair: values.append(pair)):
            _stops(failure)
        yield _as_wanted(table, next(texts_decoded(link, iter([[sum(values, ())]])))[0], trigger)


def _count(failure: Failure, table: Table) -> int:
    """How many rows of `table` the statement is about to write until it fails."""
    number = 0

    def counts() -> bool:
        nonlocal number
        failure.clock.look()
        number += 1
        return False

    with failure.link.undone(), _watching(failure.link, table, counts, lambda *_: None):
        failure.fails_again()
    return number


def _stops(failure: Failure) -> None:
    """Do the statement again up to where it is stopped. Raises Unexplained when it is not."""
    try:
        failure.again()
    except apsw.ConstraintError as error:
        if str(error) == _HERE:
            return
    raise Unexplained


def _as_wanted(table: Table, values: Row, trigger: str | None) -> Wanted:
    size = len(table.names)
    row, old = values[:size], values[size:] or None
    chosen = old is None and table.number is not None and row[table.names.index(table.number)] == _NOT_YET
    return Wanted(row, old, trigger, chosen)


@contextmanager
def _watching(
    link: Link, table: Table, stop: Callable[[], bool], see: Callable[[int, Value], None]
) -> Iterator[None]:
    """Ask `stop` before each row is written. When it says so, `see` gets the row and the statement stops.

    The row comes as pairs, of whether a value is text, and the value, text as its bytes: first what is to
    be written, then, in an UPDATE, what was there. What the statement has done up to there stays:
    https://sqlite.org/lang_createtrigger.html#raise.
    """
    link.connection.create_scalar_function(_STOP, stop)
    link.connection.create_scalar_function(_SEE, see)
    try:
        for action, states in (("INSERT", ("NEW",)), ("UPDATE", ("NEW", "OLD"))):
            values = [f"{state}.{quoted(name)}" for state in states for name in table.names]
            link.own(
                f"CREATE TEMP TRIGGER workbench_{action} BEFORE {action} ON main.{quoted(table.name)}"
                f" WHEN {_STOP}() BEGIN {''.join(f'SELECT {_SEE}({_pair(value)});' for value in values)}"
                f" SELECT RAISE(FAIL, '{_HERE}'); END"
            )
        yield
        for action in ("INSERT", "UPDATE"):
            link.own(f"DROP TRIGGER temp.workbench_{action}")
    finally:
        link.connection.create_scalar_function(_STOP, None)
        link.connection.create_scalar_function(_SEE, None)


def _pair(name: str) -> str:
    return f"typeof({name}) = 'text', iif(typeof({name}) = 'text', CAST({name} AS BLOB), {name})"


def _writer_of(failure: Failure, table: Table) -> str | None:
    """The trigger that writes this table, None when the statement itself does.

    Between a row's being seen and its being checked a BEFORE trigger of the table's own may write more
    rows of it: then the last one seen need not be the one.
    """
    triggers = {w.trigger for w in failure.writes() if w.table.lower() == table.name.lower()}
    if not triggers - {None}:
        return None
    own = "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE LIMIT 1"
    if len(triggers) > 1 or failure.link.own(own, (table.name,)):
        raise Unexplained
    return triggers.pop()

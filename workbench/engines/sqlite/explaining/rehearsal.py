"""The row that a statement was about to write when it failed.

SQLite tells neither its number nor its values. A TEMP trigger on its table, made for the attempt and
gone with it, sees every row before any constraint is checked; the last one it saw is the one.
See https://sqlite.org/lang_createtrigger.html, and `insert.c` for the order of things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.facts import Table, shown
from workbench.engines.sqlite.explaining.failure import Failure, Unexplained, undone
from workbench.engines.sqlite.rows import texts_decoded
from workbench.explanations import Evidence
from workbench.results import Row
from workbench.sql import quoted

_SEEN = "workbench_seen"
_HERE = "workbench stops here"

_NOT_YET = -1
"""A rowid before it is chosen (https://sqlite.org/lang_createtrigger.html, section 2.1)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that was to be written: a value for each of the table's names.

    `number` counts the rows that the statement wanted to write in this table, from 1. `old` is the row
    that it was to take the place of, None for an INSERT. `trigger` is the one that wrote it, if any.
    `numbered_by_sqlite`: its rowid was for SQLite to choose, and is not known.
    """

    row: Row
    number: int
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
    trigger = _writer_of(failure, table)
    seen: list[tuple[bool, Row]] = []

    def see(updates: bool, *pairs: object) -> bool:
        seen[:] = [(updates, pairs)]
        see.number += 1
        return False

    see.number = 0
    with undone(failure.link), _watching(failure.link, table, see):
        failure.fails_again()
    if not seen:
        raise Unexplained
    updates, pairs = seen[0]
    whole = next(texts_decoded(iter([[pairs]])))[0]
    count = len(table.names)
    row, old = whole[:count], whole[count:] if updates else None
    chosen = old is None and table.number is not None and row[table.names.index(table.number)] == _NOT_YET
    return Wanted(row, see.number, old, trigger, chosen)


@contextmanager
def up_to(failure: Failure, table: Table, row: Wanted) -> Iterator[None]:
    """The database as it is when the statement is about to write `row`, for the time inside."""
    left = row.number

    def stop(*_: object) -> bool:
        nonlocal left
        left -= 1
        return left == 0

    with undone(failure.link):
        with _watching(failure.link, table, stop):
            try:
                failure.again()
            except apsw.ConstraintError as error:
                if str(error) != _HERE:
                    raise Unexplained from error
            else:
                raise Unexplained
        yield


@contextmanager
def _watching(link: Link, table: Table, see: object) -> Iterator[None]:
    """Call `see` with each row before it is written; the statement stops when it says so.

    What it has done up to there stays: https://sqlite.org/lang_createtrigger.html#raise.
    """
    link.connection.create_scalar_function(_SEEN, see)
    try:
        for action, old in (("INSERT", "NULL"), ("UPDATE", "OLD")):
            names = [f"NEW.{quoted(n)}" for n in table.names]
            names += [f"OLD.{quoted(n)}" for n in table.names] if old == "OLD" else []
            link.own(
                f"CREATE TEMP TRIGGER workbench_{action} BEFORE {action} ON main.{quoted(table.name)}"
                f" WHEN {_SEEN}({int(old == 'OLD')}, {', '.join(map(_pair, names))})"
                f" BEGIN SELECT RAISE(FAIL, '{_HERE}'); END"
            )
        yield
        for action in ("INSERT", "UPDATE"):
            link.own(f"DROP TRIGGER temp.workbench_{action}")
    finally:
        link.connection.create_scalar_function(_SEEN, None)


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

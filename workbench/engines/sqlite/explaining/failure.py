"""A statement that failed, and doing it again to see where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.rows import begin, drain
from workbench.engines.sqlite.statements import prepare
from workbench.jobs import Ask
from workbench.results import Kind, Result

_WRITES = {
    apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE,
    apsw.SQLITE_DROP_TABLE, apsw.SQLITE_CREATE_INDEX,
}  # fmt: skip


_STEPS = 1000  # of SQLite's machine between two looks at the clock


class Unexplained(Exception):
    """It cannot be told for certain, so nothing is told."""


class Write(NamedTuple):
    """That a statement may write rows of `table`, by itself or, if so, by a `trigger`; or what it makes."""

    action: int
    table: str
    trigger: str | None


class OutOfTime(Unexplained):
    """Finding it out would take too long."""


class Clock:
    """The time for an explanation, `seconds` from now.

    SQLite takes back the whole transaction when it interrupts a statement that writes
    (https://sqlite.org/c3ref/interrupt.html), so only those that read are interrupted.
    """

    def __init__(self, seconds: float) -> None:
        self._deadline = monotonic() + seconds
        self._writing = False

    def is_over(self) -> bool:
        """Whether a statement that reads is to be interrupted."""
        return not self._writing and monotonic() > self._deadline

    def look(self) -> None:
        """Raise OutOfTime when the time is over."""
        if monotonic() > self._deadline:
            raise OutOfTime

    @contextmanager
    def limits(self, link: Link) -> Iterator[None]:
        """Interrupt what reads on `link` inside when the time is over."""
        link.connection.set_progress_handler(self.is_over, _STEPS, id="explaining")
        try:
            yield
        finally:
            link.connection.set_progress_handler(None, id="explaining")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a statement that writes."""
        self.look()
        self._writing = True
        try:
            yield
        finally:
            self._writing = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement, `ask`, that a constraint stopped with `error`; `what` is what that names.

    `clock` has the time that there is for explaining it.
    """

    link: Link
    ask: Ask
    what: str
    error: apsw.ConstraintError
    clock: Clock

    def again(self) -> None:
        """Do the statement once more, guarded as it was and recorded by nobody. Raises what SQLite raises."""
        result = Result(self.ask.sql, Kind.READ)
        with self.clock.writing(), _unseen(self.link), closing(self.link.connection.cursor()) as cursor:
            begin(cursor, self.link, self.ask.sql, self.ask, result)
            drain(cursor)

    def fails_again(self) -> None:
        """Do it once more and see it fail. Raises Unexplained when it does not, or fails otherwise."""
        try:
            self.again()
        except apsw.ConstraintError as error:
            if str(error) == str(self.error):
                return
        raise Unexplained

    def writes(self) -> set[Write]:
        """What the statement may write, its triggers included. Runs nothing."""
        found: set[Write] = set()
        guard = self.link.authorizer

        def listen(action: int, table: str, column: str, schema: str, trigger: str) -> int:
            if action in _WRITES:
                found.add(Write(action, table, trigger))
            return guard(action, table, column, schema, trigger)

        self.link.connection.authorizer = listen
        try:
            prepare(self.link, self.ask.sql, 0)
        finally:
            self.link.connection.authorizer = guard
        return found


@contextmanager
def _unseen(link: Link) -> Iterator[None]:
    before_step = link.before_step
    link.before_step = lambda _kind: None
    try:
        yield
    finally:
        link.before_step = before_step

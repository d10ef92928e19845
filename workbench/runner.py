"""A script against an engine, within limits: a result for each statement, or the error that ended it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from difflib import get_close_matches
from itertools import chain
from math import inf
from time import monotonic, perf_counter

from workbench.engines.base import Engine, Keeper, Kept
from workbench.errors import (
    Position,
    StatementError,
    TimeLimitReached,
    WorkbenchError,
    WriteRefused,
)
from workbench.results import Row, Run
from workbench.running import Ticket
from workbench.slots import Slots
from workbench.watchdog import Watch, Watchdog

LastWords = Callable[[Run], None]
"""Answers whoever asked, when the process is about to end in the middle of a run."""

_MISSING = re.compile(r"no such (table|column): (?:\w+\.)*(.+)")


class Runner:
    """Runs scripts one at a time, each at most `time_limit` seconds long."""

    def __init__(self, engine: Engine, slots: Slots, watchdog: Watchdog, time_limit: float) -> None:
        self.engine = engine
        self._slots = slots
        self._watchdog = watchdog
        self._time_limit = time_limit

    def run(
        self,
        script: str,
        keep: Keeper,
        *,
        may_write: bool = True,
        last_words: LastWords | None = None,
        ticket: Ticket | None = None,
    ) -> Run:
        """Run all of `script`, or as much as there is before an error: then nothing of it stays.

        `keep` decides what becomes of rows. With `may_write` false a script that writes is
        refused before anything runs. `ticket` tells whether to stop before the limit. Never
        raises a WorkbenchError: it is in `Run.error`.
        """
        run, began = Run(script), perf_counter()
        try:
            _refuse_nul(script)
            with self._slots.take():
                self._run(run, keep, may_write, last_words, ticket)
        except WorkbenchError as error:
            run.error = self._explained(error)
        run.duration = perf_counter() - began
        return run

    def _run(
        self, run: Run, keep: Keeper, may_write: bool, last_words: LastWords | None, ticket: Ticket | None
    ) -> None:
        with self._watched(run, last_words, ticket):
            plan = self.engine.plan(run.script)
        if plan.writes and not may_write:
            raise WriteRefused("this script writes, and only reading is allowed this way")
        with ExitStack() as stack:
            # A turn in the line of writers has a limit of its own; readers do not wait.
            with self._watched(run, last_words, ticket, limit=inf) if plan.writes else nullcontext():
                session = stack.enter_context(self.engine.session(plan))
            try:
                with self._watched(run, last_words, ticket, own_transaction=plan.own_transaction):
                    for statement in session.statements():
                        run.results.append(session.execute(statement, keep))
                session.commit()
            except WorkbenchError:
                if plan.writes:
                    _say_what_stays(run, session.applied)
                raise
            finally:
                run.applied = session.applied

    @contextmanager
    def _watched(
        self,
        run: Run,
        last_words: LastWords | None,
        ticket: Ticket | None,
        *,
        limit: float | None = None,
        own_transaction: bool = False,
    ) -> Iterator[None]:
        """Within the time limit, and until the ticket's holder is stopped; what is interrupted says why."""
        seconds, began = limit or self._time_limit, monotonic()

        def speak() -> None:
            run.error, run.results = self._why(watch, own_transaction), []
            run.duration = monotonic() - began
            last_words(run)

        words = speak if last_words else None
        stop = ticket.stopped if ticket else None
        with self._watchdog.watch(seconds, self.engine.interrupt, words, stop) as watch:
            try:
                yield
            except TimeLimitReached as error:
                raise (self._why(watch, own_transaction) if watch.fired else error) from error
        if ticket and (cancelled := ticket.cancelled()):
            cancelled.hint = _what_stays(own_transaction)
            raise cancelled

    def _why(self, watch: Watch, own_transaction: bool) -> WorkbenchError:
        """Why the watchdog ended it."""
        if watch.reason is not None:
            watch.reason.hint = _what_stays(own_transaction)
            return watch.reason
        return TimeLimitReached(
            f"the run took longer than {self._time_limit:g} s and was stopped",
            hint=f"{_what_stays(own_transaction)} Ask for less at once, or have WORKBENCH_TIME_LIMIT raised.",
        )

    def _explained(self, error: WorkbenchError) -> WorkbenchError:
        """The error with the nearest existing name, when a table or column is missing."""
        missing = _MISSING.match(error.message) if isinstance(error, StatementError) else None
        if missing:
            catalog = self.engine.catalog()
            names = [t.name for t in catalog.tables] if missing[1] == "table" else catalog.names()
            error.suggestion = _nearest(missing[2], names)
        return error


def first_rows(most: int, *, most_cells: int = 50_000, most_bytes: int = 4 << 20) -> Keeper:
    """A keeper of the first `most` rows as they are, or fewer when they are very wide or very long.

    There is always one, however large; `most_bytes` counts texts and BLOBs alone.
    """

    def keep(batches: Iterator[list[Row]]) -> Kept:
        rows: list[Row] = []
        cells = size = 0
        for row in chain.from_iterable(batches):
            cells += len(row)
            size += sum(len(v) for v in row if isinstance(v, (str, bytes)))
            if rows and (len(rows) == most or cells > most_cells or size > most_bytes):
                return Kept(rows, len(rows), True)
            rows.append(row)
        return Kept(rows, len(rows), False)

    return keep


def _what_stays(own_transaction: bool) -> str:
    return "What the script had committed itself stays." if own_transaction else "Nothing was changed."


def _say_what_stays(run: Run, applied: str) -> None:
    """No result may look as if it held when its transaction was rolled back."""
    if applied == "some":
        run.notices.append("What the script committed before that stays.")
    elif run.results:
        count = len(run.results)
        were = "the statement before it was" if count == 1 else f"the {count} statements before it were"
        run.notices.append(f"Nothing was changed: {were} rolled back.")
        run.results = []


def _refuse_nul(script: str) -> None:
    if "\0" in script:
        raise StatementError(
            "the text holds a NUL character, where SQLite would stop reading",
            hint="Write char(0) where a value needs one.",
            position=Position.at(script, script.index("\0")),
        )


def _nearest(name: str, names: list[str]) -> str | None:
    by_folded = {n.casefold(): n for n in names}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None

"""What the program can do: one verb for each thing a person or a program may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from workbench.catalog import Catalog
from workbench.engines.base import Description, Engine, Flow
from workbench.entries import PROGRAM, Entry
from workbench.errors import AlreadyRunning, StoreTrouble, ValueMissing, WorkbenchError
from workbench.history import History
from workbench.jobs import Job
from workbench.meters import Meters
from workbench.parameters import Given, filled
from workbench.results import Run
from workbench.runner import Handling, Runner, first_rows
from workbench.running import Going, Running
from workbench.saved import SavedQueries
from workbench.searching import Search, Searching
from workbench.streams import Listener

PAGE_ROWS = 1000
"""How many rows of a result the page shows."""

HISTORY_ENTRIES = 50
"""How many entries of the history are shown at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A run, and the number of its entry in the history; None when the history is off."""

    run: Run
    number: int | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A part of someone's history: what `search` found. `more` says that there are older entries,
    `trouble` why there are none.
    """

    entries: list[Entry]
    search: Search
    more: bool = False
    trouble: str | None = None


LastWords = Callable[[Answer], None]
"""Sends an answer out of a process that is about to end."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone who waits for an answer: under which id, has this one gone, and how to speak in the end."""

    request_id: str = ""
    left: Callable[[], bool] | None = None
    last_words: LastWords | None = None


EVERYTHING = Search()
"""All that somebody ran."""

NOBODY = Waiting()
"""Who waits when nobody can leave or be answered before the end."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of people: their runs, how these are found, and the queries they keep.

    `of_programs`: how many of the programs' newest runs are enough; people's go by age and size.
    """

    history: History
    searching: Searching
    saved: SavedQueries
    of_programs: int = 1000


class Bench:
    """The verbs. Everything that asks the workbench for something asks here."""

    def __init__(self, runner: Runner, memory: Memory, running: Running, meters: Meters) -> None:
        self._runner = runner
        self._running = running
        self._history = memory.history
        self._of_programs = memory.of_programs
        self._meters = meters
        self.searching = memory.searching
        self.saved = memory.saved

    @property
    def engine(self) -> Engine:
        """Where SQL runs."""
        return self._runner.engine

    def run(self, person: str, job: Job, *, waiting: Waiting = NOBODY) -> Answer:
        """Run `job` for the page: the first rows of each result, and an address for the answer.

        One that lacks a value is a question, not a run: it is not remembered.
        """
        words = self._as_last(person, waiting.last_words, job, keep_answer=True)
        handling = Handling(first_rows(PAGE_ROWS), last_words=words)
        run = self._run(person, job, handling, waiting)
        if isinstance(run.error, ValueMissing):
            return Answer(run, None)
        return self._remember(person, run, job, keep_answer=True)

    def parameters(self, script: str, given: tuple[Given, ...] = ()) -> list[Given]:
        """The parameters of `script`, each with what was given for it. Runs nothing.

        While some of it cannot be told, because it is half written, none that was given is left out.
        """
        if not any(mark in script for mark in "?:@$"):
            return []  # https://sqlite.org/lang_expr.html#parameters
        try:
            plan = self._runner.plan(Job.of(script))
        except WorkbenchError:
            return list(given)
        return filled(plan.parameters, given, all_known=plan.whole)

    def call(self, person: str, job: Job, handling: Handling, *, waiting: Waiting = NOBODY) -> Answer:
        """Run `job` for a program, which handles the rows its own way."""
        words = self._as_last(person, waiting.last_words, job, keep_answer=False)
        run = self._run(person, job, replace(handling, last_words=words), waiting)
        return self._remember(person, run, job, keep_answer=False)

    @contextmanager
    def stream(self, person: str, run: Run, job: Job, listener: Listener, waiting: Waiting) -> Iterator[Flow]:
        """Run the one statement of `job` for a program that takes the rows while it runs.

        `run` tells how it goes; it is remembered when the context is left.
        """
        words = self._as_last(person, waiting.last_words, job, keep_answer=False)
        try:
            with self._running.enter(waiting.request_id, person, job.script, waiting.left) as ticket:
                listener = replace(listener, last_words=words, ticket=ticket)
                with self._runner.stream(run, job, listener) as flow:
                    yield flow
        finally:
            self._remember(person, run, job, keep_answer=False)

    def describe(self, job: Job) -> list[Description]:
        """What the statements of `job` are; runs and remembers nothing. Raises a WorkbenchError."""
        return self._runner.describe(job)

    def going(self, person: str) -> list[Going]:
        """The runs of `person` that go on now, in whichever process."""
        return self._running.list(person)

    def running(self) -> int:
        """How many runs go on now, in all processes and of everybody."""
        return self._running.count()

    def cancel(self, person: str, request_id: str) -> bool:
        """Ask a run of `person` to stop; False when there is no such run any more."""
        return self._running.cancel(request_id, person)

    def catalog(self) -> Catalog:
        """The tables there are."""
        return self._runner.catalog()

    def remembered(self, person: str, before: int | None = None, search: Search = EVERYTHING) -> Remembered:
        """What `person` ran, newest first, or what of it is looked for; older than `before`, if given."""
        look = self._history.newest if search == EVERYTHING else partial(self.searching.page, search=search)
        try:
            found = look(person, most=HISTORY_ENTRIES + 1, before=before)
        except StoreTrouble as trouble:
            return Remembered([], search, trouble=trouble.message)
        return Remembered(found[:HISTORY_ENTRIES], search, more=len(found) > HISTORY_ENTRIES)

    def again(self, person: str, number: int) -> tuple[Entry, Run | None] | None:
        """An entry of `person` and what it answered, if that is still kept. Runs nothing."""
        entry = self._history.find(person, number)
        if entry is None:
            return None
        run = self._history.answer(entry)
        kept = run is not None and all(len(r.rows) == r.row_count for r in run.results)
        return replace(entry, rows_kept=kept), run

    def forget(self, person: str, number: int) -> None:
        """Delete one entry of `person`, and its answer. Raises StoreTrouble."""
        self._history.forget(person, number)

    def _run(self, person: str, job: Job, handling: Handling, waiting: Waiting) -> Run:
        """Run it where it is seen and can be stopped."""
        try:
            with self._running.enter(waiting.request_id, person, job.script, waiting.left) as ticket:
                seen = replace(handling, keep=ticket.counting(handling.keep), ticket=ticket)
                return self._runner.run(job, seen)
        except AlreadyRunning as error:
            return Run(job.script, error=error)

    def _as_last(
        self, person: str, last_words: LastWords | None, job: Job, *, keep_answer: bool
    ) -> Callable[[Run], None] | None:
        """How a run that nothing interrupts is remembered and answered while it still blocks its engine."""
        if last_words is None:
            return None

        def speak(run: Run) -> None:
            self._runner.engine = self.engine.apart()
            last_words(self._remember(person, run, job, keep_answer=keep_answer))

        return speak

    def _remember(self, person: str, run: Run, job: Job, *, keep_answer: bool) -> Answer:
        self._meters.ran(run)
        enough = self._of_programs if person == PROGRAM else None
        if enough == 0:
            return Answer(run, None)
        given = filled(run.parameters, job.given, all_known=run.error is None) if job.given else ()
        try:
            number = self._history.record(
                person, run, given=given, keep_answer=keep_answer, keep_entries=enough
            )
            return Answer(run, number)
        except StoreTrouble:
            return Answer(run, None)

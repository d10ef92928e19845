"""What the program can do: one verb for each thing a person or a program may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from msgspec.structs import replace

from workbench.catalog import Catalog
from workbench.caution import Caution
from workbench.changes import Record
from workbench.contention import explain_lock
from workbench.engines.base import Description, Engine, Flow
from workbench.entering import Entering, TakingBack
from workbench.entries import Entry
from workbench.errors import (
    AlreadyRunning,
    BadRequest,
    Held,
    StoreTrouble,
    Unsupported,
    ValueMissing,
    WorkbenchError,
)
from workbench.jobs import Job
from workbench.ledger import Part
from workbench.memory import EVERYTHING, Memory, Remembered
from workbench.meters import Meters
from workbench.parameters import Given, filled
from workbench.results import Run
from workbench.runner import FirstRows, Handling, Runner, first_rows
from workbench.running import Going, Running
from workbench.searching import Search
from workbench.streams import Listener
from workbench.waiting import NOBODY, Answer, LastWords, Waiting

PAGE_ROWS = 1000
"""How many rows of a result its answer holds; more are in its snapshot."""


class Bench:
    """The verbs. Everything that asks the workbench for something asks here."""

    def __init__(self, runner: Runner, memory: Memory, running: Running, meters: Meters) -> None:
        self._runner = runner
        self._running = running
        self._memory = memory
        self._ledger = memory.ledger
        self.kept = memory.kept
        self._meters = meters
        self.searching = memory.searching
        self.saved = memory.saved

    @property
    def engine(self) -> Engine:
        """Where SQL runs."""
        return self._runner.engine

    def close(self) -> None:
        """Let go of the database: nothing is run any more."""
        self._runner.close()

    def run(
        self, person: str, job: Job, *, caution: Caution | None = None, waiting: Waiting = NOBODY
    ) -> Answer:
        """Run `job` for the page: the first rows of each result, and an address for the answer.

        What it writes is recorded, to be taken back, unless `caution` has it looked at first: then it
        is run as a dry run instead. That is no run to remember, nor is one that lacks a value.
        """
        words = self._as_last(person, waiting.last_words, job, keep_answer=True)
        entering = Entering(self._ledger, person, job)
        caution = self._with_what_was_seen(person, caution)
        with self.kept.taking(FirstRows(PAGE_ROWS), self._runner.spare) as taking:
            handling = entering.of(Handling(taking.keep, last_words=words, caution=caution))
            run = self._run(person, replace(job, record=self._ledger.of_people), handling, waiting)
            if isinstance(run.error, Held):
                return self._instead(person, job, run.error, waiting)
            if isinstance(run.error, ValueMissing):
                return Answer(run, None)
            taking.leave(run)
            answer = self._remember(person, run, job, keep_answer=True, entering=entering)
            taking.settle(answer.number)
        return answer

    def preview(self, person: str, job: Job, *, waiting: Waiting = NOBODY) -> Answer:
        """What `job` would change, in the database as it is now. Nothing of it stays or is remembered."""
        words = self._as_last(person, waiting.last_words, job, keep_answer=True)

        def keep(run: Run, records: Sequence[Record]) -> None:
            with suppress(StoreTrouble):
                self._ledger.keep_preview(person, run.fingerprint, records)

        handling = Handling(first_rows(PAGE_ROWS), last_words=words, write_down=keep)
        return Answer(self._run(person, replace(job, record=True, dry_run=True), handling, waiting), None)

    def undo(
        self,
        person: str,
        entry: Entry,
        statement: int | None = None,
        *,
        safe_only: bool = False,
        waiting: Waiting = NOBODY,
    ) -> Answer:
        """Take back what a run changed, or one statement of it; that is a run too, and can be taken back.

        Rows that changed since are in `Run.conflicts`. Nothing is taken back then, unless
        `safe_only` says: all but those.
        """
        job = Job.of(f"-- {entry.way_back}: {entry.subject}")
        part = Part(entry.number, statement)
        way_back = TakingBack(self._ledger, person, job, part, safe_only=safe_only)
        words = self._as_last(person, waiting.last_words, job, keep_answer=True)
        handling = way_back.of(Handling(first_rows(0), last_words=words))
        with self._running.enter(waiting.request_id, person, job.script, waiting.left) as ticket:
            run = self._runner.take_back(way_back.records, job.script, replace(handling, ticket=ticket))
        if isinstance(run.error, (Held, BadRequest)):
            return Answer(run, None)
        return self._remember(person, run, job, keep_answer=True, entering=way_back)

    def settle(self) -> None:
        """Find out what happened to writes that were cut short by the end of their process."""
        try:
            for number in self._ledger.uncertain():
                self._ledger.judge(number, self._runner.judge(self._ledger.records(number)))
        except WorkbenchError:
            return  # they stay uncertain, and say so

    def _with_what_was_seen(self, person: str, caution: Caution | None) -> Caution | None:
        if caution is None or caution.shown is None:
            return caution
        with suppress(StoreTrouble):
            return replace(caution, seen=self._ledger.preview(person, caution.shown))
        return caution

    def _instead(self, person: str, job: Job, held: Held, waiting: Waiting) -> Answer:
        """A dry run in place of a run that is to be looked at first; without one where there can be none."""
        preview = self.preview(person, job, waiting=waiting).run
        if preview.error is None or not isinstance(preview.error, Unsupported):
            preview.error = preview.error or held
            return Answer(preview, None)
        return Answer(Run(job.script, error=held, parameters=preview.parameters), None)

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
        handling = replace(handling, last_words=words)
        entering = None
        if self._ledger.of_programs and not job.dry_run:
            entering = Entering(self._ledger, person, job)
            job, handling = replace(job, record=True), entering.of(handling)
        run = self._run(person, job, handling, waiting)
        return self._remember(person, run, job, keep_answer=False, entering=entering)

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
            self._say_who_writes(run, person)
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
        return self._memory.newest(person, before, search)

    def entry(self, person: str, number: int) -> Entry | None:
        """An entry of `person`; None when there is none, or the history is off."""
        return self._memory.entry(person, number)

    def _run(self, person: str, job: Job, handling: Handling, waiting: Waiting) -> Run:
        """Run it where it is seen and can be stopped."""
        try:
            with self._running.enter(waiting.request_id, person, job.script, waiting.left) as ticket:
                seen = replace(handling, keep=ticket.counting(handling.keep), ticket=ticket)
                run = self._runner.run(job, seen)
        except AlreadyRunning as error:
            return Run(job.script, error=error)
        self._say_who_writes(run, person)
        return run

    def _say_who_writes(self, run: Run, person: str) -> None:
        """Have an error that says the database is locked say by whom."""
        if run.error and run.error.code == "SQLITE_BUSY":
            run.error.explanation = explain_lock(self.engine.holder(), self._running, person, run.duration)

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

    def _remember(
        self, person: str, run: Run, job: Job, *, keep_answer: bool, entering: Entering | None = None
    ) -> Answer:
        self._meters.ran(run)
        given = filled(run.parameters, job.given, all_known=run.error is None) if job.given else ()
        number = entering.number if entering else None
        number = self._memory.remember(person, run, given, keep_answer=keep_answer, number=number)
        return Answer(run, number)

"""The verbs about files that are imported: look at one, show its first rows, and write it into a table."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from time import perf_counter, time

import msgspec

from workbench.catalog import Catalog
from workbench.engines.base import Pace, Plan
from workbench.entering import Entering
from workbench.errors import TooLarge, WorkbenchError, WriteRefused
from workbench.folders import Trouble
from workbench.imports import formats
from workbench.imports.fitting import Fitting
from workbench.imports.inbox import Inbox, Upload
from workbench.imports.order import carried_out, proposed
from workbench.imports.recipe import Reading, Recipe
from workbench.imports.survey import FIRST_ROWS, LOOK_SECONDS, surveyed
from workbench.jobs import Job
from workbench.loads import Batch, Loaded, Reject, Target
from workbench.memory import Memory
from workbench.results import Kind, Result, Row, Run
from workbench.runner import Handling, Runner, first_rows
from workbench.running import Going, Running
from workbench.terms import ending, finish

log = logging.getLogger("workbench")

SETTING = "WORKBENCH_IMPORT_SECONDS"

_COMING = 3.0
"""Seconds in which an import that was asked for must be seen to go on."""

_SPARE_SECONDS = 20.0


class Importer:
    """Imports files with the slots and the line of every write, and `seconds` of its own for each."""

    def __init__(
        self, runner: Runner, memory: Memory, running: Running, inbox: Inbox, seconds: float
    ) -> None:
        self._runner, self._running = runner, running
        self._memory, self._ledger = memory, memory.ledger
        self.inbox, self.seconds = inbox, seconds

    @property
    def recorded(self) -> bool:
        """Whether an import is recorded, to be taken back."""
        return self._ledger.of_people

    def look(self, upload: Upload, recipe: Recipe, into: str = "") -> None:
        """Look at the whole file as `recipe` says, and propose what to do. Raises a WorkbenchError."""
        try:
            self._look(upload, recipe)
        except MemoryError as error:
            raise _too_large() from error
        upload.order = proposed(upload.survey, self._runner.catalog(), upload.name, into)
        self.inbox.save(upload)

    def _look(self, upload: Upload, recipe: Recipe) -> None:
        path = self.inbox.path(upload)
        watchdog, engine = self._runner.supervisor.watchdog, self._runner.engine
        upload.recipe, upload.survey, upload.trouble = recipe, None, None
        with watchdog.watch(LOOK_SECONDS + _SPARE_SECONDS, engine.interrupt):
            upload.recipe = formats.recognised(path, upload.name, recipe)
        with (
            formats.read(path, upload.recipe) as reading,
            watchdog.watch(LOOK_SECONDS + _SPARE_SECONDS, reading.interrupt),
        ):
            upload.survey = surveyed(reading)

    def first_rows(self, upload: Upload, catalog: Catalog) -> tuple[Target, list[Row], list[Reject]]:
        """The first rows as they would be stored, and what of them would be rejected."""
        as_values = msgspec.structs.replace(upload.survey, whole=False)  # no text that SQLite is yet to turn
        target, fitting = carried_out(upload.order, as_values, catalog)
        rows: list[Row] = []
        rejects: list[Reject] = []
        with formats.read(self.inbox.path(upload), upload.recipe) as reading:
            for batch in map(fitting, islice(map(_beginning, reading.batches), 3)):
                rows += batch.rows
                rejects += batch.rejects
                if len(rows) >= FIRST_ROWS:
                    break
        return target, rows[:FIRST_ROWS], rejects[:FIRST_ROWS]

    def going(self, upload: Upload) -> Going | None:
        """How far it has come, while it goes on; one that is not there any more is ready again."""
        found = next((r for r in self._running.list(upload.person) if r.request_id == upload.number), None)
        if found is None and upload.state == "running" and time() > upload.began + _COMING:
            upload.state, upload.trouble = "ready", _INTERRUPTED
            self.inbox.save(upload)
        return found

    def begin(self, upload: Upload) -> None:
        """It is about to be imported, by `run`. Raises a WorkbenchError for an order that cannot be meant."""
        if self._runner.engine.read_only:
            raise WriteRefused("this workbench only reads", hint="Nothing was imported.")
        carried_out(upload.order, upload.survey, self._runner.catalog())
        upload.state, upload.began, upload.trouble = "running", time(), None
        self.inbox.save(upload)

    def run(self, upload: Upload) -> None:
        """Import it, as one run that can be stopped, is remembered, and undone. What came of it is kept."""
        name = f"-- Import: {upload.name} into {upload.order.into or upload.order.table}"
        job, run, began = Job.of(name, record=self._ledger.of_people), Run(name), perf_counter()
        entering = Entering(self._ledger, upload.person, job)
        try:
            with self._running.enter(upload.number, upload.person, name) as ticket:
                self._run(upload, run, job, entering.of(Handling(first_rows(0), ticket=ticket)))
        except WorkbenchError as error:
            run.error = self._runner.explained(error)
        except MemoryError:
            run.error = _too_large()
        except Exception:
            log.exception("An import failed")
            run.error = WorkbenchError(
                "An error of the workbench's own ended it.", hint="Nothing was imported."
            )
        run.duration = perf_counter() - began
        upload.entry = self._memory.remember(upload.person, run, keep_answer=False, number=entering.number)
        self._settle(upload, run)

    def _run(self, upload: Upload, run: Run, job: Job, handling: Handling) -> None:
        target, fitting = carried_out(upload.order, upload.survey, self._runner.catalog())
        supervisor = self._runner.supervisor.patient(self.seconds, SETTING)
        plan = Plan(job, number=1, writes=True)
        with (
            supervisor.slot(job),
            supervisor.session(run, plan, handling) as session,
            ending(run, plan, session),
            self.inbox.rejects(upload) as rejects,
        ):
            with (
                supervisor.watched(run, job, handling),
                formats.read(self.inbox.path(upload), upload.recipe) as reading,
            ):
                pace = supervisor.pace(job, handling.ticket, "import")
                batches = _paced(reading, fitting, pace)
                try:
                    loaded = session.load(target, batches, rejects.add, job.script)
                finally:
                    upload.rejected = rejects.count
            _note(upload, run, target, loaded)
            finish(run, session, job, before_commit=handling.look)
            handling.note(run)

    def _settle(self, upload: Upload, run: Run) -> None:
        """Keep what came of it; the file itself only as long as it may be tried again."""
        upload.state = "ready" if run.error else "done"
        if run.error:
            upload.trouble = Trouble.of(run.error)
            upload.written = upload.skipped = 0
        with suppress(WorkbenchError):
            self.inbox.save(upload)
            if upload.state == "done":
                self.inbox.drop(upload, bytes_only=True)


_INTERRUPTED = Trouble(
    "The workbench was interrupted while it imported this.",
    "If it was done before that, it is in the history; else nothing of it is in the database.",
    "INTERRUPTED",
)


def _too_large() -> TooLarge:
    words = "a line or a value in this file is larger than there is memory for here"
    return TooLarge(words, hint="Nothing was imported.")


def _beginning(batch: Batch) -> Batch:
    return Batch(batch.rows[:FIRST_ROWS], batch.lines[:FIRST_ROWS])


def _note(upload: Upload, run: Run, target: Target, loaded: Loaded) -> None:
    upload.table, upload.written, upload.skipped = target.table, loaded.written, loaded.skipped
    kind = Kind.SCHEMA if target.create else Kind.WRITE
    run.results = [Result(run.script, kind, rows_affected=loaded.written)]


def _paced(reading: Reading, fitting: Fitting, pace: Pace) -> Iterator[Batch]:
    """Rows as they are to be stored; counted, and no more of them once it is to stop."""
    for batch in reading.batches:
        yield fitting(batch)
        pace(len(batch.rows) + len(batch.rejects))

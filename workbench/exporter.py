"""The verbs about what is exported into a file: foresee it, begin, and make it in the background."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic, perf_counter, time
from typing import NamedTuple

from msgspec.structs import replace

from workbench.browsing import Look
from workbench.catalog import Table
from workbench.engines.base import Pace, Takeout
from workbench.errands import Errands
from workbench.errors import DatabaseTrouble, TimeLimitReached, WorkbenchError
from workbench.exporting import Wanted, chosen, columns_of
from workbench.exports.findings import Finding, Foresight, Looked
from workbench.exports.foresight import Tally
from workbench.exports.making import Making, file_of
from workbench.exports.outbox import Export, Outbox, Outgoing
from workbench.folders import Trouble
from workbench.jobs import Job
from workbench.plans import Size
from workbench.results import Run
from workbench.running import Going, Running, Ticket
from workbench.slots import Slots
from workbench.supervisor import Caller
from workbench.waiting import NOBODY, Waiting

log = logging.getLogger("workbench")

SETTING = "WORKBENCH_EXPORT_SECONDS"

LOOK_SECONDS = 2.0
LOOK_ROWS = 100_000
"""For how long, and at how many rows of each table, is looked to foresee what a format cannot hold."""

COUNT_SECONDS = 0.2
"""How long counting the rows of a table may take."""

ABOUT_SECONDS = 2.0
"""How long counting all rows may take before they are written, so that it can be told how far it is."""

_COMING = 3.0
"""Seconds in which an export that was asked for must be seen to go on."""


class Means(NamedTuple):
    """Of which database exports are, how many may be made at once, and how many seconds one may take."""

    source: str
    places: Slots
    seconds: float


class Exporter:
    """Exports with the slots of every run, and `seconds` of its own for each; few at once."""

    def __init__(self, errands: Errands, running: Running, outbox: Outbox, means: Means) -> None:
        self._errands, self._runner, self._running = errands, errands.runner, running
        self.source, self._places, self.seconds = means
        self.outbox = outbox

    def foresee(self, person: str, wanted: Wanted, *, waiting: Waiting = NOBODY) -> Foresight:
        """What would be in the file, and what of it could not be as it is. Raises a WorkbenchError."""
        job = replace(Job.of("-- Look at what is to be exported"), time_limit=LOOK_SECONDS + 20)
        with self._errands.at_work(person, job, waiting) as (run, caller):
            supervisor = self._runner.supervisor
            with supervisor.watched(run, job, caller), supervisor.engine.takeout(job.patience) as takeout:
                tables = chosen(wanted, supervisor.engine.catalog())
                if wanted.what == "database":
                    pages, octets = takeout.pages()
                    return Foresight(octets=pages * octets)
                if wanted.what == "schema":
                    return Foresight(made=len(takeout.made()))
                return self._looked(takeout, wanted, tables)

    def _looked(self, takeout: Takeout, wanted: Wanted, tables: Sequence[Table]) -> Foresight:
        until = monotonic() + LOOK_SECONDS
        looked: list[Looked] = []
        findings: list[Finding] = []
        for table in tables:
            tally = Tally(wanted, table.name, columns_of(table, settable=False))
            rows, whole = self._seen(takeout, table, tally, until)
            size = Size(rows) if whole else self._size(takeout, table, COUNT_SECONDS)
            looked.append(Looked(table.name, size, rows, whole))
            findings += tally.findings()
        return Foresight(tuple(looked), tuple(findings))

    def _seen(self, takeout: Takeout, table: Table, tally: Tally, until: float) -> tuple[int, bool]:
        """How many rows were looked at, and whether these are all."""
        rows, left = 0, until - monotonic()
        if left <= 0:
            return 0, False
        with suppress(TimeLimitReached), self._runner.spare(left):
            with takeout.rows(table, columns_of(table, settable=False)) as flow:
                for batch in flow.batches:
                    tally.see(batch)
                    rows += len(batch)
                    if rows >= LOOK_ROWS or monotonic() > until:
                        return rows, False
            return rows, True
        return rows, False

    def _size(self, takeout: Takeout, table: Table, seconds: float) -> Size | None:
        with suppress(TimeLimitReached), self._runner.spare(seconds):
            return Size(takeout.count(table))
        with suppress(TimeLimitReached), self._runner.spare(COUNT_SECONDS):
            return takeout.about(takeout.shape(table), Look(table.name))
        return None

    def begin(self, person: str, wanted: Wanted) -> Export:
        """It is about to be made, by `run`. Raises a WorkbenchError for what cannot be meant."""
        tables = chosen(wanted, self._runner.catalog())
        name, content_type = file_of(wanted, tables, self._runner.engine.name)
        return self.outbox.begin(person, self.source, wanted, name, content_type)

    def find(self, person: str, number: str) -> Export | None:
        """The export with this number, if it is this person's and of this database."""
        found = self.outbox.find(person, number)
        return found if found is not None and found.source == self.source else None

    def going(self, export: Export) -> Going | None:
        """How far it has come, while it goes on; one that is not there any more is broken off."""
        found = next((r for r in self._running.list(export.person) if r.request_id == export.number), None)
        if found is None and export.state == "running" and time() > export.at + _COMING:
            again = self.outbox.find(export.person, export.number)
            if again is not None and again.state == "running":
                self._settle(export, _INTERRUPTED)
        return found

    def run(self, export: Export) -> None:
        """Make it, as one run that can be stopped. What came of it is kept."""
        began, trouble = perf_counter(), None
        words = f"-- Export: {export.name}"
        try:
            with (
                self._running.enter(export.number, export.person, words) as ticket,
                self._places.take(),
                self.outbox.file(export) as file,
            ):
                self._make(export, file, Job.of(words), ticket)
                export.seconds = perf_counter() - began
                self._keep(export, file)
        except WorkbenchError as error:
            trouble = Trouble.of(self._runner.explained(error))
        except Exception:
            log.exception("An export failed")
            trouble = Trouble("An error of the workbench's own ended it.", "Nothing was changed.")
        if trouble is not None:
            self._settle(export, trouble)

    def _make(self, export: Export, file: Outgoing, job: Job, ticket: Ticket) -> None:
        run = Run(job.script)
        supervisor = self._runner.supervisor.patient(self.seconds, SETTING)
        pace = supervisor.pace(job, ticket, "export")
        with (
            supervisor.slot(job),
            supervisor.watched(run, job, Caller(ticket=ticket)),
            supervisor.engine.takeout(job.patience) as takeout,
        ):
            if export.wanted.what == "database":
                self._copy(export, file, takeout, pace)
                return
            tables = chosen(export.wanted, supervisor.engine.catalog())
            export.about = self._about(takeout, tables)
            self.outbox.save(export)
            making = Making(export.wanted, tables, takeout, pace)
            file.write(making.pieces())
        export.counts, export.rows = making.counts, sum(making.counts.values())
        export.findings = making.findings

    def _copy(self, export: Export, file: Outgoing, takeout: Takeout, pace: Pace) -> None:
        export.about, octets = takeout.pages()
        self.outbox.make_room(export.about * octets, export)
        self.outbox.save(export)
        try:
            takeout.copy(file.path, pace)
        except DatabaseTrouble as error:
            error.hint = "Is there room on the disk where the workbench's own file is?"
            raise
        file.measure()

    def _about(self, takeout: Takeout, tables: Sequence[Table]) -> int | None:
        """How many rows there may be; None when that cannot be told of each in time."""
        until, total = monotonic() + ABOUT_SECONDS, 0
        for table in tables:
            left = until - monotonic()
            size = self._size(takeout, table, left) if left > 0 else None
            if size is None or size.how in ("at least", "more than"):
                return None
            total += size.rows
        return total

    def _keep(self, export: Export, file: Outgoing) -> None:
        """It is known to be whole once its file has its name, and is there for its owner alone."""
        file.keep()
        export.state = "done"
        self.outbox.save(export)

    def _settle(self, export: Export, trouble: Trouble) -> None:
        """Nothing came of it: no file stays."""
        export.state, export.trouble = "failed", trouble
        export.rows, export.counts, export.findings = 0, {}, ()
        self.outbox.drop_file(export)
        with suppress(WorkbenchError):
            self.outbox.save(export)


_INTERRUPTED = Trouble(
    "The workbench was interrupted while it made this.",
    "Nothing was changed. Export it again.",
    "INTERRUPTED",
)

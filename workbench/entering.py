"""A write of the page on its way into the ledger: entered before its commit, noted right after it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from workbench.changes import Record
from workbench.errors import BadRequest, Held, StoreTrouble
from workbench.jobs import Job
from workbench.ledger import Ledger, Part
from workbench.results import Run
from workbench.runner import Handling


class Entering:
    """A write of the page on its way into the ledger; `number` is its entry's, once it is there."""

    def __init__(self, ledger: Ledger, person: str, job: Job, undoes: Part | None = None) -> None:
        self._ledger, self._person, self._job, self._undoes = ledger, person, job, undoes
        self.number: int | None = None

    def of(self, handling: Handling) -> Handling:
        """`handling`, by which this write is entered before its commit and noted right after it."""
        return replace(handling, write_down=self.enter, committed=self.note)

    def enter(self, run: Run, records: Sequence[Record]) -> None:
        """Write it down before its commit. Without a store it goes on, and says so."""
        try:
            self.number = self._ledger.enter(
                self._person, run, records, given=self._job.given, undoes=self._undoes
            )
        except StoreTrouble as trouble:
            run.notices.append(f"This cannot be undone, as the history is off: {trouble.message}.")

    def note(self) -> None:
        """It is committed. Should that be too much for the store, it is judged later."""
        with suppress(StoreTrouble):
            if self.number is not None:
                self._ledger.note(self.number)


class TakingBack(Entering):
    """What takes `part` back, which is a write of its own: of all its rows or, if `safe_only`, of those
    that have not changed since.
    """

    def __init__(self, ledger: Ledger, person: str, job: Job, part: Part, *, safe_only: bool) -> None:
        super().__init__(ledger, person, job, undoes=part)
        self._part, self._safe_only = part, safe_only

    def records(self) -> list[Record]:
        """What is to be taken back; to be asked in one's turn to write. Raises BadRequest when it was."""
        if self._ledger.is_taken_back(self._part):
            raise BadRequest("It was taken back already.", code="NOTHING_TO_UNDO")
        return self._ledger.records(*self._part)

    def enter(self, run: Run, records: Sequence[Record]) -> None:
        """Write it down, if it changes anything. Raises Held for rows that changed since."""
        if run.conflicts and not self._safe_only:
            raise Held("Something has changed since.", code="CONFLICTS", hint="Nothing was taken back yet.")
        if records:
            super().enter(run, records)

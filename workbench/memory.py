"""What is remembered of people: their runs, and how these are found again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from workbench.entries import PROGRAM, Entry
from workbench.errors import StoreTrouble
from workbench.history import History
from workbench.kept import KeptResults
from workbench.ledger import Ledger
from workbench.parameters import Given
from workbench.results import Run
from workbench.saved import SavedQueries
from workbench.searching import Search, Searching

HISTORY_ENTRIES = 30
"""How many entries of the history are shown at once."""


EVERYTHING = Search()
"""All that somebody ran."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A part of someone's history: what `search` found. `more` says that there are older entries,
    `trouble` why there are none.
    """

    entries: list[Entry]
    search: Search
    more: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of people: their runs, what these wrote, how they are found, and kept queries.

    `kept` is what their runs answered.
    """

    history: History
    ledger: Ledger
    searching: Searching
    saved: SavedQueries
    kept: KeptResults

    def newest(self, person: str, before: int | None = None, search: Search = EVERYTHING) -> Remembered:
        """What `person` ran, newest first, or what of it is looked for; older than `before`, if given."""
        look = self.history.newest if search == EVERYTHING else partial(self.searching.page, search=search)
        try:
            found = look(person, most=HISTORY_ENTRIES + 1, before=before)
        except StoreTrouble as trouble:
            return Remembered([], search, trouble=trouble.message)
        return Remembered(found[:HISTORY_ENTRIES], search, more=len(found) > HISTORY_ENTRIES)

    def entry(self, person: str, number: int) -> Entry | None:
        """An entry of `person`; None when there is none, or the history is off."""
        try:
            return self.history.find(person, number)
        except StoreTrouble:
            return None

    def remember(
        self,
        person: str,
        run: Run,
        given: Iterable[Given] = (),
        *,
        keep_answer: bool,
        number: int | None = None,
    ) -> int | None:
        """Remember how `run` ended, in the entry `number` if it was entered before its commit.

        Gives its entry's number; None for one of a program, or when the history is off.
        """
        try:
            if number is not None:
                self.ledger.confirm(person, number, run, given)
                return number
            if person == PROGRAM:
                self.history.note(run, given)
                return None
            return self.history.record(person, run, given=given, keep_answer=keep_answer)
        except StoreTrouble:
            return None

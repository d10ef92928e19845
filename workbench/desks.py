"""What is at work for each database: for the first from the start, for others from their first use.

Each process has its own. One costs it two or three connections, some milliseconds to open and about 0.2 MB
of memory, and what SQLite keeps of its pages: 2 MB for each connection at most. The store, the slots, the
list of runs and the watchdog are those of all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.bench import Bench
from workbench.drafts import Drafts
from workbench.errors import BadRequest
from workbench.exporter import Exporter
from workbench.importer import Importer
from workbench.listing import Listed, Listing
from workbench.planner import Planner
from workbench.sharing import Sharing
from workbench.tables import Tables

MOST = 24
"""How many databases beside the first a process has open; the one that was used longest ago is closed."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What can be done with the database in `file`; `close` lets go of all files it has open."""

    file: Path
    bench: Bench
    importer: Importer
    exporter: Exporter
    planner: Planner
    tables: Tables
    drafts: Drafts
    sharing: Sharing
    close: Callable[[], None]


class Desks:
    """The parts of each database of `listing`; `first` are those of its first, `make` makes others."""

    def __init__(self, listing: Listing, first: Parts, make: Callable[[Listed], Parts]) -> None:
        self.listing = listing
        self._first = first
        self._make = make
        self._made: dict[Listed, Parts] = {}

    def of(self, name: str | None) -> Parts:
        """Those of the database of this name, of the first without one. Raises a WorkbenchError."""
        if name is None:
            return self._first
        listed = self.listing.find(name)
        if listed is None:
            raise no_such(name)
        if listed == self.listing.all()[0]:
            return self._first
        parts = self._made.pop(listed, None) or self._make(listed)
        self._made[listed] = parts  # as the newest
        if len(self._made) > MOST:
            self._close(next(iter(self._made)))
        return parts

    def close(self) -> None:
        """Close all but the first."""
        for listed in list(self._made):
            self._close(listed)

    def _close(self, listed: Listed) -> None:
        self._made.pop(listed).close()


def no_such(name: str) -> BadRequest:
    """There is none of this name."""
    return BadRequest(
        f"There is no database called {name} here.",
        code="NO_SUCH_DATABASE",
        hint="Its name may have changed: /databases lists those that there are.",
    )

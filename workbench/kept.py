"""What runs of the page answered, as long as it is kept: shown again, looked at in part, forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import apsw
from msgspec.structs import replace

from workbench.entries import Entry
from workbench.errors import RowsGone, TimeLimitReached
from workbench.history import History
from workbench.results import Result, Row, Run, Value, weight
from workbench.rowsets import AS_IT_CAME, Facet, RowSet, View
from workbench.runner import FirstRows
from workbench.snapshots import Snapshots, Spare, Taking
from workbench.watchdog import Watchdog

FIRST = 100
"""How many rows of a result are shown at first."""

SECONDS = 5.0
"""How long one look at kept rows may take: sorting them, counting them, reading some."""


class Bounds(NamedTuple):
    """How much is read of what is kept: rows of each result, and of a run the bytes of texts and BLOBs
    and the seconds. No less than one batch is read.
    """

    rows: int = -1
    octets: int = 16 << 20
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the rows of a view, which has `total`: their numbers in the result, from 1, and they."""

    view: View
    offset: int
    total: int
    numbers: Sequence[int]
    rows: list[Row]

    @property
    def end(self) -> int:
        """How many rows of the view there are up to the last of these."""
        return self.offset + len(self.rows)


class KeptRows:
    """The rows of one result, the one in `place` (from 0) of its entry's run.

    `missing`: how many of its rows are not kept any more. All looks are bounded in time; each method
    may raise TimeLimitReached, RowsGone, or BadRequest for a column or row that there is not.
    """

    def __init__(self, entry: Entry, run: Run, place: int, rows: RowSet, watchdog: Watchdog) -> None:
        self.entry, self.run, self.place = entry, run, place
        self._rows, self._watchdog = rows, watchdog
        self.missing = self.result.row_count - self.count()

    @property
    def result(self) -> Result:
        """What is known of it beside the rows."""
        return self.run.results[self.place]

    @property
    def whole(self) -> bool:
        """Whether these are all rows that its statement gives."""
        return not self.missing and not self.result.truncated

    def count(self, view: View = AS_IT_CAME) -> int:
        """How many rows there are in `view`."""
        with self._looking():
            return self._rows.count(view)

    def window(self, view: View, offset: int, limit: int) -> Window:
        """At most `limit` rows of `view` after the first `offset`."""
        with self._looking():
            numbers = self._rows.numbers(view, offset, limit)
            return Window(view, offset, self._rows.count(view), numbers, self._rows.rows(numbers))

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        """The rows with these numbers in the result, in its order; those that there are not are left out."""
        with self._looking():
            last = self._rows.count()
            return self._rows.rows([n for n in sorted(set(numbers)) if 1 <= n <= last])

    def cell(self, number: int, column: int) -> Value:
        """The value in a row, from 1, and a column, from 0."""
        with self._looking():
            return self._rows.cell(number, column)

    def facets(self, column: int, view: View = AS_IT_CAME, *, most: int = 20) -> list[Facet]:
        """The most frequent values of a column, from 0, in `view`."""
        with self._looking():
            return self._rows.facets(column, view, most=most)

    def batches(
        self, view: View = AS_IT_CAME, columns: Sequence[int] | None = None, *, most: int = -1
    ) -> Iterator[list[Row]]:
        """All rows of `view`, or the first `most`, some at a time; of them only `columns`, if given."""
        found = self._rows.batches(view, columns, most=most)
        while True:
            with self._looking():
                batch = next(found, None)
            if batch is None:
                return
            yield batch

    def close(self) -> None:
        """Let go of them."""
        self._rows.close()

    @contextmanager
    def _looking(self) -> Iterator[None]:
        """Within its time."""
        with self._watchdog.watch(SECONDS, self._rows.connection.interrupt):
            try:
                yield
            except apsw.InterruptError as error:
                raise TimeLimitReached(
                    f"looking at these rows took longer than {SECONDS:g} s and was stopped",
                    hint="Nothing was run. Filter by fewer columns, or ask for less with SQL.",
                ) from error
            except apsw.Error as error:
                raise gone() from error


class KeptResults:
    """What is kept of the runs in `history`: their answers there, more rows in `snapshots`."""

    def __init__(self, history: History, snapshots: Snapshots, watchdog: Watchdog) -> None:
        self._history, self._snapshots, self._watchdog = history, snapshots, watchdog

    def taking(self, first: FirstRows, spare: Spare) -> AbstractContextManager[Taking]:
        """For one run: what it answers is taken for the time in which it is remembered (see `Taking`)."""
        return self._snapshots.taking(first, spare)

    def again(self, person: str, number: int) -> tuple[Entry, Run | None] | None:
        """An entry of `person` and what it answered, if that is still kept. Raises StoreTrouble.

        `Result.snapshot` is None where there is none any more.
        """
        entry = self._history.find(person, number)
        if entry is None:
            return None
        run = self._history.answer(entry)
        for result in run.results if run else ():
            self._complete(number, result)
        kept = run is not None and all(r.snapshot or len(r.rows) == r.row_count for r in run.results)
        return replace(entry, rows_kept=kept), run

    def in_full(self, person: str, number: int, bounds: Bounds) -> tuple[Entry, Run | None] | None:
        """As `again`, with all kept rows in `Result.rows`, or as many of the first as `bounds` allow.

        Raises:
            RowsGone: when they go meanwhile.
            TimeLimitReached: when even a part of them takes too long.
        """
        found = self.again(person, number)
        if found is None or found[1] is None:
            return found
        entry, run = found
        end = monotonic() + bounds.seconds
        for place, result in enumerate(run.results):
            if result.snapshot:
                result.rows = self._first_of(entry, run, place, bounds._replace(seconds=end - monotonic()))
                bounds = bounds._replace(octets=bounds.octets - sum(map(weight, result.rows)))
        return entry, run

    def _first_of(self, entry: Entry, run: Run, place: int, bounds: Bounds) -> list[Row]:
        rows: list[Row] = []
        end, octets = monotonic() + bounds.seconds, bounds.octets
        kept = KeptRows(entry, run, place, self._open(entry.number, run.results[place]), self._watchdog)
        with closing(kept):
            for batch in kept.batches(most=bounds.rows):
                rows += batch
                octets -= sum(map(weight, batch))
                if octets < 0 or monotonic() > end:
                    break
        return rows

    @contextmanager
    def rows(self, person: str, number: int, place: int) -> Iterator[KeptRows | None]:
        """The rows of a result of an entry of `person`; None when there is no such entry, or no such result.

        Raises:
            RowsGone: when nothing of them is kept any more.
            StoreTrouble: when the history cannot be used.
        """
        entry = self._history.find(person, number)
        run = self._history.answer(entry) if entry else None
        if entry and not run:
            raise gone()
        result = run.results[place] if run and 0 <= place < len(run.results) else None
        if result is None or not result.columns:
            yield None
            return
        kept = KeptRows(entry, run, place, self._open(number, result), self._watchdog)
        try:
            yield kept
        finally:
            kept.close()

    def forget(self, person: str, number: int) -> None:
        """Delete one entry of `person`, and its answer. Raises StoreTrouble."""
        self._history.forget(person, number)
        self.sweep()

    def sweep(self) -> None:
        """Let go of rows whose entries are gone."""
        self._snapshots.sweep()

    def _complete(self, number: int, result: Result) -> None:
        """See whether the snapshot of `result` is there, and take its first rows of it if it has none."""
        found = self._snapshots.open(number, result.snapshot) if result.snapshot else None
        if found is None:
            result.snapshot = None
            return
        try:
            if not result.rows:
                result.rows = found.rows(found.numbers(limit=FIRST))
        except apsw.Error:
            result.snapshot = None
        finally:
            found.close()

    def _open(self, number: int, result: Result) -> RowSet:
        found = self._snapshots.open(number, result.snapshot) if result.snapshot else None
        if found is None and result.row_count and not result.rows:
            raise gone()
        return found or RowSet.of(result.rows, len(result.columns))


def gone() -> RowsGone:
    """The rows that somebody wants to look at are not kept any more."""
    return RowsGone(
        "The rows of this result are not kept any more.", hint="Run query gets them again, as they are now."
    )

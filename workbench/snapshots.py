"""Snapshots: the rows of a page's result beyond those that its answer holds, each in a file of its own.

They are written while the run reads them, so that whatever is done with a result later (paging,
sorting, filters, exports) sees the same rows and runs nothing again. A file is bounded in rows, bytes and
time, all files together in bytes and age, and the oldest go first. A file is named after the entry of
the history whose answer knows its name; one whose answer is gone goes too.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import chain
from pathlib import Path
from time import monotonic, time

import apsw

from workbench.engines.base import Kept
from workbench.errors import StoreTrouble, TimeLimitReached
from workbench.results import Row, Run, weight
from workbench.rowsets import RowSet
from workbench.runner import FirstRows

log = logging.getLogger("workbench")

MOST_ROWS = 200_000
"""How many rows the snapshots of one run have at most."""

MOST_BYTES = 64 << 20
"""How many bytes they have, about; only the row that reaches this is kept whole."""

SECONDS = 1.0
"""How long one run may go on reading for them."""

DAYS = 30
"""How long one is kept at most."""

HALF_SECONDS = 2 * 3600
"""After that nobody is still writing a half one, whatever process seems to."""

LIGHT = 256 << 10
"""Bytes of rows that an answer has room for; heavier ones get a snapshot, however few they are."""

_CELL = 16  # bytes that a value takes beyond its text or BLOB, about

_FINISHED = re.compile(r"([0-9]+)-([0-9a-f]{16})\.rows\Z")
_PART = re.compile(r"part-([0-9]+)-([0-9a-f]{16})\.rows\Z")

_TROUBLE = (apsw.Error, OSError, MemoryError)

Spare = Callable[[float], AbstractContextManager[None]]
"""Ends reading after that many seconds without harm to the run, as `Runner.spare` does."""

Alive = Callable[[set[int]], set[int]]
"""Which of these entries still have their answer. May raise StoreTrouble."""


class Snapshots:
    """Those in `folder`, which nobody else may read; all together they take `megabytes` at most, 0: none.

    `alive` tells whose answers are still kept.
    """

    def __init__(self, folder: Path, alive: Alive, megabytes: int = 512) -> None:
        self._folder, self._alive = folder, alive
        self._bytes = megabytes << 20

    @contextmanager
    def taking(self, first: FirstRows, spare: Spare) -> Iterator[Taking]:
        """For one run: what it reads is taken inside, and dropped at the end unless it was settled."""
        taking = Taking(self._new if self._bytes else None, first, spare, self._settle)
        try:
            yield taking
        finally:
            taking.drop()

    def _settle(self, number: int, parts: dict[str, Path]) -> None:
        """Give the parts the names by which the answer of entry `number` knows them."""
        for name, part in parts.items():
            with suppress(OSError):
                part.rename(self._path(number, name))
        self.sweep()

    def open(self, number: int, name: str) -> RowSet | None:
        """The snapshot of entry `number` with this name; None when it is not there any more."""
        path = self._path(number, name)
        try:
            return RowSet.open(path)
        except apsw.CantOpenError:
            return None
        except (apsw.Error, ValueError) as error:
            log.warning("A snapshot is damaged: %s", error)
            path.unlink(missing_ok=True)
            return None

    def sweep(self) -> None:
        """Let go what is too old or too much, whose entry is gone, and what a killed process left behind."""
        with suppress(*_TROUBLE, StoreTrouble):
            found = sorted(self._finished(), reverse=True)
            numbers = {number for _, _, number, _ in found}
            living = self._alive(numbers) if numbers else numbers
            earliest, left = time() - DAYS * 86_400, self._bytes
            for at, size, number, path in found:
                left -= size
                if left < 0 or at < earliest or number not in living:
                    path.unlink(missing_ok=True)

    def _finished(self) -> Iterator[tuple[float, int, int, Path]]:
        """When each was made, its size and its entry; a half one of a process that is gone is removed."""
        for each in os.scandir(self._folder):
            finished, part = _FINISHED.match(each.name), _PART.match(each.name)
            with suppress(FileNotFoundError):
                if finished:
                    told = each.stat()
                    yield told.st_mtime, told.st_size, int(finished[1]), Path(each.path)
                elif part and (not _runs(int(part[1])) or each.stat().st_mtime < time() - HALF_SECONDS):
                    os.unlink(each.path)

    def _path(self, number: int, name: str) -> Path:
        return self._folder / f"{number}-{name}.rows"

    def _new(self, name: str) -> Path:
        """An empty file, for a part that gets its lasting name when its run is an entry of the history."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"part-{os.getpid()}-{name}.rows"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path


class Taking:
    """The snapshots of one run, while it goes on."""

    def __init__(
        self,
        new: Callable[[str], Path] | None,
        first: FirstRows,
        spare: Spare,
        settle: Callable[[int, dict[str, Path]], None],
    ) -> None:
        self._new, self._first, self._spare, self._settle = new, first, spare, settle
        self._rows, self._bytes, self._seconds = MOST_ROWS, MOST_BYTES, SECONDS
        self._parts: dict[str, Path] = {}

    def keep(self, batches: Iterator[list[Row]]) -> Kept:
        """A keeper: the first rows as they are; all there are, as far as the bounds go, in a snapshot."""
        rows, rest = self._first.take(batches)
        if self._new is None or not (rest or _are_heavy(rows)):
            return Kept(rows, len(rows), bool(rest))
        name, width, left = secrets.token_hex(8), len((rows or rest)[0]), (self._rows, self._bytes)
        try:
            count, more = self._write(name, width, rows, chain([rest] if rest else [], batches))
        except BaseException as error:
            self._drop(name)
            self._rows, self._bytes = left
            if isinstance(error, _Unwritable):
                log.warning("A result is kept without a snapshot: %s", error.__cause__)
                return Kept(rows, len(rows), bool(rest))
            raise
        return Kept(rows, count, more, name)

    def leave(self, run: Run) -> None:
        """Of a run that failed nothing is kept beyond the rows that its results hold themselves."""
        for result in run.results if run.error else ():
            result.snapshot = None
        if run.error:
            self.drop()

    def settle(self, number: int | None) -> None:
        """The run is entry `number`: keep what was taken of it. None: it is not remembered."""
        if self._parts and number is not None:
            self._settle(number, self._parts)
            self._parts = {}

    def drop(self) -> None:
        """Remove what has not been settled."""
        for name in list(self._parts):
            self._drop(name)

    def _drop(self, name: str) -> None:
        path = self._parts.pop(name, None)
        if path:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _write(
        self, name: str, width: int, first: list[Row], others: Iterator[list[Row]]
    ) -> tuple[int, bool]:
        """Write a snapshot; gives how many rows it has, and whether there are more."""
        with _writing():
            self._parts[name] = self._new(name)
            rows = RowSet.make(self._parts[name], width)
        try:
            with _writing():
                rows.add(first)
            self._rows, self._bytes = self._rows - len(first), self._bytes - _size(first)
            count, more = self._read_on(rows, len(first), others)
            with _writing():
                rows.finish()
        finally:
            rows.close()
        return count, more

    def _read_on(self, rows: RowSet, count: int, others: Iterator[list[Row]]) -> tuple[int, bool]:
        """Append the `others` until they are all there or a bound is reached."""
        began = monotonic()
        try:
            with self._spare(max(self._seconds, 0)):
                for batch in others:
                    taken = self._within(batch)
                    with _writing():
                        rows.add(taken)
                    count += len(taken)
                    if len(taken) < len(batch):
                        return count, True
                    if self._seconds < monotonic() - began:
                        return count, next(others, None) is not None
        except TimeLimitReached:
            return count, True
        finally:
            self._seconds -= monotonic() - began
        return count, False

    def _within(self, batch: list[Row]) -> list[Row]:
        """As many rows of `batch` as the bounds leave room for."""
        size = _size(batch)
        if len(batch) <= self._rows and size < self._bytes:
            self._rows, self._bytes = self._rows - len(batch), self._bytes - size
            return batch
        for place, row in enumerate(batch):
            if self._rows <= 0 or self._bytes <= 0:
                return batch[:place]
            self._rows, self._bytes = self._rows - 1, self._bytes - _size([row])
        return batch


class _Unwritable(Exception):
    """A snapshot cannot be written; the run has nothing to do with that."""


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        raise _Unwritable from error


def _size(rows: list[Row]) -> int:
    """How many bytes they take, about; found column by column because that is quick."""
    size = 0
    for column in zip(*rows, strict=True):
        kinds = set(map(type, column))
        size += _CELL * len(rows)
        if kinds == {str}:
            size += sum(map(len, column))
        elif not kinds <= {int, float, type(None)}:
            size += weight(column)
    return size


def _are_heavy(rows: list[Row]) -> bool:
    """Whether an answer may have no room for them."""
    return _size(rows) > LIGHT


def _runs(process: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's
    return True

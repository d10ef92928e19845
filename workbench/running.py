"""The runs that go on now, in all workers together: who asked, for what, since when; and stopping them.

A process runs one thing at a time, so each has one place. A run is known by its number, the
clock when it began. The number is what stops it too: written beside it, it means this run and
never the one that comes after it in the same place.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from zlib import crc32

from workbench.engines.base import Keeper, Kept
from workbench.errors import AlreadyRunning, Cancelled
from workbench.places import Places
from workbench.results import Row
from workbench.sql import on_one_line

_WORDS = 120
"""How many characters of a script are kept."""

_LONGEST = 120
"""Bytes of a request id or of a person's name; a longer one is kept as its hash."""

_RECORD = struct.Struct(f"={_LONGEST}s{_LONGEST}sQdI{_WORDS * 4}s")
"""Request id, person, number, time of day, process, words."""

_NUMBER, _STOP, _ROWS, _MARK = range(4)
"""The numbers of a place; the mark is a checksum of the request id, by which runs are found quickly."""


@dataclass(frozen=True, slots=True)
class Going:
    """A run that goes on: `seconds` is for how long already, `rows` how many it has taken so far."""

    request_id: str
    person: str
    process: int
    started: datetime
    seconds: float
    rows: int
    first_words: str


class Ticket:
    """What a run holds while it goes on: it tells whether to stop, and counts the rows taken."""

    def __init__(self, numbers: memoryview, left: Callable[[], bool] | None) -> None:
        self._numbers = numbers
        self._number = numbers[_NUMBER]
        self._left = left

    def cancelled(self) -> Cancelled | None:
        """The error to end with, when the run was cancelled."""
        if self._numbers[_STOP] != self._number:
            return None
        return Cancelled("the run was stopped because you asked for it")

    def stopped(self) -> Cancelled | None:
        """The error to end with, when the run was cancelled or whoever asked has gone."""
        if self._left is not None and self._left():
            return Cancelled("the run was stopped because nobody waited for it any more", code="CLIENT_LEFT")
        return self.cancelled()

    def count(self, rows: int) -> None:
        """So many more rows were taken."""
        self._numbers[_ROWS] += rows

    def counting(self, keep: Keeper) -> Keeper:
        """`keep`, with the rows it takes counted."""

        def count(batches: Iterator[list[Row]]) -> Iterator[list[Row]]:
            for batch in batches:
                yield batch
                self.count(len(batch))

        def keep_and_count(batches: Iterator[list[Row]]) -> Kept:
            return keep(count(batches))

        return keep_and_count


class Running:
    """The list, for `processes` processes that are forked after this was made."""

    def __init__(self, processes: int) -> None:
        self._places = Places(processes, numbers=4, room=_RECORD.size)

    def enter(
        self, request_id: str, person: str, script: str, left: Callable[[], bool] | None = None
    ) -> AbstractContextManager[Ticket]:
        """Be on the list for the time inside. `left` tells whether whoever asked has gone.

        Raises:
            AlreadyRunning: when a run with this id goes on. Nothing was executed.
        """
        return _Listed(self, request_id, person, script, left)

    def begin(self, request_id: str, person: str, script: str) -> memoryview:
        """Write a run down in the place of this process; gives its numbers. Raises AlreadyRunning."""
        at = self._places.own()
        if at is None:  # more processes than were foreseen: this one runs, but nobody sees it
            return _unlisted()
        numbers, number, name = self._places.numbers[at], time.monotonic_ns(), _name(request_id)
        self._places.write(at, _record(number, name, person, script))
        numbers[_ROWS] = numbers[_STOP] = 0
        numbers[_MARK] = crc32(name)
        numbers[_NUMBER] = number
        try:
            self._refuse_twin(at, name)
        except BaseException:
            numbers[_NUMBER] = 0
            raise
        return numbers

    def list(self, person: str) -> list[Going]:
        """The runs of `person`, the oldest first."""
        found = [run for run in self._all() if self.is_of(run, person)]
        return sorted(found, key=lambda run: run.started)

    def of_process(self, process: int) -> Going | None:
        """The run that goes on in this process, whoever asked for it."""
        return next((run for run in self._all() if run.process == process), None)

    def is_of(self, run: Going, person: str) -> bool:
        """Whether `run` is one of `person`."""
        return run.person == _shown(person)

    def count(self) -> int:
        """How many runs there are."""
        taken = [at for at, numbers in enumerate(self._places.numbers) if numbers[_NUMBER]]
        return sum(map(self._places.alive, taken))

    def cancel(self, request_id: str, person: str) -> bool:
        """Ask this run of `person` to stop; False when there is none."""
        name = _name(request_id)
        for at in self._called(name):
            numbers = self._places.numbers[at]
            number, run = numbers[_NUMBER], self._read(at)
            if (
                run
                and (run.request_id, run.person) == (_text(name), _shown(person))
                and self._places.alive(at)
            ):
                numbers[_STOP] = number
                return numbers[_NUMBER] == number
        return False

    def _all(self) -> Iterator[Going]:
        taken = [at for at, numbers in enumerate(self._places.numbers) if numbers[_NUMBER]]
        return (run for at in taken if (run := self._read(at)) and self._places.alive(at))

    def _called(self, name: bytes) -> list[int]:
        """The places in which a run with this id seems to go on."""
        mark = crc32(name)
        return [at for at, n in enumerate(self._places.numbers) if n[_MARK] == mark and n[_NUMBER]]

    def _read(self, at: int) -> Going | None:
        """The run in this place; None when it is over, or another is just coming in."""
        numbers, record = self._places.numbers[at], self._places.read(at)
        if record is None:
            return None
        name, person, number, moment, process, words = _RECORD.unpack(record)
        if number != numbers[_NUMBER]:
            return None
        return Going(
            request_id=_text(name),
            person=_text(person),
            process=process,
            started=datetime.fromtimestamp(moment, UTC),
            seconds=(time.monotonic_ns() - number) / 1e9,
            rows=numbers[_ROWS],
            first_words=on_one_line(_text(words), _WORDS),
        )

    def _refuse_twin(self, mine: int, name: bytes) -> None:
        """It was written first and is looked for now: of two at the same moment, one sees the other."""
        for at in self._called(name):
            run = self._read(at) if name and at != mine else None
            if run and run.request_id == _text(name) and self._places.alive(at):
                raise AlreadyRunning(
                    f"a run with the id {run.request_id} is going on",
                    hint="Nothing was executed. Give each request an id of its own.",
                )


class _Listed:
    """A run on the list for the time inside."""

    __slots__ = ("_left", "_numbers", "_running", "_what")

    def __init__(self, running: Running, *what: Any) -> None:
        self._running, (*self._what, self._left) = running, what

    def __enter__(self) -> Ticket:
        self._numbers = self._running.begin(*self._what)
        return Ticket(self._numbers, self._left)

    def __exit__(self, *_: object) -> None:
        self._numbers[_NUMBER] = 0


def _record(number: int, name: bytes, person: str, script: str) -> bytes:
    words = script[:_WORDS].encode(errors="replace")
    return _RECORD.pack(name, _name(person), number, time.time(), os.getpid(), words)


def _unlisted() -> memoryview:
    numbers = memoryview(bytearray(32)).cast("Q")
    numbers[_NUMBER] = 1
    return numbers


def _name(text: str) -> bytes:
    name = text.encode(errors="replace")
    return name if len(name) <= _LONGEST else blake2b(name).hexdigest()[:_LONGEST].encode()


def _shown(text: str) -> str:
    return _text(_name(text))


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode(errors="ignore")

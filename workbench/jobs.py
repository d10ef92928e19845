"""What a caller wants run, and how: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from msgspec import Struct

from workbench.parameters import Given, values_of
from workbench.results import Result, Value

Values = Sequence[Value] | Mapping[str, Value] | None
"""What is bound to a statement's parameters: by place, by name (see `Statement`), or nothing."""


@dataclass(frozen=True, slots=True)
class Expect:
    """What a statement must do for its transaction to go on; None does not matter."""

    affected: int | None = None
    min_affected: int | None = None
    max_affected: int | None = None
    rows: int | None = None
    min_rows: int | None = None
    max_rows: int | None = None

    def broken_by(self, result: Result) -> str | None:
        """In words how `result` is not what was expected; None when it is."""
        affected, rows = result.rows_affected or 0, result.row_count
        checks = (
            (affected, "rows were affected", self.affected, self.min_affected, self.max_affected),
            (rows, "rows came back", self.rows, self.min_rows, self.max_rows),
        )
        for found, what, exactly, least, most in checks:
            if exactly is not None and found != exactly:
                return f"{found} {what}, and {exactly} were expected"
            if least is not None and found < least:
                return f"{found} {what}, and at least {least} were expected"
            if most is not None and found > most:
                return f"{found} {what}, and at most {most} were allowed"
        return None


class Ask(Struct, frozen=True):
    """A text of SQL with the values for its parameters.

    `single`: it must hold exactly one statement, and no BEGIN or COMMIT. `many`: it is run once
    for each of these.
    """

    sql: str
    values: Values = None
    many: tuple[Values, ...] | None = None
    single: bool = False
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a retry harmless: the same key from the same `scope` runs once.

    `fingerprint` tells whether it is the same request; see
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
    """

    scope: str
    text: str
    fingerprint: str


class Attached(NamedTuple):
    """Another database that a job may read, under the name by which its SQL knows it."""

    name: str
    path: Path


class Job(Struct, frozen=True):
    """Texts to run in order.

    `transaction`: ``auto`` is one transaction, which writes if a statement does, ``immediate``
    one that may write from its start, ``deferred`` a snapshot for reading, ``none`` a transaction
    for each statement. `dry_run`: everything is rolled back at the end. `time_limit` is in
    seconds, `give_up` a moment of `time.monotonic` after which it waits for nothing any more;
    None is the server's own. `key`: run it once, however often it is asked for. `given`: what a
    person typed for its parameters, to be remembered with it. `record`: what it changes is recorded,
    to be shown (of a dry run) or to be taken back. `attach`: other databases that it reads.
    """

    asks: tuple[Ask, ...]
    transaction: str = "auto"
    dry_run: bool = False
    time_limit: float | None = None
    key: Key | None = None
    give_up: float | None = None
    given: tuple[Given, ...] = ()
    record: bool = False
    attach: tuple[Attached, ...] = ()

    @classmethod
    def of(cls, script: str, values: Values = None, *, key: Key | None = None, record: bool = False) -> Job:
        """A script as people type it: any number of statements, in one transaction."""
        return cls((Ask(script, values),), key=key, record=record)

    @classmethod
    def typed(cls, script: str, given: tuple[Given, ...], *, single: bool = False) -> Job:
        """A script with what was typed for its parameters. Raises BadRequest for what is no value."""
        return cls((Ask(script, values_of(given), single=single),), given=given)

    @property
    def patience(self) -> float:
        """How many seconds it would still wait for a slot, a turn or a lock."""
        return inf if self.give_up is None else max(0.0, self.give_up - monotonic())

    @property
    def script(self) -> str:
        """All of its texts, for the history."""
        return (
            ";\n".join(ask.sql.rstrip().rstrip(";") for ask in self.asks)
            if len(self.asks) > 1
            else self.asks[0].sql
        )

"""An attempt to explain a failure: in bounded time, without any effect, and never an error of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.failure import Clock, Failure, Unexplained
from workbench.engines.sqlite.explaining.references import FAILED, explain_commit, explain_reference
from workbench.engines.sqlite.explaining.unique import explain_unique
from workbench.engines.sqlite.explaining.values import explain_check, explain_missing, explain_type
from workbench.explanations import Explanation
from workbench.jobs import Ask

log = logging.getLogger("workbench")

SECONDS = 1.0
"""How long explaining may take, and how long a statement may have taken to be tried again."""

_SUBJECTS: dict[str, Callable[[Failure], Explanation]] = {
    "UNIQUE constraint failed: ": explain_unique,
    "NOT NULL constraint failed: ": explain_missing,
    "CHECK constraint failed: ": explain_check,
    "cannot store ": explain_type,
    FAILED: explain_reference,
}


class explaining:
    """Around one statement, `ask`: when a constraint stops it, the error gets its `explanation`.

    Not when SQLite has rolled back the transaction already, nor when a part of the statement stays
    (https://sqlite.org/lang_conflict.html, ROLLBACK and FAIL): doing it again would tell another story.
    """

    __slots__ = ("_ask", "_before", "_began", "_link")

    def __init__(self, link: Link, ask: Ask) -> None:
        self._link, self._ask = link, ask

    def __enter__(self) -> None:
        self._before, self._began = self._link.connection.total_changes(), monotonic()

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, apsw.ConstraintError) and self._nothing_stays():
            error.explanation = _explained(self._link, self._ask, error)

    def _nothing_stays(self) -> bool:
        connection = self._link.connection
        # What triggers had changed counts in the total even when all of it was taken back.
        changed = connection.total_changes() != self._before and connection.changes() != 0
        taken_back = not (changed and self._link.authorizer.changes_rows)
        return connection.in_transaction and taken_back and monotonic() - self._began < SECONDS


@contextmanager
def explaining_commit(link: Link) -> Iterator[None]:
    """Around a COMMIT: a deferred foreign key that stops it is explained in the same way."""
    try:
        yield
    except apsw.ConstraintError as error:
        if link.connection.in_transaction and str(error) == FAILED:
            clock = Clock(SECONDS)
            error.explanation = _tried(link, clock, partial(explain_commit, link, clock))
        raise


def _explained(link: Link, ask: Ask, error: apsw.ConstraintError) -> Explanation | None:
    message = str(error)
    for beginning, explain in _SUBJECTS.items():
        if message.startswith(beginning):
            clock = Clock(SECONDS)
            failure = Failure(link, ask, message.removeprefix(beginning), error, clock)
            return _tried(link, clock, partial(explain, failure))
    return None


def _tried(link: Link, clock: Clock, explain: Callable[[], Explanation]) -> Explanation | None:
    """What `explain` finds out; None when it cannot, for the failure itself is told in any case."""
    try:
        with _no_effect(link), clock.limits(link):
            return explain()
    except (Unexplained, apsw.Error, UnicodeDecodeError):
        return None
    except Exception:
        log.exception("A failure could not be explained")
        return None


@contextmanager
def _no_effect(link: Link) -> Iterator[None]:
    try:
        with link.undone():
            yield
    finally:
        link.own("PRAGMA defer_foreign_keys = 0")

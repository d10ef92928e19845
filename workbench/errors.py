"""Everything that can go wrong, in one tree.

::

    WorkbenchError             what happened, in words for a person; `code` names it for a program
    ├── SettingsError          the workbench was started wrongly
    ├── StatementError         SQLite refused a statement: its code, and its place in the text
    │   └── ValueMissing       a statement has a parameter that no value was given for
    ├── Refused                the statement is not allowed here, whoever asks
    ├── WriteRefused           the statement writes where only reading is allowed
    ├── TimeLimitReached       the run took too long and was stopped
    ├── GuardFailed            a statement did not do what its caller expected of it
    ├── KeyConflict            an idempotency key is at work, or was used for something else
    ├── Held                   a person is to look first: it is risky, or not to be undone, or has moved
    ├── Unsupported            this cannot be done with that: a dry run of VACUUM
    ├── Cancelled              someone stopped the run, or nobody waited for it any more
    ├── AlreadyRunning         a run with the same id is going on
    ├── NotRunning             there is no such run to stop
    ├── Busy                   nothing was started: no free slot, or the database is locked
    ├── TooLarge               a text, a request or a result is over its limit
    ├── BadRequest             the request itself cannot be understood
    ├── DatabaseTrouble        the file is damaged, full, gone, or cannot be read
    │   └── NotDurable         it was committed, but the disk did not say that it has it
    └── StoreTrouble           the workbench's own file is; history is off, everything else goes on

Which HTTP status each has is one table, in `workbench.web.failures`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.explanations import Explanation


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a script: `offset` counts characters from 0, `line` and `column` from 1."""

    offset: int
    line: int
    column: int

    @classmethod
    def at(cls, script: str, offset: int) -> Position:
        """The position of character `offset` of `script`; past the end means the end."""
        before = script[:offset]
        return cls(len(before), before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


class WorkbenchError(Exception):
    """Base of all errors that are told to whoever asked.

    `message` says what happened; `hint`, if any, what to do next. `limit` is the one that was
    passed, if any, and `actual` what passed it. `statement` is the number of the text it happened
    in, from 0, once that is known. `explanation` is what could be found out of why it happened.
    """

    code = "ERROR"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        limit: float | None = None,
        actual: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.code
        self.limit = limit
        self.actual = actual
        self.statement: int | None = None
        self.explanation: Explanation | None = None


class SettingsError(WorkbenchError):
    """A setting or an argument at start is wrong; `message` is the one line to print."""

    code = "SETTINGS"


class StatementError(WorkbenchError):
    """SQLite refused a statement.

    `code` is the extended result code's name, such as ``SQLITE_CONSTRAINT_UNIQUE``, and `number`
    its number (https://sqlite.org/rescode.html). `position` is where in the script, when SQLite says;
    `missing` is what it did not find, as ``table`` or ``column`` and a name, and `suggestion` the
    nearest name there is.
    """

    code = "SQLITE_ERROR"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        position: Position | None = None,
        suggestion: str | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.position = position
        self.suggestion = suggestion
        self.missing: tuple[str, str] | None = None
        self.number: int | None = None


class ValueMissing(StatementError):
    """No value was given for the parameters `names`, so nothing stays of the run."""

    code = "PARAM_COUNT"
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: tuple[str, ...]) -> ValueMissing:
        """The error for `names`, of which there is at least one; it tells of the first."""
        name = names[0] if names[0].startswith("?") else repr(names[0])
        error = cls(f"no value was given for parameter {name}")
        error.names = names
        return error


class Refused(WorkbenchError):
    """The statement does something no one may do here, such as ATTACH."""

    code = "SQLITE_AUTH"


class WriteRefused(WorkbenchError):
    """The statement would write, and the database or the request is for reading only."""

    code = "READ_ONLY"


class TimeLimitReached(WorkbenchError):
    """The run was stopped at its time limit; whatever it had written was rolled back."""

    code = "QUERY_TIMEOUT"


class GuardFailed(WorkbenchError):
    """A statement did not do what its caller expected; everything was rolled back."""

    code = "GUARD_FAILED"


class Held(WorkbenchError):
    """Everything was rolled back, because a person is to look at it before it is done.

    `code` says why: ``RISKY``, ``IRREVERSIBLE``, ``MOVED`` (what would change is not what was shown),
    ``PREVIEW`` (the person wants to see everything first) or ``CONFLICTS`` (of taking a run back).
    """

    code = "RISKY"


def moved() -> Held:
    """What would change is not what a person was shown and wants."""
    return Held(
        "What would change is no longer what was shown.", code="MOVED", hint="Nothing was changed yet."
    )


class KeyConflict(WorkbenchError):
    """An idempotency key whose first request is still running, or that came with another request."""

    code = "IDEMPOTENCY_IN_PROGRESS"


class Unsupported(WorkbenchError):
    """What was asked cannot be done with this statement."""

    code = "UNSUPPORTED_ON_ENGINE"


class Cancelled(WorkbenchError):
    """The run was stopped on request; whatever it had written was rolled back."""

    code = "CANCELLED"


class AlreadyRunning(WorkbenchError):
    """Nothing was executed: a run with the same request id is going on."""

    code = "REQUEST_ID_IN_USE"


class NotRunning(WorkbenchError):
    """The run that is to be stopped is unknown, is over, or is somebody else's."""

    code = "NOT_RUNNING"


class Busy(WorkbenchError):
    """Nothing was executed: there was no free slot, or the write lock was not to be had."""

    code = "OVERLOADED"


class TooLarge(WorkbenchError):
    """A statement, a request or a result is larger than its limit."""

    code = "TOO_LARGE"


class BadRequest(WorkbenchError):
    """The request cannot be understood: a missing field, bytes that are not UTF-8."""

    code = "BAD_REQUEST"


class RowsGone(WorkbenchError):
    """The rows of a result are not kept any more, or never were."""

    code = "ROWS_GONE"


class DatabaseTrouble(WorkbenchError):
    """The database file is damaged, full, missing, replaced, or cannot be read."""

    code = "SQLITE_IOERR"


class NotDurable(DatabaseTrouble):
    """It was committed, and may be lost if the machine fails: the disk did not say that it has it."""

    code = "SQLITE_IOERR_FSYNC"


class StoreTrouble(WorkbenchError):
    """The workbench's own file cannot be used; `message` says why."""

    code = "STORE"

"""SQLite's errors become ours, here and only here; the cause is kept."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager

import apsw

from workbench.engines.base import Statement
from workbench.engines.sqlite.authorizer import Authorizer, Verdict
from workbench.engines.sqlite.connections import HEAP_LIMIT, SQL_LENGTH, VALUE_LENGTH
from workbench.errors import (
    Busy,
    DatabaseTrouble,
    Position,
    Refused,
    StatementError,
    TimeLimitReached,
    TooLarge,
    WorkbenchError,
    WriteRefused,
)

_FAMILIES: tuple[tuple[tuple[type[apsw.Error], ...], type[WorkbenchError]], ...] = (
    ((apsw.AuthError,), Refused),
    ((apsw.InterruptError,), TimeLimitReached),
    ((apsw.BusyError, apsw.LockedError), Busy),
    ((apsw.NoMemError, apsw.TooBigError), TooLarge),
    ((apsw.CorruptError, apsw.NotADBError, apsw.IOError, apsw.CantOpenError), DatabaseTrouble),
    ((apsw.FullError, apsw.ReadOnlyError, apsw.ProtocolError), DatabaseTrouble),
)

_MISSING_NAME = re.compile(
    r"(?:no such [a-z ]+: (?:(?:main|temp)\.)?|table .+ has no column named )(.+)", re.I | re.S
)

_MISSING = re.compile(r"(?:no such (table|column): (?:\w+\.)*|table .+ has no column named )(.+)", re.S)

_ADVICE = {
    "SQLITE_FULL": "Free some space on the disk and try again; nothing was changed.",
    "SQLITE_READONLY": "The file, or the folder it is in, cannot be written by the account that serves it.",
    "SQLITE_BUSY": "Try again in a moment.",
    "SQLITE_LOCKED": "Try again in a moment.",
    "SQLITE_NOMEM": "The statement needs more memory than one may take here: ask for less at once.",
    "SQLITE_TOOBIG": "A value or the statement is longer than is allowed here.",
}


def code_of(error: apsw.Error) -> str:
    """The name of the extended result code, such as ``SQLITE_CONSTRAINT_UNIQUE``."""
    names = apsw.mapping_extended_result_codes, apsw.mapping_result_codes
    extended, primary = getattr(error, "extendedresult", None), getattr(error, "result", None)
    return names[0].get(extended) or names[1].get(extended) or names[1].get(primary) or "SQLITE_ERROR"


def translated(
    authorizer: Authorizer | None = None, script: str = "", statement: Statement | None = None
) -> AbstractContextManager[None]:
    """Raise what SQLite raises inside as one of `workbench.errors`.

    `statement` of `script` is the one at work, for the place of an error; `authorizer` tells
    whether and why it was refused.
    """
    return _Translating(authorizer, script, statement)


class _Translating:
    """See `translated`. A class, as are all that each run passes: a generator would take twice the time."""

    __slots__ = ("_authorizer", "_script", "_statement")

    def __init__(self, authorizer: Authorizer | None, script: str, statement: Statement | None) -> None:
        self._authorizer, self._script, self._statement = authorizer, script, statement

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            return
        if isinstance(error, WorkbenchError):
            self._number(error)
        elif (ours := self._ours(error)) is not None:
            raise ours from error

    def _number(self, error: WorkbenchError) -> None:
        if self._statement is not None and error.statement is None:
            error.statement = self._statement.number

    def _ours(self, error: BaseException) -> WorkbenchError | None:
        """What it is called here; None where it is nothing of SQLite's."""
        if isinstance(error, apsw.Error):
            ours = _ours(error, self._authorizer, self._script, self._statement)
            ours.statement = self._statement.number if self._statement is not None else None
            return ours
        if isinstance(error, MemoryError):
            return TooLarge(
                "the result needs more memory than is allowed",
                code="SQLITE_NOMEM",
                hint=_ADVICE["SQLITE_NOMEM"],
                limit=HEAP_LIMIT,
            )
        if isinstance(error, UnicodeDecodeError):
            return StatementError(
                "a name or a value here is not valid UTF-8, and this statement cannot show it",
                hint="Select it with CAST(… AS BLOB) to see its bytes.",
            )
        return None


def _ours(
    error: apsw.Error, authorizer: Authorizer | None, script: str, statement: Statement | None
) -> WorkbenchError:
    if authorizer is not None and authorizer.verdict:
        return _refusal(authorizer.verdict, authorizer.refusal)
    message, code = str(error), code_of(error)
    hint = _ADVICE.get(code) or _ADVICE.get("_".join(code.split("_")[:2]))
    if isinstance(error, apsw.BindingsError):
        return StatementError("this statement has parameters, and no values were given", code="PARAM_COUNT")
    for kinds, make in _FAMILIES:
        if isinstance(error, kinds):
            limit, actual = _passed(error, script)
            return make(message, code=code, hint=hint, limit=limit, actual=actual)
    place = _place(error, message, script, statement)
    ours = StatementError(message, code=code, hint=hint, position=place)
    ours.number = error.extendedresult
    ours.explanation = getattr(error, "explanation", None)
    missing = _MISSING.match(message)
    ours.missing = (missing[1] or "column", missing[2]) if missing else None
    return ours


def _passed(error: apsw.Error, script: str) -> tuple[int | None, int | None]:
    """The limit that was passed, and by what, where that can be told."""
    if isinstance(error, apsw.NoMemError):
        return HEAP_LIMIT, None
    if not isinstance(error, apsw.TooBigError):
        return None, None
    size = len(script.encode(errors="replace"))
    return (SQL_LENGTH, size) if size > SQL_LENGTH else (VALUE_LENGTH, None)


def _refusal(verdict: Verdict, what: str) -> WorkbenchError:
    if verdict is Verdict.WRITES:
        return WriteRefused(f"{what} would write, and only reading is allowed here")
    return Refused(f"{what} is not allowed in the workbench", hint="It reaches beyond this database.")


def _place(error: apsw.Error, message: str, script: str, statement: Statement | None) -> Position | None:
    """Where in the script the error is: from SQLite's byte offset, else from the name it misses.

    `sqlite3_error_offset` (https://sqlite.org/c3ref/errcode.html) is -1 for a missing table, and for
    a missing column of what INSERT and UPDATE set. The name then stands in the statement; when it
    stands there once, that is the place.
    """
    if statement is None:
        return None
    offset = getattr(error, "error_offset", -1)
    if offset >= 0:
        before = script[statement.offset :].encode()[:offset].decode(errors="ignore")
        return Position.at(script, statement.offset + len(before))
    missing = _MISSING_NAME.match(message)
    found = _standing(missing[1], statement.text) if missing else []
    return Position.at(script, statement.offset + found[0]) if len(found) == 1 else None


def _standing(name: str, text: str) -> list[int]:
    """Where `name` stands in `text`, as it is or with its quotation marks doubled."""
    written = {re.escape(name.replace(mark, mark * times)) for mark in '"`' for times in (1, 2)}
    whole = rf"(?<!\w)(?:{'|'.join(written)})(?!\w)"
    return [found.start() for found in re.finditer(whole, text, re.I)]

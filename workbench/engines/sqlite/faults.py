"""SQLite's errors become ours, here and only here; the cause is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from workbench.engines.base import Statement
from workbench.engines.sqlite.authorizer import Authorizer, Verdict
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

_TROUBLE = (
    apsw.CorruptError, apsw.NotADBError, apsw.IOError, apsw.CantOpenError, apsw.FullError, apsw.ReadOnlyError,
    apsw.ProtocolError,
)  # fmt: skip

_MISSING_NAME = re.compile(r"no such (?:table|column|function|index|view|trigger): (?:\w+\.)*(\S+)")

_ADVICE = {
    "SQLITE_FULL": "Free some space on the disk and try again; nothing was changed.",
    "SQLITE_READONLY": "The file, or the folder it is in, cannot be written by the account that serves it.",
    "SQLITE_NOMEM": "The statement needs more memory than one may take here: ask for less at once, or add a LIMIT.",
    "SQLITE_TOOBIG": "A value or the statement is longer than is allowed here.",
}


def code_of(error: apsw.Error) -> str:
    """The name of the extended result code, such as ``SQLITE_CONSTRAINT_UNIQUE``."""
    names = apsw.mapping_extended_result_codes, apsw.mapping_result_codes
    extended, primary = getattr(error, "extendedresult", None), getattr(error, "result", None)
    return names[0].get(extended) or names[1].get(extended) or names[1].get(primary) or "SQLITE_ERROR"


@contextmanager
def translated(
    authorizer: Authorizer | None = None, script: str = "", statement: Statement | None = None
) -> Iterator[None]:
    """Raise what SQLite raises inside as one of `workbench.errors`.

    `statement` of `script` is the one at work, for the place of an error; `authorizer` tells
    whether and why it was refused.
    """
    try:
        yield
    except apsw.Error as error:
        raise _ours(error, authorizer, script, statement) from error
    except UnicodeDecodeError as error:
        raise StatementError(
            "a name or a value here is not valid UTF-8, and this statement cannot show it",
            hint="Select it with CAST(… AS BLOB) to see its bytes.",
        ) from error


def _ours(
    error: apsw.Error, authorizer: Authorizer | None, script: str, statement: Statement | None
) -> WorkbenchError:
    message, code = str(error), code_of(error)
    hint = _ADVICE.get(code) or _ADVICE.get("_".join(code.split("_")[:2]))
    if authorizer is not None and authorizer.verdict is Verdict.WRITES:
        return WriteRefused(f"{authorizer.refusal} would write, and only reading is allowed here")
    if isinstance(error, apsw.AuthError) or (authorizer is not None and authorizer.verdict):
        what = authorizer.refusal if authorizer else ""
        return Refused(
            f"{what or message} is not allowed in the workbench", hint="It reaches beyond this database."
        )
    if isinstance(error, apsw.InterruptError):
        return TimeLimitReached("the run took longer than is allowed and was stopped")
    if isinstance(error, (apsw.BusyError, apsw.LockedError)):
        return Busy(
            "the database is locked by another program", code="SQLITE_BUSY", hint="Try again in a moment."
        )
    if isinstance(error, (apsw.NoMemError, apsw.TooBigError)):
        return TooLarge(message, code=code, hint=hint)
    if isinstance(error, _TROUBLE):
        return DatabaseTrouble(message, code=code, hint=hint)
    return StatementError(message, code=code, hint=hint, position=_place(error, message, script, statement))


def _place(error: apsw.Error, message: str, script: str, statement: Statement | None) -> Position | None:
    """Where in the script the error is: from SQLite's byte offset, else from the name it misses.

    `sqlite3_error_offset` (https://sqlite.org/c3ref/errcode.html) is -1 for a missing table.
    Its name then stands in the statement; when it stands there once, that is the place.
    """
    if statement is None:
        return None
    offset = getattr(error, "error_offset", -1)
    if offset >= 0:
        before = script[statement.offset :].encode()[:offset].decode(errors="ignore")
        return Position.at(script, statement.offset + len(before))
    missing = _MISSING_NAME.match(message)
    if missing is None:
        return None
    found = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(missing[1])}(?!\w)", statement.text, re.I)]
    return Position.at(script, statement.offset + found[0]) if len(found) == 1 else None

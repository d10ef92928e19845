"""What an error is over HTTP: its status and its words, for page, fragment and JSON alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from werkzeug.exceptions import HTTPException

from workbench import errors
from workbench.errors import Position, StatementError, WorkbenchError


class Excerpt(NamedTuple):
    """The line of a script where an error is: its number, and its text around the marked place."""

    line_number: int
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error ready to be shown. `status` is for HTTP, `title` names the kind of problem."""

    status: int
    title: str
    message: str
    hint: str | None = None
    code: str = "ERROR"
    position: Position | None = None
    suggestion: str | None = None
    excerpt: Excerpt | None = None

    @property
    def calm(self) -> bool:
        """Whether it is what somebody asked for, and nothing went wrong."""
        return self.code in ("CANCELLED", "CLIENT_LEFT")


# By code where a code is known, else by class: status and title.
_BY_CODE = {
    "SQLITE_CONSTRAINT_UNIQUE": (409, "A value is there already"),
    "SQLITE_CONSTRAINT_PRIMARYKEY": (409, "A key is there already"),
    "SQLITE_CONSTRAINT_ROWID": (409, "A key is there already"),
    "SQLITE_CONSTRAINT_FOREIGNKEY": (409, "A row that is referred to is missing"),
    "SQLITE_CONSTRAINT_NOTNULL": (422, "A value is missing"),
    "SQLITE_CONSTRAINT_CHECK": (422, "A value is not allowed by the table"),
    "SQLITE_CONSTRAINT_DATATYPE": (422, "A value has the wrong type"),
    "SQLITE_FULL": (507, "The disk is full"),
    "SQLITE_BUSY": (503, "The database is busy"),
    "DATABASE_MOVED": (503, "The database file has changed places"),
    "UNKNOWN_HOST": (400, "Unknown host"),
    "PASSWORD_REQUIRED": (401, "Who is there?"),
    "CROSS_SITE": (403, "Another site asked for this"),
    "CANCELLED": (409, "Stopped by you"),
    "CLIENT_LEFT": (499, "Stopped, as nobody waited for it"),
    "FORM_EXPIRED": (400, "This page has been open for too long"),
}

_BY_CLASS: dict[type[WorkbenchError], tuple[int, str]] = {
    errors.StatementError: (400, "SQLite cannot run this"),
    errors.Refused: (403, "Not allowed"),
    errors.WriteRefused: (403, "Reading only"),
    errors.TimeLimitReached: (504, "Stopped"),
    errors.Cancelled: (409, "Stopped"),
    errors.AlreadyRunning: (409, "Running already"),
    errors.NotRunning: (404, "No such run"),
    errors.Busy: (503, "Busy"),
    errors.TooLarge: (413, "Too large"),
    errors.BadRequest: (400, "This request cannot be understood"),
    errors.DatabaseTrouble: (500, "The database cannot be used"),
    errors.StoreTrouble: (503, "The history cannot be used"),
    errors.WorkbenchError: (500, "Something went wrong"),
}

_HTTP_WORDS = {
    404: ("Nothing here", "There is no page at this address."),
    405: ("Not this way", "This address does not take that kind of request."),
    413: ("Too large", "The request is larger than the 4 MB that are taken."),
    414: ("Too long", "The address is too long: send the query by POST."),
    500: ("Something went wrong", "The workbench has met an error of its own; it is written to its log."),
}


def problem_of(error: WorkbenchError, script: str = "") -> Problem:
    """What to tell of `error`; `script` is the text it happened in."""
    status, title = _BY_CODE.get(error.code) or _by_class(error)
    position = error.position if isinstance(error, StatementError) else None
    return Problem(
        status,
        title,
        error.message,
        error.hint,
        error.code,
        position,
        getattr(error, "suggestion", None),
        _excerpt(script, position) if position else None,
    )


def problem_of_http(error: HTTPException) -> Problem:
    """What to tell of an error that HTTP itself has a number for."""
    status = error.code or 500
    title, message = _HTTP_WORDS.get(status, (error.name, error.description or error.name))
    return Problem(status, title, message, code=f"HTTP_{status}")


def _by_class(error: WorkbenchError) -> tuple[int, str]:
    return next(_BY_CLASS[cls] for cls in type(error).__mro__ if cls in _BY_CLASS)


def _excerpt(script: str, position: Position) -> Excerpt:
    """The line with its place: the word that begins there is marked, or one character, or the end."""
    begin = script.rfind("\n", 0, position.offset) + 1
    end = script.find("\n", position.offset)
    line = script[begin : end if end >= 0 else len(script)]
    at = position.offset - begin
    stop = at
    while stop < len(line) and (line[stop].isalnum() or line[stop] == "_"):
        stop += 1
    stop = max(stop, min(at + 1, len(line)))
    shown, kept = max(0, at - 60), stop + 60
    before = ("…" if shown else "") + line[shown:at]
    after = line[stop:kept] + ("…" if kept < len(line) else "")
    return Excerpt(position.line, before, line[at:stop], after)

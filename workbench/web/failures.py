"""What an error is over HTTP: its status and its words, for page, fragment and JSON alike."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.exceptions import HTTPException

from workbench import errors
from workbench.errors import Position, StatementError, WorkbenchError
from workbench.explanations import Explanation
from workbench.web.excerpts import Excerpt, excerpt


@dataclass(frozen=True, slots=True)
class Problem:
    """An error ready to be shown. `status` is for HTTP, `title` names the kind of problem.

    `number` is SQLite's own of the error, `statement` which text of a batch it is in, from 0.
    `limit` is the one that was passed, and `actual` by what. `explanation`: why it happened.
    """

    status: int
    title: str
    message: str
    hint: str | None = None
    code: str = "ERROR"
    position: Position | None = None
    suggestion: str | None = None
    excerpt: Excerpt | None = None
    number: int | None = None
    statement: int | None = None
    limit: float | None = None
    actual: float | None = None
    explanation: Explanation | None = None

    @property
    def held(self) -> bool:
        """Whether everything waits for a person to look at it."""
        return self.code in ("RISKY", "IRREVERSIBLE", "MOVED", "PREVIEW", "CONFLICTS")

    @property
    def calm(self) -> bool:
        """Whether it is what somebody asked for, and nothing went wrong."""
        return self.code in ("CANCELLED", "CLIENT_LEFT", "VALUE_MISSING", "LINK_ENDED")

    @property
    def about_values(self) -> bool:
        """Whether the field of a parameter is where to put it right."""
        return self.code in ("VALUE_MISSING", "NOT_HEXADECIMAL")


# By code where a code is known, else by class: status and title.
_BY_CODE = {
    "SQLITE_CONSTRAINT_UNIQUE": (409, "A value is there already"),
    "SQLITE_CONSTRAINT_PRIMARYKEY": (409, "A key is there already"),
    "SQLITE_CONSTRAINT_ROWID": (409, "A key is there already"),
    "SQLITE_CONSTRAINT_FOREIGNKEY": (409, "A reference would lead nowhere"),
    "SQLITE_CONSTRAINT_NOTNULL": (422, "A value is missing"),
    "SQLITE_CONSTRAINT_CHECK": (422, "A value is not allowed by the table"),
    "SQLITE_CONSTRAINT_DATATYPE": (422, "A value has the wrong type"),
    "SQLITE_CONSTRAINT_TRIGGER": (422, "A rule of the database does not allow this"),
    "SQLITE_FULL": (507, "The disk is full"),
    "SQLITE_BUSY": (503, "The database is busy"),
    "DATABASE_MOVED": (503, "The database file has changed places"),
    "NO_SUCH_DATABASE": (404, "No such database"),
    "TOO_MANY_ATTACHED": (400, "Too many databases"),
    "NOT_ATTACHED": (503, "A database cannot be attached"),
    "NO_DATABASE": (503, "The database cannot be used"),
    "EMPTY": (400, "Nothing to run"),
    "PARAM_COUNT": (400, "Wrong parameters"),
    "NAME_MISSING": (422, "A name is missing"),
    "NAME_ODD": (422, "Not a name for a file"),
    "NAME_TAKEN": (422, "This name is taken"),
    "NAME_TOO_LONG": (422, "Too long"),
    "TEXT_TOO_LONG": (413, "Too long to be kept"),
    "TOO_MANY_TABS": (422, "Too many tabs"),
    "LINK_UNKNOWN": (404, "No such link"),
    "LINK_ENDED": (410, "This link has ended"),
    "TOO_MANY_LINKS": (422, "No room for another link"),
    "NOTHING_TO_SHARE": (422, "Nothing to share"),
    "NOT_WHOLE": (422, "Only a part is kept"),
    "TOO_MUCH_TO_SHARE": (422, "Too large to share"),
    "NOTHING_TO_COMPARE": (404, "Nothing to compare"),
    "NOT_HEXADECIMAL": (422, "Not hexadecimal"),
    "MULTIPLE_STATEMENTS": (400, "More than one statement"),
    "METHOD_READ_ONLY": (405, "This method only reads"),
    "NOT_ACCEPTABLE": (406, "No such format"),
    "UNSUPPORTED_MEDIA": (415, "No such kind of body"),
    "TRANSACTION_OPEN": (400, "A transaction without its end"),
    "VALUE_MISSING": (400, "A value is missing"),
    "NOT_TOGETHER": (400, "These do not go together"),
    "NEXT_UNKNOWN": (400, "No such page"),
    "NO_RESULT_SET": (400, "No rows to write"),
    "BODY_TOO_LARGE": (413, "Too large"),
    "RESULT_TOO_LARGE": (413, "Too large"),
    "NO_ROOM": (507, "There is no room for this file"),
    "NOT_FOR_XLSX": (413, "Too much for a workbook"),
    "UNSUPPORTED_CODING": (415, "No such coding of a body"),
    "BODY_TOO_DEEP": (400, "Nested too deep"),
    "DRY_RUN_UNSUPPORTED": (422, "Cannot be tried"),
    "IDEMPOTENCY_MISMATCH": (422, "This key was used before"),
    "ADDRESS_TOO_LONG": (414, "Too long"),
    "LENGTH_REQUIRED": (411, "A length is missing"),
    "UNKNOWN_HOST": (400, "Unknown host"),
    "PASSWORD_REQUIRED": (401, "Who is there?"),
    "CROSS_SITE": (403, "Another site asked for this"),
    "CANCELLED": (409, "Stopped by you"),
    "CLIENT_LEFT": (499, "Stopped, as nobody waited for it"),
    "RISKY": (409, "Look before it happens"),
    "IRREVERSIBLE": (409, "This cannot be undone"),
    "MOVED": (409, "Something has moved in between"),
    "PREVIEW": (409, "What would change"),
    "CONFLICTS": (409, "Changed since"),
    "NO_SUCH_ROW": (404, "This row is not there"),
    "NOTHING_TO_UNDO": (404, "Nothing to undo"),
    "EMPTY_FILE": (422, "Nothing to import"),
    "NO_FILE": (422, "Nothing to import"),
    "NO_ROWS": (422, "This holds no rows"),
    "NOT_JSON": (422, "This is no JSON"),
    "BROKEN_WORKBOOK": (422, "This workbook cannot be read"),
    "BROKEN_DATABASE": (422, "This database cannot be read"),
    "INFLATES": (413, "This workbook is too large"),
    "TOO_MANY_REJECTS": (422, "Too many lines were rejected"),
    "NO_COLUMNS": (422, "A column is missing"),
    "NO_COLUMN": (422, "A column is missing"),
    "NO_TABLE": (422, "There is no such table"),
    "DESIGN": (422, "Not whole yet"),
    "NOTHING_CHOSEN": (422, "Nothing is chosen"),
    "NO_KEY": (422, "A key is missing"),
    "INTERRUPTED": (503, "Interrupted"),
    "FORM_EXPIRED": (400, "This page has been open for too long"),
}

_BY_CLASS: dict[type[WorkbenchError], tuple[int, str]] = {
    errors.StatementError: (400, "SQLite cannot run this"),
    errors.Refused: (403, "Not allowed"),
    errors.WriteRefused: (403, "Reading only"),
    errors.TimeLimitReached: (504, "Stopped"),
    errors.GuardFailed: (412, "Not as expected"),
    errors.Held: (409, "Look before it happens"),
    errors.KeyConflict: (409, "This key is at work"),
    errors.Unsupported: (501, "Not possible here"),
    errors.Cancelled: (409, "Stopped"),
    errors.AlreadyRunning: (409, "Running already"),
    errors.NotRunning: (404, "No such run"),
    errors.RowsGone: (410, "These rows are not kept any more"),
    errors.Busy: (503, "Busy"),
    errors.TooLarge: (413, "Too large"),
    errors.BadRequest: (400, "This request cannot be understood"),
    errors.DatabaseTrouble: (500, "The database cannot be used"),
    errors.StoreTrouble: (503, "The history cannot be used"),
    errors.WorkbenchError: (500, "Something went wrong"),
}

_BY_CLASS_CODE = {kind.code: told for kind, told in _BY_CLASS.items()}

_HTTP_WORDS = {
    404: ("Nothing here", "There is no page at this address."),
    405: ("Not this way", "This address does not take that kind of request."),
    413: ("Too large", "The request is larger than the 4 MB that are taken."),
    414: ("Too long", "The address is too long: send the query by POST."),
    500: ("Something went wrong", "The workbench has met an error of its own; it is written to its log."),
}


def codes() -> list[tuple[int, str, str]]:
    """Every code in the tables, as status, code, title. SQLite has more, which are told as they are."""
    found = _BY_CLASS_CODE | {f"HTTP_{status}": (status, title) for status, (title, _) in _HTTP_WORDS.items()}
    return sorted((status, code, title) for code, (status, title) in (found | _BY_CODE).items())


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
        excerpt(script, error) if position else None,
        getattr(error, "number", None),
        error.statement,
        error.limit,
        error.actual,
        error.explanation,
    )


def problem_of_http(error: HTTPException) -> Problem:
    """What to tell of an error that HTTP itself has a number for."""
    status = error.code or 500
    title, message = _HTTP_WORDS.get(status, (error.name, error.description or error.name))
    if status == 404 and error.description != type(error).description:
        message = error.description  # a view says what is not there
    return Problem(status, title, message, code=f"HTTP_{status}")


def _by_class(error: WorkbenchError) -> tuple[int, str]:
    """By its class; of one that was kept in a file only the code is left."""
    if type(error) is WorkbenchError and error.code in _BY_CLASS_CODE:
        return _BY_CLASS_CODE[error.code]
    return next(_BY_CLASS[cls] for cls in type(error).__mro__ if cls in _BY_CLASS)

"""What can be done for the health of a database file, what is to be known of it, and each in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from workbench.errors import BadRequest
from workbench.results import Run

_LARGEST = 2**31

_WHOLE = re.compile(r"-?[0-9]{1,10}\Z")


class Told(NamedTuple):
    """What came of a chore: in words, with `found` of it line by line; `good` when nothing is wrong."""

    good: bool
    words: str
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do: SQL, what it is for, and what it does that cannot be undone, if it does."""

    name: str
    title: str
    script: str
    purpose: str
    tell: Callable[[Run], Told]
    writes: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """How a database file is. Sizes are in bytes, `log` is that of what stands beside it, not yet in it."""

    page_size: int
    pages: int
    free_pages: int
    log: int
    encoding: str
    journal_mode: str
    auto_vacuum: int
    application_id: int
    user_version: int

    @property
    def size(self) -> int:
        """Of the file."""
        return self.pages * self.page_size

    @property
    def free(self) -> int:
        """Of that, what holds nothing."""
        return self.free_pages * self.page_size


class Trait(NamedTuple):
    """A property of a file or of how it is used: its PRAGMA, its value and what that means.

    `number`: it can be set to another.
    """

    name: str
    value: str
    meaning: str
    number: int | None = None


def traits(condition: Condition, *, read_only: bool) -> list[Trait]:
    """Those worth knowing (https://sqlite.org/pragma.html)."""
    mark, version = condition.application_id, condition.user_version
    return [
        Trait("application_id", f"{mark} (0x{mark % 2**32:08x})", _APPLICATION_ID, mark),
        Trait("user_version", str(version), _USER_VERSION, version),
        Trait("encoding", condition.encoding, "How texts are stored. Chosen when a database is made."),
        Trait("page_size", f"{condition.page_size:,} bytes", _PAGE_SIZE),
        Trait("journal_mode", condition.journal_mode, _JOURNALS.get(condition.journal_mode, _JOURNAL)),
        Trait("auto_vacuum", *_VACUUMS[condition.auto_vacuum]),
        Trait("foreign_keys", "on", _FOREIGN_KEYS),
        Trait("synchronous", *(("—", "Nothing is written here.") if read_only else _FULL)),
    ]


_APPLICATION_ID = "Of which program the file is; 0: it does not say."

_USER_VERSION = "A number for programs to count their versions of the schema by."

_PAGE_SIZE = "The piece in which the file is read and written. It stays as it is while the file has a log."

_FOREIGN_KEYS = "The workbench checks them at every write. Each program decides that for itself."

_JOURNAL = "How a commit is made whole."

_FULL = "FULL", "What the workbench has acknowledged is on the disk, and there after a power cut too."

_JOURNALS = {
    "wal": "Changes go to a log beside the file first, so that reading goes on while somebody writes.",
    "delete": "What was before is kept beside the file, so reading and writing wait for each other.",
}

_VACUUMS = (
    ("none", "Room that becomes free stays in the file and is used again. VACUUM gives it back."),
    ("full", "Room that becomes free is given back at every commit."),
    (
        "incremental",
        "Room that becomes free is given back when a program asks for it: PRAGMA incremental_vacuum.",
    ),
)


def chore_of(script: str) -> Chore | None:
    """The chore that is this SQL, None for any other."""
    return next((chore for chore in CHORES if chore.script == script), None) or _setting_of(script)


def find(name: str, value: str = "") -> Chore:
    """The chore of this name; for a trait that is to be set, the one that sets it to `value`.

    Raises BadRequest when there is none, or that is no number it may have.
    """
    found = next((chore for chore in CHORES if chore.name == name), None)
    if found:
        return found
    if name not in _SETTABLE:
        raise BadRequest("There is no such thing to do.")
    if not _WHOLE.match(value) or not -_LARGEST <= int(value) < _LARGEST:
        words = f"{name} is a whole number from {-_LARGEST:,} to {_LARGEST - 1:,}."
        raise BadRequest(words, hint="Nothing was changed.")
    return _setting(name, int(value))


_SETTABLE = ("application_id", "user_version")


def _setting(name: str, value: int) -> Chore:
    told = Told(True, f"{name} is {value}.")
    return Chore(name, name, f"PRAGMA {name} = {value}", "", lambda _run: told, writes=True)


def _setting_of(script: str) -> Chore | None:
    name, _, value = script.removeprefix("PRAGMA ").partition(" = ")
    return find(name, value) if name in _SETTABLE and value else None


def _rows(run: Run) -> list[tuple]:
    return list(run.results[-1].rows) if run.results else []


def _integrity(run: Run) -> Told:
    found = tuple(str(row[0]) for row in _rows(run))
    if found == ("ok",):
        return Told(True, "SQLite found nothing wrong.")
    return Told(False, "The file is damaged. Keep it as it is, and look for a copy of before.", found)


def _foreign_keys(run: Run) -> Told:
    rows = _rows(run)
    if not rows:
        return Told(True, "Every reference leads to a row that is there.")
    found = tuple(f"{table}, row {rowid}: no such row of {parent}" for table, rowid, parent, _ in rows)
    return Told(False, "These rows refer to others that are not there.", found)


def _optimize(_run: Run) -> Told:
    return Told(True, "Done: SQLite has looked at what it needed for its plans.")


def _analyze(_run: Run) -> Told:
    return Told(
        True, "Done: SQLite knows how many rows there are for each value of an index, and plans by it."
    )


def _vacuum(_run: Run) -> Told:
    return Told(
        True,
        "Done: the file holds its rows and nothing else. What is free on the disk shows after a checkpoint.",
    )


def _checkpoint(run: Run) -> Told:
    ((_busy, log, moved),) = _rows(run) or [(0, 0, 0)]
    if log == moved:
        return Told(True, "Done: everything in the log is in the file too.")
    words = f"{moved:,} of {log:,} pages are in the file; somebody still reads what was before the others."
    return Told(True, f"{words} Try again when that is over.")


CHORES = (
    Chore(
        "quick_check", "Check quickly", "PRAGMA quick_check",
        "Looks for damage in every table, but not whether the indexes agree with it.", _integrity,
    ),
    Chore(
        "integrity_check", "Check thoroughly", "PRAGMA integrity_check",
        "Looks for damage in everything, and compares every index with its table.", _integrity,
    ),
    Chore(
        "foreign_key_check", "Check references", "PRAGMA foreign_key_check",
        "Looks for rows that refer to others which are not there.", _foreign_keys,
    ),
    Chore(
        "optimize", "Optimize", "PRAGMA optimize",
        "Looks at tables that have changed much, so that queries are planned well. Do it now and then.",
        _optimize, writes=True,
    ),
    Chore(
        "analyze", "Analyze", "ANALYZE",
        "Counts the values of every index, for better plans. Reads all of them.", _analyze, writes=True,
        warning="It replaces what was counted before; what queries answer stays the same.",
    ),
    Chore(
        "checkpoint", "Checkpoint", "PRAGMA wal_checkpoint(PASSIVE)",
        "Copies what is in the log into the file, as far as nobody reads what was before.",
        _checkpoint, writes=True,
    ),
    Chore(
        "vacuum", "Vacuum", "VACUUM",
        "Writes the file anew without the room that nothing fills. Takes as much disk again while it works.",
        _vacuum, writes=True,
        warning="It cannot be undone: what was deleted is out of the file for good, and rowids of tables"
        " without an INTEGER PRIMARY KEY may change. Others wait with their writes.",
    ),
)  # fmt: skip

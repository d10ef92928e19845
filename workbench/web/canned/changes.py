"""What the page shows around a write: before it, after it, and when it is taken back. For the gallery."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from workbench.caution import ASK
from workbench.changes import SHOWN, Cause, Change, Conflict, Effects, ObjectChange, TableChanges
from workbench.entries import Entry
from workbench.errors import Held
from workbench.results import InvalidText, Kind, Result, Run
from workbench.web.canned.entries import entry
from workbench.web.failures import problem_of

_UPDATE = "UPDATE student SET nr = nr + 1, name = upper(name) WHERE id < 3;"
_NOTHING_YET = "Nothing was changed yet."
_COLUMNS = ("id", "name", "nr")


def _table(name: str, columns: tuple[str, ...], *changes: Change, times: int = 1) -> TableChanges:
    counts = Counter((each.op, each.cause) for each in changes for _ in range(times))
    return TableChanges(name, columns, counts, list(changes * times)[:SHOWN])


_STUDENTS = _table(
    "student",
    _COLUMNS,
    Change("update", (1, "Mark Twain", 1111), (1, "MARK TWAIN", 1112)),
    Change("update", (2, "John Doe", None), (2, "JOHN DOE", "2223")),
    Change("insert", None, (7, "  padded ", 2**63 - 1)),
    Change("insert", None, (8, InvalidText(b"caf\xe9"), b"\x00\xff")),
    Change("delete", (3, "Harry Potter", 3333), None),
)
_CAUSES = _table(
    "enrolment",
    ("student", "course", "since"),
    Change("delete", (3, "Charms", "1991-09-01"), None, Cause.INDIRECT),
    Change("delete", (3, "Potions", "1991-09-01"), None, Cause.REPLACED),
    Change("insert", None, (3, "Potions", "1992-09-01")),
    Change("update", (1, "Seafaring", None), (1, "Seafaring", "1857-04-09"), Cause.UPSERT),
    Change("insert", None, (1, "a long text " * 30, ""), Cause.INDIRECT),
)
_WIDE = tuple(f"column {j}" for j in range(24))
_OBJECTS = [
    ObjectChange("table", "teacher", "teacher", None, "CREATE TABLE teacher (id INTEGER PRIMARY KEY, name)"),
    ObjectChange("index", "by_name", "student", "CREATE INDEX by_name ON student (name)", None),
    ObjectChange(
        "table",
        "course",
        "course",
        "CREATE TABLE course (id, title)",
        "CREATE TABLE course (id, title, room)",
    ),
    ObjectChange("pragma", "user_version", "", "3", "4"),
]


def _waiting(
    *effects: Effects, held: Held | None = None, script: str = _UPDATE, **facts: Any
) -> dict[str, Any]:
    run = Run(script, error=held, effects=list(effects), **{"fingerprint": "0"} | facts)
    return {"run": run, "text": script, "problem": problem_of(held) if held else None}


def _held(code: str, message: str) -> Held:
    return Held(message, code=code, hint=_NOTHING_YET)


_EFFECTS = Effects(_UPDATE, tables=[_STUDENTS])

WAITING = {
    "preview": _waiting(_EFFECTS),
    "preview-side-effects": _waiting(Effects(_UPDATE, tables=[_STUDENTS, _CAUSES], inner=12)),
    "preview-several": _waiting(
        Effects("CREATE TABLE teacher (id INTEGER PRIMARY KEY, name)", 0, objects=_OBJECTS),
        Effects(_UPDATE, 1, tables=[_STUDENTS]),
        results=[Result("CREATE", Kind.SCHEMA), Result(_UPDATE, Kind.WRITE, rows_affected=5)],
    ),
    "preview-much": _waiting(
        Effects(
            "DELETE FROM wide;",
            tables=[
                _table(
                    "wide",
                    _WIDE,
                    Change("delete", tuple(f"value {j}" for j in range(24)), None),
                    times=100_000,
                )
            ],
        ),
        script="DELETE FROM wide;",
        held=_held("RISKY", "It touches every row of wide."),
    ),
    "preview-nothing": _waiting(script="UPDATE student SET nr = 0 WHERE id = 99;"),
    "preview-fails": _waiting(
        _EFFECTS, fails_at_commit=[("enrolment", 4, "student"), ("mark", None, "course")]
    ),
    "risky": _waiting(_EFFECTS, held=_held("RISKY", "It touches every row of student.")),
    "moved": _waiting(_EFFECTS, held=_held("MOVED", "What would change is no longer what was shown.")),
    "irreversible": _waiting(
        script="VACUUM;",
        fingerprint=None,
        held=_held(
            "IRREVERSIBLE",
            "This runs outside transactions, so it can be neither shown before nor undone after.",
        ),
    ),
    "for-good": _waiting(
        replace(_EFFECTS, unseen="note_search is a virtual table: a module keeps its rows"),
        held=_held(
            "IRREVERSIBLE", "This cannot be undone: note_search is a virtual table: a module keeps its rows."
        ),
    ),
}
"""Before a write is done."""


def _entry(number: int, script: str = _UPDATE, **told: Any) -> Entry:
    wrote = {"wrote": True, "row_count": 0, "rows_affected": 5, "duration": 0.0021, "undo": "can"}
    return entry(number, script, **wrote | told)


_VIRTUAL = "note_search is a virtual table: a module keeps its rows"
_LOST = "The workbench was ended before this was committed: nothing was changed."
_ENTRIES = (
    _entry(18, f"-- Undo: {_UPDATE}", undoes=15),
    _entry(17, "UPDATE student SET nr = 800;", certain=False),
    _entry(16, "DROP TABLE note_search;", undo="cannot", why_not=_VIRTUAL, rows_affected=None),
    _entry(15, undone_by=18),
    _entry(14, "DELETE FROM student;", undo="dropped", rows_affected=123_456_789, duration=12.5),
    _entry(13, "INSERT INTO student (name, nr) VALUES ('Eve', 5);", rows_affected=1),
    _entry(12, "SELECT * FROM student;", wrote=False, row_count=3, rows_affected=None, undo="none"),
    _entry(11, outcome="error", rows_affected=None, message=_LOST, undo="none"),
)

_CONFLICTS = [
    Conflict(
        "student", _COLUMNS, "changed", (1, "MARK TWAIN", 1112), (1, "Sam", 1112), (1, "Mark Twain", 1111)
    ),
    Conflict("student", ("id", "nr"), "gone", (2, 2223), None, (2, 2222)),
    Conflict("student", _COLUMNS, "taken", None, (3, "Ron", 1), (3, "Harry Potter", 3333)),
    Conflict("wide", _WIDE, "changed", *(tuple(f"{n} {j}" for j in range(24)) for n in ("a", "b", "c"))),
    Conflict("by_name", (), "object", None, None, None),
]


def _done(place: int, shown: str) -> dict[str, Any]:
    """The answer to an entry, `shown` right after it as ``done``, or again from the history as ``entry``."""
    entry = _ENTRIES[place]
    result = Result(entry.script, Kind.WRITE, rows_affected=entry.rows_affected, duration=0.0021)
    run = Run(entry.script, [result], effects=[_EFFECTS])
    return {"run": run, "text": entry.script, "entries": _ENTRIES, shown: entry}


DECIDED = {
    "done": _done(5, "done"),
    "undone": _done(0, "done"),
    "conflicts": _waiting(held=_held("CONFLICTS", "Something has changed since."), conflicts=_CONFLICTS)
    | {"undoing": _ENTRIES[5], "entries": _ENTRIES},
    "entry-undo": _done(5, "entry"),
    "entry-uncertain": _done(1, "entry") | {"run": None},
    "entry-lost": _done(7, "entry") | {"run": None},
    "entry-cannot": _done(2, "entry"),
    "entry-taken-back": _done(3, "entry"),
    "entry-not-kept": _done(4, "entry"),
}
"""After it."""

ASKING = {"asks": ASK, "ask_first": ASK[0]}
"""When to be asked."""

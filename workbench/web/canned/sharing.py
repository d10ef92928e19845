"""What people keep and hand on, and what runs: states of the page for the gallery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workbench.comparison import compare
from workbench.entries import Entry
from workbench.errors import BadRequest
from workbench.frozen import Frozen
from workbench.links import Link
from workbench.parameters import Given
from workbench.results import Column, InvalidText, Kind, Result, Run
from workbench.running import Going
from workbench.saved import Saved
from workbench.web.aside import Aside
from workbench.web.canned.entries import NOW, entry
from workbench.web.failures import problem_of
from workbench.web.here import GivenAway
from workbench.web.links import Opened
from workbench.web.parameters import fields_of

_HOSTILE = "<script>alert(1)</script> \u202egnp.exe " + "without end " * 30
_READ = "SELECT name FROM student WHERE nr > :least;"
_WRITE = "DELETE FROM student WHERE id = 1;"
_GIVEN = (Given("least", "2000"),)


def _entry(number: int) -> Entry:
    return entry(number, _READ, at=NOW - timedelta(hours=9 - number))


def _result(*rows: tuple, names: tuple[str, ...] = ("id", "name", "nr"), **told: Any) -> Result:
    columns = tuple(Column(name, None) for name in names)
    return Result(_READ, Kind.READ, columns, list(rows), row_count=len(rows), duration=0.0004, **told)


_BEFORE = _result((1, "Mark Twain", 1111), (2, "John Doe", 2222), (3, "Harry Potter", None))
_AFTER = _result((1, "Mark Twain", "1111"), (2, "John Doe", 800), (7, _HOSTILE, InvalidText(b"caf\xe9")))
_LESS = _result((1, "Mark Twain"), names=("id", "name"))
_UNKEPT = Result(_READ, Kind.READ, _LESS.columns, (), row_count=1000)
_CUT = _result(*((n, f"Student {n}", n) for n in range(300)), truncated=True)

_FROZEN = Frozen("id", "alice", NOW, NOW, NOW + timedelta(days=7), "student.db", _READ, _GIVEN)
_ODD = Frozen("odd", "alice", NOW, NOW, NOW + timedelta(days=1), "<b>odd</b>.db", f"SELECT '{_HOSTILE}'")
_QUERY = Link("0123456789Ab", "alice", NOW, _READ, _GIVEN)
_ODD_QUERY = Link("ba9876543210", "alice", NOW, f"SELECT '{_HOSTILE}'")

_COMPARED = {"page": "pages/compare.html", "fragment": "fragments/compare.html"}
_COMPARED |= {"entry": _entry(7), "earlier": _entry(3)}
_SHARED = {"page": "pages/frozen.html", "fragment": "fragments/frozen.html", "frozen": _FROZEN}
_SHARED |= {"token": "WyJpZCIsMF0.c2lnbmF0dXJl", "fields": fields_of(_READ, _GIVEN)}
_NAMING = {"page": "pages/save.html", "fragment": "fragments/save.html", "to_save": _READ, "given": _GIVEN}


def _going(number: int, words: str, seconds: float, rows: int) -> Going:
    return Going(f"{number:032x}", "alice", 1, NOW, seconds, rows, words)


SHARING: dict[str, dict[str, Any]] = {
    "tour": {"entries": (), "text": ""},
    "opened": {"opened": Saved(1, _HOSTILE, "For the list on the door", _READ), "text": _READ},
    "link-made": {"made": _QUERY.id, "fragment": "fragments/link.html"},
    "link-writes": {
        "link": Opened(Link("x", "alice", NOW, _WRITE), False, True),
        "text": _WRITE,
        "fragment": "fragments/given.html",
    },
    "link-ended": {
        "problem": problem_of(
            BadRequest("It shows nothing any more.", code="LINK_ENDED", hint="Ask for another one.")
        ),
        "page": "pages/problem.html",
    },
    "aside": {"run": Run(_READ, [_AFTER]), "aside": Aside(7, 3), "text": _READ},
    "compared": _COMPARED
    | {
        "comparisons": [
            compare(_BEFORE, _AFTER, [(0,)], name="Statement 1"),
            compare(_BEFORE, _AFTER, name="Statement 2"),
            compare(_LESS, _AFTER, name="Statement 3"),
            compare(_BEFORE, _BEFORE, name="Statement 4"),
            compare(_UNKEPT, _LESS, name="Statement 5"),
            compare(_LESS, _CUT, name="Statement 6"),
        ]
    },
    "shared": _SHARED | {"run": Run(_READ, [_AFTER, _CUT]), "mine": True},
    "links": {
        "page": "pages/history.html",
        "fragment": "fragments/links.html",
        "entries": (),
        "away": GivenAway([_QUERY, _ODD_QUERY], [(_FROZEN, "a.b"), (_ODD, "c.d")]),
    },
    "save-taken": _NAMING
    | {
        "typed": {"name": _HOSTILE[:100], "note": ""},
        "problem": problem_of(BadRequest("you have another query with this name", code="NAME_TAKEN")),
    },
    "running": {
        "page": "pages/running.html",
        "fragment": "fragments/running.html",
        "going": [_going(1, _READ, 75.2, 123_456), _going(2, _HOSTILE[:120], 0.2, 0)],
    },
}
"""Kept, handed on, compared, and running."""

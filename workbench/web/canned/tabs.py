"""Tabs with values that never change, for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from workbench.drafts import Draft, Earlier
from workbench.web.tabs import Tabs

_OPEN = (
    Draft(1, "Query 1", "SELECT * FROM student;", 3),
    Draft(2, "Those who pass"),
    Draft(3, "<b>bold</b> & a name that is rather long"),
)
_CLOSED = Draft(4, "Query 4", closed=True)

TABS = Tabs(
    _OPEN,
    (_CLOSED,),
    _OPEN[0],
    3,
    (Earlier(2, datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC), "SELECT name FROM student;"),),
)

NOTED = replace(
    TABS,
    just_closed=_CLOSED,
    note="This text is not kept: a text longer than 1,000,000 characters is not kept while you write.",
)

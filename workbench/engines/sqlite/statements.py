"""A script is cut into statements by SQLite itself, one at a time."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

import apsw

from workbench.engines.base import Statement
from workbench.engines.sqlite.connections import Link

_WINDOW = 4096
"""Characters shown to SQLite at first, so that a long script is not read anew for each statement."""


class Prepared(NamedTuple):
    """A statement as SQLite prepared it; `end` is the character after it.

    `empty`: only a comment or white space. `reads`: it changes nothing, or only explains.
    """

    statement: Statement
    end: int
    empty: bool
    reads: bool


def prepare(link: Link, script: str, start: int) -> Prepared:
    """Prepare the statement of `script` that begins at character `start`, and run nothing.

    Raises:
        apsw.Error: SQLite's own; `link.authorizer` then says whether it was a refusal.
    """
    window = _WINDOW
    while True:
        shown = script[start : start + window]
        whole = start + window >= len(script)
        window *= 4
        try:
            text, empty, reads = _first(link, shown)
        except apsw.Error:
            if whole:
                raise
            continue
        if whole or len(text) < len(shown):
            return Prepared(Statement(text, start), start + len(text), empty, reads)


def _first(link: Link, shown: str) -> tuple[str, bool, bool]:
    found: list[tuple[str, bool, bool]] = []

    def look(cursor: apsw.Cursor, text: str, _bindings: object) -> bool:
        found.append((text, not cursor.has_vdbe, bool(cursor.is_readonly or cursor.is_explain)))
        return False

    cursor = link.connection.cursor()
    cursor.exec_trace = look
    link.authorizer.begin()
    with suppress(apsw.ExecTraceAbort):
        cursor.execute(shown, can_cache=not link.authorizer.writer)
    return found[0]

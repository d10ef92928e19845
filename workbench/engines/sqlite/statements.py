"""A job is cut into statements by SQLite itself, one at a time, and each gets its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

import apsw

from workbench.engines.base import Statement
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
from workbench.errors import Position, Refused, StatementError, ValueMissing, WorkbenchError
from workbench.jobs import Ask, Job, Values

_WINDOW = 4096
"""Characters shown to SQLite at first, so that a long script is not read anew for each statement."""


class Prepared(NamedTuple):
    """A statement as SQLite prepared it; `end` is the character after it.

    `empty`: only a comment or white space. `reads`: it changes nothing, or only explains.
    `parameters`: the names of its parameters in order, None for one that has only a place.
    """

    text: str
    end: int
    empty: bool
    reads: bool
    parameters: tuple[str | None, ...]


def cut(link: Link, job: Job, number: int = 0, position: int = 0) -> Iterator[tuple[Statement, Prepared]]:
    """The job's statements from character `position` of text `number` on; each is prepared when asked for.

    Raises:
        WorkbenchError: SQLite's refusal, translated, or a text that is not one statement.
    """
    while number < len(job.asks):
        yield from _statements_of(link, job.asks[number], number, position)
        number, position = number + 1, 0


def _statements_of(link: Link, ask: Ask, number: int, position: int) -> Iterator[tuple[Statement, Prepared]]:
    found = int(position > 0)
    while position < len(ask.sql):
        statement = Statement(ask.sql[position:], position, number)
        with translated(link.authorizer, ask.sql, statement):
            prepared = prepare(link, ask.sql, position)
        names = tuple(dict.fromkeys(names_of(prepared.parameters)))
        statement = Statement(prepared.text, position, number, names)
        position = prepared.end
        if prepared.empty:
            continue
        found += 1
        if ask.single:
            _refuse_unfit(link, ask, found, statement)
        yield statement, prepared
    if ask.single and not found:
        raise _numbered(StatementError("this text holds no statement", code="EMPTY"), number)


def _refuse_unfit(link: Link, ask: Ask, found: int, statement: Statement) -> None:
    place = Position.at(ask.sql, statement.offset)
    if found > 1:
        error = StatementError(
            "this text holds more than one statement",
            code="MULTIPLE_STATEMENTS",
            hint="Send each as a member of `statements`.",
            position=place,
        )
        raise _numbered(error, statement.number)
    if link.authorizer.controls_anything:
        error = Refused(
            "BEGIN, COMMIT, ROLLBACK and SAVEPOINT are not allowed in a job",
            hint="It is one transaction; `transaction` says of which kind.",
        )
        raise _numbered(error, statement.number)


def _numbered(error: WorkbenchError, number: int) -> WorkbenchError:
    error.statement = number
    return error


def bound(parameters: tuple[str | None, ...], values: Values, *, all_used: bool) -> Values:
    """`values` as they can be bound to a statement's parameters.

    `all_used`: a value by name that the statement does not use is a mistake.

    Raises:
        StatementError: PARAM_COUNT, for a value that is missing or too many.
    """
    if isinstance(values, Mapping):
        names = [name if name in values else numbered for name, numbered in _both(parameters)]
        missing = tuple(dict.fromkeys(name for name in names if name not in values))
        extra = sorted(set(values) - set(names)) if all_used else []
        if missing:
            raise ValueMissing.of(missing)
        if extra:
            raise StatementError(f"there is no parameter {extra[0]!r} in this statement", code="PARAM_COUNT")
        return tuple(values[name] for name in names) or None
    given = len(values or ())
    if given != len(parameters):
        raise StatementError(
            f"this statement has {len(parameters)} parameters, and {given} values were given",
            code="PARAM_COUNT",
        )
    return values


def names_of(parameters: tuple[str | None, ...]) -> list[str]:
    """What each parameter is called by whoever gives its value: see `Statement`."""
    return [numbered for _, numbered in _both(parameters)]


def _both(parameters: tuple[str | None, ...]) -> Iterator[tuple[str | None, str]]:
    """Each parameter's name as SQLite has it, and as `names_of` does."""
    for place, name in enumerate(parameters, 1):
        by_place = name is None or name.lstrip("0") == str(place)
        yield name, f"?{place}" if by_place else name


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
            text, *facts = _first(link, shown)
        except apsw.Error:
            if whole:
                raise
            continue
        if whole or len(text) < len(shown):
            return Prepared(text, start + len(text), *facts)


def _first(link: Link, shown: str) -> tuple[str, bool, bool, tuple[str | None, ...]]:
    found = _look(link, shown, can_cache=not link.authorizer.writer)
    if not found[2] and link.authorizer.asked_nothing:
        # From the cache, perhaps: then the guard was not asked, and cannot tell what it is.
        return _look(link, shown, can_cache=False)
    return found


def _look(link: Link, shown: str, *, can_cache: bool) -> tuple[str, bool, bool, tuple[str | None, ...]]:
    found: list[tuple[str, bool, bool, tuple[str | None, ...]]] = []

    def look(cursor: apsw.Cursor, text: str, _bindings: object) -> bool:
        reads = bool(cursor.is_readonly or cursor.is_explain or link.authorizer.tells)
        found.append((text, not cursor.has_vdbe, reads, cursor.bindings_names))
        return False

    cursor = link.connection.cursor()
    cursor.exec_trace = look
    link.authorizer.begin()
    with suppress(apsw.ExecTraceAbort):
        cursor.execute(shown, apsw._null_bindings, can_cache=can_cache)
    return found[0]

"""SQLite is asked for the plan of a statement; nothing of it is run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, NamedTuple

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.query_plans.wording import meaning_of, reads_all
from workbench.plans import Mark, Size, Step

_EXPLAIN, _QUERY_PLAN = 1, 2  # https://sqlite.org/c3ref/stmt_explain.html

_STARTS = {"Rewind", "Last", "VFilter", "Yield"}
"""The instructions of which one begins to read something from end to end."""

Sizes = Callable[[str], Size | None]
"""Tells how many rows a table has, where that is known."""


Tables = dict[int, tuple[str, bool]]
"""By the page on which a table or an index begins: the table, and whether it is an index
(https://sqlite.org/schematab.html).
"""


class Line(NamedTuple):
    """A line of the plan: its place in the program, and that of the line it belongs to.

    `table` is the one of the database that it reads from end to end, itself or, `by_index`, an index of it.
    """

    place: int
    parent: int
    detail: str
    table: str | None = None
    by_index: bool = False


def lines_of(link: Link, text: str) -> list[Line]:
    """The lines of the plan of `text`, which is one statement; its parameters are not bound.

    Raises:
        apsw.Error: SQLite's own.
    """
    found = [Line(place, parent, detail) for place, parent, _, detail in _listed(link, text, _QUERY_PLAN)]
    if not any(reads_all(line.detail) for line in found):
        return found
    program = [each for each in _listed(link, text, _EXPLAIN) if each[1] != "Explain"]
    tables = _tables(link)
    return [_with_table(line, found, program, tables) for line in found]


def steps_of(lines: list[Line], sizes: Sizes = lambda _table: None) -> tuple[Step, ...]:
    """The lines as a tree, in words."""
    return _inside(0, lines, sizes)


def _inside(parent: int, lines: list[Line], sizes: Sizes) -> tuple[Step, ...]:
    return tuple(_step(line, lines, sizes) for line in lines if line.parent == parent)


def _step(line: Line, lines: list[Line], sizes: Sizes) -> Step:
    meaning = meaning_of(line.detail)
    inside = _inside(line.place, lines, sizes) if line.place else ()
    if line.table is None:
        return Step(line.detail, meaning.words, meaning.mark, steps=inside)
    mark = None if line.by_index else Mark.SCAN
    return Step(line.detail, meaning.words, mark, line.table, sizes(line.table), inside)


def _listed(link: Link, text: str, how: int) -> list[tuple[Any, ...]]:
    link.authorizer.begin()
    with closing(link.connection.cursor()) as cursor:
        return cursor.execute(text, apsw._null_bindings, can_cache=False, explain=how).fetchall()


def _tables(link: Link) -> Tables:
    rows = link.own("SELECT rootpage, tbl_name, type = 'index' FROM sqlite_schema WHERE rootpage")
    return {page: (table, bool(is_index)) for page, table, is_index in rows}


def _with_table(line: Line, lines: list[Line], program: list[tuple], tables: Tables) -> Line:
    """The line with the table of the database that it reads from end to end, if it does.

    The plan has only the name that the statement gives the table. The program that SQLite made has the
    page: of the cursor that is rewound right after the place where the plan's line stands in it. The
    lines themselves are instructions in a program made to be explained, and are not in `program`.
    """
    if not reads_all(line.detail):
        return line
    places = sorted(each.place for each in lines)
    behind = [place for place in places if place > line.place]
    start = line.place - places.index(line.place)
    end = behind[0] - places.index(behind[0]) if behind else len(program)
    first = next((each for each in program[start:end] if each[1] in _STARTS), None)
    if first is None:  # count(*) of all rows is one instruction, and stands before
        first = next((each for each in program[max(start - 2, 0) : start] if each[1] == "Count"), None)
    page = _opened(first[2], program) if first and first[1] != "Yield" else 0
    table, by_index = tables.get(page, (None, False))
    return line._replace(table=table, by_index=by_index)


def _opened(cursor: int, program: list[tuple]) -> int:
    """The page of the database on which this cursor was opened; 0 for one of something else."""
    for _, instruction, number, page, database, *_ in program:
        if number == cursor and instruction in ("OpenRead", "OpenWrite"):
            return page if database == 0 else 0
    return 0

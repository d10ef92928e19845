"""Tables of a file, and the alterations that are planned for them."""

from __future__ import annotations

from dataclasses import replace

import apsw

from tests.engines.files import File
from workbench.designs.alteration import Alteration, Question
from workbench.designs.design import TableDesign
from workbench.designs.reading import read_table


def design_of(file: File, table: str) -> TableDesign:
    """The design of a table as it is there."""
    other = apsw.Connection(str(file.path))
    ((sql,),) = other.execute("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,))
    return read_table(sql)


def plan(file: File, table: str, wanted: TableDesign) -> Alteration:
    """How the table becomes as `wanted`."""
    with file.engine.browsing() as browsing:
        return browsing.alteration(table, wanted)


def with_column(design: TableDesign, name: str, /, **changed: object) -> TableDesign:
    """`design` with its column `name` `changed`."""
    columns = tuple(replace(c, **changed) if c.was == name else c for c in design.columns)
    return replace(design, columns=columns)


def rows(file: File, sql: str) -> list[tuple]:
    """What another program reads."""
    return apsw.Connection(str(file.path)).execute(sql).fetchall()


def words(found: Alteration) -> str:
    """What is told before it is done."""
    return " ".join(note.words for note in found.notes)


def finds(file: File, question: Question) -> bool:
    """Whether there are rows that a question is about, or that cannot be told before."""
    try:
        return bool(rows(file, question.query))
    except apsw.SQLError:
        return True

"""Which statements alter a table as it is wished: renames first, then as little as does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

from workbench.designs.alteration import Alteration, Note, Question
from workbench.designs.conversions import questions
from workbench.designs.design import Column, TableDesign
from workbench.designs.reading import read_table
from workbench.engines.sqlite.altering.consequences import consequences
from workbench.engines.sqlite.altering.rebuild import KEYS_OFF, checked, rebuild
from workbench.engines.sqlite.altering.rehearsal import Object, Rehearsal
from workbench.engines.sqlite.altering.simple import simple_statements
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.query_plans.blueprint import blueprint
from workbench.errors import BadRequest, StatementError
from workbench.literals import literal_of
from workbench.sql import quoted

SECONDS = 15.0
"""How long trying it on a copy of the schema may take: among many triggers, a rename takes seconds."""


def alteration(link: Link, name: str, wanted: TableDesign) -> Alteration:
    """How the table `name` becomes as `wanted`. Raises a WorkbenchError where it cannot."""
    with blueprint(link, monotonic() + SECONDS) as copy:
        rehearsal = Rehearsal(copy)
        old = read_table(rehearsal.sql_of(name))
        _refuse_unfit(old, wanted)
        before, referring = rehearsal.broken(), checked(rehearsal, name)
        notes = _altered(rehearsal, old, wanted, rehearsal.with_triggers(before))
        notes += consequences(rehearsal, wanted.name, before=before)
        asked = list(questions(old, wanted))
        if KEYS_OFF in rehearsal.statements:
            asked += map(_refers_to_nothing, referring)
        return Alteration(rehearsal.statements, notes, asked)


def _altered(rehearsal: Rehearsal, old: TableDesign, wanted: TableDesign, aside: list[Object]) -> list[Note]:
    """Do all of it, while what is `aside` is out of the way of ALTER, as it does not work."""
    for each in reversed(aside):
        rehearsal.do(each.drop)
    _rename(rehearsal, old, wanted)
    notes = _change(rehearsal, _carried(old, read_table(rehearsal.sql_of(wanted.name)), wanted))
    if len(rehearsal.statements) == len(aside):
        raise BadRequest("every field says what is there: there is nothing to change", code="DESIGN")
    for each in aside:
        rehearsal.do(each.sql)
    if KEYS_OFF in rehearsal.statements:
        for name in checked(rehearsal, wanted.name):
            rehearsal.note(f"PRAGMA foreign_key_check({quoted(name)})")
    return notes


def _refers_to_nothing(table: str) -> Question:
    why = "nothing already, and the check at the end would refuse that"
    query = f"SELECT * FROM pragma_foreign_key_check({literal_of(table)})"
    return Question(query, f"row of {table} refers to {why}", f"rows of {table} refer to {why}", bad=True)


def _refuse_unfit(old: TableDesign, wanted: TableDesign) -> None:
    known = {column.name for column in old.columns}
    kept = [column.was for column in wanted.columns if column.was]
    if not set(kept) <= known or len(kept) != len(set(kept)):
        raise BadRequest("a column of the form is not one of the table", code="DESIGN")
    if not kept:
        raise BadRequest(
            "no column of the table stays",
            code="DESIGN",
            hint="Drop the table and make another, or keep a column.",
        )


def _rename(rehearsal: Rehearsal, old: TableDesign, wanted: TableDesign) -> None:
    """Rename the table and its columns by ALTER, which puts the names right wherever they are used."""
    table = old.name
    if wanted.name != table:
        rehearsal.do(f"ALTER TABLE {quoted(table)} RENAME TO {quoted(wanted.name)}")
    now = {column.name: column.name for column in old.columns}
    wishes = {column.was: column.name for column in wanted.columns if column.was}
    while waiting := [was for was, wish in wishes.items() if now[was] != wish]:
        was, to = _next_rename(now, wishes, waiting)
        rehearsal.do(f"ALTER TABLE {quoted(wanted.name)} RENAME COLUMN {quoted(now[was])} TO {quoted(to)}")
        now[was] = to


def _next_rename(now: dict[str, str], wishes: dict[str, str], waiting: list[str]) -> tuple[str, str]:
    """The column to be renamed next, and to what: out of the way of another, where each waits for one."""
    taken = {name.lower(): was for was, name in now.items()}
    for was in waiting:
        if taken.get(wishes[was].lower(), was) == was:
            return was, wishes[was]
    blocker = taken[wishes[waiting[0]].lower()]
    to = f"{now[blocker]}_"
    while to.lower() in taken:
        to += "_"
    return blocker, to


def _carried(old: TableDesign, current: TableDesign, wanted: TableDesign) -> TableDesign:
    """`wanted`, in which what the form left as it was says the names that columns have now."""
    before = {column.name: place for place, column in enumerate(old.columns)}
    columns = []
    for column in wanted.columns:
        if column.was:
            was, now = old.columns[before[column.was]], current.columns[before[column.was]]
            same = ("check", "generated", "default", "more", "parent")
            told = {f: getattr(now, f) for f in same if getattr(column, f) == getattr(was, f)}
            columns.append(replace(column, **told, was=now.name))
        else:
            columns.append(column)
    renamed = dict(zip(old.constraints, current.constraints, strict=False))
    constraints = tuple(renamed.get(each, each) for each in wanted.constraints)
    return replace(wanted, columns=tuple(columns), constraints=constraints)


def _change(rehearsal: Rehearsal, target: TableDesign) -> list[Note]:
    """Do what is left after the renames, by ALTER if that gives what is wanted."""
    current = read_table(rehearsal.sql_of(target.name))
    if _plain(current) == _plain(target):
        return []
    statements = simple_statements(current, target)
    if statements is not None:
        try:
            with rehearsal.attempt():
                for each in statements:
                    rehearsal.do(each)
                if _plain(read_table(rehearsal.sql_of(target.name))) != _plain(target):
                    raise BadRequest("ALTER gives something else")
            return []
        except (StatementError, BadRequest):
            pass  # then it is made anew
    notes = list(rebuild(rehearsal, current, target))
    if _plain(read_table(rehearsal.sql_of(target.name))) != _plain(target):
        raise BadRequest("a field of the form holds more than its own piece of SQL", code="DESIGN")
    return notes


def _plain(design: TableDesign) -> tuple[object, ...]:
    """What makes two designs the same: not where their columns come from."""
    return (replace(design, columns=()), *_columns(design))


def _columns(design: TableDesign) -> Iterator[Column]:
    return (replace(column, was="") for column in design.columns)

"""A table made anew: https://sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.designs.alteration import Note
from workbench.designs.design import TableDesign
from workbench.designs.reading import has_comments
from workbench.designs.writing import create_table
from workbench.engines.sqlite.altering.rehearsal import Object, Rehearsal
from workbench.errors import StatementError
from workbench.sql import quoted

KEYS_OFF = "PRAGMA foreign_keys = OFF"
"""What a script begins with in which a table is made anew."""

_ROWIDS = ("rowid", "_rowid_", "oid")  # https://sqlite.org/rowidtable.html


def rebuild(rehearsal: Rehearsal, current: TableDesign, target: TableDesign) -> Iterator[Note]:
    """Make `target` anew, with the rows of `current` and with what hangs on it."""
    yield Note("SQLite has no ALTER for this: the table is made anew, with its rows and what hangs on it.")
    if has_comments(rehearsal.sql_of(current.name)):
        yield Note("The comments in the SQL of the table are not kept.")
    table, new = target.name, rehearsal.free_name(f"new_{target.name}")
    own = [each for each in rehearsal.objects() if each.table.lower() == table.lower()]
    rehearsal.statements.insert(0, KEYS_OFF)
    rehearsal.do(create_table(target, new))
    rehearsal.copy.own(f"DROP TABLE {quoted(new)}")
    rehearsal.note(_copy(current, target, new))
    if any(column.numbered for column in target.columns):
        _carry_sequence(rehearsal, current, new)
    aside = _replace(rehearsal, target, new)
    yield from _hang_again(rehearsal, [each for each in own if each.kind in ("index", "trigger")])
    for each in aside:
        rehearsal.do(each.sql)


def _copy(current: TableDesign, target: TableDesign, new: str) -> str:
    """The statement that copies the rows, each with its rowid where that is its only key."""
    names = [column.name for column in target.columns if column.was and not column.generated]
    rowid = _rowid_of_both(current, target, names)
    into = ", ".join([*rowid, *map(quoted, names)])
    return f"INSERT INTO {quoted(new)} ({into})\nSELECT {into}\n  FROM {quoted(current.name)}"


def _rowid_of_both(current: TableDesign, target: TableDesign, copied: list[str]) -> list[str]:
    if current.without_rowid or target.without_rowid or _alias(target) in copied:
        return []
    taken = {column.name.lower() for design in (current, target) for column in design.columns}
    return [name for name in _ROWIDS if name not in taken][:1]


def _alias(design: TableDesign) -> str | None:
    """The column that is the rowid by another name (https://sqlite.org/lang_createtable.html#rowid)."""
    keys = [column for column in design.columns if column.key]
    alone = len(keys) == 1 and keys[0].type.upper() == "INTEGER"
    return keys[0].name if alone and not design.without_rowid else None


def _carry_sequence(rehearsal: Rehearsal, current: TableDesign, new: str) -> None:
    """No number that was given once is given again (https://sqlite.org/autoinc.html)."""
    if not any(column.numbered for column in current.columns):
        return
    old, made = (f"'{name.replace(chr(39), chr(39) * 2)}'" for name in (current.name, new))
    rehearsal.note(f"DELETE FROM sqlite_sequence WHERE name = {made}")
    rehearsal.note(
        f"INSERT INTO sqlite_sequence (name, seq) SELECT {made}, seq FROM sqlite_sequence WHERE name = {old}"
    )


def _replace(rehearsal: Rehearsal, target: TableDesign, new: str) -> list[Object]:
    """Put the new table in the place of the old one; gives what stood in the way, to be made again.

    In the copy it is made in its place at once: renaming it may take seconds.
    """
    table = quoted(target.name)
    rehearsal.do(f"DROP TABLE {table}")
    aside = rehearsal.with_triggers(rehearsal.broken())
    for each in reversed(aside):
        rehearsal.do(each.drop)
    rehearsal.note(f"ALTER TABLE {quoted(new)} RENAME TO {table}")
    rehearsal.copy.own(create_table(target))
    return aside


def _hang_again(rehearsal: Rehearsal, own: list[Object]) -> Iterator[Note]:
    for each in sorted(own, key=lambda each: each.kind == "trigger"):
        try:
            rehearsal.do(each.sql)
        except StatementError as error:
            yield Note(f"The {each.kind} {each.name} goes with what it is of: {error.message}.", bad=True)


def checked(rehearsal: Rehearsal, table: str) -> list[str]:
    """The tables whose foreign keys a new table may break: itself, and those that refer to it."""
    found = rehearsal.copy.own(
        "SELECT DISTINCT m.name FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f"
        " WHERE m.type = 'table' AND (f.\"table\" = ?1 COLLATE NOCASE OR m.name = ?1 COLLATE NOCASE)",
        (table,),
    )
    return [name for (name,) in found]

"""What would no longer work after an alteration, told by SQLite on the copy of the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import apsw

from workbench.designs.alteration import Note
from workbench.engines.sqlite.altering.rehearsal import Object, Rehearsal
from workbench.sql import quoted

Broken = dict[tuple[str, str], str]
"""Why views and triggers, by kind and name, do not work."""


def broken_now(rehearsal: Rehearsal) -> Broken:
    """The views and triggers that do not work as the copy is, each with why."""
    views = {(each.kind, each.name): why for each, why in rehearsal.broken().items()}
    return _broken_triggers(rehearsal) | views


def consequences(rehearsal: Rehearsal, table: str, *, before: Broken) -> list[Note]:
    """Views, triggers and foreign keys that would be broken, and were not `before`."""
    return [
        Note(f"The {kind} {name} would no longer work: {why}.", bad=True)
        for (kind, name), why in broken_now(rehearsal).items()
        if (kind, name) not in before
    ] + list(_mismatches(rehearsal, table))


def _broken_triggers(rehearsal: Rehearsal) -> Broken:
    """Triggers that SQLite cannot compile; a rename lets those pass that only write to what is not there."""
    triggers = [each for each in rehearsal.objects() if each.kind == "trigger"]
    found: Broken = {}
    for table in dict.fromkeys(each.table for each in triggers):
        own = [each for each in triggers if each.table == table]
        if _why_not(rehearsal, table, ()) is None:
            continue
        for each in own:
            why = _why_not(rehearsal, table, [other for other in own if other is not each])
            if why is not None:
                found[each.kind, each.name] = why
    return found


def _why_not(rehearsal: Rehearsal, table: str, without: Sequence[Object]) -> str | None:
    """Why no row of `table` can be written when it is `without` these triggers; None when it can."""
    copy = rehearsal.copy
    copy.own("SAVEPOINT triggers")
    try:
        for each in without:
            copy.own(each.drop)
        names = copy.own("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", (table,))
        same = ", ".join(f"{quoted(name)} = {quoted(name)}" for (name,) in names)
        copy.own(f"EXPLAIN INSERT INTO {quoted(table)} DEFAULT VALUES")
        copy.own(f"EXPLAIN DELETE FROM {quoted(table)}")
        copy.own(f"EXPLAIN UPDATE {quoted(table)} SET {same}")
    except apsw.SQLError as error:
        return str(error)
    finally:
        copy.own("ROLLBACK TO triggers")
        copy.own("RELEASE triggers")
    return None


def _mismatches(rehearsal: Rehearsal, table: str) -> Iterator[Note]:
    """Foreign keys to what is no key of the table (https://sqlite.org/foreignkeys.html#fk_indexes)."""
    copy = rehearsal.copy
    children = copy.own(
        "SELECT DISTINCT m.name FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f"
        " WHERE m.type = 'table' AND f.\"table\" = ? COLLATE NOCASE",
        (table,),
    )
    copy.own("PRAGMA foreign_keys = ON")
    for (child,) in children:
        try:
            copy.own(f"EXPLAIN DELETE FROM {quoted(table)}")
            copy.own(f"EXPLAIN INSERT INTO {quoted(child)} DEFAULT VALUES")
        except apsw.SQLError as error:
            if "mismatch" in str(error):
                yield Note(f"The foreign key of {child} would lead to no key: {error}.", bad=True)
    copy.own("PRAGMA foreign_keys = OFF")

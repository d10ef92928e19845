"""What would no longer work after an alteration, told by SQLite on the copy of the schema."""

from __future__ import annotations

from collections.abc import Iterator

import apsw

from workbench.designs.alteration import Note
from workbench.engines.sqlite.altering.rehearsal import Object, Rehearsal
from workbench.sql import quoted


def consequences(rehearsal: Rehearsal, table: str, *, before: dict[Object, str]) -> list[Note]:
    """Views, triggers and foreign keys that would be broken, and were not `before`."""
    known = {(each.kind, each.name) for each in before}
    return [
        Note(f"The {each.kind} {each.name} would no longer work: {why}.", bad=True)
        for each, why in rehearsal.broken().items()
        if (each.kind, each.name) not in known
    ] + list(_mismatches(rehearsal, table))


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

"""What a statement changes of the schema, which no session of SQLite's sees: compared before and after.

The rows of a table that goes, or loses a column, are taken down before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import apsw

from workbench.changes import Lost, ObjectChange, Record
from workbench.engines.sqlite import schema
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.whole_tables import (
    MOST_BYTES,
    all_rows,
    by_module,
    bytes_of,
    fingerprint_in_order,
    no_key,
    rows_fingerprint,
    too_large_a_table,
)
from workbench.sql import quoted


class SchemaWatch:
    """One statement that changes the schema; made before it runs. `named` is what it asked the guard for.

    `lost` has the tables whose rows are taken down. `in_order`: the rows of a table that was made are told
    from others by reading them once, in their order, however many they are.
    """

    def __init__(self, link: Link, named: Sequence[tuple[int, str, str | None, str | None]]) -> None:
        self._link = link
        self._irreversible: str | None = None
        self._altered: dict[str, tuple[str, ...]] = {}
        self.lost: dict[str, Lost] = {}
        self.in_order = False
        self._before = schema.objects(link)
        for action, first, second, column in named:
            if action in (apsw.SQLITE_DROP_VTABLE, apsw.SQLITE_CREATE_VTABLE):
                self._irreversible = by_module(first)
            elif action == apsw.SQLITE_DROP_TABLE:
                self._take_down(first)
            elif action == apsw.SQLITE_ALTER_TABLE:
                self._altered[second] = schema.columns_of(link, second)
                if column is not None:  # the one that is dropped
                    self._take_down(second)

    def add_to(self, record: Record) -> Record:
        """`record` with what was changed of the schema, when the statement is done."""
        changes = schema.difference(self._before, schema.objects(self._link))
        inverse = None if self.lost else self._inverse(changes)
        there = [c.name for c in changes if c.kind == "table" and c.after is not None and not inverse]
        no_way = self._irreversible or self._no_way_back(there, inverse)
        fingerprint = fingerprint_in_order if self.in_order else rows_fingerprint
        left = {} if no_way else {name: fingerprint(self._link, name) for name in there}
        return replace(
            record, objects=changes, lost=self.lost, left=left, inverse=inverse, irreversible=no_way
        )

    def _take_down(self, table: str) -> None:
        key = schema.key_of(self._link, table)
        if schema.is_virtual(self._link, table):
            self._irreversible = by_module(table)
        elif schema.has_null_keys(self._link, table, key):
            self._irreversible = no_key(table)
        elif bytes_of(self._link, table) > MOST_BYTES:
            self._irreversible = too_large_a_table(table)
        else:
            rows, sequence = all_rows(self._link, table), schema.sequence_of(self._link, table)
            self.lost[table] = Lost(key.columns, rows, sequence)

    def _can_be_altered(self, table: str, column: str) -> bool:
        """Whether SQLite will do more than add to the table: not while a view anywhere is broken."""
        other = quoted(f"{column} of another name")
        try:
            with self._link.undone():
                self._link.own(f"ALTER TABLE main.{quoted(table)} RENAME COLUMN {quoted(column)} TO {other}")
        except apsw.SQLError:
            return False
        return True

    def _no_way_back(self, there: list[str], inverse: str | None) -> str | None:
        if self._altered and not self.lost and not inverse:
            return "this kind of ALTER TABLE has no inverse"
        if self.in_order:
            return None
        large = [table for table in there if bytes_of(self._link, table) > MOST_BYTES]
        return too_large_a_table(large[0]) if large else None

    def _inverse(self, changes: tuple[ObjectChange, ...]) -> str | None:
        """The ALTER TABLE that undoes this one, where neither loses a row."""
        if not self._altered:
            return None
        ((table, before),) = self._altered.items()
        gone = [c.name for c in changes if c.kind == "table" and c.after is None]
        come = [c.name for c in changes if c.kind == "table" and c.before is None]
        if gone and come:
            return f"ALTER TABLE {quoted(come[0])} RENAME TO {quoted(gone[0])}"
        now = schema.columns_of(self._link, table)
        if len(now) > len(before):
            drop = f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(now[-1])}"
            return drop if self._can_be_altered(table, now[-1]) else None
        renamed = [pair for pair in zip(now, before, strict=False) if pair[0] != pair[1]]
        if len(renamed) != 1:
            return None
        new, old = map(quoted, renamed[0])
        return f"ALTER TABLE {quoted(table)} RENAME COLUMN {new} TO {old}"

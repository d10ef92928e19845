"""Records what statements change, as they run: rows by a session of SQLite's, the schema by comparing it.

A session (https://sqlite.org/sessionintro.html) sees rows, whoever changes them: the statement,
its triggers, foreign keys, and the virtual tables that keep theirs in others. What it cannot see
makes the record `irreversible`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import apsw

from workbench.changes import Record
from workbench.engines.sqlite import schema
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.keys import TABLE as KEYS_TABLE
from workbench.engines.sqlite.schema_watch import SchemaWatch
from workbench.engines.sqlite.twins import table_with_twins
from workbench.engines.sqlite.whole_tables import MOST_BYTES, MOST_COLUMNS, no_key, session_on, too_wide
from workbench.results import Kind
from workbench.sql import on_one_line, quoted

_TOO_LARGE = f"it changes more than the {MOST_BYTES >> 20} MB that are kept to take a run back"

_FIRST_WORDS = 200

_ACTIONS = {
    apsw.SQLITE_INSERT: "insert",
    apsw.SQLITE_UPDATE: "update",
    apsw.SQLITE_DELETE: "delete",
}


class Recorder:
    """Records the statements of a session that writes: `records` has one for each that changed something.

    `seen` is told of each record at once, while all is as it left it.
    """

    def __init__(self, link: Link, seen: Callable[[Record], None]) -> None:
        self._link, self._seen = link, seen
        self._watch: _Watch | None = None
        self.records: list[Record] = []

    @contextmanager
    def statement(self, text: str, *, number: int = 0, all_named: bool = False) -> Iterator[None]:
        """Record what is run inside, which tells `before_step` what it will do.

        `number` is its place in the run. `all_named`: every row that is changed is meant, none a side
        effect.
        """
        self._watch = watch = _Watch(self._link, sum(r.size for r in self.records))
        try:
            yield
            record = watch.record(on_one_line(text, _FIRST_WORDS))
        finally:
            watch.close()
            self._watch = None
        if not record.empty:
            actions = None if all_named else record.actions
            self.records.append(replace(record, number=number, actions=actions))
            self._seen(self.records[-1])

    def add(self, text: str, rows: bytes) -> None:
        """Record what is known without watching: `rows` is what the statement `text` has changed."""
        self.records.append(Record(on_one_line(text, _FIRST_WORDS), rows=rows, actions=None))
        self._seen(self.records[-1])

    def look_away(self) -> None:
        """Record no more rows of this statement: they are in a table that it made itself."""
        if self._watch:
            self._watch.look_away()

    def give_up_when_large(self) -> None:
        """Keep no more of this statement once it is too much to be kept."""
        if self._watch:
            self._watch.give_up_when_large()

    def before_step(self, kind: Kind) -> None:
        """The statement is prepared, and about to do what the link's guard was asked for."""
        if self._watch and kind in (Kind.WRITE, Kind.SCHEMA):
            self._watch.look(kind)


class _Watch:
    """One statement while it is recorded; `used` is how many bytes the ones before it have taken."""

    def __init__(self, link: Link, used: int) -> None:
        self._link, self._used = link, used
        self._session = session_on(link)
        self._session.table_filter(self._is_recorded)
        self._session.attach()
        self._named: list[tuple[int, str, str | None, str | None]] = []
        self._nullable: dict[str, schema.Key] = {}
        self._schema: SchemaWatch | None = None
        self._irreversible: str | None = None
        self._looks = True

    def look(self, kind: Kind) -> None:
        """See what is there before the statement changes it."""
        self._named = list(self._link.authorizer.named)
        self._session.enabled = False  # what is done to look is nobody's change
        touched = self._link.authorizer.touched
        try:
            if kind is Kind.SCHEMA:
                self._schema = SchemaWatch(self._link, self._named)
            self._look_for_odd_tables(touched)
        finally:
            self._session.enabled = self._looks

    def record(self, statement: str) -> Record:
        """What was changed, when the statement is done."""
        made = Record(statement, rows=self._rows())
        self._refuse_null_keys()
        self._refuse_twins(made.rows)
        if self._schema:
            made = self._schema.add_to(made)
            self._irreversible = self._irreversible or made.irreversible
        elif self._named:
            touched = self._link.connection.changes()
            made = replace(made, actions=self._actions(), named_rows=touched, share=self._share(touched))
        if made.size + self._used > MOST_BYTES:
            self._irreversible = _TOO_LARGE
            made = replace(made, rows=b"", lost={})
        return replace(made, irreversible=self._irreversible)

    def look_away(self) -> None:
        """Record no more rows: the table that they are in goes as a whole."""
        self._session.enabled = False
        self._looks = False
        if self._schema:
            self._schema.in_order = True

    def give_up_when_large(self) -> None:
        """Let go of rows that are too many to be kept, so that memory stays flat."""
        if self._looks and self._session.changeset_size + self._used > MOST_BYTES:
            self._irreversible = _TOO_LARGE
            self.look_away()
            self._session.close()
            self._session = session_on(self._link)

    def close(self) -> None:
        """Let go of SQLite's session."""
        self._session.close()

    def _is_recorded(self, table: str) -> bool:
        taken_down = self._schema is not None and table in self._schema.lost
        return not (taken_down or table == KEYS_TABLE or table.startswith("sqlite_"))

    def _rows(self) -> bytes:
        if self._session.changeset_size + self._used > MOST_BYTES:
            self._irreversible = _TOO_LARGE
            return b""
        return self._session.changeset()

    def _actions(self) -> tuple[tuple[str, str], ...]:
        return tuple(dict.fromkeys((_ACTIONS[action], table) for action, table, *_ in self._named))

    def _look_for_odd_tables(self, touched: set[str]) -> None:
        for table in filter(self._is_recorded, sorted(touched)):
            with suppress(apsw.SQLError):  # a view of what is not there any more can still be dropped
                key = schema.key_of(self._link, table)
                if key.may_be_null:
                    self._nullable[table] = key
                if len(key.columns) > MOST_COLUMNS:
                    self._irreversible = too_wide(table)
        self._refuse_null_keys()

    def _refuse_null_keys(self) -> None:
        for table, key in self._nullable.items():
            with suppress(apsw.SQLError):  # it is dropped, and was looked at before
                if schema.has_null_keys(self._link, table, key):
                    self._irreversible = no_key(table)

    def _refuse_twins(self, rows: bytes) -> None:
        table = table_with_twins(self._link, rows) if rows else None
        if table:
            self._irreversible = f"keys of {table} are replaced by others that SQLite takes for the same"

    def _share(self, touched: int) -> float | None:
        """The part of its table's rows that an UPDATE or a DELETE named; not told below a tenth."""
        action, table, *_ = self._named[0]
        if action == apsw.SQLITE_INSERT or not schema.is_table(self._link, table):
            return None
        bounded = f"SELECT count(*) FROM (SELECT 1 FROM main.{quoted(table)} LIMIT ?)"
        ((rows,),) = self._link.own(bounded, (touched * 10 + 1,))
        rows += touched if action == apsw.SQLITE_DELETE else 0
        return touched / rows if rows else None

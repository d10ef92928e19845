"""Takes records back, in a session that writes: the last one first, and each step recorded like any write.

Rows go back by the inverted changeset (https://sqlite.org/session/sqlite3changeset_apply.html), with
triggers off: what they did is in the changeset itself. Foreign keys are looked at in the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

import apsw

from workbench.changes import Conflict, Lost, ObjectChange, Record
from workbench.engines.sqlite import schema
from workbench.engines.sqlite.changesets import SAME, net
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.effects import filled, row_now
from workbench.engines.sqlite.recorder import Recorder
from workbench.engines.sqlite.rows import begin
from workbench.engines.sqlite.whole_tables import is_as_left, undisturbed
from workbench.jobs import Ask
from workbench.results import Kind, Result, Row
from workbench.sql import quoted

_WHY = {
    apsw.SQLITE_CHANGESET_DATA: "changed",
    apsw.SQLITE_CHANGESET_NOTFOUND: "gone",
    apsw.SQLITE_CHANGESET_CONFLICT: "taken",
    apsw.SQLITE_CHANGESET_CONSTRAINT: "constraint",
}

_INVERT = apsw.SQLITE_CHANGESETAPPLY_INVERT
_FLAGS = _INVERT | apsw.SQLITE_CHANGESETAPPLY_FKNOACTION


class Undoing:
    """Takes back what was recorded; `conflicts` are the rows and objects that are not as they were left.

    Those stay as they are, and everything else is taken back: whether that is wanted is for the
    caller to say, by a commit or a rollback. `orphans`: rows would refer to others that are not there.
    `rows` is how many were changed.
    """

    def __init__(self, link: Link, recorder: Recorder) -> None:
        self._link, self._recorder = link, recorder
        self._keys: dict[str, schema.Key] = {}
        self.conflicts: list[Conflict] = []
        self.orphans = False
        self.rows = 0

    def take_back(self, records: Sequence[Record]) -> None:
        """Take back all of `records`, which are in the order in which they were made."""
        if not any(record.objects for record in records):
            self._apply_all(records, _FLAGS)
            return
        before = self._orphans()
        with undisturbed(self._link):
            for record in reversed(records):
                self._take_back(record)
        self.orphans = self._orphans() > before

    def make_again(self, records: Sequence[Record]) -> None:
        """Make what `records` tell of rows once more."""
        self._apply_all(records, _FLAGS & ~_INVERT)

    def _apply_all(self, records: Sequence[Record], flags: int) -> None:
        """All at once, because only in the end need foreign keys be right."""
        rows, statement = net(records), records[0].statement if records else ""
        with undisturbed(self._link, foreign_keys=True):
            if not self._apply_at_once(rows, statement, flags):
                self._apply(rows, statement, flags=flags)

    def _apply_at_once(self, rows: bytes, statement: str, flags: int) -> bool:
        """Where all is as it was left, what is changed is known before: so it need not be watched.

        False when something is not; then nothing was changed.
        """
        connection = self._link.connection
        before = connection.total_changes()
        with suppress(apsw.AbortError, apsw.ConstraintError), self._trusted():
            apsw.Changeset.apply(rows, connection, flags=flags)  # without a handler, a conflict ends it
            self._recorder.add(statement, apsw.Changeset.invert(rows) if flags & _INVERT else rows)
            self.rows += connection.total_changes() - before
            return True
        return False

    @contextmanager
    def _trusted(self) -> Iterator[None]:
        self._link.authorizer.trusted = True
        try:
            yield
        finally:
            self._link.authorizer.trusted = False

    def _take_back(self, record: Record) -> None:
        if record.objects:
            if self._moved(record):
                return
            self._keys.clear()
            if record.inverse:
                self._alter_back(record)
            else:
                self._rebuild(record)
        self._apply(record.rows, record.statement)

    def _orphans(self) -> int:
        ((count,),) = self._link.own("SELECT count(*) FROM pragma_foreign_key_check")
        return count

    # --- the schema --------------------------------------------------------------------------

    def _moved(self, record: Record) -> bool:
        """Whether the schema is not as the record left it: then nothing of that record is taken back."""
        now = schema.objects(self._link)
        moved = [c.name for c in record.objects if _sql(now, c) != c.after]
        moved += [
            table
            for table, left in record.left.items()
            if table not in moved and not is_as_left(self._link, table, left)
        ]
        self.conflicts += [Conflict(name, (), "object", None, None, None) for name in moved]
        return bool(moved)

    def _alter_back(self, record: Record) -> None:
        """By the inverse statement, which may write names in other quotation marks than they had, and have
        tables refer to the other name which the record did not touch.
        """
        changed = {(change.kind, change.name) for change in record.objects}
        there = schema.objects(self._link).items()
        told = [(each.sql, *name) for name, each in there if name[0] != "pragma" and name not in changed]
        told += [(change.before, change.kind, change.name) for change in record.objects]
        with self._recorder.statement(record.inverse):
            self._run(record.inverse)
            self._link.own("PRAGMA writable_schema = 1")
            for values in told:
                self._link.own(
                    "UPDATE sqlite_schema SET sql = ?1 WHERE type = ?2 AND name = ?3 AND sql IS NOT ?1",
                    values,
                )
            self._link.own("PRAGMA writable_schema = RESET")

    def _rebuild(self, record: Record) -> None:
        """Drop what the record made, make again what it dropped, and give tables their rows back."""
        tables = {c.name for c in record.objects if c.kind == "table" and c.after is not None}
        beside = self._beside(tables, record)
        for change in reversed(record.objects):
            own = change.kind == "table" or change.table not in tables
            if change.after is not None and change.kind != "pragma" and own:
                self._do(f"DROP {change.kind} main.{quoted(change.name)}")
        again = [c for c in record.objects if c.before is not None]
        for change in again:
            if change.kind in ("pragma", "table"):
                self._do(_making(change))
        for table, lost in record.lost.items():
            self._give_back(table, lost, record.statement)
        for change in again + beside:
            if change.kind not in ("pragma", "table"):
                self._do(_making(change))

    def _beside(self, tables: set[str], record: Record) -> list[ObjectChange]:
        """What goes with tables that are dropped to be made again, though the record did not change it."""
        changed = {(c.kind, c.name) for c in record.objects}
        remade = {c.name for c in record.objects if c.kind == "table" and c.before is not None} & tables
        return [
            ObjectChange(kind, name, found.table, found.sql, found.sql)
            for (kind, name), found in schema.objects(self._link).items()
            if found.table in remade and kind != "table" and (kind, name) not in changed
        ]

    def _give_back(self, table: str, lost: Lost, statement: str) -> None:
        self._apply(lost.rows, statement)
        if lost.sequence is not None:
            self._link.own("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            self._link.own("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, lost.sequence))

    def _do(self, sql: str) -> None:
        with self._recorder.statement(sql):
            self._run(sql)

    def _run(self, sql: str) -> None:
        with closing(self._link.connection.cursor()) as cursor:
            begin(cursor, self._link, sql, Ask(sql), Result(sql, Kind.READ))

    # --- rows --------------------------------------------------------------------------------

    def _apply(self, rows: bytes, statement: str, *, flags: int = _FLAGS) -> None:
        if not rows:
            return
        connection = self._link.connection
        before = connection.total_changes()
        with self._trusted(), self._recorder.statement(statement, all_named=True):
            apsw.Changeset.apply(rows, connection, conflict=self._decide, flags=flags)
        self.rows += connection.total_changes() - before

    def _decide(self, reason: int, change: apsw.TableChange) -> int:
        """Leave a row that is not as it was left, and remember it unless it is as it would become."""
        if reason == apsw.SQLITE_CHANGESET_FOREIGN_KEY:
            self.orphans = True
        if reason in _WHY:
            found = self._conflict(_WHY[reason], change)
            if found is not None:
                self.conflicts.append(found)
        return apsw.SQLITE_CHANGESET_OMIT

    def _conflict(self, why: str, change: apsw.TableChange) -> Conflict | None:
        key = self._key(change.name)
        try:
            then, would = change.old, change.new
            now = row_now(self._link, change.name, key, then or would)
        except UnicodeDecodeError:
            return Conflict(change.name, key.columns, why, None, None, None)
        if now is None and then and would:
            return _gone(change.name, key.columns, then, filled(would, then))
        then, would = (filled(row, now or row) if row else None for row in (then, would))
        return None if now == would else Conflict(change.name, key.columns, why, then, now, would)

    def _key(self, table: str) -> schema.Key:
        if table not in self._keys:
            self._keys[table] = schema.key_of(self._link, table)
        return self._keys[table]


def _sql(objects: dict[schema.Name, schema.Object], change: ObjectChange) -> str | None:
    found = objects.get((change.kind, change.name))
    return found.sql if found else None


def _gone(table: str, columns: tuple[str, ...], then: Row, would: Row) -> Conflict:
    """An updated row that is not there any more, with the columns that are recorded of it."""
    known = [place for place, value in enumerate(then) if value is not SAME]
    columns, then, would = (tuple(each[place] for place in known) for each in (columns, then, would))
    return Conflict(table, columns, "gone", then, None, would)


def _making(change: ObjectChange) -> str:
    return f"PRAGMA {change.name} = {change.before}" if change.kind == "pragma" else change.before

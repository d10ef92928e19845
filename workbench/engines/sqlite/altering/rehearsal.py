"""Statements tried on a copy of the schema, in memory, and remembered in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import NamedTuple

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.query_plans.blueprint import change
from workbench.errors import StatementError
from workbench.sql import quoted

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"


class Object(NamedTuple):
    """A table, index, view or trigger."""

    kind: str
    name: str
    table: str
    sql: str

    @property
    def drop(self) -> str:
        """The statement that drops it."""
        return f"DROP {self.kind.upper()} {quoted(self.name)}"


class Rehearsal:
    """A copy of a schema on which `statements` were done; each raises a WorkbenchError where it cannot be."""

    def __init__(self, copy: Link) -> None:
        self.copy = copy
        self.statements: list[str] = []
        copy.own("PRAGMA foreign_keys = OFF")

    def do(self, sql: str) -> None:
        """Do `sql`, and remember it."""
        try:
            with translated(self.copy.authorizer):
                change(self.copy, sql)
        except StatementError as error:
            if " after rename: " in error.message:
                error.hint = "Nothing was changed. Change or drop it first: it uses a name that would go."
            raise
        self.statements.append(sql)

    def note(self, sql: str) -> None:
        """Remember `sql`, which has no effect on the copy, or one that is there already."""
        self.statements.append(sql)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is done inside is undone and forgotten when it raises."""
        before = list(self.statements)
        self.copy.own("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.statements = before
            self.copy.own("ROLLBACK TO attempt")
            raise
        finally:
            self.copy.own("RELEASE attempt")

    def objects(self) -> list[Object]:
        """All there are, in the order in which they were made."""
        return [Object(*row) for row in self.copy.own(_OBJECTS)]

    def sql_of(self, table: str) -> str:
        """The SQL of a table."""
        return next(o.sql for o in self.objects() if o.kind == "table" and _same(o.name, table))

    def free_name(self, wished: str) -> str:
        """A name that no object has: the one that is wished for, if that is free."""
        taken = {each.name.lower() for each in self.objects()}
        names = (f"{wished}{n or ''}" for n in count())
        return next(name for name in names if name.lower() not in taken)

    def broken(self) -> dict[Object, str]:
        """The views and triggers that do not work now, each with why.

        SQLite looks at them all when a table or a column is renamed, and refuses for the first of these; but
        it takes seconds for that where there are many, so each is compiled by itself here.
        """
        objects, found = self.objects(), {}
        for view in (each for each in objects if each.kind == "view"):
            found[view] = self._why_not(f"SELECT * FROM {quoted(view.name)}")
        triggers = [each for each in objects if each.kind == "trigger"]
        for table in dict.fromkeys(each.table for each in triggers):
            found |= self._broken_of(table, [each for each in triggers if each.table == table])
        return {each: why for each, why in found.items() if why}

    def _broken_of(self, table: str, triggers: Sequence[Object]) -> dict[Object, str | None]:
        """The triggers of a table that let no row of it be written, each looked at without the others."""
        if not self._why_not_written(table):
            return {}
        found = {}
        for each in triggers:
            with self.copy.undone():
                for other in triggers:
                    if other is not each:
                        self.copy.own(other.drop)
                found[each] = self._why_not_written(table)
        return found

    def _why_not_written(self, table: str) -> str | None:
        """Why SQLite cannot compile what writes rows of `table`, with all its triggers; None when it can."""
        name = quoted(table)
        try:
            names = self.copy.own("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", (table,))
        except apsw.SQLError as error:  # a view that does not work
            return str(error)
        same = ", ".join(f"{quoted(column)} = {quoted(column)}" for (column,) in names)
        written = [f"INSERT INTO {name} DEFAULT VALUES", f"DELETE FROM {name}", f"UPDATE {name} SET {same}"]
        found = filter(None, map(self._why_not, written if same else written[:2]))
        return next((why for why in found if not why.startswith("cannot modify")), None)  # a view by itself

    def _why_not(self, sql: str) -> str | None:
        """Why SQLite cannot compile `sql`; None when it can."""
        try:
            self.copy.own(f"EXPLAIN {sql}")
        except apsw.SQLError as error:
            return str(error)
        return None

    def with_triggers(self, found: Iterable[Object]) -> list[Object]:
        """Those, and the triggers that go with the views among them, in the order to make them again."""
        named = {(each.kind, each.name) for each in found}
        views = {name for kind, name in named if kind == "view"}
        all_of = [
            each
            for each in self.objects()
            if (each.kind, each.name) in named or (each.kind == "trigger" and each.table in views)
        ]
        return sorted(all_of, key=lambda each: each.kind == "trigger")


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()

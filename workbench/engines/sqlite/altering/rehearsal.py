"""Statements tried on a copy of the schema, in memory, and remembered in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import NamedTuple

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.faults import translated
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
            with translated():
                self.copy.own(sql)
        except StatementError as error:
            if " after rename: " in error.message:
                error.hint = "Nothing was changed. Change or drop it first: it uses a name that would go."
            raise
        self.statements.append(sql)

    def note(self, sql: str) -> None:
        """Remember `sql`, which is about rows: the copy has none."""
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
        """The views and triggers that cannot be worked out now, each with why.

        SQLite looks at them all when a table is renamed, and tells of the first.
        """
        found: dict[Object, str] = {}
        self.copy.own("SAVEPOINT broken")
        name = quoted(self.free_name("workbench_probe"))
        self.copy.own(f"CREATE TABLE {name} (a)")
        while True:
            try:
                self.copy.own(f"ALTER TABLE {name} RENAME TO {quoted(self.free_name('workbench_probed'))}")
                break
            except apsw.SQLError as error:
                wrong = self._named_in(str(error))
                if wrong is None:
                    break
                found[wrong] = str(error).partition(f"{wrong.name}: ")[2] or str(error)
                self.copy.own(wrong.drop)
        self.copy.own("ROLLBACK TO broken")
        self.copy.own("RELEASE broken")
        return found

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

    def _named_in(self, message: str) -> Object | None:
        """Which view or trigger an error is in; its name is followed by a colon or by ``after …``."""
        for each in self.objects():
            told = f"error in {each.kind} {each.name}"
            if each.kind in ("view", "trigger") and message.startswith((f"{told}:", f"{told} ")):
                return each
        return None


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()

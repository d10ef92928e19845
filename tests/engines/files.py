"""A database file, what is done to it, and what another program sees of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import apsw

from workbench.changes import Effects, Record
from workbench.engines.base import Plan
from workbench.engines.sqlite import SqliteEngine, ready_file
from workbench.jobs import Ask, Job
from workbench.results import InvalidText, Value
from workbench.runner import first_rows
from workbench.sql import quoted

_QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where a file is not waited for: none of this is about power cuts."""


class Snapshot(NamedTuple):
    """All that a database holds: its schema, and each table's rows, however they are ordered."""

    schema: dict[tuple[str, str], str]
    rows: dict[str, Counter[tuple]]


class File:
    """A database, changed by the engine and looked at by somebody else."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        apsw.Connection(str(path)).execute(schema)
        ready_file(path, read_only=False)
        self.engine = SqliteEngine(path, line_folder=path.parent)

    def run(self, script: str, *, dry: bool = False) -> tuple[list[Record], list[Effects]]:
        """Run `script` and record it; committed unless it is `dry`."""
        job = Job((Ask(script),), record=True, dry_run=dry)
        with self.engine.session(self.engine.plan(job)) as session:
            for statement in session.statements():
                session.execute(statement, first_rows(10))
            assert not session.broken_keys()
            if not dry:
                session.commit()
            return list(session.records), list(session.effects)

    def take_back(self, records: list[Record]) -> list[Record]:
        """Take all of `records` back, which must meet no conflict."""
        plan = Plan(Job((), record=True), writes=True)
        with self.engine.session(plan) as session:
            found = session.take_back(records)
            assert (found.conflicts, found.orphans) == ([], False)
            session.commit()
            return list(session.records)

    def look(self) -> Snapshot:
        """What another program sees."""
        other = apsw.Connection(str(self.path))
        found = other.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")
        schema = {(kind, name): sql for kind, name, sql in found}
        tables = [n for (kind, n), sql in schema.items() if kind == "table" and "VIRTUAL" not in sql]
        rows = {table: Counter(_rows(other, table)) for table in tables}
        if ("table", "words") in schema:
            rows["words"] = Counter(other.execute("SELECT rowid FROM words WHERE words MATCH 'gone OR 1'"))
        return Snapshot(schema, rows)


def _rows(other: apsw.Connection, table: str) -> Iterator[tuple]:
    stored = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0"
    columns = [quoted(name) for (name,) in other.execute(stored, (table,))]
    picks = ", ".join(f"typeof({c}), iif(typeof({c}) = 'text', CAST({c} AS BLOB), {c})" for c in columns)
    for row in other.execute(f"SELECT {picks} FROM {quoted(table)}"):
        yield tuple(zip(row[::2], map(repr, row[1::2]), strict=True))


def told(value: Value) -> tuple[str, str]:
    """A value as a snapshot has it: its type, and what tells it from all others."""
    if isinstance(value, str | InvalidText):
        return "text", repr(value.encode() if isinstance(value, str) else bytes(value))
    kinds = {type(None): "null", int: "integer", float: "real", bytes: "blob"}
    return kinds[type(value)], repr(value)


@contextmanager
def a_file(schema: str) -> Iterator[File]:
    """One that holds `schema`, for as long as the context."""
    with TemporaryDirectory(dir=_QUICK) as folder:
        file = File(Path(folder) / "file.db", schema)
        try:
            yield file
        finally:
            file.engine.close()

"""Any write can be looked at before, and taken back after: on schemas and scripts that nobody thought of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import apsw
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from workbench.changes import Effects, Record, fingerprint
from workbench.engines.base import Plan
from workbench.engines.sqlite import SqliteEngine, ready_file
from workbench.errors import WorkbenchError
from workbench.jobs import Ask, Job
from workbench.results import InvalidText, Value
from workbench.runner import first_rows
from workbench.sql import quoted

_QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where a file is not waited for: none of this is about power cuts."""

# --- a file and what is done to it -----------------------------------------------------------


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
    with TemporaryDirectory(dir=_QUICK) as folder:
        file = File(Path(folder) / "file.db", schema)
        try:
            yield file
        finally:
            file.engine.close()


# --- schemas and scripts ---------------------------------------------------------------------

TABLES = {
    "plain": "CREATE TABLE plain (id INTEGER PRIMARY KEY, a, u UNIQUE)",
    "keyless": "CREATE TABLE keyless (a, u UNIQUE)",
    "named": "CREATE TABLE named (k TEXT PRIMARY KEY NOT NULL, a ANY, u ANY) STRICT",
    "loose": "CREATE TABLE loose (k PRIMARY KEY, a, u)",
    "clustered": "CREATE TABLE clustered (k, j, a, u UNIQUE, PRIMARY KEY (k, j)) WITHOUT ROWID",
    "made": "CREATE TABLE made (id INTEGER PRIMARY KEY, a, u, b AS (a || 1) STORED, c AS (u || 2))",
    "tree": "CREATE TABLE tree (id INTEGER PRIMARY KEY, a, u REFERENCES tree ON DELETE CASCADE)",
    "child": "CREATE TABLE child (id INTEGER PRIMARY KEY, a, u REFERENCES plain ON DELETE SET NULL)",
    "counted": "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a, u)",
}
EXTRAS = (
    "CREATE INDEX by_a ON plain (a)",
    "CREATE TABLE log (said)",
    "CREATE VIRTUAL TABLE words USING fts5 (a, u)",
    "CREATE VIEW seen AS SELECT * FROM plain",
)
TRIGGERS = (
    "CREATE TRIGGER t1 AFTER INSERT ON {t} BEGIN INSERT INTO log VALUES ('insert ' || new.a); END",
    "CREATE TRIGGER t2 AFTER UPDATE ON {t} BEGIN UPDATE keyless SET a = old.a WHERE a IS NOT old.a; END",
    "CREATE TRIGGER t3 BEFORE DELETE ON {t} BEGIN INSERT INTO words (a, u) VALUES (old.a, 'gone'); END",
    "CREATE TRIGGER t4 AFTER DELETE ON {t} BEGIN DELETE FROM plain WHERE a IS old.a; END",
)

values = st.sampled_from(
    ["NULL", "0", "1", "2", "3", "-0.0", "1e300", "9e999", "''", "'b'", "x''", "x'00ff'",
     "CAST(x'ff41' AS TEXT)", "9223372036854775807", "'b' || char(0)"]
)  # fmt: skip
numbers = st.sampled_from(["1", "2", "3", "4", "NULL"])


def key_columns(table: str) -> str:
    return {"named": "k", "loose": "k", "clustered": "k, j", "keyless": "", "words": "", "log": ""}.get(
        table, "id"
    )


@st.composite
def statements(draw: st.DrawFn) -> str:
    table = draw(st.sampled_from([*TABLES, "words"]))
    keys = key_columns(table)
    a, u = draw(values), draw(numbers)
    where = draw(st.sampled_from(["", f" WHERE a IS {draw(values)}", f" WHERE u = {u}", " WHERE rowid < 3"]))
    if table == "clustered":
        where = where.replace("rowid", "k")
    names = ", ".join(filter(None, [keys, "a", "u"]))
    row = ", ".join([*(draw(numbers) if k != "k" else draw(values) for k in keys.split(", ") if k), a, u])
    resolve = draw(st.sampled_from(["", "", " OR REPLACE", " OR IGNORE"]))
    upsert = f" ON CONFLICT DO UPDATE SET a = {draw(values)}" if keys and draw(st.booleans()) else ""
    return draw(
        st.sampled_from(
            [
                f"INSERT{resolve} INTO {table} ({names}) VALUES ({row})",
                f"INSERT INTO {table} ({names}) VALUES ({row}){upsert}",
                f"INSERT{resolve} INTO {table} (a, u) SELECT a, u FROM plain",
                f"UPDATE{resolve} {table} SET a = {a}{where}",
                f"UPDATE{resolve} {table} SET u = {u}{where}",
                f"UPDATE{resolve} {table} SET {(keys or 'a').split(',')[0]} = {draw(numbers)}{where}",
                f"DELETE FROM {table}{where}",
            ]
        )
    )


alterations = st.sampled_from(
    [
        "CREATE TABLE fresh AS SELECT * FROM plain",
        "CREATE TABLE fresh (a, u)",
        "INSERT INTO fresh SELECT 1, 2",
        "DROP TABLE fresh",
        "DROP TABLE keyless",
        "DROP TABLE counted",
        "DROP TABLE plain",
        "DROP TABLE loose",
        "DROP TABLE words",
        "ALTER TABLE made RENAME TO remade",
        "ALTER TABLE keyless RENAME COLUMN u TO renamed",
        "ALTER TABLE keyless ADD COLUMN more DEFAULT 7",
        "ALTER TABLE counted DROP COLUMN u",
        "ALTER TABLE child DROP COLUMN a",
        "CREATE INDEX fresh_index ON keyless (a)",
        "DROP INDEX by_a",
        "DROP VIEW seen",
        "DROP TRIGGER t1",
        "PRAGMA user_version = 9",
    ]
)

schemas = st.lists(
    st.tuples(st.sampled_from(TRIGGERS), st.sampled_from(["plain", "keyless", "clustered", "tree"])),
    unique_by=lambda pair: pair[0],
    max_size=3,
)


def schema_with(triggers: list[tuple[str, str]]) -> str:
    return ";\n".join([*TABLES.values(), *EXTRAS, *(sql.format(t=table) for sql, table in triggers)])


def filled(file: File, rows: list[str]) -> None:
    """Give the tables some rows; what does not fit is left out."""
    other = apsw.Connection(str(file.path))
    other.execute("PRAGMA foreign_keys = 1")
    for sql in rows:
        try:
            other.execute(sql)
        except apsw.Error:
            continue


def visible(rows: dict[str, Counter[tuple]]) -> dict[str, Counter[tuple]]:
    """Without what a virtual table keeps for itself."""
    return {table: found for table, found in rows.items() if not table.startswith("words")}


def replayed(before: Snapshot, effects: list[Effects]) -> dict[str, Counter[tuple]]:
    """The rows of `before` after each change that `effects` tell of."""
    rows = {table: Counter(found) for table, found in visible(before.rows).items()}
    for table in (table for effect in effects for table in effect.tables):
        skipped = int(table.columns[0] == "_rowid_")
        for change in table.changes:
            for row, step in ((change.old, -1), (change.new, 1)):
                if row is not None:
                    rows[table.table][tuple(map(told, row[skipped:]))] += step
    return {table: +found for table, found in rows.items()}


@tries(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(
    schemas,
    st.lists(statements(), max_size=12),
    st.lists(st.one_of(statements(), alterations), min_size=1, max_size=5),
)
def test_a_preview_changes_nothing_and_any_write_can_be_taken_back_and_made_again(
    triggers: list[tuple[str, str]], rows: list[str], script: list[str]
) -> None:
    with a_file(schema_with(triggers)) as file:
        filled(file, rows)
        before = file.look()
        text = ";\n".join(script)
        try:
            shown, effects = file.run(text, dry=True)
        except WorkbenchError:
            assume(False)
        assert file.look() == before
        done, _ = file.run(text)
        after = file.look()
        assert fingerprint(done) == fingerprint(shown)
        if not any(effect.objects for effect in effects) and not any(r.irreversible for r in done):
            assert replayed(before, effects) == visible(after.rows)
        assume(not any(record.irreversible for record in done))
        taken_back = file.take_back(done)
        assert file.look() == before
        assert not any(record.irreversible for record in taken_back)
        again = file.take_back(taken_back)
        assert file.look() == after
        file.take_back(again)
        assert file.look() == before


@pytest.mark.parametrize(
    "script",
    [
        "INSERT OR REPLACE INTO person VALUES ('ALICE', 2)",
        "UPDATE person SET name = 'Alice' WHERE name = 'alice'",
        "INSERT OR REPLACE INTO figure VALUES (0, 2)",
    ],
)
def test_keys_that_are_one_for_sqlite_and_two_for_a_changeset_are_told_before(script: str) -> None:
    schema = "CREATE TABLE person (name TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, nr) WITHOUT ROWID;"
    schema += "CREATE TABLE figure (x PRIMARY KEY, nr) WITHOUT ROWID;"
    with a_file(schema) as file:
        filled(file, ["INSERT INTO person VALUES ('alice', 1)", "INSERT INTO figure VALUES (-0.0, 1)"])
        (record,), _ = file.run(script, dry=True)
        assert "takes for the same" in record.irreversible


def test_keys_that_are_told_apart_can_be_taken_back() -> None:
    with a_file("CREATE TABLE person (name TEXT PRIMARY KEY NOT NULL, nr)") as file:
        filled(file, ["INSERT INTO person VALUES ('alice', 1), ('Bob', 2)"])
        before = file.look()
        done, _ = file.run("UPDATE person SET name = upper(name)")
        file.take_back(done)
        assert file.look() == before


def test_a_table_whose_rows_nothing_tells_apart_can_be_dropped_and_that_it_stays_so_is_told() -> None:
    with a_file("CREATE TABLE loose (k PRIMARY KEY, a); INSERT INTO loose VALUES (NULL, 1)") as file:
        (record,), _ = file.run("DROP TABLE loose")
        assert "NULL in their primary key" in record.irreversible
        assert file.look().schema == {}


def test_a_view_of_a_table_that_is_gone_can_be_dropped_and_brought_back() -> None:
    with a_file("CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; DROP TABLE t") as file:
        before = file.look()
        done, _ = file.run("DROP VIEW v")
        assert file.look().schema == {}
        file.take_back(done)
        assert file.look() == before

"""Any write can be looked at before, and taken back after: on schemas and scripts that nobody thought of."""

from __future__ import annotations

from collections import Counter

import apsw
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from tests.engines.files import File, Snapshot, a_file, told
from workbench.changes import Effects, fingerprint
from workbench.engines.sqlite.whole_tables import MOST_COLUMNS
from workbench.errors import WorkbenchError
from workbench.results import InvalidText

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


@pytest.mark.parametrize("end", ["", ", PRIMARY KEY (c0, c1)) WITHOUT ROWID"], ids=["rowid", "key"])
def test_a_table_is_taken_back_or_is_told_to_have_too_many_columns(end: str) -> None:
    most = MOST_COLUMNS if end else MOST_COLUMNS - 1  # the rowid is one of them
    for columns in (most, most + 1):
        names = [f"c{i}" for i in range(columns)]
        with a_file(f"CREATE TABLE wide ({', '.join(names)}{end or ')'}") as file:
            filled(file, ["INSERT INTO wide (c0, c1) VALUES (1, 2)"])
            before = file.look()
            done, _ = file.run(
                "UPDATE wide SET c5 = 6; DELETE FROM wide; INSERT INTO wide (c0, c1) VALUES (3, 4)"
            )
            if columns > most:
                assert all("more than 998 columns" in record.irreversible for record in done)
            else:
                file.take_back(done)
                assert file.look() == before


def test_a_view_of_a_table_that_is_gone_can_be_dropped_and_brought_back() -> None:
    with a_file("CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; DROP TABLE t") as file:
        before = file.look()
        done, _ = file.run("DROP VIEW v")
        assert file.look().schema == {}
        file.take_back(done)
        assert file.look() == before


def test_a_row_whose_key_is_no_valid_text_is_shown_whole_and_put_back() -> None:
    key = "CAST(x'ff41' AS TEXT)"
    with a_file(f"CREATE TABLE loose (k PRIMARY KEY, a, u); INSERT INTO loose VALUES ({key}, 0, 1)") as file:
        before = file.look()
        done, (shown,) = file.run("UPDATE loose SET a = NULL")
        assert [change.old for change in shown.tables[0].changes] == [(InvalidText(b"\xffA"), 0, 1)]
        file.take_back(done)
        assert file.look() == before

"""A table is altered by form: what should survive does, what would break is told, all can be undone."""

from __future__ import annotations

from dataclasses import replace

import apsw
import pytest

from tests.engines.altered import design_of, finds, plan, rows, with_column, words
from tests.engines.files import a_file
from workbench.designs.design import Column, Parent
from workbench.errors import WorkbenchError

SCHOOL = """
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nr INT CHECK (nr > 0), "odd ""name" ANY);
CREATE TABLE visit (p INT REFERENCES person (id) ON DELETE CASCADE, said, UNIQUE (p, said));
CREATE TABLE note (k TEXT PRIMARY KEY, n INT) WITHOUT ROWID;
CREATE TABLE number (id INTEGER PRIMARY KEY AUTOINCREMENT, n);
CREATE INDEX by_nr ON person (nr DESC) WHERE nr > 1;
CREATE INDEX by_name ON person (lower(name));
CREATE VIEW best AS SELECT name AS name, nr AS nr FROM person WHERE nr > 1;
CREATE VIEW "best of" AS SELECT name FROM best;
CREATE TRIGGER told AFTER INSERT ON person BEGIN INSERT INTO visit VALUES (new.id, new.name); END;
CREATE TRIGGER elsewhere AFTER UPDATE ON note BEGIN UPDATE person SET nr = new.n WHERE name = new.k; END;
CREATE TRIGGER instead INSTEAD OF INSERT ON best BEGIN INSERT INTO person (name, nr) VALUES (new.name, new.nr); END;
INSERT INTO person VALUES (1, 'Mark', 1, '007'), (2, 'John', 22, x'00'), (7, 'Eve', NULL, 1.5);
INSERT INTO visit VALUES (7, 'hello'); INSERT INTO visit (rowid, p, said) VALUES (50, 1, NULL), (60, 2, 'x');
INSERT INTO note VALUES ('a', 1), ('b', 2);
INSERT INTO number VALUES (5, 'five'), (9, 'nine'); DELETE FROM number WHERE id = 9;
"""  # noqa: E501


def test_a_name_is_changed_wherever_it_is_used() -> None:
    with a_file(SCHOOL) as file:
        before = file.look()
        wanted = with_column(replace(design_of(file, "person"), name="human"), "nr", name="grade")
        found = plan(file, "person", wanted)
        assert found.statements == [
            "ALTER TABLE person RENAME TO human",
            "ALTER TABLE human RENAME COLUMN nr TO grade",
        ]
        done, _ = file.run(found.script)
        schema = file.look().schema
        assert "grade DESC" in schema["index", "by_nr"]
        assert 'UPDATE "human" SET grade' in schema["trigger", "elsewhere"]
        assert rows(file, 'SELECT * FROM "best of"') == [("John",)]
        file.take_back(done)
        assert file.look() == before


def test_names_can_change_places() -> None:
    with a_file(SCHOOL) as file:
        wanted = with_column(with_column(design_of(file, "person"), "name", name="nr"), "nr", name="name")
        file.run(plan(file, "person", wanted).script)
        assert rows(file, "SELECT nr, name FROM person WHERE id = 1") == [("Mark", 1)]


def test_what_alter_can_do_is_done_by_it() -> None:
    with a_file(SCHOOL) as file:
        old = design_of(file, "visit")
        wanted = with_column(
            replace(old, columns=(*old.columns, Column("at", "TEXT", default="'x'"))), "p", not_null=True
        )
        assert plan(file, "visit", wanted).statements == [
            "ALTER TABLE visit ALTER COLUMN p SET NOT NULL",
            "ALTER TABLE visit ADD COLUMN at TEXT DEFAULT 'x'",
        ]
        fewer = design_of(file, "number")
        fewer = replace(fewer, columns=fewer.columns[:1])
        assert plan(file, "number", fewer).statements == ["ALTER TABLE number DROP COLUMN n"]


def test_a_table_made_anew_keeps_its_rows_and_all_that_hangs_on_it() -> None:
    with a_file(SCHOOL) as file:
        before = file.look()
        old = design_of(file, "person")
        wanted = with_column(old, "nr", type="REAL", default="1", check="nr >= 0")
        wanted = replace(
            wanted, columns=(*reversed(wanted.columns), Column("more", "TEXT", default="CURRENT_DATE"))
        )
        found = plan(file, "person", wanted)
        assert [note.bad for note in found.notes] == [False]
        done, _ = file.run(found.script)
        after = file.look()
        assert {name: sql for name, sql in after.schema.items() if name != ("table", "person")} == {
            name: sql for name, sql in before.schema.items() if name != ("table", "person")
        }
        assert rows(file, "SELECT id, name, nr, typeof(nr) FROM person ORDER BY id")[1] == (
            2,
            "John",
            22.0,
            "real",
        )
        assert rows(file, "SELECT length(more) FROM person") == [(10,)] * 3
        assert after.rows["visit"] == before.rows["visit"]
        file.take_back(done)
        assert file.look() == before


def test_a_rowid_is_kept_where_nothing_else_tells_rows_apart_and_numbers_are_not_given_twice() -> None:
    with a_file(SCHOOL) as file:
        before = rows(file, "SELECT rowid, * FROM visit")
        wanted = replace(design_of(file, "visit"), constraints=())
        done, _ = file.run(plan(file, "visit", wanted).script)
        assert rows(file, "SELECT rowid, * FROM visit") == before
        wanted = with_column(design_of(file, "number"), "n", type="TEXT")
        more, _ = file.run(plan(file, "number", wanted).script)
        assert rows(file, "SELECT * FROM sqlite_sequence") == [("number", 9)]
        file.take_back(more)
        file.take_back(done)
        assert rows(file, "SELECT rowid, * FROM visit") == before
        assert rows(file, "SELECT * FROM sqlite_sequence") == [("number", 9)]


def test_from_a_rowid_to_a_key_and_back() -> None:
    with a_file(SCHOOL) as file:
        for strict in (True, False):
            wanted = replace(design_of(file, "note"), without_rowid=not strict, strict=strict)
            file.run(plan(file, "note", wanted).script)
            assert rows(file, "SELECT * FROM note ORDER BY k") == [("a", 1), ("b", 2)]


def test_what_goes_or_would_break_is_told() -> None:
    with a_file(SCHOOL) as file:
        old = design_of(file, "person")
        found = plan(file, "person", replace(old, columns=tuple(c for c in old.columns if c.name != "nr")))
        assert "The index by_nr goes with what it is of: no such column: nr" in words(found)
        assert "The view best would no longer work: no such column: nr" in words(found)
        assert "The trigger elsewhere would no longer work: no such column: nr" in words(found)
        gone = plan(file, "person", replace(old, columns=old.columns[1:]))
        assert "The foreign key of visit would lead to no key" in words(gone)


def test_rows_that_would_refer_to_nothing_refuse_it() -> None:
    with a_file(SCHOOL) as file:
        before = file.look()
        wanted = with_column(design_of(file, "note"), "n", parent=Parent("person", "id"))
        file.run("INSERT INTO note VALUES ('c', 3)")
        script = plan(file, "note", wanted).script
        with pytest.raises(WorkbenchError) as refused:
            file.run(script)
        assert refused.value.code == "SQLITE_CONSTRAINT_FOREIGNKEY"
        assert file.look().schema == before.schema


def test_rows_that_refer_to_nothing_already_are_told_before() -> None:
    with a_file(SCHOOL) as file:
        file.run("PRAGMA foreign_keys = OFF; INSERT INTO visit VALUES (99, 'lost')")
        found = plan(file, "person", with_column(design_of(file, "person"), "nr", type="REAL"))
        (question,) = [each for each in found.questions if finds(file, each) and each.bad]
        with file.engine.browsing() as browsing:
            assert browsing.tally(question, 10) == 1
        assert question.one.startswith("row of visit refers to nothing already")
        with pytest.raises(WorkbenchError):
            file.run(found.script)


def test_a_new_column_that_refers_to_nothing_by_itself_is_refused() -> None:
    with a_file(SCHOOL) as file:
        old = design_of(file, "note")
        lost = Column("p", generated="1 + 1000", parent=Parent("person"))
        found = plan(file, "note", replace(old, columns=(*old.columns, lost)))
        with pytest.raises(WorkbenchError):
            file.run(found.script)


def test_a_view_that_is_broken_already_is_in_nobodys_way() -> None:
    with a_file(SCHOOL + "CREATE VIEW broken AS SELECT * FROM nowhere") as file:
        before = file.look()
        for wanted in (
            with_column(design_of(file, "person"), "nr", name="grade"),
            with_column(design_of(file, "person"), "nr", type="REAL"),
        ):
            found = plan(file, "person", wanted)
            assert not any(note.bad for note in found.notes)
            done, _ = file.run(found.script)
            assert file.look().schema["view", "broken"] == before.schema["view", "broken"]
            file.take_back(done)
            assert file.look() == before


def test_a_name_that_a_view_hands_on_to_its_trigger_is_refused_with_what_to_do() -> None:
    trigger = "CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN SELECT new.a; END"
    with a_file(f"CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; {trigger}") as file:
        with pytest.raises(WorkbenchError) as refused:
            plan(file, "t", with_column(design_of(file, "t"), "a", name="b"))
        assert refused.value.message == "error in trigger i after rename: no such column: new.a"
        assert "Change or drop it first" in refused.value.hint


def test_comments_that_would_go_are_told() -> None:
    with a_file("CREATE TABLE t (a INT -- of all\n, b)") as file:
        assert "comments" in words(plan(file, "t", with_column(design_of(file, "t"), "a", type="TEXT")))


@pytest.mark.parametrize(
    "change",
    [
        lambda old: old,
        lambda old: replace(old, columns=(Column("new"),)),
        lambda old: replace(old, columns=(*old.columns, replace(old.columns[0], name="twice"))),
        lambda old: replace(old, name="visit"),
        lambda old: with_column(old, "nr", check="nowhere > 1"),
        lambda old: with_column(old, "nr", more="NOT NULL, b INT"),
        lambda old: with_column(old, "nr", check="load_extension('x') IS NULL"),
        lambda old: replace(old, columns=(*old.columns, Column("b", default="(readfile('/etc/passwd'))"))),
        lambda old: with_column(replace(old, strict=True), "nr", type="NUMBER"),
    ],
)
def test_what_cannot_be_is_refused_before(change) -> None:
    with a_file(SCHOOL) as file, pytest.raises(WorkbenchError):
        plan(file, "person", change(design_of(file, "person")))


# --- values that would change, or be refused ----------------------------------------------------

VALUES = [
    "1",
    "2.0",
    "2.5",
    "'abc'",
    "'007'",
    "' 3 '",
    "'1e2'",
    "x'31'",
    "NULL",
    "9007199254740993",
    "''",
    "'1.50'",
]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("kind", ["INTEGER", "REAL", "TEXT", "BLOB", "ANY", "NUMERIC", "VARCHAR(9)"])
def test_what_a_new_type_does_to_values_is_known_before(kind: str, strict: bool) -> None:
    if strict and kind in ("NUMERIC", "VARCHAR(9)"):
        return
    with a_file(f"CREATE TABLE t (a); INSERT INTO t VALUES {', '.join(f'({v})' for v in VALUES)}") as file:
        wanted = replace(with_column(design_of(file, "t"), "a", type=kind), strict=strict)
        asked = plan(file, "t", wanted).questions
        changed, refused = set(), set()
        for question in asked:
            (refused if question.bad else changed).update(rows(file, question.query))
        for value in VALUES:
            ((is_changed, is_refused),) = _what_happens(value, kind, strict)
            stored = rows(file, f"SELECT {value}")[0]
            assert (stored in refused) == is_refused
            if not is_refused:
                assert (stored in changed) == is_changed, value


def _what_happens(value: str, kind: str, strict: bool) -> list[tuple[bool, bool]]:
    other = apsw.Connection(":memory:")
    other.execute(f"CREATE TABLE t (a {kind}){' STRICT' if strict else ''}; CREATE TABLE plain (a)")
    other.execute(f"INSERT INTO plain VALUES ({value})")
    try:
        other.execute("INSERT INTO t SELECT a FROM plain")
    except apsw.ConstraintError:
        return [(False, True)]
    query = "SELECT typeof(t.a) <> typeof(plain.a) OR t.a IS NOT plain.a, 0 FROM t, plain"
    return [(bool(a), bool(b)) for a, b in other.execute(query)]


def test_what_would_be_refused_is_found() -> None:
    with a_file(SCHOOL + "INSERT INTO note VALUES ('c', 1)") as file:
        asked = {
            question.one
            for table, wanted in (
                ("person", with_column(design_of(file, "person"), "nr", not_null=True, check="nr > 1")),
                ("note", with_column(design_of(file, "note"), "n", unique=True)),
            )
            for question in plan(file, table, wanted).questions
            if rows(file, question.query)
        }
        assert asked == {
            "NULL of nr would be refused: it must have a value",
            "row would be refused by CHECK (nr > 1)",
            "value of n there more than once would be refused",
        }

"""A table's SQL becomes fields of a form and SQL again, and is the same table."""

from __future__ import annotations

import apsw
import pytest

from workbench.designs.design import Column, Parent, TableDesign
from workbench.designs.reading import has_comments, read_table
from workbench.designs.writing import create_table
from workbench.errors import BadRequest

TABLES = [
    "CREATE TABLE t (a)",
    'CREATE TABLE "t ""(x)" ("a,b" INT, [c)] text, `d``` , "e" VARCHAR(10, 2))',
    "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, b unsigned big int DEFAULT -1)",
    "CREATE TABLE t (a INT PRIMARY KEY DESC ON CONFLICT REPLACE, b NOT NULL ON CONFLICT IGNORE UNIQUE)",
    "CREATE TABLE t (a DEFAULT (abs(-1)), b)",
    "CREATE TABLE t (a DEFAULT none, b DEFAULT \"x'y\", c DEFAULT NULL NULL, d DEFAULT current_date,"
    " e DEFAULT x'00')",
    "CREATE TABLE t (a CHECK (a > ')') CHECK (a < 9), b CONSTRAINT \"big (\" CHECK (b > 1) COLLATE NOCASE)",
    "CREATE TABLE t (a INT, b AS (a + 1) STORED, c INT GENERATED ALWAYS AS (a * 2) VIRTUAL UNIQUE, d AS (a))",
    "CREATE TABLE t (a REFERENCES p ON DELETE SET NULL ON UPDATE NO ACTION NOT NULL, b REFERENCES p (x)"
    " MATCH FULL DEFERRABLE INITIALLY DEFERRED, c REFERENCES p(x) ON UPDATE CASCADE NOT DEFERRABLE,"
    " d REFERENCES p UNIQUE)",
    "CREATE TABLE t (a INT, b ANY, PRIMARY KEY (a, b)) STRICT",
    "CREATE TABLE t (a, b, PRIMARY KEY (b, a)) WITHOUT ROWID",
    "CREATE TABLE t (a, b, PRIMARY KEY (a DESC, b), UNIQUE (b), CHECK (a < b) CHECK (b <> 0),"
    " CONSTRAINT k FOREIGN KEY (a, b) REFERENCES p (x, y) ON DELETE CASCADE) WITHOUT ROWID",
    "CREATE TABLE t (a /* the, ( key */ INT, -- of (all)\n b TEXT CHECK (b <> '' -- not )\n))",
]  # fmt: skip


def shape(sql: str) -> list:
    """All that SQLite tells of the table that `sql` makes."""
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE p (x PRIMARY KEY, y, UNIQUE (x, y))")
    connection.execute(sql)
    ((name,),) = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'p' AND name NOT LIKE 'sqlite%'"
    ).fetchall()
    asked = (
        "SELECT * FROM pragma_table_xinfo(?)",
        "SELECT * FROM pragma_foreign_key_list(?)",
        "SELECT l.*, x.* FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x",
        "SELECT strict, wr FROM pragma_table_list(?)",
    )
    return [connection.execute(each, (name,)).fetchall() for each in asked]


@pytest.mark.parametrize("sql", TABLES)
def test_a_table_is_the_same_after_it_was_read_and_written(sql: str) -> None:
    design = read_table(sql)
    again = create_table(design)
    assert read_table(again) == design
    told, expected = shape(again), shape(sql)
    defaults = [[(*row[:4], *row[5:]) for row in each[0]] for each in (told, expected)]
    assert defaults[0] == defaults[1]
    assert told[1:] == expected[1:]


def test_what_a_field_can_tell_is_in_a_field() -> None:
    design = read_table(
        "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT NOT NULL UNIQUE DEFAULT 'x'"
        " CHECK (b > ''), c INT REFERENCES p (x) ON DELETE CASCADE,"
        " d AS (a * 2) STORED COLLATE NOCASE) STRICT"
    )
    assert design == TableDesign(
        "t",
        (
            Column("a", "INTEGER", key=True, numbered=True, was="a"),
            Column("b", "TEXT", not_null=True, unique=True, default="'x'", check="b > ''", was="b"),
            Column("c", "INT", parent=Parent("p", "x", on_delete="CASCADE"), was="c"),
            Column("d", "", generated="a * 2", stored=True, more="COLLATE NOCASE", was="d"),
        ),
        strict=True,
    )


def test_a_default_that_is_a_name_is_the_text_it_stands_for() -> None:
    columns = read_table(TABLES[5]).columns
    assert [column.default for column in columns] == ["'none'", "'x''y'", "NULL", "current_date", "x'00'"]


def test_a_key_whose_order_the_columns_do_not_tell_stays_a_constraint() -> None:
    assert read_table(TABLES[9]).key == ("a", "b")
    assert read_table(TABLES[10]).constraints == ("PRIMARY KEY (b, a)",)


def test_comments_are_seen() -> None:
    assert [has_comments(sql) for sql in TABLES].count(True) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"check": "a > 1) CHECK (a < 2"},
        {"check": "a > ')"},
        {"check": "a /* b"},
        {"default": "(1"},
        {"more": "UNIQUE, b INT"},
        {"type": "TEXT; DROP TABLE t"},
        {"generated": '"b'},
        {"name": ""},
        {"numbered": True, "key": False},
    ],
)
def test_what_would_be_more_than_its_field_is_refused(change: dict) -> None:
    with pytest.raises(BadRequest):
        create_table(TableDesign("t", (Column(**({"name": "a"} | change)),)))


def test_any_name_is_quoted_and_a_comment_ends_with_its_line() -> None:
    names = ("<b>\"'é select", "a,b", "order")
    sql = create_table(TableDesign("t (", tuple(Column(name, check="1 -- one") for name in names)))
    assert [column.name for column in read_table(sql).columns] == list(names)
    assert shape(sql)[0][0][1] == names[0]

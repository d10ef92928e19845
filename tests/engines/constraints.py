"""Databases whose constraints are broken, and what is to be said of each statement that does."""

from __future__ import annotations

from typing import NamedTuple

from workbench.results import Row


class Case(NamedTuple):
    """A statement that fails, what is said of it, the rows shown, and what the ready query finds."""

    schema: str
    script: str
    text: str
    shown: list[tuple[str, tuple[str, ...], list[Row]]]
    found: list[Row] | None = None


PEOPLE = """
CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
INSERT INTO person VALUES (1, 'mark@x', 'Mark'), (2, 'john@x', 'John');
"""
MARKS = """
CREATE TABLE course (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE mark (student TEXT, course INTEGER REFERENCES course{});
INSERT INTO course VALUES (1, 'Charms'), (2, 'Seafaring');
INSERT INTO mark VALUES ('a', 1), ('b', 1), ('c', 77);
"""
TASKS = """
CREATE TABLE task (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open',
    hours INT CHECK (hours >= 0), spent INT,
    CONSTRAINT "not too long" CHECK (spent <= hours /* ) */ OR hours IS NULL)
);
"""
SEVEN = "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7) SELECT i, 2 FROM n"

CASES = {
    "a value that must be unique": Case(
        PEOPLE,
        "INSERT INTO person (email, name) VALUES ('new@x', 'N'), ('mark@x', 'M')",
        "Every row of person has its own email (UNIQUE), and one with email = 'mark@x' is there already.",
        [
            ("Is there already", ("email", "id", "name"), [("mark@x", 1, "Mark")]),
            ("Was to be written", ("email", "name"), [("mark@x", "M")]),
        ],
        [(1, "mark@x", "Mark")],
    ),
    "a primary key": Case(
        PEOPLE,
        "INSERT INTO person VALUES (2, 'new@x', 'N')",
        "Every row of person has its own id (primary key), and one with id = 2 is there already.",
        [
            ("Is there already", ("id", "email", "name"), [(2, "john@x", "John")]),
            ("Was to be written", ("id", "email", "name"), [(2, "new@x", "N")]),
        ],
        [(2, "john@x", "John")],
    ),
    "an update": Case(
        PEOPLE,
        "UPDATE person SET email = 'john@x', name = upper(name) WHERE id = 1",
        "Every row of person has its own email (UNIQUE), and one with email = 'john@x' is there already.",
        [
            ("Is there already", ("email", "id", "name"), [("john@x", 2, "John")]),
            ("Was to become", ("email", "id", "name"), [("john@x", 1, "MARK")]),
        ],
        [(2, "john@x", "John")],
    ),
    "an earlier row of its own": Case(
        PEOPLE,
        "INSERT INTO person VALUES (7, 'new@x', 'first'), (8, 'new@x', 'second')",
        "Every row of person has its own email (UNIQUE), and the same statement had just written"
        " another with the same.",
        [
            ("Written just before, by the same statement", ("email", "id", "name"), [("new@x", 7, "first")]),
            ("Was to be written", ("email", "id", "name"), [("new@x", 8, "second")]),
        ],
    ),
    "the update of an upsert": Case(
        PEOPLE,
        "INSERT INTO person VALUES (1, 'x', 'x') ON CONFLICT (id) DO UPDATE SET email = 'john@x'",
        "Every row of person has its own email (UNIQUE), and one with email = 'john@x' is there already.",
        [
            ("Is there already", ("email", "id", "name"), [("john@x", 2, "John")]),
            ("Was to become", ("email", "id", "name"), [("john@x", 1, "Mark")]),
        ],
        [(2, "john@x", "John")],
    ),
    "the rowid itself": Case(
        "CREATE TABLE t (a); INSERT INTO t VALUES (5);",
        "INSERT INTO t (rowid, a) VALUES (1, 6)",
        "Every row of t has its own rowid, and one with rowid = 1 is there already.",
        [("Is there already", ("rowid", "a"), [(1, 5)]), ("Was to be written", ("rowid", "a"), [(1, 6)])],
        [(5,)],
    ),
    "two columns together, without rowids": Case(
        "CREATE TABLE t (a COLLATE nocase, b, c AS (a || b), PRIMARY KEY (a, b)) WITHOUT ROWID;"
        "INSERT INTO t VALUES ('x', 1), ('y', 1);",
        "UPDATE t SET a = 'X' WHERE a = 'y'",
        "Every row of t has a combination of a and b of its own (primary key),"
        " and one with a = 'X' and b = 1 is there already.",
        [
            ("Is there already", ("a", "b", "c"), [("x", 1, "x1")]),
            ("Was to become", ("a", "b", "c"), [("X", 1, "X1")]),
        ],
        [("x", 1, "x1")],
    ),
    "an index with another collation": Case(
        "CREATE TABLE t (a); CREATE UNIQUE INDEX any_case ON t (a COLLATE nocase);"
        "INSERT INTO t VALUES ('x');",
        "INSERT INTO t VALUES ('X')",
        "Every row of t has its own a (index any_case), and one with a = 'X' is there already.",
        [("Is there already", ("a", "rowid"), [("x", 1)]), ("Was to be written", ("a",), [("X",)])],
        [("x",)],
    ),
    "an index on an expression": Case(
        "CREATE TABLE t (a, b); CREATE UNIQUE INDEX \"by 'a'\" ON t (lower(a));"
        "INSERT INTO t VALUES ('x', 1);",
        "INSERT INTO t VALUES ('y', 2), ('X', 3)",
        "The index by 'a' keeps the rows of t apart by a computed value, and another has the same already.",
        [
            ("Is there already", ("rowid", "a", "b"), [(1, "x", 1)]),
            ("Was to be written", ("a", "b"), [("X", 3)]),
        ],
        [("x", 1)],
    ),
    "an index on some rows only": Case(
        "CREATE TABLE t (a, b); CREATE UNIQUE INDEX live ON t (a) WHERE b;"
        "INSERT INTO t VALUES (5, 0), (5, 1);",
        "INSERT INTO t VALUES (5, 2)",
        "Every row of t in index live has its own a, and one with a = 5 is there already.",
        [
            ("Is there already", ("a", "rowid", "b"), [(5, 2, 1)]),
            ("Was to be written", ("a", "b"), [(5, 2)]),
        ],
        [(5, 1)],
    ),
    "an index that cannot be made": Case(
        PEOPLE + "INSERT INTO person (name) VALUES ('Mark'), ('Mark'), ('Eve'), (NULL), (NULL);",
        "CREATE UNIQUE INDEX names ON person (name)",
        "Rows of person have the same name already, so it cannot be made UNIQUE.",
        [("More than once", ("name", "rows"), [("Mark", 3)])],
        [("Mark", 3)],
    ),
    "a trigger's row": Case(
        "CREATE TABLE log (a UNIQUE); CREATE TABLE t (a); INSERT INTO log VALUES (1);"
        "CREATE TRIGGER logs AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;",
        "INSERT INTO t VALUES (2), (1)",
        "Every row of log has its own a (UNIQUE), and one with a = 1 is there already."
        " The trigger logs was at work here.",
        [("Is there already", ("a", "rowid"), [(1, 1)]), ("Was to be written", ("a",), [(1,)])],
        [(1,)],
    ),
    "a view's row": Case(
        PEOPLE + "CREATE VIEW v AS SELECT * FROM person;"
        "CREATE TRIGGER adds INSTEAD OF INSERT ON v BEGIN INSERT INTO person VALUES (new.id, 'e', 'n'); END;",
        "INSERT INTO v VALUES (1, '', '')",
        "Every row of person has its own id (primary key), and one with id = 1 is there already."
        " The trigger adds was at work here.",
        [
            ("Is there already", ("id", "email", "name"), [(1, "mark@x", "Mark")]),
            ("Was to be written", ("id", "email", "name"), [(1, "e", "n")]),
        ],
        [(1, "mark@x", "Mark")],
    ),
    "names that are anything": Case(
        'CREATE TABLE "a.b" ("c,""d" UNIQUE, "<b>" GENERATED ALWAYS AS (1) STORED);'
        "INSERT INTO \"a.b\" VALUES (x'00ff');",
        "INSERT INTO \"a.b\" VALUES (x'00ff')",
        "Every row of a.b has its own c,\"d (UNIQUE), and one with c,\"d = X'00FF' is there already.",
        [
            ("Is there already", ('c,"d', "rowid", "<b>"), [(b"\0\xff", 1, 1)]),
            ("Was to be written", ('c,"d', "<b>"), [(b"\0\xff", 1)]),
        ],
        [(b"\0\xff", 1)],
    ),
    "a missing value": Case(
        TASKS,
        "INSERT INTO task (title, hours) VALUES ('a', 1), (NULL, 2)",
        "title of task must have a value (NOT NULL), and here it is NULL."
        " It has no default, so each row must give one.",
        [("Was to be written", ("title", "state", "hours", "spent"), [(None, "open", 2, None)])],
    ),
    "a missing value that has a default": Case(
        TASKS,
        "INSERT INTO task (title, state) VALUES ('a', NULL)",
        "state of task must have a value (NOT NULL), and here it is NULL."
        " Its default, 'open', is for rows that leave the column out.",
        [("Was to be written", ("state", "title", "hours", "spent"), [(None, "a", None, None)])],
    ),
    "a check": Case(
        TASKS,
        "INSERT INTO task (title, hours) VALUES ('a', 1), ('b', -1)",
        "A row of task must fulfil CHECK (hours >= 0), and here hours = -1.",
        [("Was to be written", ("hours", "title", "state", "spent"), [(-1, "b", "open", None)])],
    ),
    "a check with a name": Case(
        TASKS + "INSERT INTO task VALUES (1, 't', 'open', 3, 2);",
        "UPDATE task SET spent = spent + 2",
        "A row of task must fulfil CHECK (spent <= hours /* ) */ OR hours IS NULL),"
        " which is called not too long, and here hours = 3 and spent = 4.",
        [("Was to become", ("hours", "spent", "id", "title", "state"), [(3, 4, 1, "t", "open")])],
    ),
    "a value of another type": Case(
        "CREATE TABLE t (n INTEGER) STRICT;",
        "INSERT INTO t VALUES (1), ('one')",
        "n of t takes INTEGER only, for the table is STRICT, and it was given a text.",
        [],
    ),
    "a parent that is missing": Case(
        MARKS.format(""),
        "INSERT INTO mark VALUES ('d', 2), ('e', 99)",
        "A row of mark refers, by course, to id = 99 of course, and there is no such row.",
        [("In mark", ("course", "rowid", "student"), [(99, 5, "e")])],
        [(1,), (2,)],
    ),
    "children of a deleted parent": Case(
        MARKS.format(""),
        "DELETE FROM course WHERE id = 1",
        "2 rows of mark still refer, by course, to id = 1 of course.",
        [("In mark", ("course", "rowid", "student"), [(1, 1, "a"), (1, 2, "b")])],
        [("a", 1), ("b", 1)],
    ),
    "a parent that must not go": Case(
        MARKS.format(" ON UPDATE RESTRICT"),
        "UPDATE course SET id = id + 10",
        "2 rows of mark still refer, by course, to id = 1 of course.",
        [("In mark", ("course", "rowid", "student"), [(1, 1, "a"), (1, 2, "b")])],
        [("a", 1), ("b", 1)],
    ),
    "a parent table that is dropped": Case(
        MARKS.format(""),
        "DROP TABLE course",
        "2 rows of mark still refer, by course, to id = 1 of course.",
        [("In mark", ("course", "rowid", "student"), [(1, 1, "a"), (1, 2, "b")])],
        [("a", 1), ("b", 1)],
    ),
    "a parent that is missing at the end": Case(
        MARKS.format(" DEFERRABLE INITIALLY DEFERRED"),
        "BEGIN; INSERT INTO mark VALUES ('e', 99); COMMIT;",
        "A row of mark refers, by course, to id = 99 of course, and there is no such row."
        " This is checked at the end of the transaction.",
        [("In mark", ("course", "rowid", "student"), [(99, 4, "e")])],
        [(1,), (2,)],
    ),
    "children of a parent that is gone at the end": Case(
        MARKS.format(" DEFERRABLE INITIALLY DEFERRED"),
        "DELETE FROM course",
        "2 rows of mark still refer, by course, to id = 1 of course."
        " This is checked at the end of the transaction.",
        [("In mark", ("course", "rowid", "student"), [(1, 1, "a"), (1, 2, "b")])],
        [("a", 1), ("b", 1)],
    ),
    "a reference of two columns, without rowids": Case(
        "CREATE TABLE p (a, b, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 2);"
        "CREATE TABLE c (x, y, PRIMARY KEY (x, y), FOREIGN KEY (x, y) REFERENCES p) WITHOUT ROWID;",
        "INSERT INTO c VALUES (1, 3)",
        "A row of c refers, by x and y, to a = 1 and b = 3 of p, and there is no such row.",
        [("In c", ("x", "y"), [(1, 3)])],
        [(1, 2)],
    ),
    "many children": Case(
        MARKS.format("") + f"INSERT INTO mark {SEVEN};",
        "DELETE FROM course WHERE id = 2",
        "7 rows of mark still refer, by course, to rows of course that would not be there.",
        [("In mark", ("course", "rowid", "student"), [(2, n + 3, str(n)) for n in range(1, 6)])],
        [(str(n), 2) for n in range(1, 8)],
    ),
}

"""Why a constraint failed: which rule, which rows, and a query that finds them; and never anything more."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from workbench.engines.sqlite import SqliteEngine, ready_file
from workbench.engines.sqlite.explaining import attempt, failure, rehearsal
from workbench.engines.sqlite.explaining.facts import literal
from workbench.engines.sqlite.explaining.failure import Clock, OutOfTime
from workbench.errors import WorkbenchError
from workbench.explanations import Explanation
from workbench.jobs import Ask, Job
from workbench.results import InvalidText, Result, Row
from workbench.runner import Handling, Runner, first_rows
from workbench.slots import Slots
from workbench.watchdog import Watchdog

Make = Callable[[str], "Database"]


class Database:
    """A database that somebody works with, and what another program sees of it."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        connection = sqlite3.connect(path)
        connection.executescript(schema)
        connection.close()
        ready_file(path, read_only=False)
        self.engine = SqliteEngine(path, line_folder=path.parent)
        self._runner = Runner(self.engine, Slots(2), Watchdog(), time_limit=5)

    def run(self, job: Job | str) -> tuple[list[Result], WorkbenchError | None]:
        job = Job.of(job) if isinstance(job, str) else job
        run = self._runner.run(job, Handling(first_rows(1000)))
        return run.results, run.error

    def close(self) -> None:
        """Let go of the file, and of whoever watches."""
        self._runner.close()

    def fails(self, job: Job | str) -> WorkbenchError:
        """What is told of a job that a constraint stops. It changes nothing, whatever was found out."""
        before = self.contents()
        error = self.run(job)[1]
        assert error is not None
        assert self.contents() == before
        assert self.run("SELECT count(*) FROM sqlite_temp_schema")[0][0].rows == [(0,)]
        return error

    def explained(self, job: Job | str) -> Explanation:
        explanation = self.fails(job).explanation
        assert explanation is not None
        return explanation

    def rows(self, query: str) -> list[Row]:
        results, error = self.run(query)
        assert error is None
        return list(results[0].rows)

    def contents(self) -> bytes:
        """Every page of it."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.serialize()
        finally:
            connection.close()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Database] = []

    def make(schema: str) -> Database:
        made.append(Database(tmp_path / f"{len(made)}.db", schema))
        return made[-1]

    yield make
    for database in made:
        database.close()


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


@pytest.mark.parametrize("record", [False, True], ids=["", "recorded"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_failure_says_which_rule_and_shows_the_rows(make: Make, case: Case, record: bool) -> None:
    database = make(case.schema)
    explanation = database.explained(replace(Job.of(case.script), record=record))
    assert explanation.text == case.text
    assert [(e.title, e.columns, list(e.rows)) for e in explanation.evidence] == case.shown
    assert (database.rows(explanation.query) if explanation.query else None) == case.found


def test_the_statement_is_explained_where_it_stands_in_its_script(make: Make) -> None:
    database = make(PEOPLE)
    explanation = database.explained(
        "DELETE FROM person WHERE id = 1; INSERT INTO person VALUES (1, 'john@x', 'J')"
    )
    assert explanation.evidence[0].rows == (("john@x", 2, "John"),)
    assert database.rows(explanation.query) == [(2, "john@x", "John")]


def test_values_that_were_bound_are_seen_too(make: Make) -> None:
    ask = Ask("INSERT INTO person (id) VALUES (?)", many=((7,), (8,), (2,)), single=True)
    explanation = make(PEOPLE).explained(Job((ask,)))
    assert explanation.evidence[1].rows == ((2, None, None),)


def test_a_key_that_was_broken_before_is_nobodys_fault(make: Make) -> None:
    """One mark refers to course 77, which is not there: that is not told of what others do."""
    explanation = make(MARKS.format("")).explained("INSERT INTO mark VALUES ('e', 88)")
    assert [e.rows for e in explanation.evidence] == [((88, 4, "e"),)]


@pytest.mark.parametrize(
    "script",
    [
        "INSERT OR FAIL INTO person VALUES (7, 'a@x', ''), (1, 'b@x', '')",
        "INSERT OR ROLLBACK INTO person VALUES (7, 'a@x', ''), (1, 'b@x', '')",
    ],
)
def test_what_cannot_be_done_again_is_not_explained(make: Make, script: str) -> None:
    assert make(PEOPLE).fails(script).explanation is None


def test_a_row_that_could_be_another_is_not_told(make: Make) -> None:
    """A BEFORE trigger writes the table it is of: the last row seen need not be the one that failed."""
    database = make(
        PEOPLE + "CREATE TRIGGER twice BEFORE INSERT ON person WHEN new.id < 100"
        " BEGIN INSERT INTO person VALUES (new.id + 100, 't' || new.id, ''); END;"
    )
    explanation = database.explained("INSERT INTO person VALUES (9, 'mark@x', '')")
    assert explanation == Explanation(
        "Every row of person has its own email (UNIQUE), and another has the same already."
    )


@pytest.mark.parametrize("wrong", [RuntimeError, MemoryError])
def test_whatever_goes_wrong_meanwhile_the_failure_itself_is_told(
    make: Make, monkeypatch: pytest.MonkeyPatch, wrong: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise wrong

    monkeypatch.setattr(rehearsal, "_watching", fail)
    error = make(PEOPLE).fails("INSERT INTO person VALUES (1, '', '')")
    assert (error.message, error.explanation) == ("UNIQUE constraint failed: person.id", None)


def test_when_the_time_is_over_only_the_rule_is_told(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_over(_: Clock) -> None:
        raise OutOfTime

    monkeypatch.setattr(Clock, "look", is_over)
    explanation = make(PEOPLE).explained("INSERT INTO person VALUES (1, '', '')")
    assert explanation == Explanation(
        "Every row of person has its own id (primary key), and another has the same already."
    )


def test_a_search_that_takes_too_long_is_given_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "is_over", lambda _: True)
    monkeypatch.setattr(failure, "_STEPS", 1)
    error = make(MARKS.format("")).fails("DELETE FROM course")
    assert (error.message, error.explanation) == ("FOREIGN KEY constraint failed", None)


def test_a_statement_that_took_long_is_not_done_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "SECONDS", 0)
    assert make(PEOPLE).fails("INSERT INTO person VALUES (1, '', '')").explanation is None


def test_an_index_on_some_rows_is_not_judged_by_all(make: Make) -> None:
    database = make(PEOPLE + "INSERT INTO person (name) VALUES ('Mark'), ('Mark');")
    assert database.fails("CREATE UNIQUE INDEX names ON person (name) WHERE id > 2").explanation is None


def test_far_too_many_children_are_not_counted(make: Make) -> None:
    many = "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, 2 FROM n"
    explanation = make(MARKS.format("") + f"INSERT INTO mark {many};").explained(
        "DELETE FROM course WHERE id = 2"
    )
    assert explanation.text.startswith("At least 10,000 rows of mark still refer")
    assert explanation.evidence[0].more


VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=True),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    st.binary(max_size=8),
    st.just(b"\xff\xfe").map(InvalidText),
    st.sampled_from(["x" * 5000, "nul\0inside", "it's", "1", 1, 1.0, b"1", 9e999]),
)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=5).filter(
    lambda name: not name.lower().startswith("sqlite_")
)
AFFINITIES = st.sampled_from(["", "TEXT", "INTEGER", "REAL", "NUMERIC", "BLOB", "TEXT COLLATE nocase"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_row_twice_is_explained_and_found_again(make: Make, tmp_path: Path, data: st.DataObject) -> None:
    """Whatever names and values: nothing changes, and the ready query finds the row that is there."""
    names = data.draw(st.lists(NAMES, min_size=3, max_size=3, unique_by=str.casefold))
    table, first, second = map(_always_quoted, names)
    types = [data.draw(AFFINITIES) for _ in range(2)]
    row = [data.draw(VALUES) for _ in range(2)]
    rule = data.draw(
        st.sampled_from([f"UNIQUE ({first})", f"UNIQUE ({second}, {first})", f"PRIMARY KEY ({first})"])
    )
    end = data.draw(st.sampled_from(["", " WITHOUT ROWID"])) if "PRIMARY" in rule else ""
    for path in tmp_path.glob("*.db*"):
        path.unlink()
    database = make(f"CREATE TABLE {table} ({first} {types[0]}, {second} {types[1]}, {rule}){end};")
    insert = f"INSERT INTO {table} VALUES ({', '.join(map(_told, row))})"
    database.run(insert)
    before = database.contents()
    error = database.run(insert)[1]
    if error and error.code in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        assert error.explanation.evidence[0].title == "Is there already"
        query = error.explanation.query
        if query:
            assert database.rows(query) == database.rows(f"SELECT * FROM {table}")
        else:  # the key itself is too long for an editor
            assert end
            assert len(insert) > 1000
    else:  # NULLs are all different, and not every value is fit for a key
        assert "NULL" in insert or error
    assert error is None or database.contents() == before
    database.close()


def _always_quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _told(value: object) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "NULL"
    return literal(value)

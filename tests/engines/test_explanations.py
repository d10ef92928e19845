"""Why a constraint failed: which rule, which rows, and a query that finds them; and never anything more."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.engines.constraints import CASES, MARKS, PEOPLE, Case
from tests.engines.explained import Database
from workbench.engines.sqlite.explaining import attempt, failure, rehearsal
from workbench.engines.sqlite.explaining.facts import literal
from workbench.engines.sqlite.explaining.failure import Clock, OutOfTime
from workbench.explanations import Explanation
from workbench.jobs import Ask, Job
from workbench.results import InvalidText

Make = Callable[[str], Database]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Database] = []

    def make(schema: str) -> Database:
        made.append(Database(tmp_path / f"{len(made)}.db", schema))
        return made[-1]

    yield make
    for database in made:
        database.close()


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

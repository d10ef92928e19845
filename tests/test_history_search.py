"""Whatever people type, the search finds what holds those words, and costs the same in a long history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import time

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import searching
from workbench.entries import PROGRAM
from workbench.errors import Cancelled, StatementError
from workbench.history import History
from workbench.results import Column, Kind, Result, Run
from workbench.searching import Search, Searching, expression
from workbench.settings import HOME
from workbench.store import Store


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store") / "workbench.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = Store(path)
    made.prepare()
    yield made
    with made.connection() as connection:
        connection.execute("DELETE FROM entry")
    made.close()


@pytest.fixture
def history(store: Store) -> History:
    return History(store, "student.db")


@pytest.fixture
def search(store: Store) -> Searching:
    return Searching(store, "student.db")


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
"""Any text that can be a script: SQL ends at a NUL."""


def read(script: str) -> Run:
    return Run(script, [Result(script, Kind.READ, (Column("1", None),), ((1,),), 1)])


def write(script: str) -> Run:
    return Run(script, [Result(script, Kind.WRITE, rows_affected=1)])


def make(script: str) -> Run:
    return Run(script, [Result(script, Kind.SCHEMA)])


def found(search: Searching, person: str = "alice", **wanted: str) -> list[str]:
    return [each.script for each in search.page(person, Search(**wanted), most=50)]


def remember(history: History, *runs: Run, person: str = "alice") -> None:
    for run in runs:
        history.record(person, run, keep_answer=False)


@pytest.mark.parametrize(
    "typed",
    [
        "student.id",
        "O'Brien",
        "STUDENT_ID",
        "stud",
        "brien stud",
        '"O\'Brien"',
        "naïve café",
        "naive",
        "-- student",
        "student --",
        "AND student OR",
        "student* id",
        "(name:",
        "NEAR(name",
        "^student",
        "marks : student",
    ],
)
def test_what_is_typed_is_words_and_never_a_query_language(
    history: History, search: Searching, typed: str
) -> None:
    script = (
        "SELECT student.id, student_id FROM student WHERE name LIKE 'O''Brien' AND x OR NEAR(name) --"
        " naïve café marks brien O'Brien"
    )
    remember(history, read("SELECT 1"), read(script))
    assert found(search, words=typed) == [script]


def test_the_beginning_of_the_last_word_is_enough(history: History, search: Searching) -> None:
    remember(history, read("SELECT name FROM student"), read("SELECT title FROM course"))
    assert found(search, words="from stu") == ["SELECT name FROM student"]
    assert found(search, words="fro student") == []


@pytest.mark.parametrize("typed", ["", "--", " ; ( ", "\0", "'", '""'])
def test_where_there_are_no_words_everything_is_found(
    history: History, search: Searching, typed: str
) -> None:
    remember(history, read("SELECT 1"))
    assert found(search, words=typed) == ["SELECT 1"]


def test_an_error_is_found_by_its_message(history: History, search: Searching) -> None:
    remember(history, Run("SELECT * FROM studnet", error=StatementError("no such table: studnet")))
    assert found(search, words="such table") == ["SELECT * FROM studnet"]


@settings(max_examples=60)
@given(script=TEXT, other=TEXT)
def test_any_text_finds_the_entry_that_holds_it(path: Path, script: str, other: str) -> None:
    store = Store(path)
    store.prepare()
    history, search = History(store, "student.db"), Searching(store, "student.db")
    remember(history, read(script), read(other))
    try:
        assert script in found(search, words=script)
        assert other in found(search, words=other)
    finally:
        search.forget("alice", Search(), up_to=2**62)
        store.close()


@given(typed=st.text(st.characters(exclude_categories=["Cs"])) | st.text(alphabet="a\"'*^:(){}+- \0ANDORT"))
def test_no_text_is_an_error(path: Path, typed: str) -> None:
    store = Store(path)
    store.prepare()
    Searching(store, "student.db").page("alice", Search(words=typed), most=1)
    with store.connection() as connection:
        connection.execute(
            "SELECT 1 FROM search WHERE search MATCH ?", (expression(connection, typed) or '"a"',)
        )
    store.close()


def test_each_filter_finds_its_own_and_together_they_find_less(history: History, search: Searching) -> None:
    failed, stopped = read("SELEC"), read("SELECT slow")
    failed.error, stopped.error = StatementError("near SELEC"), Cancelled("stopped")
    remember(history, read("SELECT 1"), write("DELETE"), make("CREATE"), failed, stopped)
    assert found(search, kind="read") == ["SELECT slow", "SELEC", "SELECT 1"]
    assert found(search, kind="write") == ["DELETE"]
    assert found(search, kind="schema") == ["CREATE"]
    assert found(search, outcome="ok") == ["CREATE", "DELETE", "SELECT 1"]
    assert found(search, outcome="error") == ["SELEC"]
    assert found(search, outcome="stopped") == ["SELECT slow"]
    assert found(search, outcome="ok", kind="read") == ["SELECT 1"]
    assert found(search, outcome="ok", kind="read", words="delete") == []


def test_a_write_that_failed_is_found_among_the_writes(history: History, search: Searching) -> None:
    remember(history, Run("INSERT", error=StatementError("UNIQUE constraint failed"), to_write=True))
    assert found(search, kind="write", outcome="error") == ["INSERT"]


def test_alice_finds_her_own_and_the_programs_but_never_bobs(history: History, search: Searching) -> None:
    remember(history, read("SELECT 'hers'"))
    remember(history, read("SELECT 'his'"), person="bob")
    remember(history, read("SELECT 'program'"), person=PROGRAM)
    assert found(search, words="select") == ["SELECT 'hers'"]
    assert found(search, whose="programs") == ["SELECT 'program'"]
    assert found(search, whose="all") == ["SELECT 'program'", "SELECT 'hers'"]
    assert found(search, words="his", whose="all") == []
    assert found(search, "carol", whose="all") == ["SELECT 'program'"]


def test_each_database_is_searched_by_itself(store: Store, history: History) -> None:
    remember(history, read("SELECT 1"))
    assert found(Searching(store, "other.db"), words="select") == []


def test_what_is_older_than_a_day_or_a_week_is_left_out(
    store: Store, history: History, search: Searching
) -> None:
    remember(history, read("SELECT 'old'"), read("SELECT 'this week'"), read("SELECT 'today'"))
    with store.connection() as connection:
        ages = {"old": 8, "this week": 2}
        for name, days in ages.items():
            at = int((time() - days * 86_400) * 1e6)
            connection.execute("UPDATE entry SET at = ? WHERE script = ?", (at, f"SELECT '{name}'"))
    assert found(search, since="day") == ["SELECT 'today'"]
    assert found(search, since="week") == ["SELECT 'today'", "SELECT 'this week'"]
    assert len(found(search)) == 3


def test_what_is_forgotten_is_gone_from_the_index_and_with_its_answer(
    store: Store, history: History, search: Searching
) -> None:
    kept = history.record("alice", read("SELECT 'kept'"), keep_answer=True)
    for number in range(450):
        history.record("alice", read(f"SELECT {number}, 'gone'"), keep_answer=number > 440)
    remember(history, read("SELECT 'gone'"), person="bob")
    newest = history.newest("alice", most=1)[0].number
    remember(history, read("SELECT 'gone, but asked for later'"))
    assert search.count("alice", Search("gone"), up_to=newest) == 450
    assert search.forget("alice", Search("gone"), up_to=newest) == 450
    assert found(search, words="gone") == ["SELECT 'gone, but asked for later'"]
    assert found(search, "bob", words="gone") == ["SELECT 'gone'"]
    assert history.answer(history.find("alice", kept)) is not None
    with store.connection() as connection:
        assert connection.execute("SELECT count(*) FROM answer").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM search WHERE search MATCH 'gone'").fetchone() == (2,)


def test_nobody_forgets_what_programs_ran(history: History, search: Searching) -> None:
    remember(history, read("SELECT 1"), person=PROGRAM)
    assert search.forget("alice", Search(whose="all"), up_to=2**62) == 0
    assert found(search, whose="programs") == ["SELECT 1"]


def test_each_gives_all_of_them_once(history: History, search: Searching) -> None:
    remember(history, *(read(f"SELECT {number}") for number in range(450)))
    scripts = [each.script for each in search.each("alice", Search("select"))]
    assert scripts == [f"SELECT {number}" for number in reversed(range(450))]


STATEMENTS = {
    "a page": (searching._FOUND, ('marks : "o1"', 0, 99, 50)),
    "numbers": (searching._NUMBERS, ('marks : "o1"', 0, 99, 50)),
    "a moment": (searching._FIRST_SINCE, (0,)),
    "an owner": (searching._OWNER, ("alice", "student.db")),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_nothing_is_read_from_end_to_end_and_nothing_is_sorted(store: Store, name: str) -> None:
    """`SCAN search VIRTUAL TABLE INDEX` is how FTS5 reads its list of one word, in order."""
    sql, values = STATEMENTS[name]
    with store.connection() as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert plan
    assert not [step for step in plan if "TEMP B-TREE" in step]
    scans = [step for step in plan if step.startswith("SCAN")]
    assert all("VIRTUAL TABLE INDEX" in step or "COVERING INDEX" in step for step in scans), plan
    assert all("M" in step.split(":")[-1] for step in scans if "VIRTUAL" in step)


def _steps(store: Store, look: object) -> int:
    """How much work SQLite did for `look`, in instructions of its virtual machine."""
    with store.connection() as connection:
        count = 0

        def tick() -> bool:
            nonlocal count
            count += 1
            return False

        connection.set_progress_handler(tick, 1)
        look()
        connection.set_progress_handler(None)
    return count


def test_twenty_times_as_many_entries_are_not_twice_the_work(
    store: Store, history: History, search: Searching
) -> None:
    remember(history, *(read(f"SELECT {number} FROM student") for number in range(50)))
    few = _steps(store, lambda: search.page("alice", Search("student", kind="read"), most=20))
    remember(history, *(read(f"SELECT {number} FROM student") for number in range(1000)))
    oldest = [each.number for each in search.each("alice", Search())][-30]
    many = _steps(store, lambda: search.page("alice", Search("student", kind="read"), most=20))
    late = _steps(
        store, lambda: search.page("alice", Search("student", kind="read"), most=20, before=oldest + 25)
    )
    assert many <= few * 2
    assert late <= few * 2


def test_a_store_of_version_2_becomes_searchable(tmp_path: Path) -> None:
    path = tmp_path / "workbench.db"
    old = apsw.Connection(str(path))
    folder = HOME / "database" / "store"
    for version in (1, 2):
        old.execute((folder / f"{version}.sql").read_text(encoding="utf-8"))
    old.pragma("user_version", 2)
    entry = "INSERT INTO entry VALUES (?, ?, 's', 0, ?, 'ok', ?, 0, 0, ?, 0, NULL, NULL)"
    with old:
        for number in range(2000):
            old.execute(entry, (number + 1, f"p{number % 5}", f"SELECT {number}", 0, None))
        old.execute(entry, (5001, "p0", "DELETE FROM student", 1, 3))
        old.execute(entry, (5002, "p0", "CREATE TABLE t (a)", 1, None))
    old.close()
    store = Store(path)
    store.prepare()
    search = Searching(store, "s")
    assert found(search, "p0", kind="schema") == ["CREATE TABLE t (a)"]
    assert found(search, "p0", kind="write") == ["DELETE FROM student"]
    assert found(search, "p1", words="1996") == ["SELECT 1996"]
    assert search.count("p3", Search()) == 400

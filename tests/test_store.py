"""The workbench's own file: private, and never in the way when it is broken."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest
from flask import Flask

from tests.conftest import Visitor, see
from workbench.errors import StoreTrouble
from workbench.history import History
from workbench.parameters import Given
from workbench.results import Run
from workbench.saved import SavedQueries
from workbench.settings import HOME
from workbench.store import Store

STEPS = sorted((HOME / "database" / "store").glob("*.sql"))


def _make_version_1(path: Path) -> None:
    """A store as the first version left it: someone's entry and a key."""
    connection = apsw.Connection(str(path))
    connection.execute((HOME / "database" / "store" / "1.sql").read_text(encoding="utf-8"))
    connection.execute("INSERT INTO keep VALUES ('signing', ?)", (b"k" * 32,))
    connection.execute(
        "INSERT INTO entry VALUES (7, 'alice', 'student.db', 0, 'SELECT 1', 'ok', 0, 1, 0, NULL, 0, NULL)"
    )
    connection.pragma("user_version", 1)
    connection.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "own" / "workbench.db")
    made.prepare()
    return made


def test_only_its_owner_may_read_it(store: Store) -> None:
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_key_stays_the_same_over_restarts(store: Store) -> None:
    key = store.key("signing")
    assert len(key) == 32
    again = Store(store.path)
    again.prepare()
    assert again.key("signing") == key
    assert again.key("another") != key


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_moved_aside_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "workbench.db"
    path.write_bytes(content)
    Store(path).prepare()
    (aside,) = tmp_path.glob("workbench.db.damaged-*[0-9]")
    assert aside.read_bytes() == content


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "workbench.db"
    path.touch()
    store = Store(path)
    store.prepare()
    assert store.key("signing")


def test_a_file_of_a_newer_workbench_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "workbench.db"
    apsw.Connection(str(path)).execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTrouble, match="newer"):
        Store(path).prepare()


def test_a_file_of_version_1_goes_on_with_all_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "workbench.db"
    _make_version_1(path)
    store = Store(path)
    store.prepare()
    (old,) = History(store, "student.db").newest("alice", most=9)
    assert (old.number, old.script, old.given) == (7, "SELECT 1", ())
    given = (Given("a", "007", "text"), Given("$b", "", "null"))
    number = History(store, "student.db").record("alice", Run("SELECT :a, $b"), keep_answer=True, given=given)
    assert History(store, "student.db").find("alice", number).given == given
    assert store.key("signing") == b"k" * 32


def test_a_file_is_brought_up_to_date_once_by_however_many_start(tmp_path: Path) -> None:
    path = tmp_path / "workbench.db"
    _make_version_1(path)
    with ThreadPoolExecutor(4) as starting:
        list(starting.map(lambda _: Store(path).prepare(), range(8)))
    assert apsw.Connection(str(path)).pragma("user_version") == len(STEPS)


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "workbench.db"
    _make_version_1(path)
    apsw.Connection(str(path)).execute("ALTER TABLE entry ADD COLUMN parameters text")
    with pytest.raises(StoreTrouble, match="duplicate column"):
        Store(path).prepare()
    assert apsw.Connection(str(path)).pragma("user_version") == 1


def test_where_no_file_can_be_there_is_trouble_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreTrouble):
        Store(tmp_path / "file" / "workbench.db").prepare()


@pytest.mark.parametrize("break_it", ["folder", "newer"])
def test_without_a_store_everything_but_the_history_works(
    serve: Callable[..., Flask], tmp_path: Path, break_it: str
) -> None:
    path = tmp_path / "broken.db"
    if break_it == "folder":
        path.mkdir()
    else:
        apsw.Connection(str(path)).execute("PRAGMA user_version = 99")
    carol = Visitor(serve(store=path).test_client())
    answer = carol.run("SELECT name FROM student")
    assert answer.status_code == 200
    assert "Harry Potter" in answer.text
    assert "The history is off" in see(answer).select_one("#history").text
    assert carol.client.get("/run?query=SELECT+1").json == [[1]]


def test_a_store_removed_while_it_serves_is_no_reason_to_stop(alice: Visitor, tmp_path: Path) -> None:
    alice.run("SELECT 1")
    for part in tmp_path.glob("workbench.db*"):
        part.unlink()
    assert alice.run("SELECT name FROM student", htmx=True).status_code == 200


def test_nothing_is_told_as_kept_in_a_store_that_was_removed(store: Store) -> None:
    """Into a file without a name it could be written, and would be gone with the process."""
    saved = SavedQueries(store, "student.db")
    saved.keep("alice", "first", "", "SELECT 1")
    aside = store.path.rename(store.path.with_name("aside"))
    with pytest.raises(StoreTrouble, match="not there any more"):
        saved.keep("alice", "second", "", "SELECT 2")
    aside.rename(store.path)
    saved.keep("alice", "third", "", "SELECT 3")
    assert [each.name for each in saved.all("alice")] == ["first", "third"]


def test_a_store_that_was_put_in_its_place_is_the_one_that_is_used(store: Store, tmp_path: Path) -> None:
    SavedQueries(store, "student.db").keep("alice", "first", "", "SELECT 1")
    other = Store(tmp_path / "other.db")
    other.prepare()
    for part in store.path.parent.glob("workbench.db*"):
        part.unlink()
    other.path.rename(store.path)
    assert SavedQueries(store, "student.db").all("alice") == []


def test_a_store_locked_by_another_program_does_not_hold_up_an_answer(alice: Visitor, tmp_path: Path) -> None:
    alice.open("/")
    other = apsw.Connection(str(tmp_path / "workbench.db"))
    other.execute("BEGIN EXCLUSIVE")
    assert alice.client.get("/run?query=SELECT+1").json == [[1]]
    other.execute("ROLLBACK")

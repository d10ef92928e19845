"""The workbench's own file: private, and never in the way when it is broken."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from flask import Flask

from tests.conftest import Visitor, see
from workbench.errors import StoreTrouble
from workbench.store import Store


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


def test_a_store_locked_by_another_program_does_not_hold_up_an_answer(alice: Visitor, tmp_path: Path) -> None:
    alice.open("/")
    other = apsw.Connection(str(tmp_path / "workbench.db"))
    other.execute("BEGIN EXCLUSIVE")
    assert alice.client.get("/run?query=SELECT+1").json == [[1]]
    other.execute("ROLLBACK")

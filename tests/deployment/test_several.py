"""Several databases under the real server: named one by one, and all of a folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.client import run
from tests.deployment.servers import Workbench
from tests.deployment.test_start import refusal


def told(url: str, query: str) -> object:
    return run(url, query).json


def make(path: Path, word: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE word (text)")
        connection.execute("INSERT INTO word VALUES (?)", (word,))
    connection.close()
    return path


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Workbench]]:
    """What was started; it is stopped in the end."""
    servers: list[Workbench] = []
    yield servers
    for server in servers:
        server.stop()


def test_each_file_on_the_command_line_has_an_address(tmp_path: Path, started: list[Workbench]) -> None:
    one, other = make(tmp_path / "a.db", "one"), make(tmp_path / "b.db", "other")
    server = Workbench(tmp_path / "home", str(one), str(other)).start()
    started.append(server)
    assert "and 1 more" in server.log
    ask = "SELECT text FROM word"
    for _ in range(4):  # whichever worker answers
        assert told(server.url, ask) == [["one"]]
        assert told(f"{server.url}/d/b", ask) == [["other"]]
    assert told(f"{server.url}/d/b", "INSERT INTO word VALUES ('more')") == "Done - Rows affected: 1"
    assert [told(server.url, "SELECT count(*) FROM word") for _ in range(2)] == [[[1]]] * 2


def test_a_folder_is_read_again_by_every_worker(tmp_path: Path, started: list[Workbench]) -> None:
    make(tmp_path / "data" / "first.db", "first")
    server = Workbench(tmp_path / "home", str(tmp_path / "data")).start()
    started.append(server)
    assert told(server.url, "SELECT text FROM word") == [["first"]]
    make(tmp_path / "data" / "späte.db", "late")
    for _ in range(8):
        assert told(f"{server.url}/d/sp%C3%A4te", "SELECT text FROM word") == [["late"]]


def test_one_that_is_damaged_does_not_keep_its_folder_from_being_served(
    tmp_path: Path, started: list[Workbench]
) -> None:
    folder = tmp_path / "data"
    make(folder / "b.db", "whole")
    (folder / "a.db").write_bytes((folder / "b.db").read_bytes().replace(b"CREATE TABLE", b"CREATE TABEL"))
    server = Workbench(tmp_path / "home", str(folder)).start()
    started.append(server)
    assert told(server.url, "SELECT text FROM word") == [["whole"]]
    assert "a.db cannot be opened" in told(f"{server.url}/d/a", "SELECT 1")
    (folder / "b.db").unlink()
    assert "a.db cannot be opened" in refusal(tmp_path, "data")


def test_what_cannot_be_served_is_told_at_the_start(tmp_path: Path) -> None:
    make(tmp_path / "a.db", "one")
    assert "gone.db" in refusal(tmp_path, "a.db", "gone.db")
    (tmp_path / "empty").mkdir()
    assert "there is no SQLite database" in refusal(tmp_path, "empty")
    odd = make(tmp_path / "x:y.db", "odd")
    assert "name it first" in refusal(tmp_path, "a.db", odd.name)
    (tmp_path / "text.db").write_text("not one, but long enough to be read as a header of a page")
    assert "is not a SQLite database" in refusal(tmp_path, "a.db", "text.db")

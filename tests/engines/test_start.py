"""A file that cannot be served is told in one line, before anything listens."""

from __future__ import annotations

import os
from pathlib import Path

import apsw
import pytest

from workbench.engines.sqlite.start import make_sample, ready_file
from workbench.errors import SettingsError
from workbench.settings import HOME


def problem(path: Path, *, read_only: bool = False) -> str:
    with pytest.raises(SettingsError) as caught:
        ready_file(path, read_only=read_only)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    assert "does not exist" in problem(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_folder_and_a_pipe(tmp_path: Path) -> None:
    assert "is not a file" in problem(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in problem(tmp_path / "pipe")


@pytest.mark.parametrize(
    "content", [b"just text " * 200, b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_something_else_than_a_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    assert str(path) in problem(path)
    assert path.read_bytes() == content


def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    ready_file(tmp_path / "empty.db", read_only=False)


def test_a_file_that_another_program_holds(tmp_path: Path) -> None:
    other = apsw.Connection(str(tmp_path / "held.db"))
    other.execute("CREATE TABLE t (a); BEGIN EXCLUSIVE")
    assert "locked" in problem(tmp_path / "held.db")


def test_a_file_is_set_to_wal_unless_it_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    apsw.Connection(str(path)).execute("CREATE TABLE t (a)")
    ready_file(path, read_only=True)
    assert apsw.Connection(str(path)).pragma("journal_mode") == "delete"
    ready_file(path, read_only=False)
    assert apsw.Connection(str(path)).pragma("journal_mode") == "wal"


def test_the_sample_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "student.db"
    make_sample(path, HOME / "database" / "student.sql")
    apsw.Connection(str(path)).execute("DELETE FROM student")
    make_sample(path, HOME / "database" / "student.sql")
    assert apsw.Connection(str(path)).execute("SELECT count(*) FROM student").get == 0
    assert [p.name for p in tmp_path.iterdir()] == ["student.db"]


def test_a_sample_that_cannot_be_made_says_what_else_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="give a FILE"):
        make_sample(tmp_path / "file" / "student.db", HOME / "database" / "student.sql")

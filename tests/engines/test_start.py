"""A file that cannot be served is told in one line, before anything listens."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from workbench.engines.sqlite.connections import open_reader
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


NOBODY = 65534


@contextmanager
def shut_by(folder: Path) -> Iterator[None]:
    """`folder` and its files may be read and not written, by an ordinary account."""
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    before = os.geteuid()
    try:
        if before == 0:
            os.seteuid(NOBODY)
        yield
    finally:
        os.seteuid(before)
        folder.chmod(0o755)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can reach."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def counted(path: Path) -> int:
    link = open_reader(path, immutable_allowed=True)
    ((count,),) = link.own("SELECT count(*) FROM t")
    link.connection.close()
    return count


def in_wal(path: Path) -> apsw.Connection:
    """A database in WAL mode with one row, still open: the row is in the -wal file alone."""
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)").fetchall()
    return connection


def in_the_middle_of_a_write(path: Path) -> apsw.Connection:
    """A database whose rows are half overwritten; what they were is in the -journal file."""
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)").fetchall()
    connection.execute("BEGIN; UPDATE t SET a = 2").fetchall()
    connection.cache_flush()
    return connection


def test_a_wal_file_alone_is_read_where_nothing_may_be_written(folder: Path) -> None:
    in_wal(folder / "x.db").close()
    assert [f.name for f in folder.iterdir()] == ["x.db"]
    with shut_by(folder):
        ready_file(folder / "x.db", read_only=True)
        assert counted(folder / "x.db") == 1


def test_a_file_that_another_program_has_open_is_read_with_what_it_wrote_last(folder: Path) -> None:
    other = in_wal(folder / "x.db")
    with shut_by(folder):
        ready_file(folder / "x.db", read_only=True)
        assert counted(folder / "x.db") == 1
    other.close()


@pytest.mark.parametrize(
    ("left_by", "ending"), [(in_wal, "-wal"), (in_the_middle_of_a_write, "-journal")], ids=["wal", "journal"]
)
def test_a_file_is_not_read_without_what_belongs_to_it(
    folder: Path, tmp_path: Path, left_by: Callable[[Path], apsw.Connection], ending: str
) -> None:
    """As a crash left it, or a copy: the file by itself would show rows that are not true."""
    writer = left_by(tmp_path / "x.db")
    for name in ("x.db", f"x.db{ending}"):
        shutil.copy(tmp_path / name, folder / name)
    writer.close()
    (folder / "link.db").symlink_to("x.db")
    with shut_by(folder):
        for name in ("x.db", "link.db"):
            said = problem(folder / name, read_only=True)
            assert f"x.db{ending}" in said
            assert "open it once where its folder can be written" in said
            with pytest.raises((apsw.CantOpenError, apsw.ReadOnlyError)):
                counted(folder / name)


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

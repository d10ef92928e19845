"""Starting the workbench: what a person is told when it cannot start, and what they find when it does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.deployment.client import run
from tests.deployment.servers import Workbench, command, free_port, surroundings


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A small database of one's own."""
    path = tmp_path / "mine.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE note (text)")
    connection.close()
    return path


def ordinary(arguments: list[str]) -> list[str]:
    """`arguments` run under file permissions: root, whom they do not bind, gives its powers up."""
    if os.geteuid() != 0:
        return arguments
    assert shutil.which("setpriv"), "setpriv is missing: install util-linux"
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all", *arguments]


def refusal(folder: Path, *arguments: str, **settings: object) -> str:
    """The one line that a start which is refused prints."""
    env = surroundings(folder, **({"PORT": free_port()} | settings))
    done = subprocess.run(
        ordinary(command(*arguments)),
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_missing_file_is_named(tmp_path):
    assert str(tmp_path / "gone.db") in refusal(tmp_path, "gone.db")
    assert not (tmp_path / "gone.db").exists()


def test_a_folder_is_no_database(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "folder" in refusal(tmp_path, "folder")


def test_a_text_file_is_no_database(tmp_path):
    (tmp_path / "letter.db").write_text("Dear reader, this is not a database at all.\n" * 100)
    assert "letter.db" in refusal(tmp_path, "letter.db")


def test_a_file_that_may_not_be_read_is_named(tmp_path, database):
    database.chmod(0)
    assert "mine.db" in refusal(tmp_path, str(database))


def test_a_file_that_may_not_be_written_is_named_and_the_way_out_too(tmp_path, database):
    database.chmod(0o400)
    said = refusal(tmp_path, str(database))
    assert "mine.db" in said
    assert "--read-only" in said


def test_a_file_in_a_folder_that_may_not_be_written_is_refused(tmp_path):
    folder = tmp_path / "shut"
    folder.mkdir()
    sqlite3.connect(folder / "mine.db").execute("CREATE TABLE note (text)").connection.close()
    folder.chmod(0o500)
    try:
        assert "mine.db" in refusal(tmp_path, str(folder / "mine.db"))
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("listen", [{"HOST": "0.0.0.0"}, {"WORKBENCH_LISTEN": "0.0.0.0"}])
def test_listening_to_others_wants_a_password(tmp_path, listen):
    assert "WORKBENCH_PASSWORD" in refusal(tmp_path, **listen)


def test_a_misspelt_setting_is_named(tmp_path):
    assert "WORKBENCH_TIME_LIMT" in refusal(tmp_path, WORKBENCH_TIME_LIMT=3)


def test_a_port_that_is_taken_is_named(tmp_path, workbench):
    first = workbench()
    port = first.url.rpartition(":")[2]
    assert port in refusal(tmp_path, PORT=port)


def test_help_lists_the_settings(tmp_path):
    done = subprocess.run(
        command("--help"), env=surroundings(tmp_path), capture_output=True, text=True, timeout=20, check=True
    )
    for word in ("--read-only", "PORT", "WORKBENCH_STORE", "WORKBENCH_TIME_LIMIT", "WORKBENCH_PROCESSES"):
        assert word in done.stdout


def test_it_says_where_to_open_it(workbench):
    server = workbench()
    assert f"Workbench is ready: {server.url}/" in server.log


def test_without_a_file_it_serves_the_sample_and_keeps_what_was_written(workbench):
    server = workbench()
    assert run(server.url, "DELETE FROM student WHERE id = 1").json == "Done - Rows affected: 1"
    server.stop()
    server.start()
    assert run(server.url, "SELECT count(*) FROM student").json == [[2]]


def test_a_file_of_ones_own_is_served(workbench, database):
    server = workbench(str(database))
    assert run(server.url, "INSERT INTO note VALUES ('kept')").json == "Done - Rows affected: 1"
    assert sqlite3.connect(database).execute("SELECT text FROM note").fetchall() == [("kept",)]


def test_read_only_reads_and_refuses_to_write(workbench, database):
    server = workbench("--read-only", str(database))
    assert run(server.url, "SELECT count(*) FROM note").json == [[0]]
    assert run(server.url, "INSERT INTO note VALUES ('no')").json.startswith("Error - ")
    assert run(server.url, "SELECT count(*) FROM note").json == [[0]]


def test_a_server_that_was_killed_starts_again_behind_its_old_socket(tmp_path, stopped_at_the_end):
    server = stopped_at_the_end(Workbench(tmp_path, behind_nginx=True)).start()
    server.kill()
    assert server.socket.exists()
    server.start()

"""`./run`, as a person types it: it sets everything up by itself, and the second time it is quick."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from tests.deployment.client import ask
from tests.deployment.servers import HOME, Server, eventually, free_port, surroundings
from tests.promptness import in_time

COLD, WARM = 90, 3


class Run(Server):
    """The workbench, started by `./run` from another folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "run")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def seconds_to_start(self) -> float:
        """How long it took until a worker was ready."""
        began = time.monotonic()
        env = surroundings(self.folder, PORT=self.port)
        del env["PYTHONPATH"]
        self.launch([str(HOME / "run")], env)
        eventually(lambda: self.running() and "Workbench is ready" in self.log, "./run", within=COLD)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def first(tmp_path_factory, stopped_at_the_end) -> Run:
    """What somebody has who ran it once."""
    server = stopped_at_the_end(Run(tmp_path_factory.mktemp("first")))
    server.seconds_to_start()
    return server


def test_the_first_start_sets_everything_up_and_serves(first):
    assert ask(f"{first.url}/healthz").status == 200
    assert f"Workbench is ready: {first.url}/" in first.log


@pytest.mark.usefixtures("first")
def test_the_second_start_takes_three_seconds_at_most(tmp_path, stopped_at_the_end):
    assert in_time(lambda: stopped_at_the_end(Run(tmp_path)).seconds_to_start(), WARM)


@pytest.mark.usefixtures("first")
def test_help_is_given_from_any_folder(tmp_path):
    done = subprocess.run(
        [HOME / "run", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30
    )
    assert "usage: run" in done.stdout


@pytest.mark.usefixtures("first")
def test_a_file_is_looked_for_where_the_person_is(tmp_path):
    done = subprocess.run(
        [HOME / "run", "here.db"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 2
    assert str(tmp_path / "here.db") in done.stderr

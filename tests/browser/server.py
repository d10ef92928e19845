"""A workbench that serves the sample, started as a person starts it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Server:
    """A workbench that is serving."""

    url: str
    database: Path
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End it and its workers at once: how it ends when it is asked to is shown elsewhere."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start_server(folder: Path, **settings: str) -> Server:
    """Start the workbench on a fresh copy of the sample, and wait until it says that it is ready."""
    database = folder / "student.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript((HOME / "database" / "student.sql").read_text(encoding="utf-8"))
    port = _free_port()
    places = {"PORT": str(port), "WORKBENCH_STORE": str(folder / "store" / "store.db")}
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", str(database)],
        cwd=HOME,
        env=os.environ | places | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    server = Server(f"http://127.0.0.1:{port}", database, process)
    try:
        _wait_until_ready(process)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    said: list[str] = []
    overdue = threading.Timer(SECONDS_TO_START, process.kill)
    overdue.start()
    for line in process.stdout:
        said.append(line)
        if line.startswith("Workbench is ready"):
            overdue.cancel()
            # What it says from now on is read and dropped, so that it never waits for a reader.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return
    overdue.cancel()
    pytest.fail("The workbench did not start:\n" + "".join(said))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

"""Servers for the tests here; each has its own folder, databases and ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deployment.servers import Server, Workbench


@pytest.fixture(scope="module")
def stopped_at_the_end() -> Iterator[Callable[[Server], Server]]:
    """Registers servers to stop when the module's tests are over, the newest first."""
    servers: list[Server] = []

    def register(server: Server) -> Server:
        servers.append(server)
        return server

    yield register
    for server in reversed(servers):
        server.stop()


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Callable[..., Workbench]]:
    """Starts a workbench on HTTP, as `./run` does, for one test."""
    started: list[Workbench] = []

    def start(*arguments: str, **settings: object) -> Workbench:
        started.append(Workbench(tmp_path, *arguments, **settings))
        return started[-1].start()

    yield start
    for server in started:
        server.stop()

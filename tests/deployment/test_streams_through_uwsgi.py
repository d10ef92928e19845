"""Streams straight from uWSGI, as `./run` serves them."""

from __future__ import annotations

import pytest

from tests.deployment.servers import Workbench, eventually
from tests.deployment.streams import ENDLESS, Reader, Streams, address, message


@pytest.fixture(scope="module")
def behind(tmp_path_factory, stopped_at_the_end) -> Workbench:
    """A workbench that stops a run after a second."""
    folder = tmp_path_factory.mktemp("streams")
    return stopped_at_the_end(Workbench(folder, WORKBENCH_TIME_LIMIT=1)).start()


@pytest.fixture(scope="module")
def door(behind) -> str:
    """The workbench itself."""
    return behind.url


class TestStreamsThroughUwsgi(Streams):
    """The workbench on HTTP."""

    def test_who_does_not_read_is_cut_off_at_the_time_limit_and_no_worker_ends_for_it(self, door, behind):
        workers, unread = behind.workers(), ENDLESS.replace("row", "unread")
        idle = Reader(address(door, unread, "ndjson"))
        assert "longer than 1 s" in eventually(lambda: message(behind, unread), "the end of it")
        assert not idle.rest().endswith(b"0\r\n\r\n")
        assert behind.workers() == workers

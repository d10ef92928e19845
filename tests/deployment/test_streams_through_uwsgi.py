"""Streams straight from uWSGI, as `./run` serves them."""

from __future__ import annotations

import http.client
import json
import zlib

import pytest

from tests.deployment.client import ask
from tests.deployment.servers import Workbench, eventually
from tests.deployment.streams import ENDLESS, SLOWLY, STUCK, Reader, Streams, address, message


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

    def test_the_last_words_of_a_process_continue_a_compressed_answer(self, door):
        with pytest.raises(http.client.IncompleteRead) as caught:
            ask(address(door, STUCK, "ndjson"), headers={"Accept-Encoding": "gzip"})
        reader = zlib.decompressobj(31)
        *_, last = reader.decompress(caught.value.partial).splitlines()
        assert json.loads(last)["error"]["code"] == "QUERY_TIMEOUT"
        assert not reader.eof

    @pytest.mark.parametrize("query", [SLOWLY, STUCK])
    def test_what_is_stopped_at_its_time_limit_says_why(self, door, query):
        with pytest.raises(http.client.IncompleteRead) as caught:
            ask(address(door, query, "ndjson"))
        last = json.loads(caught.value.partial.splitlines()[-1])
        assert (last["error"]["code"], last["error"]["status"]) == ("QUERY_TIMEOUT", 504)


def test_who_does_not_read_is_cut_off_at_the_time_limit_and_no_worker_ends_for_it(workbench):
    server = workbench(WORKBENCH_TIME_LIMIT=1)
    workers = server.workers()
    idle = Reader(address(server.url, ENDLESS, "ndjson"))
    assert "longer than 1 s" in eventually(lambda: message(server.url, server, ENDLESS), "the end of it")
    assert not idle.rest().endswith(b"0\r\n\r\n")
    assert server.workers() == workers

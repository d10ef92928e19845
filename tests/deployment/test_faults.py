"""A worker that dies, and statements that nobody can wait for, under the real uWSGI."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.deployment.client import Answer, ask, run
from tests.deployment.servers import Workbench, eventually
from tests.promptness import in_time

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
EVERYTHING_WITH_EVERYTHING = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) "
    "SELECT count(*) FROM n AS a, n AS b, n AS c WHERE a.i + b.i = c.i + 0.5"
)
NEVER_INTERRUPTED = "SELECT instr(printf('%.*c', 2000000, 'a'), printf('%.*c', 1000000, 'a') || 'b')"


class InBackground:
    """A query that somebody else waits for."""

    def __init__(self, door: str, query: str) -> None:
        self._answers: list[Answer] = []
        self._thread = threading.Thread(target=lambda: self._answers.append(run(door, query)))
        self._thread.start()

    def answer(self) -> Answer:
        """What came back."""
        self._thread.join(30)
        assert self._answers, "no answer came"
        return self._answers[0]


def test_a_killed_worker_is_replaced_and_nothing_that_was_answered_is_lost(workbench):
    server = workbench(WORKBENCH_PROCESSES=4)
    assert "Done" in run(server.url, "CREATE TABLE kept (client, number, PRIMARY KEY (client, number))").json
    with writing(server, clients=4) as acknowledged:
        for _ in range(5):
            kill_one_worker(server)
            count = len(acknowledged)
            eventually(lambda count=count: len(acknowledged) > count + 20, "writes to go on")
    kept = {tuple(row) for row in run(server.url, "SELECT client, number FROM kept").json}
    assert set(acknowledged) <= kept
    assert run(server.url, "PRAGMA integrity_check").json == [["ok"]]


@contextlib.contextmanager
def writing(server: Workbench, clients: int) -> Iterator[list[tuple[int, int]]]:
    """Clients that write until the block ends; yields the list of what was acknowledged."""
    acknowledged: list[tuple[int, int]] = []
    over = threading.Event()

    def write(client: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            # A connection that breaks is what a killed worker looks like from outside.
            with contextlib.suppress(OSError, http.client.HTTPException):
                if run(server.url, f"INSERT INTO kept VALUES ({client}, {number})").text.startswith('"Done'):
                    acknowledged.append((client, number))

    threads = [threading.Thread(target=write, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def kill_one_worker(server: Workbench) -> None:
    """Returns when uWSGI has put another in its place."""
    before = server.workers()
    os.kill(before[0], signal.SIGKILL)
    eventually(
        lambda: before[0] not in (now := server.workers()) and len(now) >= len(before), "another worker"
    )


def others_are_served(server: Workbench) -> None:
    """The page and the health check are answered meanwhile, and soon."""

    def answered(address: str) -> float:
        answer = ask(server.url + address)
        assert answer.status == 200
        return answer.seconds

    for address in ("/", "/healthz"):
        assert in_time(lambda address=address: answered(address), 0.5)


@pytest.mark.parametrize("query", [ENDLESS, EVERYTHING_WITH_EVERYTHING, NEVER_INTERRUPTED])
class TestAQueryThatNeverEnds:
    """With a limit of one second."""

    @pytest.fixture
    def server(self, workbench: Callable[..., Workbench]) -> Workbench:
        """A workbench that waits for one second, whose workers have all answered something before."""
        server = workbench(WORKBENCH_TIME_LIMIT=1, WORKBENCH_PROCESSES=4)
        for _ in range(40):
            assert run(server.url, "SELECT 1").json == [[1]]
        return server

    def test_is_stopped_in_time_and_in_words_and_the_next_is_unharmed(self, server, query):
        def stopped_after() -> float:
            answer = run(server.url, query)
            assert (answer.status, answer.headers["content-type"]) == (504, "application/json")
            assert answer.json.startswith("Error - ")
            return answer.seconds

        assert in_time(stopped_after, 1.6)
        assert run(server.url, "SELECT count(*) FROM student").json == [[3]]

    def test_lets_the_page_and_health_answer_meanwhile(self, server, query):
        waiting = InBackground(server.url, query)
        server.worker_at_work()
        others_are_served(server)
        assert waiting.answer().status == 504


def test_while_all_slots_are_taken_pages_answer_and_others_are_asked_to_come_back(workbench):
    server = workbench(WORKBENCH_TIME_LIMIT=3, WORKBENCH_PROCESSES=4)
    waiting = [InBackground(server.url, ENDLESS) for _ in range(2)]
    refused = eventually(
        lambda: (answer := run(server.url, "SELECT 1")).status != 200 and answer, "taken slots"
    )
    assert refused.status == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json.startswith("Error - ")
    others_are_served(server)
    assert [other.answer().status for other in waiting] == [504, 504]
    assert run(server.url, "SELECT 1").json == [[1]]


def test_a_write_that_was_stopped_left_nothing_behind(workbench):
    server = workbench(WORKBENCH_TIME_LIMIT=1)
    answer = run(
        server.url,
        f"UPDATE student SET nr = 0; INSERT INTO student (name, nr) VALUES ('Nobody', ({ENDLESS}))",
    )
    assert answer.status == 504
    assert run(server.url, "SELECT sum(nr) FROM student").json == [[6666]]

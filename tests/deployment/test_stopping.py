"""Runs that are stopped before their end: by DELETE to whichever worker, and by their client's leaving."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from tests.deployment.client import Answer, ask, post, run
from tests.deployment.servers import Nginx, Workbench, eventually
from tests.promptness import in_time

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
NEVER_INTERRUPTED = "SELECT instr(printf('%.*c', 2000000, 'a'), printf('%.*c', 1000000, 'a') || 'b')"
WRITES_FOR_EVER = f"UPDATE student SET nr = 0; INSERT INTO student (name, nr) VALUES ('Nobody', ({ENDLESS}))"
MANY_ROWS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "INSERT INTO student (name, nr) SELECT hex(zeroblob(500)), i FROM n"
)

MINE = "the-run-of-this-test"


class InBackground:
    """A query under an id, for which somebody else waits."""

    def __init__(self, door: str, query: str, request_id: str = MINE) -> None:
        self.ended = 0.0
        self._answers: list[Answer] = []
        self._arguments = door, query, request_id
        self._thread = threading.Thread(target=self._wait)
        self._thread.start()

    def _wait(self) -> None:
        door, query, request_id = self._arguments
        self._answers.append(post(f"{door}/run", query=query, headers={"X-Request-Id": request_id}))
        self.ended = time.monotonic()

    def answer(self) -> Answer:
        """What came back."""
        self._thread.join(40)
        assert self._answers, "no answer came"
        return self._answers[0]


class Leaver:
    """A client that sends a query and goes away when it is told to."""

    def __init__(self, door: str, query: str, **options: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(door).netloc, timeout=30)
        body, kind = (
            urlencode({"query": query} | options),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        self._connection.request("POST", "/run", body, kind)

    def leave(self) -> float:
        """Close the connection; tells when."""
        self._connection.close()
        return time.monotonic()


def going(door: str) -> list[dict]:
    """What is on the list of runs."""
    return ask(f"{door}/run/active").json["active"]


def is_going(door: str) -> dict:
    """The one run on the list, as soon as it is there."""
    return eventually(lambda: going(door), "a run on the list")[0]


def is_busy(door: str) -> bool:
    """Whether another write holds the writers' line: one that changes nothing is not let in."""
    return post(f"{door}/run", query="DELETE FROM student WHERE 0", wait_ms="10").status == 503


def stop(door: str, request_id: str = MINE) -> Answer:
    """The answer to DELETE."""
    return ask(f"{door}/run/{request_id}", method="DELETE")


@pytest.fixture(scope="module", params=["alone", "behind Nginx"])
def door(request, tmp_path_factory, stopped_at_the_end: Callable) -> str:
    """Where a workbench of three workers answers, which is in no hurry itself."""
    folder, nginx = tmp_path_factory.mktemp("stopping"), request.param == "behind Nginx"
    workbench = Workbench(folder, behind_nginx=nginx, WORKBENCH_TIME_LIMIT=30, WORKBENCH_PROCESSES=6)
    stopped_at_the_end(workbench).start()
    return stopped_at_the_end(Nginx(folder / "front", workbench)).start().url if nginx else workbench.url


@pytest.fixture(autouse=True)
def nothing_goes_on(door: str) -> Iterator[None]:
    """No test leaves a run behind for the next."""
    yield
    for each in going(door):
        stop(door, each["request_id"])
    eventually(lambda: not going(door), "the end of all runs")


@pytest.mark.parametrize(
    ("query", "seconds"),
    [(ENDLESS, 0.25), (WRITES_FOR_EVER, 0.25), (MANY_ROWS, 0.25), (NEVER_INTERRUPTED, 0.5)],
    ids=["reads", "writes", "has written much", "is never interrupted"],
)
def test_a_delete_stops_a_run_at_once(door: str, query: str, seconds: float) -> None:
    """The worker that gets it is another one: the run's own is at work. To end a process takes longer."""
    assert in_time(lambda: stopped_after(door, query), seconds)
    assert run(door, "SELECT sum(nr) FROM student").json == [[6666]]


def stopped_after(door: str, query: str) -> float:
    """Start `query` and stop it: the seconds until it is answered, in words."""
    waiting = InBackground(door, query)
    is_going(door)
    asked = time.monotonic()
    told = stop(door)
    assert (told.status, told.json) == (202, {"request_id": MINE, "state": "cancelling"})
    answer = waiting.answer()
    assert (answer.status, answer.headers["x-sql-code"]) == (409, "CANCELLED")
    assert answer.json == "Error - the run was stopped because you asked for it"
    assert answer.headers["x-request-id"] == MINE
    return waiting.ended - asked


@pytest.mark.parametrize(
    "query", [ENDLESS, WRITES_FOR_EVER, NEVER_INTERRUPTED], ids=["reads", "writes", "is never interrupted"]
)
def test_a_run_ends_within_a_second_of_its_clients_leaving(door: str, query: str) -> None:
    assert in_time(lambda: left_for(door, query), 1.0)
    assert run(door, "SELECT sum(nr) FROM student").json == [[6666]]


def left_for(door: str, query: str) -> float:
    """Start `query` and leave: the seconds until it has ended."""
    leaver = Leaver(door, query)
    is_going(door)
    left = leaver.leave()
    eventually(lambda: not going(door), "the end of the run")
    return time.monotonic() - left


def test_a_run_goes_on_when_its_client_said_that_it_would_leave(door: str) -> None:
    run(door, "CREATE TABLE counted (n)")
    counts = f"INSERT INTO counted {ENDLESS.replace('FROM n)', 'FROM n LIMIT 2000000)')}"
    leaver = Leaver(door, counts, on_disconnect="continue")
    is_going(door)
    leaver.leave()
    eventually(lambda: not going(door), "the end of the run")
    assert run(door, "SELECT n FROM counted").json == [[2_000_000]]


def test_a_process_that_ends_says_what_was_committed_before(door: str) -> None:
    run(door, "CREATE TABLE kept (n)")
    statements = [{"sql": "INSERT INTO kept VALUES (1)"}, {"sql": NEVER_INTERRUPTED}]
    options = {"transaction": "none", "timeout_ms": "200", "statements": json.dumps(statements)}
    answer = post(f"{door}/v1/run", **options)
    assert (answer.status, answer.json["code"], answer.json["applied"]) == (504, "QUERY_TIMEOUT", "some")
    assert run(door, "SELECT n FROM kept").json == [[1]]


def test_a_write_that_waits_for_its_turn_can_be_stopped_too(door: str) -> None:
    first = InBackground(door, WRITES_FOR_EVER, "the-one-in-front")
    eventually(lambda: is_busy(door), "the first in the writers' line")

    def stopped_waiting() -> float:
        second = InBackground(door, "DELETE FROM student")
        eventually(lambda: len(going(door)) == 2, "both writes")
        asked = time.monotonic()
        assert stop(door).status == 202
        assert second.answer().status == 409
        return second.ended - asked

    assert in_time(stopped_waiting, 0.25)
    stop(door, "the-one-in-front")
    assert first.answer().status == 409
    assert run(door, "SELECT count(*) FROM student").json == [[3]]


def test_the_list_says_what_goes_on_and_for_how_long(door: str) -> None:
    InBackground(door, f"  {ENDLESS}")
    is_going(door)
    seen = eventually(lambda: (g := going(door)) and g[0]["seconds"] > 0.2 and g[0], "a run of 0.2 s")
    assert (seen["request_id"], seen["first_words"][:16]) == (MINE, "WITH RECURSIVE n")
    assert seen["seconds"] < 20


def test_an_id_that_is_running_is_not_taken_twice(door: str) -> None:
    waiting = InBackground(door, ENDLESS)
    is_going(door)
    second = post(f"{door}/run", query="DELETE FROM student", headers={"X-Request-Id": MINE})
    assert (second.status, second.headers["x-sql-code"]) == (409, "REQUEST_ID_IN_USE")
    assert stop(door).status == 202
    assert waiting.answer().status == 409
    assert run(door, "SELECT count(*) FROM student").json == [[3]]


def test_what_is_over_cannot_be_stopped(door: str) -> None:
    post(f"{door}/run", query="SELECT 1", headers={"X-Request-Id": MINE})
    answer = stop(door)
    assert answer.status == 404
    assert answer.json["detail"] == "No run of yours with this id is going on."


def test_another_site_stops_nothing(door: str) -> None:
    waiting = InBackground(door, ENDLESS)
    is_going(door)
    foreign = ask(f"{door}/run/{MINE}", method="DELETE", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    assert going(door)
    stop(door)
    waiting.answer()

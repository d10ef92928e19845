"""What a caller has running now, and stopping it: who may, and what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace

from tests.conftest import Visitor, see
from workbench.bench import Bench
from workbench.engines.base import Kept
from workbench.jobs import Job
from workbench.runner import Handling

MINE = "the-run-of-this-test"
HEADERS = {"X-Request-Id": MINE}


class Meanwhile:
    """Does something while a run goes on, in the middle of its rows."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @contextmanager
    def does(self, act: Callable[[], object]) -> Iterator[list]:
        """Whatever is run inside, `act` is done meanwhile; what it gave back is in the list."""
        given, whole = [], self._bench._runner.run

        def run(job: Job, handling: Handling) -> object:
            def kept(batches: Iterator[list]) -> Kept:
                given.append(act())
                return handling.keep(batches)

            return whole(job, replace(handling, keep=kept))

        self._bench._runner.run = run
        try:
            yield given
        finally:
            self._bench._runner.run = whole


@pytest.fixture
def meanwhile(app: Flask) -> Meanwhile:
    """Something that happens during a run."""
    return Meanwhile(app.extensions["bench"])


def test_nothing_runs_at_first(program: FlaskClient) -> None:
    answer = program.get("/run/active")
    assert (answer.status_code, answer.get_json()) == (200, {"active": []})


def test_a_run_is_listed_for_its_own_caller(
    program: FlaskClient, alice: Visitor, meanwhile: Meanwhile
) -> None:
    alice.open("/")
    with meanwhile.does(
        lambda: [asked.get("/run/active").get_json() for asked in (program, alice.client)]
    ) as given:
        program.post("/run", data={"query": "SELECT 1,\n  2"}, headers=HEADERS)
    seen_by_itself, seen_by_alice = given[0]
    (run,) = seen_by_itself["active"]
    assert (run["request_id"], run["first_words"], run["rows"]) == (MINE, "SELECT 1, 2", 0)
    assert run["started"].endswith("+00:00")
    assert seen_by_alice == {"active": []}


def test_a_cancelled_run_is_a_409_that_says_nothing_was_changed(
    program: FlaskClient, meanwhile: Meanwhile
) -> None:
    with meanwhile.does(lambda: program.delete(f"/run/{MINE}")) as given:
        query = "INSERT INTO student VALUES (9, 'x', 1) RETURNING id"
        answer = program.post("/run", data={"query": query}, headers=HEADERS)
    assert given[0].status_code == 202
    assert given[0].get_json() == {"request_id": MINE, "state": "cancelling"}
    assert (answer.status_code, answer.headers["X-Sql-Code"]) == (409, "CANCELLED")
    assert program.post("/run", data={"query": "SELECT count(*) FROM student"}).get_json() == [[3]]


def test_a_person_who_stopped_a_run_is_told_so_calmly(alice: Visitor, meanwhile: Meanwhile) -> None:
    token = alice.token()
    with meanwhile.does(lambda: alice.client.delete(f"/run/{MINE}").status_code) as given:
        form = {"query": "SELECT 1; SELECT 2", "csrf_token": token}
        answer = alice.client.post("/query", data=form, headers=HEADERS)
    assert given[0] == 202
    assert answer.status_code == 409
    banner = see(answer).select_one("#run .banner")
    assert banner.get_text(" ", strip=True) == "Stopped by you Nothing was changed."
    assert "role" not in banner.attrs
    assert see(alice.open("/history")).select_one("#entries .entry.stopped")


def test_bob_and_programs_cannot_stop_what_alice_runs(
    alice: Visitor, bob: Visitor, program: FlaskClient, meanwhile: Meanwhile
) -> None:
    token = alice.token()
    bob.open("/")
    attempts = lambda: [asked.delete(f"/run/{MINE}").status_code for asked in (bob.client, program)]  # noqa: E731
    with meanwhile.does(attempts) as given:
        form = {"query": "SELECT 1", "csrf_token": token}
        answer = alice.client.post("/query", data=form, headers=HEADERS, follow_redirects=True)
    assert given[0] == [404, 404]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_another_site_stops_nothing(
    program: FlaskClient, meanwhile: Meanwhile, headers: dict[str, str]
) -> None:
    with meanwhile.does(lambda: program.delete(f"/run/{MINE}", headers=headers).status_code) as given:
        answer = program.post("/run", data={"query": "SELECT 1"}, headers=HEADERS)
    assert given[0] == 403
    assert answer.get_json() == [[1]]


@pytest.mark.parametrize("name", [MINE, "%00" * 8, "a" * 3000])
def test_a_run_that_is_not_there_cannot_be_stopped(program: FlaskClient, name: str) -> None:
    answer = program.delete(f"/run/{name}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.get_json()["detail"] == "No run of yours with this id is going on."
    assert answer.get_json()["code"] == "NOT_RUNNING"


@pytest.mark.parametrize("name", ["x", "%00", "a" * 7])
def test_what_is_too_short_for_an_id_names_no_run(program: FlaskClient, name: str) -> None:
    answer = program.delete(f"/run/{name}")
    assert (answer.status_code, answer.json["code"]) == (404, "HTTP_404")


@pytest.mark.parametrize("name", ["active", "limits"])
def test_what_only_tells_about_runs_cannot_be_stopped(program: FlaskClient, name: str) -> None:
    answer = program.delete(f"/run/{name}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_cancelled_answer_is_shown_again_under_its_address(alice: Visitor, meanwhile: Meanwhile) -> None:
    token = alice.token()
    with meanwhile.does(lambda: alice.client.delete(f"/run/{MINE}")):
        alice.client.post("/query", data={"query": "SELECT 1", "csrf_token": token}, headers=HEADERS)
    address = see(alice.open("/history")).select_one("#entries a")["href"]
    assert see(alice.open(address)).select_one("#run .banner.calm h2").text == "Stopped by you"

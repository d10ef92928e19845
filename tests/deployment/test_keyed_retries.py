"""Clients retry keyed inserts while workers are killed: each runs once, each answer is the same."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
from uuid import UUID

import pytest

from tests.deployment.client import Answer, ask, run

CLIENTS = 8
KEYS = 125
"""For each client."""

RETRIES = 400
"""More than any key needs, so that a fault ends the test instead of going on for ever."""


@pytest.mark.long
def test_a_key_is_inserted_once_however_often_workers_are_killed(workbench):
    server = workbench(WORKBENCH_PROCESSES=6)
    run(server.url, "CREATE TABLE paid (client, number, id INTEGER PRIMARY KEY)")
    answers: dict[tuple[int, int], set[bytes]] = {}
    over = threading.Event()

    def pay(client: int) -> None:
        for number in range(KEYS):
            first = until_answered(server.url, client, number)
            again = until_answered(server.url, client, number)
            answers[client, number] = {first.body, again.body}

    killed: list[int] = []
    killer = threading.Thread(target=kill_at_random, args=(server, over, killed))
    clients = [threading.Thread(target=pay, args=(client,)) for client in range(CLIENTS)]
    for thread in (killer, *clients):
        thread.start()
    for thread in clients:
        thread.join(120)
    over.set()
    killer.join()

    assert len(killed) > 10
    assert len(answers) == CLIENTS * KEYS
    assert all(len(bodies) == 1 for bodies in answers.values())
    twice = run(server.url, "SELECT client, number FROM paid GROUP BY client, number HAVING count(*) <> 1")
    assert twice.json == []
    assert run(server.url, "SELECT count(*) FROM paid").json == [[CLIENTS * KEYS]]
    assert run(server.url, "PRAGMA integrity_check").json == [["ok"]]


def until_answered(url: str, client: int, number: int) -> Answer:
    """The answer to the keyed insert, asked for again whenever a connection breaks or all are busy."""
    body = {"sql": "INSERT INTO paid VALUES (?, ?, NULL) RETURNING id", "params": [client, number]}
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(UUID(int=(client + 1) << 64 | number)),
    }
    for _ in range(RETRIES):
        try:
            answer = ask(
                f"{url}/run", method="POST", body=json.dumps(body).encode(), headers=headers, patience=10
            )
        except (OSError, http.client.HTTPException):
            continue
        if answer.status == 200:
            return answer
        assert answer.status in (409, 503), answer.text
    raise AssertionError("no answer came")


def kill_at_random(server, over: threading.Event, killed: list[int]) -> None:
    """Kill a worker every now and then, at most a hundred times."""
    for _ in range(100):
        if over.wait(random.uniform(0.02, 0.15)):
            return
        workers = server.workers()
        if workers:
            killed.append(random.choice(workers))
            os.kill(killed[-1], signal.SIGKILL)

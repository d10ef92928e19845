"""Six clients write and six read at the same time: no error, no lost write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from tests.deployment.client import run

SECONDS = 20


@pytest.mark.long
def test_six_writers_and_six_readers_never_meet_an_error(workbench):
    server = workbench()
    run(server.url, "CREATE TABLE line (client, number)")
    errors: list[str] = []
    written = [0] * 6

    def write(client: int) -> None:
        answer = run(server.url, f"INSERT INTO line VALUES ({client}, {written[client] + 1})")
        if answer.status == 200 and answer.json == "Done - Rows affected: 1":
            written[client] += 1
        else:
            errors.append(answer.text)

    def read(client: int) -> None:
        answer = run(server.url, f"SELECT count(*), max(number) FROM line WHERE client = {client}")
        if answer.status != 200 or not isinstance(answer.json, list):
            errors.append(answer.text)

    everyone = [repeating(action, client) for action in (write, read) for client in range(6)]
    for thread in everyone:
        thread.join(SECONDS + 30)

    assert errors == []
    kept = run(
        server.url, "SELECT client, count(*), max(number) FROM line GROUP BY client ORDER BY client"
    ).json
    assert kept == [[client, written[client], written[client]] for client in range(6)]
    assert min(written) > SECONDS, "somebody waited for more than a second on average"


def repeating(action: Callable[[int], None], client: int) -> threading.Thread:
    """A client that does `action` again and again for SECONDS; a failing one ends the test."""
    deadline = time.monotonic() + SECONDS

    def act() -> None:
        while time.monotonic() < deadline:
            action(client)

    thread = threading.Thread(target=act)
    thread.start()
    return thread

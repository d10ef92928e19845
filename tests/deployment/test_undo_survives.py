"""Workers that are killed while people write: no entry of the history lies, and every Undo on offer works."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.deployment.client import Answer, ask, post
from tests.deployment.servers import Workbench, eventually

CLIENTS, ROUNDS, WRITES_OF_A_ROUND = 8, 21, 3
UNDONE = 50
BETWEEN_KILLS = 0.3
BROKEN = (OSError, http.client.HTTPException)  # what a killed worker looks like from outside

SLOW = (
    "UPDATE student SET nr = 0; CREATE TABLE filled (a, b); INSERT INTO filled "
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, hex(zeroblob(500)) FROM n;"
)


class Person:
    """Somebody with a browser: a cookie, and the token of the page's forms."""

    def __init__(self, door: str) -> None:
        self.door = door
        page = ask(f"{door}/")
        self._cookie = page.headers["set-cookie"].partition(";")[0]
        self._token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)[1]

    def press(self, address: str, **fields: str) -> Answer:
        """Send a form of the page."""
        form = {"csrf_token": self._token} | fields
        return post(f"{self.door}{address}", headers={"Cookie": self._cookie}, **form)

    def write(self, script: str) -> int | None:
        """Run it. Gives the number of its entry when it is acknowledged: the answer has an address then."""
        try:
            answer = self.press("/query", query=script)
        except BROKEN:
            return None
        return entry_of(answer) if answer.status == 303 else None

    def undo(self, number: int) -> Answer:
        """Take the entry back."""
        return self.press(f"/entries/{number}/undo")

    def going(self) -> list[dict]:
        """What of theirs is running."""
        return ask(f"{self.door}/run/active", headers={"Cookie": self._cookie}).json["active"]


def entry_of(answer: Answer) -> int:
    """The entry that an answer leads to."""
    return int(answer.headers["location"].rpartition("/")[2].partition("?")[0])


def look(path: Path, sql: str, *values: object) -> list[tuple]:
    """What another program finds in a database."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, values).fetchall()


def database_of(server: Workbench) -> Path:
    return server.folder / "student.db"


@pytest.fixture
def server(workbench: Callable[..., Workbench]) -> Workbench:
    """A workbench whose people have a table to write to."""
    started = workbench(WORKBENCH_PROCESSES=8)
    Person(started.url).write("CREATE TABLE kept (client, number, value, PRIMARY KEY (client, number))")
    return started


class Clients:
    """People who write at the same time, each row of their own; `acknowledged` is what was answered."""

    def __init__(self, door: str) -> None:
        self.acknowledged: dict[int, str] = {}
        self._person = Person(door)
        self._threads = [threading.Thread(target=self._write, args=(each,)) for each in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _write(self, client: int) -> None:
        for number in range(0, 2 * ROUNDS, 2):
            if self._done(f"INSERT INTO kept VALUES ({client}, {number}, 'inserted')"):
                self._done(update(client, number, "updated"))
            begun = f"INSERT INTO kept VALUES ({client}, {number + 1}, 'begun'); "
            self._done(begun + update(client, number + 1, "scripted"))

    def _done(self, script: str) -> bool:
        number = self._person.write(script)
        if number is not None:
            self.acknowledged[number] = script
        return number is not None

    @property
    def at_work(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def undo(self, number: int) -> Answer:
        """One of them takes an entry back: it is the same person."""
        return self._person.undo(number)


def update(client: int, number: int, value: str) -> str:
    return f"UPDATE kept SET value = '{value}' WHERE client = {client} AND number = {number}"


def kill_at_random(server: Workbench, clients: Clients) -> int:
    """Kill a worker now and then for as long as they write. Tells how many were."""
    killed, chance, pause = 0, random.Random(5), threading.Event()
    while clients.at_work:
        pause.wait(BETWEEN_KILLS)
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(server.workers()), signal.SIGKILL)
            killed += 1
    return killed


@pytest.mark.long
def test_killed_workers_lose_nothing_and_no_entry_lies(server: Workbench) -> None:
    database, store, all_workers = database_of(server), server.folder / "workbench.db", len(server.workers())
    clients = Clients(server.url)
    assert kill_at_random(server, clients) >= 5
    eventually(lambda: len(server.workers()) >= all_workers, "the workers that take their place")
    eventually(lambda: not look(store, "SELECT 1 FROM entry WHERE NOT certain"), "an end of all doubt")

    entries = look(store, "SELECT number, script, outcome, undo FROM entry ORDER BY number")
    history = {number: told for number, *told in entries}
    for number, script in clients.acknowledged.items():
        assert history[number] == [script, "ok", "can"]
    assert len(clients.acknowledged) >= CLIENTS * ROUNDS * WRITES_OF_A_ROUND / 2
    assert dict(rows_of(database)) == dict(told_by(history.values()))
    assert look(database, "PRAGMA integrity_check") == [("ok",)]

    for number in some_that_can_be_undone(history):
        before, (client, row) = dict(rows_of(database)), row_of(history[number][0])
        answer = clients.undo(number)
        assert answer.status == 303, answer.text
        was = "inserted" if history[number][0].startswith("UPDATE") else None
        left = before | {(client, row): was}
        assert dict(rows_of(database)) == {key: value for key, value in left.items() if value}
    there = rows_of(database)
    server.kill()
    assert rows_of(database) == there
    assert look(database, "PRAGMA integrity_check") == [("ok",)]


def rows_of(database: Path) -> list[tuple]:
    """Each row's place and what is in it."""
    return [((c, n), value) for c, n, value in look(database, "SELECT * FROM kept")]


def row_of(script: str) -> tuple[int, int]:
    """The row that a script of these is about."""
    client, number = re.search(r"(?:VALUES \(|client = )(\d+)(?:, | AND number = )(\d+)", script).groups()
    return int(client), int(number)


def told_by(entries: Iterator[list]) -> Iterator[tuple]:
    """The rows as the history tells them: those of what is said to be done."""
    for script, outcome, _ in entries:
        if outcome == "ok" and "kept" in script and not script.startswith("CREATE"):
            yield row_of(script), re.findall(r"'(\w+)'", script)[-1]


def some_that_can_be_undone(history: dict[int, list]) -> list[int]:
    """Entries that offer it, each the last one about its row."""
    last = {
        row_of(script): number
        for number, (script, outcome, undo) in sorted(history.items())
        if outcome == "ok" and undo == "can" and not script.startswith("CREATE")
    }
    return random.Random(7).sample(sorted(last.values()), UNDONE)


def test_a_preview_that_is_killed_in_the_middle_leaves_the_file_as_it_was(server: Workbench) -> None:
    database = database_of(server)
    look(database, "PRAGMA wal_checkpoint(TRUNCATE)")
    before, rows = database.read_bytes(), look(database, "SELECT * FROM student")
    person = Person(server.url)

    def preview() -> None:
        with contextlib.suppress(*BROKEN):
            person.press("/query", query=SLOW, action="preview")

    waiting = threading.Thread(target=preview)
    waiting.start()
    os.kill(server.worker_at_work(), signal.SIGKILL)
    waiting.join(30)
    assert database.read_bytes() == before
    assert look(database, "SELECT * FROM student") == rows
    assert look(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'filled'") == [(0,)]
    assert look(database, "PRAGMA integrity_check") == [("ok",)]
    assert person.write("UPDATE student SET nr = nr + 1 WHERE id = 1") is not None


def test_two_windows_that_press_undo_at_once_take_it_back_once(server: Workbench) -> None:
    person = Person(server.url)
    number = person.write("UPDATE student SET nr = nr + 1 WHERE id = 1")
    with ThreadPoolExecutor() as windows, closing(sqlite3.connect(database_of(server))) as another_program:
        another_program.execute("BEGIN IMMEDIATE")
        answers = [windows.submit(person.undo, number) for _ in range(2)]
        eventually(lambda: len(person.going()) == 2, "both")
        another_program.rollback()
    taken_back, refused = sorted((each.result() for each in answers), key=lambda answer: answer.status)
    assert (taken_back.status, refused.status) == (303, 404)
    assert "It was taken back already." in refused.text
    assert look(database_of(server), "SELECT nr FROM student WHERE id = 1") == [(1111,)]

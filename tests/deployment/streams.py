"""What programs rely on when rows come while they are read: the same tests for every door."""

from __future__ import annotations

import csv
import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest

from tests.deployment.client import ask, run
from tests.deployment.servers import Workbench, eventually

MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT i, {} AS x FROM n"
WHOLE = MANY.format(50_000, "'row ' || i")
BREAKS = MANY.format(50_000, "abs(-9223372036854775807 - (i > 40000))")
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'row ' || i AS x FROM n"
SLOWLY = ENDLESS.replace("'row ' || i", "length(replace(hex(zeroblob(200000)), '0', 'xy'))")
"""Rows that anybody reads faster than they come."""

STUCK = MANY.format(
    50_000, "iif(i > 40000, instr(printf('%.*c', 2000000, 'a'), printf('%.*c', 1000000, 'a') || 'b'), i)"
)
BY_NAME = (
    "(input.columns | map(.name)) as $names | inputs | arrays"
    " | [$names, .] | transpose | map({(.[0]): .[1]}) | add"
)
"""For jq: each row as an object."""

PARTIAL_FILE = 18
"""What curl ends with when an answer breaks off."""


def address(door: str, query: str, form: str) -> str:
    """Where the rows of `query` are."""
    return f"{door}/run?format={form}&query={quote(query)}"


def curl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """curl, silent but for errors."""
    return subprocess.run(["curl", "-sS", *arguments], capture_output=True, check=False, timeout=60)


def through(command: list[str], given: bytes) -> bytes:
    """What another program makes of `given`; it must like it."""
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=60).stdout


class Reader:
    """A connection that is read by hand, as slowly as one likes."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
        asked = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
        self.connection.sendall(asked.encode())
        assert b" 200 " in self.connection.recv(400)

    def leave(self) -> None:
        """Goes away without having read all."""
        self.connection.close()

    def rest(self) -> bytes:
        """All that still comes."""
        return b"".join(iter(lambda: self.connection.recv(1 << 20), b""))


class Streams:
    """Wants the fixtures `door`, the URL of a server, and `behind`, the workbench that answers there."""

    @pytest.mark.parametrize("form", ["ndjson", "csv", "json"])
    @pytest.mark.parametrize("compressed", [[], ["--compressed"]])
    def test_curl_says_that_a_whole_answer_is_whole(self, door, form, compressed):
        assert curl(address(door, WHOLE, form), *compressed).returncode == 0

    @pytest.mark.parametrize("form", ["ndjson", "csv", "json"])
    def test_curl_says_that_a_broken_answer_is_broken(self, door, form):
        assert curl(address(door, BREAKS, form)).returncode == PARTIAL_FILE

    @pytest.mark.parametrize("form", ["ndjson", "csv", "json"])
    def test_curl_says_so_when_it_is_compressed_too(self, door, form):
        assert curl(address(door, BREAKS, form), "--compressed").returncode != 0

    def test_rows_go_compressed_both_ways(self, door, tmp_path):
        asked = tmp_path / "asked.json.gz"
        asked.write_bytes(gzip.compress(json.dumps({"sql": WHOLE, "format": "ndjson"}).encode()))
        headers = ("-H", "Content-Encoding: gzip", "-H", "Content-Type: application/json")
        sent = ("--data-binary", f"@{asked}", *headers, "-D", str(tmp_path / "headers"))
        answer = curl(f"{door}/run", *sent, "--compressed")
        assert answer.returncode == 0
        assert "content-encoding: gzip" in (tmp_path / "headers").read_text().lower()
        assert json.loads(answer.stdout.splitlines()[-1])["row_count"] == 50_000

    def test_a_compressed_answer_that_breaks_off_can_be_read_as_far_as_it_came(self, door):
        answer = curl(address(door, BREAKS, "csv"), "-H", "Accept-Encoding: gzip")
        assert answer.returncode == PARTIAL_FILE
        reader = zlib.decompressobj(31)
        rows = reader.decompress(answer.stdout).splitlines()
        assert {row.count(b",") for row in rows[:-1]} == {1}
        assert len(rows) > 10_000
        assert not reader.eof

    @pytest.mark.parametrize("query", [ENDLESS, STUCK])
    def test_what_is_stopped_at_its_time_limit_is_broken(self, door, query):
        with pytest.raises(http.client.IncompleteRead) as caught:
            ask(address(door, query, "ndjson"))
        assert caught.value.partial.startswith(b'{"columns":')
        assert b'{"end":' not in caught.value.partial

    def test_what_is_stopped_is_broken_in_csv_and_no_word_of_it_is_in_the_rows(self, door):
        answer = curl(address(door, STUCK, "csv"))
        assert answer.returncode == PARTIAL_FILE
        assert {line.count(b",") for line in answer.stdout.splitlines()} == {1}

    def test_what_a_killed_worker_was_sending_is_broken(self, door, behind):
        reader = subprocess.Popen(["curl", "-s", "-o", "/dev/null", address(door, ENDLESS, "csv")])
        os.kill(behind.worker_at_work(), signal.SIGKILL)
        assert reader.wait(30) == PARTIAL_FILE

    def test_a_client_that_leaves_ends_its_statement(self, door, behind):
        left = ENDLESS.replace("row", "left")
        Reader(address(door, left, "ndjson")).leave()
        assert "nobody waited" in eventually(lambda: message(door, behind, left), "the statement's end")
        assert run(door, "SELECT 1").json == [[1]]

    def test_an_error_before_the_first_row_has_its_status(self, door):
        answer = ask(address(door, "SELECT * FROM nowhere", "csv"))
        assert (answer.status, answer.json["code"]) == (400, "SQLITE_ERROR")

    def test_a_client_of_http_1_0_gets_a_length_or_an_error(self, door):
        small = curl("-0", "-i", address(door, "SELECT 1 AS a", "csv")).stdout.lower()
        assert b"content-length: 6\r\n" in small
        assert small.endswith(b"\r\n\r\na\r\n1\r\n")
        assert b" 400 " in curl("-0", "-i", address(door, BREAKS, "csv")).stdout.splitlines()[0]

    def test_jq_reads_the_rows(self, door):
        lines = ask(address(door, WHOLE, "ndjson")).body
        rows = through(["jq", "-c", "arrays"], lines).splitlines()
        assert (len(rows), json.loads(rows[-1])) == (50_000, [50_000, "row 50000"])
        assert through(["jq", "-c", "objects | .row_count // empty"], lines) == b"50000\n"

    def test_pythons_csv_reads_the_rows(self, door):
        answer = ask(address(door, WHOLE, "csv"))
        rows = list(csv.DictReader(answer.text.splitlines()))
        assert (len(rows), rows[-1]) == (50_000, {"i": "50000", "x": "row 50000"})

    def test_sqlite_utils_makes_a_table_of_the_rows(self, door, tmp_path):
        odd = "SELECT 1 AS id, x'00ff' AS bytes, 'a,\"b\"' || char(10) AS text, 9007199254740993 AS big"
        objects = through(["jq", "-cn", BY_NAME], ask(address(door, odd, "ndjson")).body)
        through([sqlite_utils(), "insert", str(tmp_path / "lines.db"), "t", "-", "--nl"], objects)
        found = sqlite3.connect(tmp_path / "lines.db").execute("SELECT * FROM t").fetchall()
        assert found[0][:3] == (1, b"\0\xff", 'a,"b"\n')
        through(
            [sqlite_utils(), "insert", str(tmp_path / "csv.db"), "t", "-", "--csv"],
            ask(address(door, odd, "csv")).body,
        )
        found = sqlite3.connect(tmp_path / "csv.db").execute("SELECT id, text, big FROM t").fetchall()
        assert found == [(1, 'a,"b"\n', 9007199254740993)]


def sqlite_utils() -> str:
    """The command, which is installed beside this Python."""
    found = shutil.which("sqlite-utils", path=str(Path(sys.executable).parent))
    assert found, "sqlite-utils is missing: it is in requirements-dev.txt"
    return found


def message(door: str, behind: Workbench, script: str) -> str | None:
    """What ended the run of `script`, as the history has it; None while it goes on."""
    urlopen(f"{door}/history?whose=programs").close()  # what only waits to be entered is entered then
    store = sqlite3.connect(f"file:{behind.folder / 'workbench.db'}?mode=ro", uri=True)
    try:
        found = store.execute("SELECT message FROM entry WHERE script = ?", [script]).fetchone()
    finally:
        store.close()
    return found[0] if found else None

"""A large table through Nginx and uWSGI: in little memory, whole, and none if its worker is killed."""

from __future__ import annotations

import hashlib
import io
import os
import re
import signal
from base64 import b64decode
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from openpyxl import load_workbook

from tests.deployment.servers import Nginx, Workbench, eventually

ROWS = 300_000

TABLES = f"""
CREATE TABLE long AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {ROWS})
SELECT i AS id, 'some words that fill the line ' || i AS words FROM n;
CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;
"""


@pytest.fixture(scope="module")
def workbench(tmp_path_factory, stopped_at_the_end) -> Workbench:
    """A workbench on a unix socket, with a long table."""
    made = Workbench(tmp_path_factory.mktemp("behind"), behind_nginx=True)
    return stopped_at_the_end(made).start()


@pytest.fixture(scope="module")
def front(tmp_path_factory, workbench, stopped_at_the_end) -> Nginx:
    """Nginx before it."""
    nginx = stopped_at_the_end(Nginx(tmp_path_factory.mktemp("front"), workbench)).start()
    build_opener().open(f"{nginx.url}/run", urlencode({"query": TABLES}).encode()).read()
    return nginx


@pytest.fixture
def browser() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


def export(browser: OpenerDirector, front: Nginx | Workbench, **wanted: str) -> str:
    """The address that asking for an export leads to."""
    page = browser.open(f"{front.url}/exports?{urlencode(wanted)}").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = browser.open(f"{front.url}/exports", urlencode(wanted | {"csrf_token": token}).encode())
    return answer.url


def shown(browser: OpenerDirector, address: str) -> str:
    try:
        return browser.open(address).read().decode()
    except HTTPError as error:
        return error.read().decode()


def memory(workbench: Workbench) -> int:
    """The most kilobytes that a worker ever had."""
    peaks = [
        re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in workbench.workers()
    ]
    return max(int(peak[1]) for peak in peaks)


@pytest.mark.parametrize("format_", ["csv", "xlsx", "insert"])
def test_a_long_table_is_made_in_little_memory_and_comes_whole(
    browser: OpenerDirector, front: Nginx, workbench: Workbench, format_: str
) -> None:
    shown(browser, f"{front.url}/exports?table=endless&format={format_}")
    before = memory(workbench)
    address = export(browser, front, table="long", format=format_)
    eventually(lambda: f"{ROWS:,} rows exported" in shown(browser, address), "the export", within=60)
    assert memory(workbench) - before < 40_000
    file = browser.open(f"{address}/file")
    content = file.read()
    assert file.headers["X-Row-Count"] == str(ROWS)
    digest = file.headers["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")
    assert b64decode(digest) == hashlib.sha256(content).digest()
    if format_ == "xlsx":
        *_, last = load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
        assert last == (ROWS, f"some words that fill the line {ROWS}")
    else:
        assert f"some words that fill the line {ROWS}".encode() in content[-200:]


def test_one_whose_worker_is_killed_says_so_and_leaves_no_file(
    browser: OpenerDirector, front: Nginx, workbench: Workbench
) -> None:
    address = export(browser, front, table="endless")
    folder = workbench.folder / "workbench-exports"
    (part,) = eventually(lambda: list(folder.glob("*.part")), "the file to be begun")
    eventually(lambda: part.stat().st_size > 1 << 20, "a part of it")
    os.kill(workbench.worker_at_work(), signal.SIGKILL)
    eventually(lambda: "was interrupted while it made this" in shown(browser, address), "the page to say so")
    assert not part.exists()
    with pytest.raises(HTTPError, match="404"):
        browser.open(f"{address}/file")
    again = export(browser, front, table="student")
    eventually(lambda: "3 rows exported" in shown(browser, again), "another export")


def test_those_who_fetch_slowly_keep_no_worker_from_others(
    browser: OpenerDirector, tmp_path: Path, stopped_at_the_end
) -> None:
    alone = stopped_at_the_end(Workbench(tmp_path, WORKBENCH_PROCESSES=3)).start()
    browser.open(f"{alone.url}/run", urlencode({"query": TABLES}).encode()).read()
    address = export(browser, alone, table="long", format="insert")
    eventually(lambda: f"{ROWS:,} rows exported" in shown(browser, address), "the export", within=60)
    slow = [browser.open(f"{address}/file") for _ in range(5)]
    assert [file.read(1) for file in slow] == [b"P"] * 5
    assert browser.open(f"{alone.url}/readyz", timeout=2).status == 200
    rest = slow[0].read()
    assert int(slow[0].headers["Content-Length"]) == len(rest) + 1
    assert rest.endswith(b"COMMIT;\n")


def test_the_pages_of_others_go_on_meanwhile(browser: OpenerDirector, front: Nginx) -> None:
    address = export(browser, front, table="endless")
    for _ in range(30):
        assert browser.open(f"{front.url}/run?query=SELECT+1").read() == b"[[1]]"
    page = shown(browser, address)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    browser.open(Request(f"{address}/cancel", urlencode({"csrf_token": token}).encode()))
    eventually(lambda: "Stopped by you" in shown(browser, address), "the page to say so")

"""S3 to S5: 1,000,000 rows over HTTP against the sqlite3 shell: time, first byte, memory."""

from __future__ import annotations

import shutil
import subprocess
import time
from functools import partial
from pathlib import Path
from urllib.parse import quote

from benchmarks.book import Book, Lacking, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, large
from benchmarks.load import Ask
from benchmarks.memory import peak
from benchmarks.peers import FOR_ONE, read, rows_as_csv
from benchmarks.serving import Servers
from tests.deployment.servers import Nginx, Workbench

QUERY = "SELECT * FROM t"
FORMS = ("ndjson", "csv", "json")
_SECONDS = 300
_LEAST = 1_000_000
"""Bytes that the rows have at the least, in whatever form: less is a page that tells of an error."""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """Our formats, by uWSGI alone and through Nginx; the shell; and the peers, who hold it all in memory."""
    rows = large(folder, effort.rows)
    with Servers(book, folder / "streams") as servers:
        measures = _shell(rows) | _ours(servers, folder, copied(rows, folder / "workbench"))
        for key in ("tutorial", "datasette", "datasette-next", "sqlite-web"):
            database = copied(rows, folder / key)
            url = servers.url("csv" if key == "sqlite-web" else "json", key, database)
            if url:
                measures |= _peer(key, url, database)
        in_turn(book, effort.few_rounds, measures)


def _shell(database: Path) -> dict[str, Measure]:
    return {f"{form}/shell": partial(_by_shell, form, database) for form in ("json", "csv")}


def _by_shell(form: str, database: Path) -> dict[str, float]:
    if not shutil.which("sqlite3"):
        raise Lacking("the shell is missing: install sqlite3")
    began = time.perf_counter()
    subprocess.run(["sqlite3", f"-{form}", database, QUERY], stdout=subprocess.DEVNULL, check=True)
    return {f"{form}/shell": time.perf_counter() - began}


def _ours(servers: Servers, folder: Path, database: Path) -> dict[str, Measure]:
    """Three processes suffice for one client, and idle ones would hide what one grows by."""
    direct = servers.start(Workbench(folder / "direct", str(database), **FOR_ONE))
    idle = min(map(peak, direct.workers()))
    asks = {form: Ask(f"/run?format={form}&query={quote(QUERY)}") for form in FORMS}
    measures = {f"{form}/workbench": partial(_stream, direct, idle, form, ask) for form, ask in asks.items()}
    try:
        Nginx.program()
    except AssertionError as error:
        return measures | {f"{form}/nginx": partial(_lacking, str(error)) for form in FORMS[:2]}
    behind = Workbench(folder / "behind", str(database), behind_nginx=True, **FOR_ONE)
    front = servers.start(Nginx(folder / "front", servers.keep(behind)))
    return measures | {
        f"{form}/nginx": partial(_timed, f"{form}/nginx", front.url, asks[form]) for form in FORMS[:2]
    }


def _peer(key: str, url: str, database: Path) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    if key != "sqlite-web":  # it has JSON for files, as slow as its CSV
        measures[f"json/{key}"] = partial(_timed, f"json/{key}", url, read(key, database, QUERY))
    if key != "tutorial":
        measures[f"csv/{key}"] = partial(_timed, f"csv/{key}", url, rows_as_csv(key, database, QUERY))
    return measures


def _stream(server: Workbench, idle: float, form: str, ask: Ask) -> dict[str, float]:
    seconds, first = _fetched(server.url, ask)
    grown = max(map(peak, server.workers())) - idle
    return {f"{form}/workbench": seconds, f"first/{form}": first * 1000, "grown/workbench": grown}


def _timed(key: str, url: str, ask: Ask) -> dict[str, float]:
    return {key: _fetched(url, ask)[0]}


def _lacking(why: str) -> dict[str, float]:
    raise Lacking(why)


def _fetched(url: str, ask: Ask) -> tuple[float, float]:
    """Seconds of all of it and to the first byte, by curl. An answer that breaks off does not count."""
    if not shutil.which("curl"):
        raise Lacking("curl is missing: install curl")
    written = "%{http_code} %{size_download} %{time_total} %{time_starttransfer}"
    command = ["curl", "-sS", "-o", "/dev/null", "--max-time", str(_SECONDS), "-w", written]
    if ask.body:
        command += ["-d", ask.body]
    done = subprocess.run([*command, url + ask.path], capture_output=True, check=False, text=True)
    status, size, seconds, first = done.stdout.split()
    if done.returncode or status != "200" or int(size) < _LEAST:
        raise Lacking(f"{ask.path[:30]} was answered with {status}: {done.stderr.strip() or 'no rows'}")
    return float(seconds), float(first)

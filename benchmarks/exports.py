"""S13: a table as a file in each format, and the whole database, against the sqlite3 shell."""

from __future__ import annotations

import shutil
import subprocess
import time
from functools import partial
from pathlib import Path

from benchmarks.book import Book, Lacking, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, large
from benchmarks.memory import peak
from benchmarks.peers import FOR_ONE
from benchmarks.person import Person
from benchmarks.serving import Servers
from tests.deployment.servers import Workbench

FORMATS = ("csv", "tsv", "objects", "ndjson", "insert", "markdown", "xlsx")

_SHELL = {
    "csv": ".mode csv\n.headers on\n.once {}\nSELECT * FROM t;",
    "tsv": ".mode tabs\n.headers on\n.once {}\nSELECT * FROM t;",
    "objects": ".mode json\n.once {}\nSELECT * FROM t;",
    "insert": ".once {}\n.dump t",
    "markdown": ".mode markdown\n.once {}\nSELECT * FROM t;",
    "database": ".backup {}",
}
"""What the shell is told, with the place of the file."""


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """Both write the same rows to the same disk; ours counts, hashes and syncs the file too."""
    rows = large(folder, effort.rows)
    with Servers(book, folder / "exports") as servers:
        database = copied(rows, folder / "workbench-exports")
        server = servers.start(Workbench(folder / "exporting", str(database), **FOR_ONE))
        person, idle = Person(server.url), min(map(peak, server.workers()))
        ours = {f"export-{name}/workbench": partial(_ours, server, person, idle, name) for name in FORMATS}
        ours["export-database/workbench"] = partial(_ours, server, person, idle, "database")
        in_turn(book, effort.few_rounds, ours | _theirs(rows, folder))


def _theirs(database: Path, folder: Path) -> dict[str, Measure]:
    return {f"export-{name}/shell": partial(_shell, database, folder, name) for name in _SHELL}


def _shell(database: Path, folder: Path, name: str) -> dict[str, float]:
    if not shutil.which("sqlite3"):
        raise Lacking("the shell is missing: install sqlite3")
    file = folder / "by-shell"
    began = time.perf_counter()
    subprocess.run(["sqlite3", database], input=_SHELL[name].format(file).encode(), check=True)
    seconds = time.perf_counter() - began
    file.unlink()
    return {f"export-{name}/shell": seconds}


def _ours(server: Workbench, person: Person, idle: float, name: str) -> dict[str, float]:
    wanted = {"what": "database"} if name == "database" else {"table": "t", "format": name}
    began = time.perf_counter()
    address = person.press("/exports", "/import", **wanted)
    person.wait(address, "SHA-256")
    seconds = time.perf_counter() - began
    person.press(f"{address}/drop", address)
    grown = max(map(peak, server.workers())) - idle
    return {f"export-{name}/workbench": seconds, "export-grown/workbench": grown}

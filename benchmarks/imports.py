"""S14: a CSV of many rows into a new table, sent, looked at and written, against the shell's .import."""

from __future__ import annotations

import shutil
import subprocess
import time
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.book import Book, Lacking, in_turn
from benchmarks.effort import Effort
from benchmarks.files import large, sample
from benchmarks.memory import peak
from benchmarks.peers import FOR_ONE
from benchmarks.person import Person
from benchmarks.serving import Servers
from tests.deployment.servers import Workbench

_NAMES = ("id", "name", "nr", "score", "note")
_TAKES = ("INTEGER", "TEXT", "INTEGER", "REAL", "TEXT")


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """The shell makes columns of texts; ours looks at every value first, and records the run."""
    file, numbers = _csv(large(folder, effort.rows), folder), count(1)
    with Servers(book, folder / "imports") as servers:
        server = servers.start(Workbench(folder / "importing", str(sample(folder / "into")), **FOR_ONE))
        person, idle = Person(server.url), min(map(peak, server.workers()))
        measures = {
            "import-csv/workbench": partial(_ours, server, person, idle, file, numbers),
            "import-csv/shell": partial(_shell, file, folder, numbers),
        }
        in_turn(book, effort.few_rounds, measures)


def _csv(database: Path, folder: Path) -> Path:
    if not shutil.which("sqlite3"):
        raise Lacking("the shell is missing: install sqlite3")
    file = folder / "rows.csv"
    with file.open("wb") as out:
        subprocess.run(["sqlite3", "-csv", "-header", database, "SELECT * FROM t"], stdout=out, check=True)
    return file


def _shell(file: Path, folder: Path, numbers: count) -> dict[str, float]:
    database = sample(folder / f"by-shell-{next(numbers)}")
    began = time.perf_counter()
    subprocess.run(["sqlite3", database], input=f".import --csv {file} t\n".encode(), check=True)
    return {"import-csv/shell": time.perf_counter() - began}


def _ours(server: Workbench, person: Person, idle: float, file: Path, numbers: count) -> dict[str, float]:
    table = f"t{next(numbers)}"
    order = {f"keep_{at}": "1" for at, _ in enumerate(_NAMES)} | {"table": table}
    order |= {f"name_{at}": name for at, name in enumerate(_NAMES)}
    order |= {f"take_{at}": take for at, take in enumerate(_TAKES)}
    began = time.perf_counter()
    address = person.send("/import", file)
    seen = time.perf_counter()
    person.press(f"{address}/run", address, **order)
    person.wait(address, f"imported into {table}")
    ended = time.perf_counter()
    grown = max(map(peak, server.workers())) - idle
    return {
        "import-csv/workbench": ended - began,
        "import-look/workbench": seen - began,
        "import-grown/workbench": grown,
    }

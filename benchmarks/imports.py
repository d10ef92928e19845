"""S14: a CSV of many rows into a new table, against the shell's .import, and with what comes before; and one
of a gigabyte, which is cancelled half-way.
"""

from __future__ import annotations

import re
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

_GOING = 'id="importing"'
_ROWS_IN = re.compile(r"([\d,]+) rows of (?:at least )?[\d,]+")


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
        many, rows = _repeated(file, effort)
        in_turn(
            book, 1, {"import-cancelled/workbench": partial(_cancelled, server, person, idle, many, rows)}
        )


def _repeated(file: Path, effort: Effort) -> tuple[Path, int]:
    """The rows of `file` again and again, up to the size that is cancelled; and how many they are."""
    times, many = max(1, effort.cancelled // file.stat().st_size), file.with_name("many-rows.csv")
    header, _, rows = file.read_bytes().partition(b"\n")
    with many.open("wb") as out:
        out.write(header + b"\n")
        for _ in range(times):
            out.write(rows)
    return many, times * effort.rows


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
    began = time.perf_counter()
    address = person.send("/import", file)
    seen = time.perf_counter()
    person.press(f"{address}/run", address, **_order(table))
    person.wait(address, f"imported into {table}")
    ended = time.perf_counter()
    grown = max(map(peak, server.workers())) - idle
    return {
        "import-csv/workbench": ended - seen,
        "import-whole/workbench": ended - began,
        "import-grown/workbench": grown,
    }


def _cancelled(server: Workbench, person: Person, idle: float, file: Path, rows: int) -> dict[str, float]:
    """How long it takes until it is over, once half of the rows are in; nothing of it may be left."""
    address = person.send("/import", file)
    person.press(f"{address}/run", address, **_order("cancelled"))
    while (done := _rows_in(page := person.read(address))) < rows / 2:
        if _GOING not in page:
            raise Lacking(f"the import ended before half of its rows were in: after {done:,} of {rows:,}")
        time.sleep(0.05)
    began = time.perf_counter()
    person.press(f"{address}/cancel", address)
    while _GOING in person.read(address):
        time.sleep(0.01)
    ended = time.perf_counter()
    person.press(f"{address}/drop", address)
    assert person.read("/run?query=SELECT+count(*)+FROM+sqlite_schema+WHERE+name='cancelled'") == "[[0]]"
    assert not list(server.folder.rglob(f"{address.rpartition('/')[2]}*")), "something of the upload is left"
    grown = max(map(peak, server.workers())) - idle
    return {"import-cancelled/workbench": ended - began, "import-cancelled-grown/workbench": grown}


def _rows_in(page: str) -> int:
    found = _ROWS_IN.search(page)
    return int(found[1].replace(",", "")) if found else 0


def _order(table: str) -> dict[str, str]:
    """What the form says: each column under its name, as what it is."""
    order = {f"keep_{at}": "1" for at, _ in enumerate(_NAMES)} | {"table": table}
    order |= {f"name_{at}": name for at, name in enumerate(_NAMES)}
    return order | {f"take_{at}": take for at, take in enumerate(_TAKES)}

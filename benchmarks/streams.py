"""1,000,000 rows as NDJSON and CSV, against the sqlite3 shell: time, first byte, and what a worker grows by.

Run it as a module: ``python -m benchmarks.streams [--rows 1000000] [--rounds 3] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import apsw

from tests.deployment.servers import Nginx, Server, Workbench

QUERY = "SELECT * FROM t"
MAKE = """
CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, nr INTEGER, score REAL, note TEXT);
INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows})
SELECT i, 'Person ' || (i * 7919 % 1000003), i * 104729 % 1000000007, i / 7.0,
       iif(i % 7, 'note about ' || i, NULL) FROM n;
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked.rows, asked.rounds)
    for name, told in figures.items():
        print(f"{name:<24}" + "  ".join(f"{what} {value:g}" for what, value in told.items()))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2))


def measure(folder: Path, rows: int, rounds: int) -> dict[str, dict[str, float]]:
    """The best of `rounds` of everything, taken in turns so that all meet the same machine."""
    database = folder / "rows.db"
    apsw.Connection(str(database)).execute(MAKE.format(rows=rows))
    direct = Workbench(folder / "direct", str(database), WORKBENCH_PROCESSES=3)
    behind = Workbench(folder / "behind", str(database), behind_nginx=True, WORKBENCH_PROCESSES=3)
    front = Nginx(folder / "front", behind)
    servers: list[Server] = [direct, behind, front]
    try:
        for server in servers:
            server.start()
        return _rounds(database, direct, behind, front, rounds)
    finally:
        for server in reversed(servers):
            server.stop()


def _rounds(
    database: Path, direct: Workbench, behind: Workbench, front: Nginx, rounds: int
) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {}
    idle = min(_memory(pid) for pid in direct.workers() + behind.workers())
    for _ in range(rounds):
        for mode, form in (("-json", "ndjson"), ("-csv", "csv")):
            _keep_best(figures, f"sqlite3 {mode}", {"s": _shell(database, mode)})
            for name, workbench, door in (("uWSGI", direct, direct.url), ("Nginx", behind, front.url)):
                told = _stream(door, form)
                told["ratio"] = round(told["s"] / figures[f"sqlite3 {mode}"]["s"], 2)
                told["grown_MB"] = round(max(_memory(pid) for pid in workbench.workers()) - idle, 1)
                _keep_best(figures, f"{form} by {name}", told)
    return figures


def _keep_best(figures: dict[str, dict[str, float]], name: str, told: dict[str, float]) -> None:
    if name not in figures or told["s"] < figures[name]["s"]:
        figures[name] = told


def _shell(database: Path, mode: str) -> float:
    began = time.perf_counter()
    subprocess.run(["sqlite3", mode, str(database), QUERY], stdout=subprocess.DEVNULL, check=True)
    return round(time.perf_counter() - began, 3)


def _stream(door: str, form: str) -> dict[str, float]:
    """Time of it all and to the first byte of the answer, and its size, by curl."""
    written = "%{time_total} %{time_starttransfer} %{size_download}"
    asked = ["--data-urlencode", f"query={QUERY}", "-d", f"format={form}", f"{door}/run"]
    command = ["curl", "-sSfG", "-o", "/dev/null", "-w", written, *asked]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    seconds, first, size = map(float, told.split())
    return {"s": round(seconds, 3), "first_ms": round(first * 1000, 1), "MB": round(size / 1e6, 1)}


def _memory(pid: int) -> float:
    """The most memory that process `pid` ever had, in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1024, 1)


if __name__ == "__main__":
    sys.exit(main())

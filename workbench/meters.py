"""What is counted while the workbench serves, for Prometheus.

Each worker counts in a file of its own, and whoever is asked adds all of them up. No label holds
what a user sent: they are names of ours, of HTTP and of SQLite.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from workbench.results import Run

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client knows where workers count."""

_MEMORY = Path("/dev/shm")  # see shm_overview(7)

_ROOM = 1 << 17
"""Bytes that one process counts in: some 700 figures."""

log = logging.getLogger("workbench")

_SECONDS = (0.01, 0.03, 0.1, 0.2, 0.3)


def share(address: str, worker: Callable[[], int], workers: int) -> None:
    """Let processes forked from here count together, from 0; call it before any `Meters` are made.

    `address` is where they serve, which nobody else does at the same time. `worker` tells the number of
    the process that calls it, from 0 to `workers`; one that gets the number of a dead one goes on with
    its counts. Where no disk has room to count on, each process counts by itself.
    """
    name = f"meters-{blake2b(address.encode(), digest_size=4).hexdigest()}"
    for parent in (Path(tempfile.gettempdir()), _MEMORY):
        try:
            folder = _empty_folder(parent, name)
            _make_room(folder, workers)
        except OSError:
            continue
        os.environ[_FOLDER] = str(folder)
        values.ValueClass = values.MultiProcessValue(worker)
        return
    log.warning("There is no room to count in %s: /metrics tells of one process only", parent)


def _empty_folder(parent: Path, name: str) -> Path:
    """A folder that is the same at each start, or another where that one is not ours to empty."""
    folder = parent / f"workbench-{os.getuid()}-{name}"
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(0o700)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="workbench-meters-", dir=parent))
    return folder


def _make_room(folder: Path, workers: int) -> None:
    """Make the files that prometheus_client counts in.

    They would have their length only, and whoever counts where the disk is full is ended (SIGBUS in mmap(2)).
    """
    for number in range(workers + 1):
        for kind in ("counter", "histogram"):
            with (folder / f"{kind}_{number}.db").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, _ROOM)


class _Now:
    """What is so while it is asked for, and is not counted."""

    def __init__(self, running: int) -> None:
        self._running = running

    def collect(self) -> Iterator[Metric]:
        """The figures."""
        yield GaugeMetricFamily("workbench_running", "Runs that go on", value=self._running)


class Meters:
    """The counts of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._made(Counter, "requests", "Answers", ["endpoint", "method", "status", "code"])
        self._bytes = self._made(Counter, "answer_bytes", "Bytes of answers, as they were sent")
        self._rows = self._made(Counter, "rows", "Rows that runs gave back")
        self._runs = self._made(Counter, "runs", "Runs that ended", ["outcome"])
        self._waits = self._made(
            Histogram, "slot_wait_seconds", "Waits for a free slot", ["purpose"], buckets=_SECONDS
        )
        self._known: dict[tuple[object, ...], Counter | Histogram] = {}

    def answered(self, endpoint: str, method: str, status: int, code: str) -> None:
        """A request was answered; `code` names the problem, if there was one."""
        self._labelled(self._requests, endpoint, method, status, code).inc()

    def sent(self, size: int) -> None:
        """An answer, or what there was of it, had `size` bytes."""
        self._bytes.inc(size)

    def ran(self, run: Run) -> None:
        """A run has ended: well, or with the code of its error (``CANCELLED``, ``SQLITE_BUSY``)."""
        outcome = run.error.code if run.error else "ok"
        self._labelled(self._runs, outcome).inc()
        if rows := sum(result.row_count for result in run.results):
            self._rows.inc(rows)

    def waited(self, purpose: str, seconds: float) -> None:
        """A run found all slots taken, and one came free after `seconds`, or none did."""
        self._labelled(self._waits, purpose).observe(seconds)

    def text(self, running: int) -> bytes:
        """All counts of all processes in Prometheus's text format; `running` is how many runs go on."""
        registry = self._registry
        if _FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        now = CollectorRegistry()
        now.register(_Now(running))
        return generate_latest(now) + generate_latest(registry)

    def _made(self, kind: type, name: str, words: str, labels: Sequence[str] = (), **more: Any) -> Any:
        return kind(f"workbench_{name}", words, labels, registry=self._registry, **more)

    def _labelled(self, meter: Counter | Histogram, *labels: object) -> Counter | Histogram:
        """`meter` for these labels: to look it up here takes a third of the time that it takes there."""
        key = (meter, *labels)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = meter.labels(*labels)
        return found

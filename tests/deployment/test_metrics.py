"""Figures of all workers together, through real ones that come and go."""

from __future__ import annotations

import os
import re
import signal

from tests.deployment.client import ask, run
from tests.deployment.servers import Workbench, eventually


def answers(server: Workbench) -> float:
    """How many answers of POST /run with status 200 there were."""
    told = ask(f"{server.url}/metrics").text
    found = re.search(r'^workbench_requests_total\{.*endpoint="run",.*status="200"\} (.+)$', told, re.M)
    return float(found[1]) if found else 0


def test_workers_count_together_and_what_a_dead_one_counted_stays(workbench, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = workbench(WORKBENCH_PROCESSES=3)
    before = server.workers()
    for _ in range(20):
        run(server.url, "SELECT 1")
    assert answers(server) == 20
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(set(server.workers()) - set(before)) == 3, "other workers")
    for _ in range(20):
        run(server.url, "SELECT 1")
    assert answers(server) == 40


def test_they_begin_again_at_each_start_and_in_the_same_place(workbench, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = workbench()
    run(server.url, "SELECT 1")
    assert answers(server) == 1
    server.stop()
    server.start()
    assert answers(server) == 0
    assert len(list(tmp_path.glob("workbench-*-meters-*"))) == 1

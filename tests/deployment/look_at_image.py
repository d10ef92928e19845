"""What `docker compose up` started: asked from outside, and looked at from inside.

Run by `tests/deployment/image`, which builds the images, starts them and names them by Compose's
own environment variables.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.client import ask, run
from tests.deployment.servers import eventually

BOTH = pytest.mark.parametrize("service", ["app", "web"])


@pytest.fixture
def door() -> str:
    """The address that web is published at."""
    return f"http://127.0.0.1:{os.environ['WORKBENCH_PORT']}"


def compose(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Docker Compose, with the project that runs."""
    program = Path(sys.executable).parent / "docker-compose"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=90)


def inside(service: str, *command: str) -> str:
    """What `command` prints inside a service's container; its errors too."""
    done = compose("exec", "-T", service, *command)
    return done.stdout + done.stderr


def start() -> None:
    """Starts what is not running, and returns when it is healthy."""
    done = compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "60")
    assert done.returncode == 0, done.stderr


def test_the_page_opens_with_its_assets(door):
    page = ask(f"{door}/")
    assert page.status == 200
    assert 'name="query"' in page.text
    named = re.findall(r'(?:src|href)="(/static/built/[^"]+)"', page.text)
    assert named
    for address in named:
        assert "immutable" in ask(door + address).headers["cache-control"], address


def test_a_program_reads_and_writes(door):
    assert run(door, "SELECT name FROM student WHERE id = 1").json == [["Mark Twain"]]
    assert run(door, "UPDATE student SET nr = nr WHERE id = 1").json == "Done - Rows affected: 1"
    assert run(door, "SELECT * FROM nowhere").json == "Error - no such table: nowhere"


def test_it_is_alive_and_ready(door):
    assert ask(f"{door}/healthz").status == 200
    assert ask(f"{door}/readyz").status == 200


@BOTH
def test_an_ordinary_user_runs_it_without_any_capability(service):
    assert inside(service, "id", "-u").strip() == "10001"
    status = inside(service, "cat", "/proc/1/status")
    assert re.search(r"^Uid:\s+10001\b", status, re.MULTILINE)
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)


@BOTH
def test_its_root_file_system_is_read_only(service):
    assert "Read-only file system" in inside(service, "touch", "/srv/workbench/mine")


def test_the_workbench_has_no_network_but_itself():
    devices = inside("app", "cat", "/proc/net/dev").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]


def test_nginx_logs_one_json_object_a_line_without_the_query(door):
    run(door, "SELECT 'known only to me'")
    ask(f"{door}/run?query=SELECT+'known+only+to+me'")

    def logged() -> list[dict]:
        lines = compose("logs", "--no-color", "--no-log-prefix", "web").stdout.splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    eventually(lambda: any(entry["path"] == "/run" for entry in logged()), "the log")
    assert "known" not in json.dumps(logged())


def test_what_was_written_outlives_the_containers(door):
    run(door, "INSERT INTO student (name, nr) VALUES ('Peter Pan', 4444)")
    before = run(door, "SELECT * FROM student").json
    assert compose("down", "--timeout", "20").returncode == 0
    start()
    assert run(door, "SELECT * FROM student").json == before


def test_while_the_workbench_is_stopped_nginx_says_so_and_then_serves_again(door):
    assert compose("stop", "--timeout", "20", "app").returncode == 0
    answer = run(door, "SELECT 1")
    assert (answer.status, answer.json) == (
        503,
        "Error - The workbench is not running; try again in a moment.",
    )
    start()
    assert run(door, "SELECT 1").json == [[1]]


def test_while_developing_a_changed_source_starts_it_again(door):
    sources = Path(os.environ["SOURCES"])
    files = [f"--file={sources / name}" for name in ("docker-compose.yml", "docker-compose.dev.yml")]
    started = compose(*files, "up", "--detach", "--no-build", "--wait", "--wait-timeout", "60")
    assert started.returncode == 0, started.stderr
    page = sources / "templates" / "layout.html"
    page.write_text(page.read_text() + "<!-- changed by a developer -->")
    eventually(lambda: "changed by a developer" in ask(f"{door}/").text, "the changed page")

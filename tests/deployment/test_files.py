"""The files that a deployment is made of, read by the tools that will read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.servers import HOME, Workbench

TOOLS = Path(sys.executable).parent
BASE = ("-f", "docker-compose.yml")
DEVELOPMENT = (*BASE, "-f", "docker-compose.dev.yml")


def compose(*arguments: str, **settings: str) -> str:
    """What Docker Compose makes of the files."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | settings
    done = subprocess.run(
        [TOOLS / "docker-compose", *arguments],
        cwd=HOME,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def services(*files: str, **settings: str) -> dict[str, dict]:
    """The services that the compose `files` describe."""
    return json.loads(compose(*files, "config", "--format", "json", **settings))["services"]


def test_hadolint_finds_nothing_in_the_dockerfile():
    done = subprocess.run(
        [TOOLS / "hadolint", "Dockerfile"], cwd=HOME, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("files", [BASE, DEVELOPMENT])
def test_compose_understands_its_files(files):
    assert compose(*files, "config", "-q") == ""


def test_it_is_published_on_the_loopback_unless_told_otherwise():
    (port,) = services(*BASE)["web"]["ports"]
    assert (port["host_ip"], port["published"], port["target"]) == ("127.0.0.1", "80", 8080)


def test_publishing_it_elsewhere_is_told_to_the_workbench_which_wants_a_password():
    told = services(*BASE, WORKBENCH_LISTEN="0.0.0.0", WORKBENCH_PORT="8000")
    assert told["web"]["ports"][0]["host_ip"] == "0.0.0.0"
    assert told["app"]["environment"]["WORKBENCH_LISTEN"] == "0.0.0.0"


def test_a_password_file_becomes_a_secret(tmp_path):
    (tmp_path / "password").write_text("open sesame")
    app = services(*BASE, WORKBENCH_PASSWORD_FILE=str(tmp_path / "password"))["app"]
    assert app["environment"]["WORKBENCH_PASSWORD_FILE"] == "/run/secrets/password"
    assert [secret["source"] for secret in app["secrets"]] == ["password"]


@pytest.mark.parametrize("files", [BASE, DEVELOPMENT])
@pytest.mark.parametrize("name", ["app", "web"])
def test_a_container_may_do_no_more_than_it_must(files, name):
    service = services(*files)[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_workbench_itself_has_no_network():
    assert services(*BASE)["app"]["network_mode"] == "none"


def test_the_health_check_of_the_container_asks_as_nginx_would(tmp_path, stopped_at_the_end):

    server = stopped_at_the_end(Workbench(tmp_path, behind_nginx=True)).start()
    check = [sys.executable, HOME / "docker" / "health.py"]
    env = {"WORKBENCH_SOCKET": str(server.socket)}
    assert subprocess.run(check, env=env, check=False, timeout=10).returncode == 0
    server.stop()
    assert subprocess.run(check, env=env, check=False, timeout=10, capture_output=True).returncode != 0

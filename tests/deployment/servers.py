"""The real servers on free loopback ports: uWSGI as `python -m workbench` starts it, and Nginx."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[2]


def eventually(check: Callable[[], Any], what: str, within: float = 20.0) -> Any:
    """What `check` gives back, as soon as it is true; an AssertionError when it never is."""
    deadline = time.monotonic() + within
    while not (found := check()):
        assert time.monotonic() < deadline, f"waited {within} s in vain for {what}"
        time.sleep(0.02)
    return found


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processor_seconds(pid: int) -> float:
    """The time that process `pid` has computed; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def surroundings(folder: Path, **settings: object) -> dict[str, str]:
    """An environment with nothing of the tester's own settings in it; all files are in `folder`."""
    plain = {
        n: v for n, v in os.environ.items() if not n.startswith("WORKBENCH_") and n not in ("HOST", "PORT")
    }
    defaults = {
        "WORKBENCH_SAMPLE_DIR": folder,
        "WORKBENCH_STORE": folder / "workbench.db",
        "PYTHONPATH": HOME,
    }
    return plain | {name: str(value) for name, value in (defaults | settings).items()}


def command(*arguments: str) -> list[str]:
    """The workbench's command line, without the set-up that `./run` does first."""
    return [sys.executable, "-P", "-m", "workbench", *arguments]


class Server:
    """A process that serves until the test ends; what it says is in `log`."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.url = ""
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything it wrote to stdout and stderr."""
        return self._log.read_text(errors="replace")

    @property
    def started(self) -> bool:
        """Whether it was started and not stopped since."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The master's process id."""
        assert self._process is not None
        return self._process.pid

    def launch(self, arguments: list[str], env: dict[str, str] | None = None) -> None:
        """Starts the process; it leads a process group of its own."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                arguments,
                env=env,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def running(self) -> bool:
        """Whether the process lives; a dead one fails the test that waits for it."""
        assert self._process is not None
        assert self._process.poll() is None, f"it ended with {self._process.returncode}:\n{self.log}"
        return True

    def kill(self) -> None:
        """Ends it and all its children at once, as a crash of the machine would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def stop(self) -> None:
        """Asks it to end; what is left of its group after 10 seconds is killed."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)
        self._process = None


class Workbench(Server):
    """The workbench under uWSGI: on HTTP, or with `behind_nginx` on a unix socket."""

    def __init__(self, folder: Path, *arguments: str, behind_nginx: bool = False, **settings: object) -> None:
        super().__init__(folder, "workbench")
        self.socket = folder / "uwsgi.sock"
        self._arguments = arguments
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        door = {"WORKBENCH_SOCKET": self.socket} if behind_nginx else {"PORT": port}
        self._env = surroundings(folder, **door, **settings)

    def start(self) -> Workbench:
        """Returns when its workers accept."""
        said = self._log.read_text().count("Workbench is ready") if self._log.exists() else 0
        self.launch(command(*self._arguments), self._env)
        eventually(lambda: self.running() and self.log.count("Workbench is ready") > said, "the workbench")
        return self

    def workers(self) -> list[int]:
        """The process ids of uWSGI's workers."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def memory(self) -> int:
        """The most kilobytes that a worker ever had."""
        status = [Path(f"/proc/{pid}/status").read_text() for pid in self.workers()]
        return max(int(re.search(r"VmHWM:\s+(\d+)", told)[1]) for told in status)

    def worker_at_work(self) -> int:
        """The process id of a worker that computes, as soon as there is one."""
        before = {pid: processor_seconds(pid) for pid in self.workers()}

        def found() -> int | None:
            return next(
                (pid for pid in self.workers() if processor_seconds(pid) > before.get(pid, 0) + 0.2), None
            )

        return eventually(found, "a worker at work")


class Nginx(Server):
    """Nginx with the shipped nginx.conf; only its port and its paths are the test's."""

    def __init__(self, folder: Path, workbench: Workbench) -> None:
        super().__init__(folder, "nginx")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.access_log = folder / "access.log"
        self._replacements = {
            "listen 8080 ": f"listen 127.0.0.1:{self.port} ",
            "unix:/run/workbench/uwsgi.sock": f"unix:{workbench.socket}",
            "root /srv/workbench;": f"root {HOME};",
            "access_log /dev/stdout ": f"access_log {self.access_log} ",
        }

    def start(self) -> Nginx:
        """Returns when it accepts connections."""
        config = self.folder / "nginx.conf"
        config.write_text(self._configuration())
        self.launch(
            [self.program(), "-p", str(self.folder), "-e", "stderr", "-g", self._user(), "-c", str(config)]
        )
        eventually(lambda: self.running() and self._accepts(), "Nginx")
        return self

    @staticmethod
    def program() -> str:
        """Where Nginx is; Debian keeps it out of an ordinary user's PATH."""
        found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        assert found, "Nginx is missing: install nginx-light"
        return found

    @staticmethod
    def _user() -> str:
        # A root's Nginx would serve as `nobody`, who may not see a checkout in a home directory.
        return "user root;" if os.geteuid() == 0 else ""

    def _configuration(self) -> str:
        text = (HOME / "nginx.conf").read_text()
        for shipped, here in self._replacements.items():
            assert shipped in text, f"nginx.conf no longer says {shipped!r}"
            text = text.replace(shipped, here)
        return text

    def _accepts(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

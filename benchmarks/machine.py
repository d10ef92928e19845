"""What it was measured on: figures of another machine are other figures."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import apsw

from benchmarks.files import file_system


def machine(folder: Path) -> dict[str, str]:
    """The machine and the versions; `folder` is where the files are."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return {
        "processor": f"{_after('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "memory": f"{int(_after('/proc/meminfo', 'MemTotal').split()[0]) / 1024**2:.0f} GB",
        "system": f"{_system()}, Linux {platform.release()}",
        "files": f"on {file_system(folder)}",
        "busy": f"load {load} at the start",
        "Python": platform.python_version(),
        "SQLite": f"{apsw.sqlite_lib_version()} (the shell: {_said('sqlite3', '--version', word=0)})",
        "uWSGI": version("pyuwsgi"),
        "Flask": version("flask"),
        "wrk": _said("wrk", "-v", word=1),
    }


def _after(file: str, name: str) -> str:
    lines = Path(file).read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def _said(*command: str, word: int) -> str:
    """A word of what a program says of itself."""
    if not shutil.which(command[0]):
        return "missing"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return ((done.stdout or done.stderr).split() or ["unknown"])[word]

"""Where the time of a request to `/run` goes: of the processor, in one process, without a server around it.

`.venv.bench/bin/python -m benchmarks.where` tells what a small read, a small write and Flask hello take, and
which modules how much of it. A profile makes calls look dearer than they are, so its
shares are a hint where to look; the microseconds are measured without it.
"""

from __future__ import annotations

import cProfile
import pstats
import shutil
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from benchmarks.apps import hello
from benchmarks.files import copied, sample, workplace
from benchmarks.small import SQL
from benchmarks.writes import INSERT
from workbench.app import create_app
from workbench.settings import HOME, Settings

REQUESTS = 500
"""How many requests are timed at once, and again and again; the least time counts."""

_ROUNDS = 20
_LINES = 14

Call = Callable[[], bytes]


def main() -> None:
    """Measure, and print."""
    client, server = socket.socketpair()
    sys.modules["uwsgi"] = _like_uwsgi(server)
    folder = workplace()
    try:
        database = copied(sample(folder), folder / "where")
        settings = Settings(database=database, store=folder / "store" / "workbench.db")
        _tell(_calls(create_app(settings)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        client.close()


def _like_uwsgi(connection: socket.socket) -> ModuleType:
    """As much of the module that there is inside uWSGI as requests ask for."""
    made = ModuleType("uwsgi")
    made.connection_fd = connection.fileno
    return made


def _calls(application: Any) -> dict[str, Call]:
    return {
        "Flask hello": _call(hello.application, "GET", "/", ""),
        "a small read": _call(application, "GET", "/run", urlencode({"query": SQL})),
        "a small write": _call(application, "POST", "/run", urlencode({"query": INSERT})),
    }


def _tell(calls: dict[str, Call]) -> None:
    """Of one after the other: there are more rows after the last."""
    for name, call in calls.items():
        print(f"{name}: {_microseconds(call):.1f} µs")
        for place, share in _shares(call).most_common(_LINES):
            print(f"  {share:5.1%}  {place}")


def _call(application: Any, method: str, path: str, fields: str) -> Call:
    """A function that sends one request, as a client of uWSGI would have it sent."""
    body = fields.encode() if method == "POST" else b""
    address = path if body or not fields else f"{path}?{fields}"
    usual = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "REQUEST_URI": address, "SCRIPT_NAME": "",
        "QUERY_STRING": "" if body else fields, "CONTENT_LENGTH": str(len(body)) if body else "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8080", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8080", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.run_once": False,
        "wsgi.multithread": False, "wsgi.multiprocess": True,
    }  # fmt: skip
    if body:
        usual["CONTENT_TYPE"] = "application/x-www-form-urlencoded"

    def call() -> bytes:
        answer: Iterable[bytes] = application(usual | {"wsgi.input": BytesIO(body)}, lambda *_: None)
        return b"".join(answer)

    assert b"Error" not in call(), f"{address} fails"
    return call


def _microseconds(call: Call) -> float:
    found = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(REQUESTS):
            call()
        found.append((time.process_time() - began) / REQUESTS * 1e6)
    return min(found)


def _shares(call: Call) -> Counter[str]:
    """How much of the time is spent in each module of ours, in each package, and in what is built in."""
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(REQUESTS * 4):
        call()
    profile.disable()
    found: Counter[str] = Counter()
    for (file, _, name), (_, _, seconds, _, _) in pstats.Stats(profile).stats.items():
        found[_place(file, name)] += seconds
    total = sum(found.values())
    return Counter({place: seconds / total for place, seconds in found.items()})


def _place(file: str, name: str) -> str:
    path = Path(file)
    if path.is_relative_to(HOME / "workbench"):
        return str(path.relative_to(HOME))
    if "site-packages" in path.parts:
        return path.parts[path.parts.index("site-packages") + 1]
    return name if file == "~" else f"the standard library's {path.stem}"


if __name__ == "__main__":
    main()

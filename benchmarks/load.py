"""Load, by wrk: the same clients for everyone, a new connection for each request.

The workbench closes each connection (one that stays open would keep its process from everyone
else), so all are asked to; whoever gains by keeping connections can be asked with them kept too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.book import Lacking

_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Ask:
    """A request: `path` begins with a slash; `kept` keeps its connection for the next one."""

    path: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    kept: bool = False

    @staticmethod
    def form(path: str, fields: dict[str, str], **headers: str) -> Ask:
        """A form sent by POST; a header's name has `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return Ask(path, "POST", urlencode(fields), kind | named)

    def all_headers(self) -> dict[str, str]:
        """The headers, with what becomes of the connection."""
        return self.headers if self.kept else self.headers | {"Connection": "close"}


@dataclass(frozen=True)
class Load:
    """What came of it: answers for each second, and the latency of half and of 99 in 100, in milliseconds."""

    per_second: float
    p50: float
    p99: float


def press(url: str, ask: Ask, *, clients: int, seconds: float) -> Load:
    """Send `ask` again and again from `clients` at once, for `seconds`.

    Raises:
        Lacking: without wrk, and when a request failed: a fast refusal is no answer.
    """
    if not shutil.which("wrk"):
        raise Lacking("wrk is missing: install wrk")
    env = os.environ | {
        "ASK_METHOD": ask.method,
        "ASK_BODY": ask.body,
        "ASK_HEADERS": "\n".join(f"{name}: {value}" for name, value in ask.all_headers().items()),
    }
    # wrk counts whole seconds, so a shorter load is ended by a signal, as by Ctrl+C.
    command = ["timeout", "-s", "INT", str(seconds), "wrk", "-t1", f"-c{clients}", "-d1h", "--timeout", "30s"]
    done = subprocess.run(
        [*command, "-s", str(_SCRIPT), url + ask.path],
        env=env, capture_output=True, text=True, check=False, timeout=seconds + 60,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    if told["failed"] or not told["requests"]:
        raise Lacking(f"{told['failed']} of {told['requests']} requests to {ask.path[:40]} failed")
    return Load(told["requests"] / told["us"] * 1e6, told["p50"] / 1000, told["p99"] / 1000)

"""What uWSGI loads: the application, once, in the master; workers are forked from it."""

from __future__ import annotations

import gc
import os
import resource
import signal
import threading
import time
from pathlib import Path

from workbench.app import create_app
from workbench.environment import from_environment
from workbench.meters import share

try:
    import uwsgi
except ImportError:  # loaded by something else
    uwsgi = None

settings = from_environment(os.environ)
if uwsgi:
    share(settings.socket or settings.address, uwsgi.worker_id, settings.processes)
application = create_app(settings)

# Templates are compiled here once, instead of by each worker for its first page.
for name in application.jinja_env.list_templates(extensions=["html"]):
    application.jinja_env.get_template(name)

# What is loaded by now is for ever: the collector need not touch it, so workers go on sharing its memory.
gc.collect()
gc.freeze()
# A request leaves next to no circles behind: what it makes is freed with it, so they are looked for seldom.
gc.set_threshold(20_000, 20, 20)


MEMORY = 1 << 30
"""Bytes of data a worker may have: beyond it a run is told so, before the machine is in need."""


def _begin_worker() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    application.extensions["bench"].settle()
    _say_ready()


def _say_ready() -> None:
    """Tell whoever started it where to go, on the output it was started with (uWSGI takes the usual one).

    Not before the master hears SIGTERM: it is deaf to it until all its workers are there.
    """
    output, _, line = os.environ.pop("WORKBENCH_READY", "").partition(" ")

    def say() -> None:
        for _ in range(500):
            if _master_hears(signal.SIGTERM):
                break
            time.sleep(0.01)
        os.write(int(output), f"{line}\n".encode())

    if line and uwsgi.worker_id() == 1:
        threading.Thread(target=say, name="ready", daemon=True).start()


def _master_hears(number: signal.Signals) -> bool:
    """Whether the master has a handler for this signal; see SigCgt in proc_pid_status(5)."""
    try:
        status = Path(f"/proc/{uwsgi.masterpid()}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True  # nobody here can tell
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (number - 1) & 1)


if uwsgi:
    uwsgi.post_fork_hook = _begin_worker

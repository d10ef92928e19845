"""What uWSGI loads: the application, once, in the master; workers are forked from it."""

from __future__ import annotations

import gc
import os
import resource

from workbench.app import create_app
from workbench.settings import from_environment

settings = from_environment(os.environ)
application = create_app(settings)

# What is loaded by now is for ever: the collector need not touch it, so workers go on sharing its memory.
gc.collect()
gc.freeze()


MEMORY = 1 << 30
"""Bytes of data a worker may have: beyond it a run is told so, before the machine is in need."""


def _begin_worker() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    _say_ready()


def _say_ready() -> None:
    """Tell whoever started it where to go, on the output it was started with (uWSGI takes the usual one)."""
    output, _, line = os.environ.pop("WORKBENCH_READY", "").partition(" ")
    if line and uwsgi.worker_id() == 1:
        os.write(int(output), f"{line}\n".encode())


try:
    import uwsgi
except ImportError:  # loaded by something else than uWSGI
    pass
else:
    uwsgi.post_fork_hook = _begin_worker

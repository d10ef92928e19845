"""What the caller has running now, and stopping it: for programs, and as a page."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for

from workbench.errors import NotRunning
from workbench.running import Going
from workbench.web.here import bench, caller, person
from workbench.web.respond import as_json, show


def active() -> Response:
    """The caller's own runs that go on now, the oldest first."""
    return as_json({"active": [_as_object(run) for run in bench().going(caller())]})


def cancel(request_id: str) -> Response:
    """Ask one of them to stop. It then answers its own client: 409, nothing was changed."""
    if not bench().cancel(caller(), request_id):
        raise NotRunning("No run of yours with this id is going on.")
    return as_json({"request_id": request_id, "state": "cancelling"}, 202)


def running() -> Response:
    """A person's own runs that go on now, as a page."""
    shown = {"database": bench().engine, "going": bench().going(person())}
    return show("pages/running.html", fragment="fragments/running.html", **shown)


def stop(request_id: str) -> Response:
    """Ask one of them to stop, and go back to the page."""
    asked = bench().cancel(person(), request_id)
    flash("It was asked to stop." if asked else "It was over already.")
    return redirect(url_for("running"), 303)


def _as_object(run: Going) -> dict[str, object]:
    return {
        "request_id": run.request_id,
        "started": run.started.isoformat(timespec="milliseconds"),
        "seconds": round(run.seconds, 3),
        "rows": run.rows,
        "first_words": run.first_words,
    }

"""What keeps the page's main thread busy, as Chromium's own trace tells it.

By processor time of the thread, not by the clock: where other programs take the processor away, nothing
of the page's is slower for it. https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

_CATEGORIES = ["toplevel", "devtools.timeline", "v8"]

Event = dict[str, Any]


@dataclass
class Trace:
    """Its `events`, once it has ended."""

    events: list[Event] = field(default_factory=list)
    complete: bool = False

    def tasks(self) -> list[float]:
        """Milliseconds of processor that each task of a page took, without collecting V8's garbage."""
        mains = [each for each in self._whole() if each["name"].endswith("::RunTask")]
        garbage = [each for each in self._whole() if each["name"].startswith("V8.GC")]
        return [(task["tdur"] - _within(task, garbage)) / 1000 for task in mains]

    def _whole(self) -> Iterator[Event]:
        """What has a beginning and an end, of the threads that draw pages."""
        names = (each for each in self.events if each["name"] == "thread_name")
        drawing = {_thread(each) for each in names if each["args"]["name"] == "CrRendererMain"}
        return (
            each for each in self.events if each["ph"] == "X" and "tdur" in each and _thread(each) in drawing
        )


@contextmanager
def traced(page: Page) -> Iterator[Trace]:
    """Trace what Chromium does meanwhile."""
    trace = Trace()
    session = page.context.browser.new_browser_cdp_session()
    session.on("Tracing.dataCollected", lambda told: trace.events.extend(told["value"]))
    session.on("Tracing.tracingComplete", lambda _: setattr(trace, "complete", True))
    session.send("Tracing.start", {"traceConfig": {"includedCategories": _CATEGORIES}})
    yield trace
    session.send("Tracing.end")
    while not trace.complete:
        page.evaluate("0")  # lets what comes meanwhile be heard
    session.detach()


def _thread(event: Event) -> tuple[int, int]:
    return event["pid"], event["tid"]


def _within(task: Event, others: list[Event]) -> int:
    """How long the outermost of `others` took in `task`, in microseconds."""
    begin, end = task["ts"], task["ts"] + task["dur"]
    taken, reached = 0, 0
    for each in sorted(others, key=lambda event: event["ts"]):
        if begin <= each["ts"] < end and _thread(each) == _thread(task) and each["ts"] >= reached:
            taken, reached = taken + each["tdur"], each["ts"] + each["dur"]
    return taken

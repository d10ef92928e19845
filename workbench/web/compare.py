"""The room of comparisons: an answer beside an earlier one to the same query. Runs nothing."""

from __future__ import annotations

from contextlib import suppress

from flask import Response, request

from workbench.catalog import Catalog
from workbench.comparing import compared
from workbench.engines.base import Description
from workbench.entries import Entry
from workbench.errors import BadRequest, WorkbenchError
from workbench.jobs import Job
from workbench.kept import Bounds
from workbench.results import Run
from workbench.web.here import bench, person
from workbench.web.missing import no_entry
from workbench.web.respond import show

BOUNDS = Bounds(rows=50_000, octets=16 << 20, seconds=2.0)
"""What is read of an answer to be compared."""


def compare(number: int) -> Response:
    """What is different in this entry's answer from that of the entry ``with``."""
    entry, run = _answer(number)
    earlier, before = _answer(request.args.get("with", -1, type=int))
    if entry.script != earlier.script:
        raise BadRequest("these are answers to two different queries", code="NOT_TOGETHER")
    descriptions, catalog = _what_is_known(entry.script)
    return show(
        "pages/compare.html",
        fragment="fragments/compare.html",
        database=bench().engine,
        entry=entry,
        earlier=earlier,
        comparisons=compared(before, run, descriptions, catalog),
    )


def _answer(number: int) -> tuple[Entry, Run]:
    found = bench().kept.in_full(person(), number, BOUNDS)
    if found is None:
        no_entry(number)
    entry, run = found
    if run is None or run.error is not None:
        raise BadRequest(
            "One of these has no answer that is kept.",
            code="NOTHING_TO_COMPARE",
            hint="The newest answers are. Run it twice, and compare those.",
        )
    return entry, run


def _what_is_known(script: str) -> tuple[list[Description], Catalog]:
    """What tells rows apart. Where the tables are others now, or gone, rows are compared as wholes."""
    with suppress(WorkbenchError):
        return bench().describe(Job.of(script)), bench().catalog()
    return [], Catalog()

"""`describe`: what statements are, told without running them."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from flask import Response

from workbench.engines.base import Description
from workbench.exports.facts import described
from workbench.jobs import Job
from workbench.web.here import bench, request_id
from workbench.web.respond import as_json


def describe(job: Job, *, batch: bool) -> Response:
    """What the statement of `job` is, or with `batch` each of them. Raises a WorkbenchError."""
    began = perf_counter()
    found = [_as_object(each) for each in bench().describe(job)]
    facts = {"applied": "none", "request_id": request_id()}
    whole = {"results": found} if batch else found[0]
    return as_json(whole | facts | {"time_ms": round((perf_counter() - began) * 1000, 3)})


def _as_object(found: Description) -> dict[str, Any]:
    return {
        "parameters": found.parameters,
        "columns": described(found.columns, with_origin=True),
        "readonly": found.readonly,
        "is_explain": found.is_explain,
        "tables": {"read": found.reads, "written": found.writes},
    }

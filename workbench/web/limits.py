"""`GET /run/limits`: what a request may be and take, so that nobody has to find it out by failing."""

from __future__ import annotations

from flask import Response

from workbench import slots
from workbench.web import api, asked, bodies, bound
from workbench.web.here import bench, settings
from workbench.web.respond import as_json

REQUEST_BYTES = 4 << 20
"""The most bytes a request may have; a statement of one megabyte grows to three in a form."""


def limits() -> Response:
    """Every limit by name: bytes, seconds, and counts."""
    ours = settings()
    return as_json(
        {
            "request_bytes": REQUEST_BYTES,
            "body_bytes": api.SQL_BYTES,
            "answer_bytes": ours.result_bytes,
            "json_depth": bodies.DEPTH,
            "statements": asked.STATEMENTS,
            "parameters": bound.PARAMETERS,
            "params_seq": asked.MANY,
            "rows_of_a_page": asked.ROWS,
            **bench().engine.limits,
            "time_limit_seconds": ours.time_limit,
            "wait_for_slot_seconds": slots.WAIT,
            "wait_to_write_seconds": bench().engine.wait,
            "runs_at_once": ours.sql_slots,
            "read_only": bench().engine.read_only,
            "get_writes": ours.get_writes,
            "api": api.VERSION,
        }
    )

"""The formats in which rows are handed on while their statement runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from workbench.exports.csv_rows import csv_rows
from workbench.exports.json_stream import json_stream
from workbench.exports.ndjson import ndjson


class Format(NamedTuple):
    """How rows are written, and what that is called.

    `tells`: an error is told in the last line; where it is not, the data just break off.
    """

    write: Callable[..., Iterator[bytes]]
    content_type: str
    ending: str
    tells: bool = False


FORMATS = {
    "ndjson": Format(ndjson, "application/x-ndjson", "ndjson", tells=True),
    "csv": Format(csv_rows, "text/csv; charset=utf-8; header=present", "csv"),
    "json": Format(json_stream, "application/json", "json"),
}

"""The formats in which rows are handed on while their statement runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from workbench.exports.copies import insert_rows, markdown_rows, object_rows, tsv_rows
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

OF_KEPT_ROWS = FORMATS | {
    "tsv": Format(tsv_rows, "text/tab-separated-values; charset=utf-8; header=present", "tsv"),
    "objects": Format(object_rows, "application/json", "json"),
    "markdown": Format(markdown_rows, "text/markdown; charset=utf-8", "md"),
    "insert": Format(insert_rows, "application/sql", "sql"),
}
"""Those in which rows are copied and saved that were read before."""

"""The formats in which rows are handed on while their statement runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from workbench.exports.copies import insert_rows, markdown_rows, object_rows
from workbench.exports.csv_rows import csv_rows, tsv_rows
from workbench.exports.json_stream import json_stream
from workbench.exports.ndjson import ndjson
from workbench.exports.workbook import workbook_rows


class Format(NamedTuple):
    """How rows are written, and what that is called: by a person, in a header, as a file's ending.

    `options`: what `write` can be told. `tells`: an error is told in the last line; where it is not, the
    data just break off. `saved`: it is for another program, and no browser shows it.
    """

    name: str
    write: Callable[..., Iterator[bytes]]
    content_type: str
    ending: str
    options: tuple[str, ...] = ()
    tells: bool = False
    saved: bool = False

    def taking(self, **wanted: Any) -> dict[str, Any]:
        """Those of the options that it has a place for."""
        return {name: value for name, value in wanted.items() if name in self.options}


_TEXT = ("blob", "safe")

FORMATS = {
    "ndjson": Format(
        "NDJSON", ndjson, "application/x-ndjson", "ndjson", ("integers_as_text", "progress"), tells=True
    ),
    "csv": Format("CSV", csv_rows, "text/csv; charset=utf-8; header=present", "csv", _TEXT, saved=True),
    "json": Format("JSON", json_stream, "application/json", "json", ("integers_as_text",)),
    "tsv": Format(
        "TSV",
        tsv_rows,
        "text/tab-separated-values; charset=utf-8; header=present",
        "tsv",
        _TEXT,
        saved=True,
    ),
    "xlsx": Format(
        "XLSX",
        workbook_rows,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        ("blob",),
        saved=True,
    ),
    "markdown": Format("Markdown", markdown_rows, "text/markdown; charset=utf-8", "md"),
    "insert": Format("INSERT", insert_rows, "application/sql", "sql", ("into",)),
}

OF_KEPT_ROWS = FORMATS | {"objects": Format("Objects", object_rows, "application/json", "json")}
"""Those in which rows are copied and saved that were read before."""

"""The formats that are read, and how a file is told to be of one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import msgspec

from workbench.imports import databases, delimited, json_rows, workbooks
from workbench.imports.recipe import Reading, Recipe


class Format(NamedTuple):
    """How a format is called and read.

    `delimited`: it has a dialect. `parts` is what a file may have several of.
    """

    name: str
    recognise: Callable[[Path, Recipe], Recipe]
    read: Callable[[Path, Recipe], AbstractContextManager[Reading]]
    delimited: bool = False
    parts: str = ""


FORMATS = {
    "csv": Format("CSV", delimited.recognised, delimited.read, delimited=True),
    "tsv": Format("TSV", delimited.recognised, delimited.read, delimited=True),
    "json": Format("JSON", json_rows.recognised, json_rows.read),
    "ndjson": Format("NDJSON", json_rows.recognised, json_rows.read),
    "xlsx": Format("XLSX", workbooks.recognised, workbooks.read, parts="Sheet"),
    "sqlite": Format("SQLite", databases.recognised, databases.read, parts="Table"),
}
"""By the name that forms and addresses use."""

_ENDINGS = {
    "csv": "csv", "tsv": "tsv", "tab": "tsv", "txt": "csv", "json": "json", "ndjson": "ndjson",
    "jsonl": "ndjson", "xlsx": "xlsx", "xlsm": "xlsx",
    "db": "sqlite", "sqlite": "sqlite", "sqlite3": "sqlite",
}  # fmt: skip

_START = 4096


def recognised(path: Path, name: str, recipe: Recipe) -> Recipe:
    """How the file called `name` is read, where `recipe` does not say. Raises a WorkbenchError."""
    chosen = recipe.format or _format_of(path, name)
    return FORMATS[chosen].recognise(path, msgspec.structs.replace(recipe, format=chosen))


def read(path: Path, recipe: Recipe) -> AbstractContextManager[Reading]:
    """The file as rows."""
    return FORMATS[recipe.format].read(path, recipe)


def _format_of(path: Path, name: str) -> str:
    """By how it begins, which is true where its name may not be; by its name else."""
    with path.open("rb") as file:
        start = file.read(_START)
    if start.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    ending = _ENDINGS.get(name.rpartition(".")[2].lower())
    if ending is not None:
        return ending
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b"{", b"[")):
        first = text.split(b"\n", 1)[0].strip()
        return "ndjson" if first.endswith((b"}", b"]")) and text.count(b"\n") and len(first) > 1 else "json"
    return "csv"

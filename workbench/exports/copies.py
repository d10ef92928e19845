"""Rows as people paste them: as objects of JSON, as a table of Markdown, as INSERTs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from workbench.exports.envelope import distinct_names
from workbench.exports.facts import Facts, refuse_without_columns
from workbench.exports.json_rows import as_json
from workbench.literals import literal_of
from workbench.results import Column, Row, Value
from workbench.sql import quoted

Batches = Iterator[list[Row]]

_MARKUP = str.maketrans({each: "\\" + each for each in "\\`*_{}[]<>#|~"} | {"\n": "<br>", "\r": ""})
_LOOKS_OTHER = re.compile(r"NULL\Z|x'|[+-]?[0-9.]|'")


def object_rows(
    columns: tuple[Column, ...], batches: Batches, _facts: Facts | None = None
) -> Iterator[bytes]:
    """One array of JSON with an object for each row; a second column `a` is `a_2`."""
    names, before = distinct_names(columns), b"[\n"
    for batch in batches:
        for row in batch:
            yield before + orjson.dumps(dict(zip(names, map(as_json, row), strict=True)))
            before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def markdown_rows(
    columns: tuple[Column, ...], batches: Batches, _facts: Facts | None = None
) -> Iterator[bytes]:
    """A table of GitHub's Markdown (https://github.github.com/gfm/#tables-extension-)."""
    refuse_without_columns(columns)
    yield _line([c.name.translate(_MARKUP) or " " for c in columns]) + _line(["---"] * len(columns))
    for batch in batches:
        yield b"".join([_line([_marked(value) for value in row]) for row in batch])


def insert_rows(
    columns: tuple[Column, ...], batches: Batches, _facts: Facts | None = None, *, into: str | None = None
) -> Iterator[bytes]:
    """An INSERT for each row `into` a table; without one into that of the columns, or into `result`."""
    refuse_without_columns(columns)
    tables = {into} if into else {c.table for c in columns}
    table = quoted(tables.pop() or "result") if len(tables) == 1 else "result"
    into = f"INSERT INTO {table} ({', '.join(map(quoted, distinct_names(columns)))}) VALUES ("
    for batch in batches:
        yield "".join([f"{into}{', '.join(map(literal_of, row))});\n" for row in batch]).encode()


def _line(told: list[str]) -> bytes:
    return f"| {' | '.join(told)} |\n".encode()


def _marked(value: Value) -> str:
    """Texts as they are, unless they could be taken for something else; all other values as in SQL."""
    if isinstance(value, str) and value and "\0" not in value and not _LOOKS_OTHER.match(value):
        return value.translate(_MARKUP)
    return literal_of(value).translate(_MARKUP)

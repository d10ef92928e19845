"""Rows as people paste them: as objects of JSON, as a table of Markdown, as INSERTs.

Texts are made column by column: most columns hold values of one kind that need no care.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf

import orjson

from workbench.exports.envelope import distinct_names
from workbench.exports.facts import Facts, refuse_without_columns
from workbench.exports.json_rows import as_json, encode_objects
from workbench.literals import literal_of
from workbench.results import Column, Row, Value
from workbench.sql import quoted

Batches = Iterator[list[Row]]

_MARKED = "\\`*_{}[]<>#|~"
_MARKUP = str.maketrans({each: "\\" + each for each in _MARKED} | {"\n": "<br>", "\r": ""})
_LOOKS_OTHER = re.compile(r"NULL\Z|x'|[+-]?[0-9.]|'")
_NEEDS_CARE = re.compile(rf"[{re.escape(_MARKED)}\r\0]|^(?:NULL$|x'|[+-]?[0-9.]|'|$)", re.MULTILINE)


def object_rows(
    columns: tuple[Column, ...], batches: Batches, _facts: Facts | None = None
) -> Iterator[bytes]:
    """One array of JSON with an object for each row; a second column `a` is `a_2`."""
    names, before = distinct_names(columns), b"[\n"
    for batch in filter(None, batches):
        yield before + _objects(names, batch)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def markdown_rows(
    columns: tuple[Column, ...], batches: Batches, _facts: Facts | None = None
) -> Iterator[bytes]:
    """A table of GitHub's Markdown (https://github.github.com/gfm/#tables-extension-)."""
    refuse_without_columns(columns)
    names = [c.name.translate(_MARKUP) or " " for c in columns]
    yield (_line(names) + _line(["---"] * len(columns))).encode()
    for batch in batches:
        yield "".join(map(_line, _by_column(batch, _marked_column))).encode()


def insert_rows(
    columns: tuple[Column, ...], batches: Batches, _facts: Facts | None = None, *, into: str | None = None
) -> Iterator[bytes]:
    """An INSERT for each row `into` a table; without one into that of the columns, or into `result`."""
    refuse_without_columns(columns)
    tables = {into} if into is not None else {c.table for c in columns}
    known = tables.pop() if len(tables) == 1 else None
    table = "result" if known is None else quoted(known)
    into = f"INSERT INTO {table} ({', '.join(map(quoted, distinct_names(columns)))}) VALUES ("
    for batch in batches:
        yield "".join([f"{into}{', '.join(row)});\n" for row in _by_column(batch, _literals)]).encode()


def _objects(names: list[str], rows: list[Row]) -> bytes:
    """A line for each object, with a comma after each but the last. All are encoded at once and then cut.

    Where a text looks like the place between two, there are more of them than rows: then one by one.
    """
    encoded = encode_objects(names, rows)[1:-1]
    if encoded.count(b"},{") == len(rows) - 1:
        return encoded.replace(b"},{", b"},\n{")
    return b",\n".join([orjson.dumps(dict(zip(names, map(as_json, row), strict=True))) for row in rows])


def _by_column(
    rows: list[Row], told: Callable[[Sequence[Value]], Iterable[str]]
) -> Iterator[tuple[str, ...]]:
    """The rows as what each column's values are `told` as."""
    return zip(*map(told, zip(*rows, strict=True)), strict=True)


def _literals(column: Sequence[Value]) -> Iterable[str]:
    kinds = set(map(type, column))
    if kinds == {str} and not re.search("['\0]", "\n".join(column)):
        return [f"'{text}'" for text in column]
    return map(repr, column) if _plain_numbers(column, kinds) else map(literal_of, column)


def _marked_column(column: Sequence[Value]) -> Iterable[str]:
    kinds = set(map(type, column))
    if kinds == {str}:
        joined = "\n".join(column)
        if joined.count("\n") == len(column) - 1 and not _NEEDS_CARE.search(joined):
            return column
    return map(repr, column) if _plain_numbers(column, kinds) else map(_marked, column)


def _plain_numbers(column: Sequence[Value], kinds: set[type]) -> bool:
    """Whether Python writes all of them as SQLite does."""
    return kinds == {int} or (kinds == {float} and inf not in column and -inf not in column)


def _line(told: Sequence[str]) -> str:
    return f"| {' | '.join(told)} |\n"


def _marked(value: Value) -> str:
    """Texts as they are, unless they could be taken for something else; all other values as in SQL."""
    if isinstance(value, str) and value and "\0" not in value and not _LOOKS_OTHER.match(value):
        return value.translate(_MARKUP)
    return literal_of(value).translate(_MARKUP)

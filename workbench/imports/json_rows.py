"""JSON and NDJSON: objects or arrays as rows, of any number, with exact numbers.

A document is an array of rows, or an object one of whose members is (the workbench's own exports have
``rows``, and ``columns`` before it). Of NDJSON each line is a row by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import InvalidOperation
from functools import partial
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import ijson
import msgspec

from workbench.errors import BadRequest
from workbench.imports.json_parser import no_json, parser_of
from workbench.imports.json_values import ENDLESS, Rows, real, refuse_half, whole
from workbench.imports.recipe import BATCH_ROWS, Reading, Recipe
from workbench.loads import Batch, Reject

NAMES_FROM = 100_000
"""From how many of the first rows the names of members are taken."""

_MOST_COLUMNS = 2000  # https://sqlite.org/limits.html#max_column
_MARK = b"\xef\xbb\xbf"


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not a value of JSON")


_decode = json.JSONDecoder(parse_int=whole, parse_float=real, parse_constant=_refuse_constant).decode

_NOT_ROWS = "An array of objects is wanted, or of arrays, or an object with such an array in it."


def recognised(path: Path, recipe: Recipe) -> Recipe:
    """`recipe`, with what is told of all JSON."""
    notes = (
        "Numbers that SQLite cannot hold exactly become text; true and false become 1 and 0; "
        "what is nested becomes JSON text; a member that is missing is NULL.",
    )
    return msgspec.structs.replace(recipe, encoding="utf-8", notes=notes)


@contextmanager
def read(path: Path, recipe: Recipe) -> Iterator[Reading]:
    """The document as rows. Raises BadRequest for what is no JSON, or holds no rows."""
    each = _lines if recipe.format == "ndjson" else partial(_items, parser_of(path))
    columns = _columns(path, each)
    yield Reading(columns, _batches(each(path), Rows(columns)))


def _columns(path: Path, each: Any) -> tuple[str, ...]:
    """The members' names in the order in which they are met; of arrays, as many as the first has values."""
    names: dict[str, None] = {}
    for _, found in islice(each(path), NAMES_FROM):
        if isinstance(found, _Names):
            return _as_names(found.columns)
        if isinstance(found, dict):
            names.update(dict.fromkeys(found))
        elif isinstance(found, list) and not names:
            return ("",) * len(found)
        if len(names) > _MOST_COLUMNS:
            raise BadRequest(f"These objects have more than {_MOST_COLUMNS:,} members.", hint=_NOT_ROWS)
    if not names:
        raise BadRequest("This holds no rows.", code="NO_ROWS", hint=_NOT_ROWS)
    return _as_names(tuple(names))


def _as_names(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        refuse_half("".join(names))
    except ValueError as error:
        raise BadRequest(f"The name of a member cannot be one of a column: {error}.") from error
    return names


class _Names:
    """The columns as the workbench's own export tells them before its rows."""

    def __init__(self, columns: Any) -> None:
        self.columns = tuple(each["name"] for each in columns)


class _Broken:
    """A line that is no JSON."""

    def __init__(self, reason: str, text: str) -> None:
        self.reason, self.text = reason, text


def _batches(found: Iterable[tuple[int, Any]], rows: Rows) -> Iterator[Batch]:
    batch = Batch([], [], [])
    for line, each in found:
        if isinstance(each, _Names):
            continue
        made = Reject(line, each.reason, [each.text]) if isinstance(each, _Broken) else rows.row(line, each)
        if isinstance(made, Reject):
            batch.rejects.append(made)
        else:
            batch.rows.append(made)
            batch.lines.append(line)
        if len(batch.lines) + len(batch.rejects) >= BATCH_ROWS:
            yield batch
            batch = Batch([], [], [])
    yield batch


def _items(parser: ModuleType, path: Path) -> Iterator[tuple[int, Any]]:
    """The rows of one document, numbered from 1."""
    with path.open("rb") as file:
        prefix, columns = _where(file, parser)
        if columns is not None:
            yield 0, _Names(columns)
        file.seek(_after_mark(file))
        try:
            yield from enumerate(parser.items(file, prefix), 1)
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise no_json(str(error), file.tell()) from error
        except InvalidOperation as error:
            raise no_json(ENDLESS, file.tell()) from error


def _where(file: BinaryIO, parser: ModuleType) -> tuple[str, Any]:
    """The prefix of the rows, and the columns that are told before them, if they are."""
    file.seek(_after_mark(file))
    columns = None
    try:
        for prefix, event, _ in parser.parse(file):
            if event == "start_array" and prefix == "columns":
                file.seek(_after_mark(file))
                columns = _own_columns(next(parser.items(file, "columns"), None))
                return ("columns.item", None) if columns is None else ("rows.item", columns)
            if event == "start_array" and "." not in prefix:
                return (f"{prefix}.item" if prefix else "item"), None
            if not prefix and event not in ("start_map", "map_key", "end_map"):
                break
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise no_json(str(error), file.tell()) from error
    raise BadRequest("This holds no rows.", code="NO_ROWS", hint=_NOT_ROWS)


def _own_columns(found: Any) -> Any:
    ours = isinstance(found, list) and all(
        isinstance(e, dict) and isinstance(e.get("name"), str) for e in found
    )
    return found if ours else None


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Each line's value; of our own export the lines around its rows are left out."""
    own = False
    with path.open("rb") as file:
        file.seek(_after_mark(file))
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                found = _decode(line.decode())
            except (ValueError, RecursionError) as error:
                yield number, _Broken(f"it is no JSON: {error}", line[:10_000].decode(errors="replace"))
                continue
            if number == 1 and isinstance(found, dict) and _own_columns(found.get("columns")):
                own = True
                yield number, _Names(found["columns"])
            elif own and isinstance(found, dict):
                _refuse_part(found, number)
            else:
                yield number, found
    if own and not _is_whole(found):
        raise BadRequest(
            "The last line is missing: this export was broken off.", hint="Nothing was imported."
        )


def _is_whole(last: Any) -> bool:
    return isinstance(last, dict) and last.get("end") is True


def _refuse_part(found: dict[str, Any], line: int) -> None:
    if "error" in found:
        raise BadRequest(f"Line {line:,} says that this export failed.", hint="Nothing was imported.")


def _after_mark(file: BinaryIO) -> int:
    file.seek(0)
    return len(_MARK) if file.read(len(_MARK)) == _MARK else 0

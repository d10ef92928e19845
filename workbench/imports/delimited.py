"""CSV, TSV and their relatives: texts in lines, by the standard library's reader (RFC 4180)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from itertools import compress, islice
from pathlib import Path
from typing import TextIO

import msgspec

from workbench.errors import BadRequest
from workbench.imports import encodings
from workbench.imports.numbers import looks_like_one
from workbench.imports.recipe import Reading, Recipe
from workbench.loads import Batch, Reject
from workbench.results import Row

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space"}

LINE_BYTES = 64 << 20
"""The most characters that one field may have."""

csv.field_size_limit(LINE_BYTES)

SHOWN = 10_000
"""How many characters of a line that cannot be told into fields are kept."""

_OTHER_ENCODING = "Nothing was imported. Choose another encoding."
_NAME = 200
_PIECE = 128 << 10  # characters that are read at once
_SAMPLE = 256 << 10
_SAMPLE_ROWS = 100


def recognised(path: Path, recipe: Recipe) -> Recipe:
    """`recipe` with what it does not say yet."""
    notes: list[str] = []
    encoding = recipe.encoding
    if not encoding:
        encoding, why = encodings.recognised(path)
        notes.append(f"Encoding: {why}.")
    sample = _sample(path, encoding)
    recipe = msgspec.structs.replace(recipe, encoding=encoding)
    delimiter = recipe.delimiter or _delimiter(sample, recipe)
    recipe = msgspec.structs.replace(recipe, delimiter=delimiter)
    header = _has_header(_rows_of(sample, recipe)) if recipe.header is None else recipe.header
    if "\0" in sample:
        notes.append("It holds NUL characters, which are kept.")
    broken = encodings.is_broken(path, encoding)
    if broken and recipe.encoding == "utf-8":
        notes.append("Lines that are not UTF-8 are rejected, not changed.")
    return msgspec.structs.replace(recipe, header=header, broken=broken, notes=tuple(notes))


@contextmanager
def read(path: Path, recipe: Recipe) -> Iterator[Reading]:
    """The file as rows. Raises BadRequest for one that cannot be read at all."""
    errors = "strict" if recipe.encoding.startswith("utf-16") else "surrogateescape"
    with path.open(encoding=_mark_aware(recipe.encoding), errors=errors, newline="") as file:
        records = _Records(file, recipe)
        columns = records.names()
        yield Reading(columns, records.batches(), texts=True)


class _Records:
    """A file's lines in pieces of some size, cut into records of as many fields as the first has."""

    def __init__(self, file: TextIO, recipe: Recipe) -> None:
        self._file, self._recipe = file, recipe
        self._dialect = _dialect(recipe)
        self._empty = "" if recipe.empty == "text" else None
        self._marked = recipe.quote * 2 if recipe.empty == "quoted" and recipe.quote else None
        self._lines: list[str] = []
        self._before = 0  # how many lines came before these
        self._width = 0

    def names(self) -> tuple[str, ...]:
        """The columns' names, empty where the first line is a row. Raises BadRequest for an empty file."""
        first, taken = self._first()
        self._width = len(first)
        if not self._recipe.header:
            return ("",) * self._width
        del self._lines[:taken]
        self._before = taken
        return tuple(name.encode(errors="replace").decode() for name in first)

    def _first(self) -> tuple[list[str], int]:
        """The first record, and how many lines it takes with the empty ones before it."""
        while self._more(_PIECE):
            reader = csv.reader(self._lines, **self._dialect)
            try:
                first = next((row for row in reader if row), None)
            except csv.Error as error:
                if self._is_open(reader) and self._more(len(self._lines[0])):
                    continue
                words = f"Line {reader.line_num:,} cannot be told into fields: {error}."
                raise BadRequest(words, hint="Choose another delimiter or quotation mark.") from error
            if first is not None:
                return first, reader.line_num
        raise BadRequest("The file holds no line.", code="EMPTY_FILE", hint="Nothing was imported.")

    def batches(self) -> Iterator[Batch]:
        """All rows, and what is none. Raises BadRequest for bytes that end the reading."""
        while self._lines or self._more(_PIECE):
            batch = self._at_once() or self._one_by_one()
            self._before += len(self._lines)
            self._lines.clear()
            if self._recipe.broken:
                _reject_broken(batch)
            yield batch

    def _more(self, size: int) -> bool:
        """Read some more lines; whether there were any."""
        try:
            more = self._file.readlines(size)
        except UnicodeError as error:
            words = f"The file cannot be read as it was told: {error}."
            raise BadRequest(words, hint=_OTHER_ENCODING) from error
        self._lines += more
        return bool(more)

    def _is_open(self, reader: Iterator[list[str]]) -> bool:
        """Whether a record goes on beyond these lines."""
        return reader.line_num == len(self._lines)

    def _at_once(self) -> Batch | None:
        """These lines as rows, if each is one of the right width; lines are added until a record is whole."""
        size = _PIECE
        while True:
            rows: list[list[str]] = []
            reader = csv.reader(self._lines, **self._dialect)
            try:
                rows.extend(reader)
            except csv.Error:
                size *= 2
                if size < LINE_BYTES * 2 and self._is_open(reader) and self._more(size):
                    continue
                return None
            break
        if len(rows) != len(self._lines) or set(map(len, rows)) != {self._width}:
            return None
        lines = zip(rows, self._lines, strict=True)
        first = self._before + 1
        return Batch(
            [self._row(row, line) if "" in row else row for row, line in lines],
            list(range(first, first + len(rows))),
            [],
        )

    def _one_by_one(self) -> Batch:
        """These lines record by record; those of another width and unclosed quotes are rejected."""
        batch, end = Batch([], [], []), 0
        reader = csv.reader(self._lines, **self._dialect)
        while end < len(self._lines):
            begin, row = end, None
            try:
                row = next(reader, None)
            except csv.Error as error:
                reason = f"it cannot be told into fields ({error})"
                shown = [self._lines[begin][:SHOWN].rstrip("\r\n")]
                batch.rejects.append(Reject(self._before + begin + 1, reason, shown))
            end = reader.line_num
            if row is not None:
                self._sort_in(row, begin, end, batch)
        return batch

    def _sort_in(self, row: list[str], begin: int, end: int, batch: Batch) -> None:
        """A row, or a reject; an empty line is a row only where rows have one field."""
        line = self._before + begin + 1
        if len(row) == self._width or (not row and self._width == 1):
            text = "".join(self._lines[begin:end])
            batch.rows.append(self._row(row, text) if "" in row else row or [self._empty])
            batch.lines.append(line)
        elif row:
            fields = "field" if len(row) == 1 else "fields"
            reason = f"{len(row)} {fields} where there should be {self._width}"
            batch.rejects.append(Reject(line, reason, row))

    def _row(self, row: list[str], text: str) -> list[str | None]:
        """The row, which stands in the file as `text`, with what its empty fields mean."""
        if self._marked and self._marked in text:
            marked = _quoted_fields(text, self._recipe)
            if len(marked) == len(row):
                return [f or ("" if was else None) for f, was in zip(row, marked, strict=True)]
        return [field or self._empty for field in row]


def _quoted_fields(record: str, recipe: Recipe) -> list[bool]:
    """Of each field of one record, whether it stands in quotation marks."""
    mark, comma = re.escape(recipe.quote), re.escape(recipe.delimiter)
    field = re.compile(rf"(?:({mark})(?:[^{mark}]|{mark}{mark})*{mark}|[^{comma}\r\n]*)({comma}|\r?\n|\r|\Z)")
    found, at = [], 0
    while match := field.match(record, at):
        found.append(match[1] is not None)
        at = match.end()
        if match[2] != recipe.delimiter:
            break
    return found


def _reject_broken(batch: Batch) -> None:
    """Move rows with bytes that the encoding has no letter for to the rejects."""
    whole = [_is_whole(row) for row in batch.rows]
    for row, line, fine in zip(batch.rows, batch.lines, whole, strict=True):
        if not fine:
            batch.rejects.append(Reject(line, "it is not valid in the encoding of the file", row))
    batch.rows[:] = compress(batch.rows, whole)
    batch.lines[:] = compress(batch.lines, whole)


def _is_whole(row: Row) -> bool:
    text = "".join([field or "" for field in row])
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _dialect(recipe: Recipe) -> dict[str, object]:
    if not recipe.quote:
        return {"delimiter": recipe.delimiter, "quoting": csv.QUOTE_NONE}
    return {"delimiter": recipe.delimiter, "quotechar": recipe.quote, "strict": True}


def _mark_aware(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _sample(path: Path, encoding: str) -> str:
    with path.open(encoding=_mark_aware(encoding), errors="replace", newline="") as file:
        return file.read(_SAMPLE)


def _rows_of(sample: str, recipe: Recipe) -> list[list[str]]:
    """The first records of the sample, as far as they can be told."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        for row in islice(csv.reader(StringIO(sample, newline=""), **_dialect(recipe)), _SAMPLE_ROWS):
            if row:
                rows.append(row)
    return rows[:-1] if len(rows) > 1 and len(sample) == _SAMPLE else rows


def _delimiter(sample: str, recipe: Recipe) -> str:
    """The one that cuts most of the first lines into equally many fields, and into most of them."""

    def worth(delimiter: str) -> tuple[float, int]:
        rows = _rows_of(sample, msgspec.structs.replace(recipe, delimiter=delimiter))
        (width, times), *_ = Counter(map(len, rows)).most_common(1) or [(1, 0)]
        return (times / len(rows), width) if width > 1 else (0.0, 0)

    usual = "\t" if recipe.format == "tsv" else ","
    candidates = [usual, *(d for d in DELIMITERS if d not in (usual, " "))]
    best = max(candidates, key=worth)
    return best if worth(best)[0] > 0.5 else usual


def _has_header(rows: list[list[str]]) -> bool:
    """Whether the first record looks like names: all there, all different, none a number."""
    first = rows[0] if rows else []
    return (
        bool(first)
        and all(name.strip() and len(name) < _NAME for name in first)
        and len({name.casefold() for name in first}) >= len(first) - len(first) // 4
        and not any(looks_like_one(name) for name in first)
    )

"""CSV, TSV and their relatives: texts in lines, by the standard library's reader (RFC 4180)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from itertools import compress, islice
from pathlib import Path

import msgspec

from workbench.errors import BadRequest
from workbench.imports import encodings
from workbench.imports.numbers import looks_like_one
from workbench.imports.recipe import BATCH_BYTES, BATCH_ROWS, Reading, Recipe
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
        lines = _Lines(file, keeps=recipe.empty == "quoted" and bool(recipe.quote))
        reader = csv.reader(iter(lines), **_dialect(recipe))
        first = _first(reader)
        columns = tuple(map(_readable, first)) if recipe.header else ("",) * len(first)
        rows = _Rows(reader, lines, recipe, len(columns))
        yield Reading(columns, rows.batches([] if recipe.header else [first]), texts=True)


def _first(reader: Iterator[list[str]]) -> list[str]:
    try:
        first = next((row for row in reader if row), None)
    except csv.Error as error:
        hint = "Choose another delimiter or quotation mark."
        raise BadRequest(
            f"Line {reader.line_num:,} cannot be told into fields: {error}.", hint=hint
        ) from error
    except UnicodeError as error:
        raise BadRequest(f"The file cannot be read as it was told: {error}.", hint=_OTHER_ENCODING) from error
    if first is None:
        raise BadRequest("The file holds no line.", code="EMPTY_FILE", hint="Nothing was imported.")
    return first


def _readable(name: str) -> str:
    return name.encode(errors="replace").decode()


class _Lines:
    """The lines of a file; with `keeps` those since the last record are in `held`."""

    def __init__(self, file: Iterator[str], *, keeps: bool) -> None:
        self._file, self.keeps = file, keeps
        self.held: list[str] = []

    def __iter__(self) -> Iterator[str]:
        if not self.keeps:
            return self._file
        return self._kept()

    def _kept(self) -> Iterator[str]:
        hold = self.held.append
        for line in self._file:
            hold(line)
            yield line


class _Rows:
    """Records as rows of `width` fields."""

    def __init__(self, reader: Iterator[list[str]], lines: _Lines, recipe: Recipe, width: int) -> None:
        self._reader, self._lines, self._recipe, self._width = reader, lines, recipe, width
        self._empty = "" if recipe.empty == "text" else None
        self._marked = recipe.quote * 2
        self._over = False

    def batches(self, first: list[list[str]]) -> Iterator[Batch]:
        """All rows. Raises BadRequest where bytes cannot be read."""
        if first:
            yield Batch([self._row(row) if "" in row else row for row in first], [1])
        self._lines.held.clear()
        while not self._over:
            batch = _told(self._some)
            if self._recipe.broken:
                _reject_broken(batch)
            yield batch

    def _some(self) -> Batch:
        """The next rows; records with too many fields or too few, and unclosed quotes, are rejected."""
        batch, size = Batch([], [], []), 0
        reader, held, width = self._reader, self._lines.held, self._width
        add, number = batch.rows.append, batch.lines.append
        began = reader.line_num + 1
        try:
            self._over = True
            for row in islice(reader, BATCH_ROWS):
                if len(row) == width:
                    add(self._row(row) if "" in row else row)
                    number(reader.line_num)
                    size += len(row[0]) + len(row[-1])
                else:
                    self._odd(row, batch)
                held.clear()
                began, self._over = reader.line_num + 1, False
                if size > BATCH_BYTES:
                    break
        except csv.Error as error:
            text = "".join(held)[:SHOWN]
            batch.rejects.append(Reject(began, f"it cannot be told into fields ({error})", [text]))
            held.clear()
            self._over = False
        return batch

    def _odd(self, row: list[str], batch: Batch) -> None:
        """A record of another width; an empty line is a row only where rows have one field."""
        if not row and self._width == 1:
            batch.rows.append([self._empty])
            batch.lines.append(self._reader.line_num)
        elif row:
            fields = "field" if len(row) == 1 else "fields"
            reason = f"{len(row)} {fields} where there should be {self._width}"
            batch.rejects.append(Reject(self._reader.line_num, reason, row))

    def _row(self, row: list[str]) -> list[str | None]:
        """The row with what its empty fields mean."""
        if self._lines.keeps:
            text = "".join(self._lines.held)
            if self._marked in text:
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


def _told(read: Callable[[], Batch]) -> Batch:
    """What `read` gives. Raises BadRequest for bytes that end the reading."""
    try:
        return read()
    except UnicodeError as error:
        raise BadRequest(f"The file cannot be read as it was told: {error}.", hint=_OTHER_ENCODING) from error


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

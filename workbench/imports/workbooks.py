"""XLSX: one sheet of a workbook, row by row.

A workbook is an archive of XML: one that inflates to far more than it is, or that has entities, is
refused before it is read (openpyxl reads XML through defusedxml where that is installed, as it is here).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

import msgspec

from workbench.errors import BadRequest, TooLarge
from workbench.imports.recipe import BATCH_ROWS, Reading, Recipe
from workbench.loads import Batch, Reject
from workbench.results import Row, Value
from workbench.xstrings import unescaped

INFLATED = 1 << 30
"""The most bytes that all parts of a workbook may have when they are unpacked."""

IN_MEMORY = 64 << 20
"""The most bytes of parts that are held in memory while rows are read: the texts that cells share, styles."""

RATIO = 200
"""How many times as large as it is packed a part may be, if it is larger than `SMALL`."""

SMALL = 16 << 20

_CHUNK = 1 << 20
_LOOKED_AT = 1000  # rows, for how many columns there are


def recognised(path: Path, recipe: Recipe) -> Recipe:
    """`recipe` with the sheets there are. Raises BadRequest or TooLarge for what cannot be read."""
    _refuse_bomb(path)
    with _opened(path) as book:
        parts = tuple(sheet.title for sheet in book.worksheets)
    if not parts:
        raise BadRequest("This workbook has no sheet.", hint="Nothing was imported.")
    part = recipe.part if recipe.part in parts else parts[0]
    header = recipe.header
    if header is None:
        with read(path, msgspec.structs.replace(recipe, part=part, header=False)) as reading:
            header = _has_names(next(reading.batches).rows)
    notes = (
        "Dates and times become text (ISO 8601), TRUE and FALSE become 1 and 0; of a formula its last result"
        " is taken. A workbook itself holds numbers to 15 digits only.",
    )
    return msgspec.structs.replace(recipe, part=part, parts=parts, header=header, encoding="", notes=notes)


@contextmanager
def read(path: Path, recipe: Recipe) -> Iterator[Reading]:
    """The sheet `recipe.part` as rows; cells beyond the last with a name or a value are no columns."""
    with _opened(path) as book:
        sheet = next((s for s in book.worksheets if s.title == recipe.part), None)
        if sheet is None:
            raise BadRequest(f"There is no sheet “{recipe.part}” in this workbook.")
        sheet.reset_dimensions()  # what a file says of its size need not be true
        rows = enumerate(_rows(sheet), 1)
        first = list(islice(rows, _LOOKED_AT))
        if not first:
            raise BadRequest("This sheet is empty.", code="EMPTY_FILE", hint="Choose another sheet.")
        width = max(1, *(_filled(row) for _, row in first))
        names = tuple(map(_name, _wide(first[0][1], width))) if recipe.header else ("",) * width
        yield Reading(names, _batches(chain(first[bool(recipe.header) :], rows), width))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    from openpyxl import load_workbook  # noqa: PLC0415 - it takes a while, and few import workbooks

    try:
        with path.open("rb") as file, closing(load_workbook(file, read_only=True, data_only=True)) as book:
            yield book
    except (TooLarge, BadRequest):
        raise
    except Exception as error:  # openpyxl raises whatever the broken part of a file leads it to
        raise _broken(error, path) from error


def _broken(error: Exception, path: Path | None = None) -> BadRequest:
    """What is wrong in its words; where the file lies here is nobody's business."""
    words = " ".join(str(error).replace(str(path), "it").split())[:200] or type(error).__name__
    hint = "Nothing was imported. Save it again as .xlsx, or as CSV."
    return BadRequest(f"This workbook cannot be read: {words}.", code="BROKEN_WORKBOOK", hint=hint)


def _refuse_bomb(path: Path) -> None:
    """Unpack every part once, which holds nothing, and see how large it really is."""
    try:
        with ZipFile(path) as archive:
            total = 0
            for part in archive.infolist():
                total += _inflated(archive, part, INFLATED - total)
    except (BadZipFile, ZlibError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _broken(error) from error


def _inflated(archive: ZipFile, part: ZipInfo, left: int) -> int:
    in_memory = not part.filename.startswith("xl/worksheets/")
    most = min(left, IN_MEMORY) if in_memory else left
    if part.file_size > most:
        raise _bomb(part)
    size = 0
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > most or (size > SMALL and size > RATIO * max(part.compress_size, 1)):
                raise _bomb(part)
    return size


def _bomb(part: ZipInfo) -> TooLarge:
    return TooLarge(
        f"{part.filename[:80]} in this workbook is larger when it is unpacked than is taken here",
        code="INFLATES",
        hint="Nothing was imported. Save the sheet as CSV, which may be of any size.",
        limit=INFLATED,
    )


def _rows(sheet: Any) -> Iterator[list[Value]]:
    for row in sheet.iter_rows(values_only=True):
        yield [_value(cell) for cell in row]


def _filled(row: list[Value]) -> int:
    """How many cells there are up to the last that holds something."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1] is not None), 0)


def _wide(row: list[Value], width: int) -> Row:
    return tuple(row[:width]) + (None,) * (width - len(row))


def _batches(rows: Iterator[tuple[int, list[Value]]], width: int) -> Iterator[Batch]:
    batch = Batch([], [], [])
    try:
        for line, row in rows:
            filled = _filled(row)
            if filled > width:
                batch.rejects.append(Reject(line, f"{filled} cells where there should be {width}", row))
            elif filled:
                batch.rows.append(_wide(row, width))
                batch.lines.append(line)
            if len(batch.rows) + len(batch.rejects) >= BATCH_ROWS:
                yield batch
                batch = Batch([], [], [])
    except (BadRequest, TooLarge):
        raise
    except Exception as error:  # as where it is opened
        raise _broken(error) from error
    yield batch


def _has_names(rows: list[Row]) -> bool:
    first = rows[0] if rows else ()
    return bool(first) and all(isinstance(cell, str) and cell.strip() for cell in first)


def _name(cell: Value) -> str:
    return "" if cell is None else unescaped(str(cell))


def _value(cell: Any) -> Value:
    if isinstance(cell, str):
        return unescaped(cell)
    if cell is None or isinstance(cell, float):
        return cell
    if isinstance(cell, int):
        return int(cell) if -(2**63) <= cell < 2**63 else str(cell)
    return _moment(cell) if isinstance(cell, (date, time)) else str(cell)


def _moment(cell: date | time) -> str:
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()

"""Rows as XLSX, exact as far as a workbook can be, and written while they come.

The book around the sheets is openpyxl's. The cells are written here: it would keep every row twice, and
XlsxWriter cuts numbers to 16 digits. A workbook has numbers, texts and empty cells: what is none of
them becomes a text, as `held` says.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from math import inf, isinf
from typing import NamedTuple
from zipfile import ZipFile

from workbench.errors import TooLarge
from workbench.exports.archive import archived
from workbench.exports.csv_rows import BLOBS, FORMULA, may_be_formula
from workbench.exports.facts import Facts, refuse_without_columns
from workbench.results import Column, InvalidText, Row, Value
from workbench.xstrings import escaped, needs_care

ROWS = 1_048_576
COLUMNS = 16_384
CHARACTERS = 32_767
"""What a sheet may have, and a cell in UTF-16's units: Excel's own limits
(https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3).
"""

EXACT = 10**15 - 1
"""Excel holds whole numbers to 15 digits: a larger one is written as a text, which keeps them all."""

SHEET_BYTES = (1 << 31) - (1 << 20)
"""A larger part of an archive needs ZIP64, which not every reader of workbooks understands."""

_NAMES, _QUOTED = ' s="1"', ' s="2"'
"""The styles of the book: names of columns, and a text that is none but looks like a formula."""

_TEXT, _END = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"

_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_TITLE_LENGTH = 31
_DIMENSION = re.compile(rb"<dimension [^>]*>")


class Sheet(NamedTuple):
    """The rows of a sheet; `batches` are taken when its turn has come."""

    columns: tuple[Column, ...]
    batches: Iterator[list[Row]]


def workbook_rows(
    columns: tuple[Column, ...],
    batches: Iterator[list[Row]],
    _facts: Facts | None = None,
    *,
    blob: str = "base64",
) -> Iterator[bytes]:
    """A workbook of one sheet, in pieces. An error is raised in the middle of it: no program opens that.

    Raises:
        StatementError: when the statement has no columns.
        TooLarge: when there are more rows, or longer texts, than a sheet holds.
    """
    refuse_without_columns(columns)
    return workbook(["Result"], [Sheet(columns, batches)], blob=blob)


def workbook(titles: Sequence[str], sheets: Iterable[Sheet], *, blob: str = "base64") -> Iterator[bytes]:
    """A workbook with a sheet for each of `titles`, in pieces. See `workbook_rows`."""
    with ZipFile(BytesIO(_empty_book(titles))) as around:
        parts = {name: around.read(name) for name in around.namelist()}
    of_sheets = [f"xl/worksheets/sheet{number}.xml" for number, _ in enumerate(titles, 1)]
    others = [(name, [part]) for name, part in parts.items() if name not in of_sheets]
    writer = _Writer(BLOBS[blob])

    def files() -> Iterator[tuple[str, Iterable[bytes]]]:
        yield from others
        for name, sheet in zip(of_sheets, sheets, strict=True):
            yield name, writer.sheet(parts[name], sheet)

    return archived(files())


def titles_of(names: Sequence[str]) -> list[str]:
    """Titles for sheets: at most 31 characters, none of ``[]:*?/\\``, each once whatever its capitals."""
    found: list[str] = []
    taken = {"history"}  # Excel keeps it for itself
    for name in names:
        bare = _TITLE.sub("_", name).strip("'")[:_TITLE_LENGTH] or "Sheet"
        title, number = bare, 1
        while title.casefold() in taken:
            number += 1
            title = f"{bare[: _TITLE_LENGTH - len(str(number)) - 1]}_{number}"
        taken.add(title.casefold())
        found.append(title)
    return found


def held(value: int | float | bytes, blob: Callable[[bytes], str]) -> str | None:
    """The text that is written for a value that is no number of a workbook; None for one that is."""
    if isinstance(value, InvalidText):
        return f'{{"$text_base64":"{b64encode(value).decode()}"}}'
    if isinstance(value, bytes):
        return blob(value)
    if isinstance(value, float):
        return ("Infinity" if value > 0 else "-Infinity") if isinf(value) else None
    return None if -EXACT <= value <= EXACT else str(value)


def too_long(text: str) -> bool:
    """Whether `text` is longer than a cell may be."""
    return 2 * len(text) > CHARACTERS and len(text.encode("utf-16-le")) > 2 * CHARACTERS


def _empty_book(titles: Sequence[str]) -> bytes:
    """A book with the sheets and styles that are wanted, and no rows."""
    from openpyxl import Workbook  # noqa: PLC0415 - it takes a while, and few export workbooks
    from openpyxl.styles import Font  # noqa: PLC0415

    book, file = Workbook(), BytesIO()
    book.remove(book.active)
    for title in titles:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet["A1"].font = Font(bold=True)
        sheet["A2"].quotePrefix = True
    book.save(file)
    return file.getvalue()


class _Writer:
    """How cells are written."""

    def __init__(self, blob: Callable[[bytes], str]) -> None:
        self._blob = blob
        self._letters: list[str] = []

    def sheet(self, around: bytes, sheet: Sheet) -> Iterator[bytes]:
        """The XML of a sheet, in pieces."""
        before, _, rest = around.partition(b"<sheetData>")
        _refuse_over(len(sheet.columns), COLUMNS, "columns")
        self._letters = [letters(place) for place in range(len(sheet.columns))]
        named = zip(self._letters, sheet.columns, strict=True)
        names = "".join([self._text(at, 1, column.name, _NAMES) for at, column in named])
        yield _DIMENSION.sub(b"", before) + f'<sheetData><row r="1">{names}</row>'.encode()
        number, size = 2, 0
        for batch in filter(None, sheet.batches):
            _refuse_over(number + len(batch) - 1, ROWS, "rows, that of the names included,")
            piece = "".join(self._rows(batch, number)).encode()
            number, size = number + len(batch), size + len(piece)
            _refuse_over(size, SHEET_BYTES, "bytes")
            yield piece
        yield b"</sheetData>" + rest.partition(b"</sheetData>")[2]

    def _rows(self, batch: list[Row], number: int) -> list[str]:
        """The elements of some rows, of which the first has this number. They are made column by column."""
        columns = zip(self._letters, zip(*batch, strict=True), strict=True)
        cells = zip(*[self._cells(at, number, column) for at, column in columns], strict=True)
        return [f'<row r="{at}">{"".join(row)}</row>' for at, row in enumerate(cells, number)]

    def _cells(self, at: str, number: int, column: Sequence[Value]) -> list[str]:
        kinds = set(map(type, column))
        if _all_numbers(column, kinds):
            return [f'<c r="{at}{row}"><v>{value!r}</v></c>' for row, value in enumerate(column, number)]
        if kinds == {str} and _all_plain(column):
            return [f'<c r="{at}{row}"{_TEXT}{text}{_END}' for row, text in enumerate(column, number)]
        return [self._cell(at, row, value) for row, value in enumerate(column, number)]

    def _cell(self, at: str, number: int, value: Value) -> str:
        if value is None:
            return ""
        if value.__class__ is not str:
            text = held(value, self._blob)
            if text is None:
                return f'<c r="{at}{number}"><v>{value!r}</v></c>'
            value = text
        return self._text(at, number, value, _QUOTED if value.startswith(FORMULA) else "")

    def _text(self, at: str, number: int, text: str, style: str) -> str:
        if too_long(text):
            raise TooLarge(
                f"the text in cell {at}{number} is longer than {CHARACTERS:,} characters",
                code="NOT_FOR_XLSX",
                hint="A cell holds no more. There is no file: choose another format.",
                limit=CHARACTERS,
            )
        return f'<c r="{at}{number}"{style}{_TEXT}{escaped(text)}{_END}'


def _all_numbers(column: Sequence[Value], kinds: set[type]) -> bool:
    """Whether all are numbers that a workbook holds."""
    if kinds == {int}:
        return min(column) >= -EXACT and max(column) <= EXACT
    return kinds == {float} and inf not in column and -inf not in column


def _all_plain(texts: Sequence[str]) -> bool:
    """Whether all stand in a cell as they are; told at once, False may mean that it cannot be."""
    joined = "\n".join(texts)
    return not (may_be_formula(joined) or needs_care(joined)) and 2 * max(map(len, texts)) <= CHARACTERS


def letters(place: int) -> str:
    """The letters of a column of a sheet: A for 0, AA for 26."""
    found = ""
    while place >= 0:
        place, letter = divmod(place, 26)
        found, place = chr(65 + letter) + found, place - 1
    return found


def _refuse_over(actual: int, most: int, what: str) -> None:
    if actual > most:
        raise TooLarge(
            f"a sheet of a workbook holds {most:,} {what} at most, and these are more",
            code="NOT_FOR_XLSX",
            hint="There is no file: nothing was left out of one. Choose another format, or fewer rows.",
            limit=most,
        )

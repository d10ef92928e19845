"""Rows as CSV (RFC 4180), exact and quick.

NULL is an empty field, empty text is ``""``; a BLOB is base64 (or hex), infinity is the word,
and text that is not UTF-8 is the object that stands for it in JSON, since CSV has no bytes.

Most rows hold nothing that needs care. They are encoded as JSON, a batch at once, which is CSV
but for quotation marks and brackets; how often a separator is found proves that none of them
is part of a text. Where that fails, a smaller piece is tried, down to single fields.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import isinf

import orjson

from workbench.exports.facts import Facts, refuse_without_columns
from workbench.results import Column, InvalidText, Row, Value

_FEW = 8
"""So few rows are written field by field."""

_QUOTES = {",": re.compile(r'[",\r\n]'), "\t": re.compile(r'["\t\r\n]')}
_PLAIN_TEXT = re.compile(rb'"([^",]+)"')
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

_MAY_BE_FORMULA = re.compile(f"^[{re.escape(''.join(FORMULA))}]", re.MULTILINE)
_FORMULA_TEXT = tuple(f'"{each}'.encode() for each in FORMULA if each.isprintable())
BLOBS: dict[str, Callable[[bytes], str]] = {"base64": lambda b: b64encode(b).decode(), "hex": bytes.hex}


def csv_rows(
    columns: tuple[Column, ...],
    batches: Iterator[list[Row]],
    _facts: Facts | None = None,
    *,
    blob: str = "base64",
    safe: bool = False,
    separator: str = ",",
) -> Iterator[bytes]:
    """A line of the columns' names and one for each row, in pieces. An error is raised, never written.

    `safe`: a text that a spreadsheet would take for a formula gets an apostrophe before it.

    Raises:
        StatementError: when the statement has no columns.
    """
    return _lines(columns, batches, _Writer(BLOBS[blob], safe, separator))


tsv_rows = partial(csv_rows, separator="\t")
"""The same with tabs between fields. One with a tab, a quotation mark or a line end is quoted as
spreadsheets do it; NULL is empty, and empty text is two quotation marks.
"""


def may_be_formula(lines: str) -> bool:
    """Whether any line begins like a formula. An empty one counts as such, as a line end is one beginning."""
    return _MAY_BE_FORMULA.search(lines) is not None


def _lines(columns: tuple[Column, ...], batches: Iterator[list[Row]], writer: _Writer) -> Iterator[bytes]:
    refuse_without_columns(columns)
    yield writer.by_field([tuple(c.name for c in columns)])
    for batch in batches:
        yield writer.lines(batch)


@dataclass(frozen=True, slots=True)
class _Writer:
    """How fields are written."""

    blob: Callable[[bytes], str]
    safe: bool
    separator: str = ","

    def lines(self, rows: list[Row]) -> bytes:
        """A line for each row, all at once where that is exact."""
        if len(rows) <= _FEW:
            return self.by_field(rows)
        encoded = self._at_once(rows)
        if encoded is None:
            half = len(rows) // 2
            return self.lines(rows[:half]) + self.lines(rows[half:])
        return encoded

    def _at_once(self, rows: list[Row]) -> bytes | None:
        """The rows' JSON turned into CSV; None where it holds an escape, or a text like a separator."""
        encoded = orjson.dumps(rows, default=self._bytes)[2:-2]
        if b"\\" in encoded or (self.safe and any(f in encoded for f in _FORMULA_TEXT)):
            return None
        if b"null" in encoded:  # a NULL, but also an infinity or a part of a text
            if encoded.count(b"null") != sum(row.count(None) for row in rows):
                return None
            encoded = encoded.replace(b"null", b"")
        if self.separator == "\t":
            return _with_tabs(encoded)
        return _without_marks(encoded, len(rows), len(rows[0]))

    def by_field(self, rows: list[Row]) -> bytes:
        """A line for each row, each field by itself."""
        return "".join(self.separator.join(map(self._field, row)) + "\r\n" for row in rows).encode()

    def _field(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, float):
            return _real(value)
        if isinstance(value, bytes):
            return self._quoted(self._bytes(value))
        if isinstance(value, int):
            return str(value)
        return self._quoted("'" + value if self.safe and value.startswith(FORMULA) else value)

    def _quoted(self, text: str) -> str:
        if text and not _QUOTES[self.separator].search(text):
            return text
        return '"' + text.replace('"', '""') + '"'

    def _bytes(self, value: bytes) -> str:
        if isinstance(value, InvalidText):
            return f'{{"$text_base64":"{b64encode(value).decode()}"}}'
        return self.blob(value)


def _without_marks(encoded: bytes, rows: int, columns: int) -> bytes | None:
    """JSON without escapes as CSV: a text keeps its quotation marks when it is empty or has a comma."""
    if encoded.count(b",") != rows * columns - 1:
        if encoded.count(b"],[") != rows - 1:
            return None
        encoded = _PLAIN_TEXT.sub(rb"\1", encoded)
    elif b'""' in encoded:
        encoded = encoded.replace(b'""', b"\0").replace(b'"', b"").replace(b"\0", b'""')
    else:
        encoded = encoded.replace(b'"', b"")
    return encoded.replace(b"],[", b"\r\n") + b"\r\n"


def _with_tabs(encoded: bytes) -> bytes:
    """JSON without escapes as TSV: of its pieces between quotation marks every other is a text."""
    pieces = encoded.split(b'"')
    pieces[1::2] = [text or b'""' for text in pieces[1::2]]
    pieces[::2] = [between.replace(b"],[", b"\r\n").replace(b",", b"\t") for between in pieces[::2]]
    return b"".join(pieces) + b"\r\n"


def _real(value: float) -> str:
    if isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return orjson.dumps(value).decode()

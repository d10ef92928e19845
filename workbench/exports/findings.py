"""What is told of an export: what a format has no word for, in words, and how much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from workbench.exports import workbook
from workbench.plans import Size


class Finding(msgspec.Struct, frozen=True):
    """`count` values of a column are of a kind that the format has no word for: one of `KINDS`."""

    table: str
    column: str
    kind: str
    count: int


class Kind(NamedTuple):
    """What becomes of such values, in words. `how` is ``changed`` when they are others for whoever reads the
    file, ``careful`` when that depends on who reads, ``refused`` when no file can be made of them.
    """

    how: str
    words: str


KINDS = {
    "blob": Kind("changed", "BLOBs are written as base64, and read as texts."),
    "invalid": Kind("changed", 'Texts that are not UTF-8 are written as {"$text_base64": "…"}.'),
    "infinite": Kind("changed", "Infinities are written as words, and read as texts."),
    "number_like": Kind(
        "changed",
        "Texts look like numbers, and this format does not say that they are none: 007 is read as 7.",
    ),
    "mixed": Kind(
        "changed",
        "Numbers stand in columns that hold texts too: they are read as texts, if at all as numbers.",
    ),
    "odd_number": Kind(
        "changed", "Numbers are very small, or -0.0: they are written so that some programs read texts."
    ),
    "apostrophe": Kind("changed", "Texts get an apostrophe before them, so that no spreadsheet runs them."),
    "formula": Kind(
        "careful",
        "Texts begin like formulas: a spreadsheet runs them. “No formulas” puts an apostrophe before.",
    ),
    "wide": Kind(
        "changed", "Whole numbers have more than 15 digits: they become texts, with all their digits."
    ),
    "beyond_doubles": Kind(
        "careful",
        "Whole numbers are beyond 2⁵³: exact here, but JavaScript and others lose their last digits.",
    ),
    "no_letter": Kind(
        "careful", "Texts hold control characters: they are written as Excel does it, _x0001_ for the first."
    ),
    "too_long": Kind(
        "refused",
        f"Texts have more than {workbook.CHARACTERS:,} characters, which no cell of a workbook holds.",
    ),
    "empty_row": Kind(
        "changed", "Rows of NULLs alone are empty lines of the sheet, which readers leave out."
    ),
}
"""By the name that findings have."""

NOTES = {
    "csv": "NULL is an empty field, empty text is two quotation marks; types are not told.",
    "tsv": "NULL is an empty field, empty text is two quotation marks; types are not told.",
    "xlsx": "Numbers, texts and empty cells: all else becomes text. Excel shows numbers to 15 digits.",
    "json": "Every value is exact: a BLOB is {“$base64”: true, …}, an infinity {“$real”: …}.",
    "ndjson": "Every value is exact: a BLOB is {“$base64”: true, …}, an infinity {“$real”: …}.",
    "objects": "Every value is exact: a BLOB is {“$base64”: true, …}, an infinity {“$real”: …}.",
    "markdown": "For people to read: types are not told, and it cannot be imported.",
    "insert": "Every value is exact. Rowids that are no column, and generated columns, are given anew.",
}
"""What is to be known of each format, whatever the values are."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many rows a table has, as far as that was found out, and how many of them were looked at."""

    table: str
    size: Size | None
    rows: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Foresight:
    """What an export will be: bytes of a copy of the file, statements of a schema, or rows of tables."""

    looked: tuple[Looked, ...] = ()
    findings: tuple[Finding, ...] = ()
    octets: int | None = None
    made: int | None = None

    @property
    def too_many(self) -> tuple[Looked, ...]:
        """The tables that have more rows than a sheet of a workbook, for certain."""
        counted = [each for each in self.looked if each.size is None or each.size.how != "about"]
        return tuple(each for each in counted if _least(each) >= workbook.ROWS)

    @property
    def rows(self) -> int:
        """How many rows there are in all, as far as that is known."""
        return sum(map(_least, self.looked))

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What no file can be made of."""
        return tuple(each for each in self.findings if KINDS[each.kind].how == "refused")

    @property
    def whole(self) -> bool:
        """Whether all rows were looked at."""
        return all(each.whole for each in self.looked)


def _least(looked: Looked) -> int:
    return max(looked.rows, looked.size.rows if looked.size else 0)


class Told(NamedTuple):
    """All findings of one kind: how many values, and the columns with the most of them."""

    kind: Kind
    count: int
    places: tuple[tuple[str, int], ...]
    more: int


_PLACES = 5
"""How many columns are named."""

_GRAVITY = ("refused", "changed", "careful")


def told(findings: Iterable[Finding]) -> list[Told]:
    """The findings kind by kind, the gravest first."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.kind, []).append(finding)
    by_kind = [_told(KINDS[name], grouped[name]) for name in KINDS if name in grouped]
    return sorted(by_kind, key=lambda each: _GRAVITY.index(each.kind.how))


def _told(kind: Kind, found: list[Finding]) -> Told:
    most = sorted(found, key=lambda finding: -finding.count)
    places = tuple((f"{f.table}.{f.column}" if f.column else f.table, f.count) for f in most[:_PLACES])
    return Told(kind, sum(finding.count for finding in found), places, max(0, len(found) - _PLACES))

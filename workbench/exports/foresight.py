"""What becomes of values in a format that has no word for them: foreseen by a look at some, counted in all.

The rules are those of the writers, and for texts that other programs read as numbers those of the importer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import inf, isinf

import orjson

from workbench.exporting import Wanted
from workbench.exports import workbook
from workbench.exports.csv_rows import FORMULA, may_be_formula
from workbench.exports.findings import Finding
from workbench.exports.survey import EXACT_IN_DOUBLES
from workbench.imports.numbers import looks_like_one, plain
from workbench.results import InvalidText, Row, Value
from workbench.xstrings import has_no_letter

_MAY_BE_A_NUMBER = re.compile(r"^\s*[+-]?\.?[0-9]", re.MULTILINE)
_NOT_ODD = 1e-4
"""From here on JSON has the same digits for a number as Python, which the importer goes by."""

_TEXT, _NUMBER = "texts", "numbers"


class Tally:
    """Counts the values of one table's rows that `wanted`'s format has no word for."""

    def __init__(self, wanted: Wanted, table: str, columns: Sequence[str]) -> None:
        self._table, self._columns = table, columns
        self._looks = _looks(wanted)
        self._sheet = wanted.format == "xlsx"
        self._untyped = wanted.format in ("csv", "tsv")
        self._counts = [Counter[str]() for _ in columns]
        self._sides = [Counter[str]() for _ in columns]
        self._empty = 0

    def see(self, rows: list[Row]) -> None:
        """Look at some more rows."""
        for counts, sides, column in zip(self._counts, self._sides, zip(*rows, strict=True), strict=True):
            kinds = set(map(type, column))
            if self._untyped:
                sides.update(_sides(column, kinds))
            for kind, type_, look in self._looks:
                if type_ in kinds:
                    found = look(column if len(kinds) == 1 else [v for v in column if v.__class__ is type_])
                    if found:
                        counts[kind] += found
        if self._sheet:
            self._empty += sum(not any(v is not None for v in row) for row in rows if row[0] is None)

    def findings(self) -> list[Finding]:
        """What was found, column by column."""
        found = []
        for column, counts, sides in zip(self._columns, self._counts, self._sides, strict=True):
            mixed = {"mixed": sides[_NUMBER]} if sides[_TEXT] and sides[_NUMBER] else {}
            told = (counts | mixed).items()
            found += [Finding(self._table, column, kind, count) for kind, count in told]
        if self._empty:
            found.append(Finding(self._table, "", "empty_row", self._empty))
        return found


_Look = Callable[[Iterable[Value]], int]


def _looks(wanted: Wanted) -> list[tuple[str, type, _Look]]:
    """What is looked for in values of which type."""
    invalid = ("invalid", InvalidText, _count)
    others = [invalid, ("blob", bytes, _count), ("infinite", float, _infinite)]
    if wanted.format in ("csv", "tsv"):
        kind = "apostrophe" if wanted.safe else "formula"
        return [
            *others,
            ("number_like", str, _number_like),
            ("odd_number", float, _odd),
            (kind, str, _formulas),
        ]
    if wanted.format == "xlsx":
        return [
            *others,
            ("wide", int, lambda numbers: _beyond(numbers, workbook.EXACT)),
            ("no_letter", str, lambda texts: sum(map(has_no_letter, texts))),
            ("too_long", str, lambda texts: sum(map(workbook.too_long, texts))),
        ]
    if wanted.format in ("json", "ndjson", "objects"):
        return [invalid, ("beyond_doubles", int, lambda numbers: _beyond(numbers, EXACT_IN_DOUBLES))]
    return []


def _sides(column: Sequence[Value], kinds: set[type]) -> dict[str, int]:
    """How many are numbers, and how many are read as texts."""
    nulls = column.count(None) if type(None) in kinds else 0
    if kinds <= {str, type(None)}:
        return {_TEXT: len(column) - nulls}
    if kinds <= {int, float, type(None)} and inf not in column and -inf not in column:
        return {_NUMBER: len(column) - nulls}
    numbers = sum(1 for v in column if isinstance(v, int) or (isinstance(v, float) and not isinf(v)))
    return {_NUMBER: numbers, _TEXT: len(column) - nulls - numbers}


def _count(values: Iterable[Value]) -> int:
    return len(list(values))


def _infinite(reals: Iterable[float]) -> int:
    found = list(reals)
    return sum(map(isinf, found)) if inf in found or -inf in found else 0


def _beyond(numbers: Iterable[int], most: int) -> int:
    found = list(numbers)
    if min(found) >= -most and max(found) <= most:
        return 0
    return sum(not -most <= number <= most for number in found)


def _number_like(texts: Iterable[str]) -> int:
    found = list(texts)
    return sum(map(looks_like_one, found)) if _MAY_BE_A_NUMBER.search("\n".join(found)) else 0


def _formulas(texts: Iterable[str]) -> int:
    found = list(texts)
    return sum(text.startswith(FORMULA) for text in found) if may_be_formula("\n".join(found)) else 0


def _odd(reals: Iterable[float]) -> int:
    """How many are written otherwise than the importer takes for a number."""
    found = list(reals)
    if min(map(abs, found)) >= _NOT_ODD:
        return 0
    return sum(not isinf(real) and repr(plain(orjson.dumps(real).decode())) != repr(real) for real in found)

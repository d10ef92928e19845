"""Values on their way into a column: as they are to be stored, or a reason why they cannot be.

SQLite changes what it is given where a column prefers another type (https://sqlite.org/datatype3.html,
section 3). A value that would come back as another one is therefore turned away before.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Sequence

import orjson

from workbench.imports.columns import DECLARED
from workbench.imports.numbers import LEAST, MOST, comes_back_as, looks_like_one, meant, plain
from workbench.loads import Batch, Reject
from workbench.results import Row, Value

_EXACT = 2**53
"""Up to here a REAL holds every whole number."""


class Misfit(ValueError):
    """A value that does not fit; its text says why."""


def affinity(declared: str) -> str:
    """What a column of this declared type prefers (https://sqlite.org/datatype3.html, section 3.1)."""
    kind = declared.upper()
    if "INT" in kind:
        return "INTEGER"
    if any(word in kind for word in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if "BLOB" in kind or not kind:
        return "BLOB"
    return "REAL" if any(word in kind for word in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


class Fit:
    """How the values of one column become those of another.

    `take` is one of `columns.TAKES`, `declared` the type of the column they go to, None for a new one's.
    `texts` says that they come as texts which may be numbers; `exact`, that a text is a number only as
    SQLite would write it; `seen`, that all of them were seen to be so.
    """

    def __init__(
        self, take: str, *, declared: str | None = None, texts: bool, exact: bool = True, seen: bool = False
    ) -> None:
        self._affinity = affinity(DECLARED[take] if declared is None else declared)
        self._take, self._texts, self._exact = take, texts, exact
        self._seen = seen and texts and take == self._affinity
        self._prefers_whole = self._affinity in ("INTEGER", "NUMERIC")
        self._one = _WAYS[take]

    def all(self, values: Sequence[Value]) -> Sequence[Value]:
        """All of them at once. Raises Misfit when one does not fit."""
        if self._take == "TEXT" and self._texts and self._affinity in ("TEXT", "BLOB"):
            return values
        if self._seen and self._take == "INTEGER":
            return values  # SQLite makes of each what is written there
        if self._seen and self._take == "REAL":
            return [None if value is None else float(value) for value in values]
        return [None if value is None else self.one(value) for value in values]

    def one(self, value: Value) -> Value:
        """One value, which is not NULL. Raises Misfit."""
        return self._kept(self._one(self, value))

    def _kept(self, value: Value) -> Value:
        """The value, if the column keeps it as it is."""
        if isinstance(value, str):
            if self._affinity in ("INTEGER", "REAL", "NUMERIC") and looks_like_one(value):
                raise Misfit(f"“{value[:40]}” {comes_back_as(value)} in a column of numbers")
        elif self._affinity == "TEXT" and isinstance(value, (int, float)):
            return _written(value)
        elif self._affinity == "REAL" and isinstance(value, int) and abs(value) > _EXACT:
            raise Misfit(f"{value} is more than a REAL holds exactly")
        elif self._prefers_whole and isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
            raise Misfit(
                f"{value!r} would come back as {int(value)}: take it as whole numbers, if that is meant"
            )
        elif self._affinity != "BLOB" and value == 0 and str(value) == "-0.0":
            raise Misfit("-0.0 would come back without its sign")
        return value

    # --- the ways to take a value ------------------------------------------------------------

    def _as_text(self, value: Value) -> Value:
        return _written(value) if isinstance(value, (int, float)) else value

    def _as_it_is(self, value: Value) -> Value:
        if isinstance(value, str) and self._texts:
            number = plain(value)
            return value if number is None else number
        return value

    def _as_whole(self, value: Value) -> Value:
        number = self._number(value)
        if isinstance(number, float) and number.is_integer() and abs(number) <= _EXACT and not self._exact:
            number = int(number)
        if not isinstance(number, int) or not LEAST <= number <= MOST:
            raise Misfit(f"{_shown(value)} is no whole number of 64 bits{self._as_written}")
        return number

    def _as_real(self, value: Value) -> Value:
        number = self._number(value)
        if number is None or (isinstance(number, int) and abs(number) > _EXACT):
            raise Misfit(f"{_shown(value)} is no number{self._as_written}")
        return float(number)

    def _number(self, value: Value) -> int | float | None:
        if isinstance(value, str):
            return plain(value) if self._exact else meant(value)
        return value if isinstance(value, (int, float)) else None

    @property
    def _as_written(self) -> str:
        return " that would come back as it is written" if self._exact else ""

    def _as_base64(self, value: Value) -> Value:
        return _bytes(value, lambda text: b64decode(text, validate=True), "base64")

    def _as_hex(self, value: Value) -> Value:
        return _bytes(value, bytes.fromhex, "hexadecimal")


_WAYS: dict[str, Callable[[Fit, Value], Value]] = {
    "TEXT": Fit._as_text,
    "INTEGER": Fit._as_whole,
    "REAL": Fit._as_real,
    "ANY": Fit._as_it_is,
    "BASE64": Fit._as_base64,
    "HEX": Fit._as_hex,
}


class Fitting:
    """Rows of a file as rows of a table: `fits` has one of each column, by its place in the file."""

    def __init__(self, fits: Sequence[tuple[int, Fit]]) -> None:
        self._fits = fits

    def __call__(self, batch: Batch) -> Batch:
        """The batch, of which what does not fit is rejected."""
        if not batch.rows:
            return batch
        columns = list(zip(*batch.rows, strict=True))
        try:
            rows = list(zip(*(fit.all(columns[place]) for place, fit in self._fits), strict=True))
        except Misfit:
            return self._one_by_one(batch)
        return Batch(rows, batch.lines, batch.rejects)

    def _one_by_one(self, batch: Batch) -> Batch:
        rows: list[Row] = []
        lines: list[int] = []
        rejects = list(batch.rejects)
        for line, row in zip(batch.lines, batch.rows, strict=True):
            try:
                rows.append(tuple(None if row[at] is None else fit.one(row[at]) for at, fit in self._fits))
                lines.append(line)
            except Misfit as error:
                rejects.append(Reject(line, str(error), row))
        return Batch(rows, lines, rejects)


def _written(number: float) -> str:
    text = orjson.dumps(number).decode() if abs(number) < 2**63 else str(number)
    return text if text != "null" else str(number)


def _bytes(value: Value, decode: Callable[[str], bytes], name: str) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return decode(value)
    except (ValueError, TypeError) as error:
        raise Misfit(f"{_shown(value)} is not {name}") from error


def _shown(value: Value) -> str:
    text = "a BLOB" if isinstance(value, bytes) else f"“{value}”"
    return text if len(text) < 50 else text[:48] + "…"

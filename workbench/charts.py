"""What a chart of rows shows: which columns, how a value is placed, which points of many. No I/O.

Values of the y columns are numbers; everything else in them is left out and counted. A column of texts
stays one, also when these look like numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from workbench.results import InvalidText, Row, Value

KINDS = ("line", "bar", "scatter", "histogram")

MOST_POINTS = 10_000
"""How many points a chart has at most, of all its columns together."""

MOST_BARS = 500
"""How many rows a bar chart shows."""

MOST_COLUMNS = 6
"""How many y columns a chart has at most."""

_BINS = 40
_LABEL = 80  # characters

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?")


class Choice(NamedTuple):
    """A kind of chart, the column x, from 0, or None for the number of the row, and the columns y."""

    kind: str
    x: int | None
    y: tuple[int, ...]

    @property
    def columns(self) -> tuple[int, ...]:
        """Those that are read."""
        return self.y if self.x is None or self.kind == "histogram" else (self.x, *self.y)


@dataclass(slots=True)
class Series:
    """The values of a y column at each x: finite numbers, and None where there is nothing to draw.

    `empty` counts NULLs, `unfit` what is no finite number; `least` and `greatest` are of all rows.
    """

    column: int
    values: list[Value] = field(default_factory=list)
    empty: int = 0
    unfit: int = 0
    least: Value = None
    greatest: Value = None

    def add(self, values: Sequence[Value]) -> None:
        """Append what some rows have."""
        numbers = [value for value in values if is_number(value)]
        whole = len(numbers) == len(values)
        self.values += numbers if whole else [value if is_number(value) else None for value in values]
        empty = 0 if whole else sum(value is None for value in values)
        self.empty += empty
        self.unfit += len(values) - len(numbers) - empty
        if numbers:
            self.least = min(numbers if self.least is None else [self.least, *numbers])
            self.greatest = max(numbers if self.greatest is None else [self.greatest, *numbers])


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn: at each of the places `x`, a value of each series.

    `scale`: places are a ``category``, a ``number``, or a ``time`` in milliseconds since 1970 in UTC.
    `rows` were looked at, `unplaced` of them have an x that has no place. `rule` says how points were
    chosen or rows counted, where the rows are not drawn as they are.
    """

    scale: str
    x: Sequence[Value]
    series: Sequence[Series]
    rows: int
    unplaced: int = 0
    rule: str = ""


def is_number(value: Value) -> bool:
    """Whether it can be drawn: an INTEGER, or a REAL that is finite."""
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def usual(names: Sequence[str], rows: Sequence[Row]) -> Choice:
    """What is likely wanted of a result that has columns of these names and begins with `rows`: the first
    column of dates, else of texts, else of keys, and the columns of numbers beside it.
    """
    kinds = [_nature(name, [row[place] for row in rows]) for place, name in enumerate(names)]
    x = next((kinds.index(each) for each in ("time", "text", "key") if each in kinds), None)
    numbers = [place for place, kind in enumerate(kinds) if kind == "number"]
    y = numbers or [place for place, kind in enumerate(kinds) if kind == "key" and place != x]
    if not y and x is not None and kinds[x] == "key":
        x, y = None, [x]
    kind = "bar" if x is not None and kinds[x] == "text" else "line"
    return Choice(kind, x, tuple(y[:MOST_COLUMNS]))


def with_numbers(rows: Sequence[Row], width: int) -> list[int]:
    """The columns that have a number in one of `rows`."""
    return [place for place in range(width) if any(is_number(row[place]) for row in rows)]


def drawing(choice: Choice, batches: Iterable[list[Row]]) -> Drawing:
    """The chart of rows that have the columns `choice.columns`."""
    if choice.kind == "histogram":
        return _histogram(choice, batches)
    x, series = _read(choice, batches)
    if choice.kind == "bar":
        return _bars(x, series)
    scale, places = _placed(x)
    found = [number for number, place in enumerate(places) if place is not None]
    if choice.kind == "line" and scale != "category":
        found.sort(key=places.__getitem__)
    chosen, rule = _thinned(found, series, [places] if choice.kind == "scatter" else [])
    for each in series:
        each.values = [each.values[number] for number in chosen]
    return Drawing(scale, [places[n] for n in chosen], series, len(x), len(x) - len(found), rule)


def _nature(name: str, values: Sequence[Value]) -> str:
    """What a column seems to be: ``time``, ``text``, ``number``, a ``key``, or nothing of these."""
    there = [value for value in values if value is not None]
    if not there:
        return ""
    if any(map(is_number, there)):
        return "key" if _is_key(name, values) else "number"
    if all(isinstance(value, str) for value in there):
        return "time" if all(moment(value) is not None for value in there) else "text"
    return ""


def _is_key(name: str, values: Sequence[Value]) -> bool:
    """Whether it counts up one by one, or up and is called an id."""
    if len(values) < 2 or not all(type(value) is int for value in values):
        return False
    steps = {later - value for value, later in pairwise(values)}
    named = name.lower() == "id" or name.lower().endswith("_id")
    return steps == {1} or (named and min(steps) > 0)


def _read(choice: Choice, batches: Iterable[list[Row]]) -> tuple[list[Value], list[Series]]:
    """The values of x, long ones cut, and those of the y columns."""
    x: list[Value] = []
    series = [Series(column) for column in choice.y]
    numbered = choice.x is None
    for batch in batches:
        columns = list(zip(*batch, strict=True))
        x += range(len(x) + 1, len(x) + len(batch) + 1) if numbered else map(_short, columns[0])
        for each, values in zip(series, columns if numbered else columns[1:], strict=True):
            each.add(values)
    return x, series


def _bars(x: list[Value], series: list[Series]) -> Drawing:
    rule = ""
    if len(x) > MOST_BARS:
        rule = f"The first {MOST_BARS} of {len(x):,} rows are drawn: sort or filter to see others."
    for each in series:
        del each.values[MOST_BARS:]
    return Drawing("category", [label(value) for value in x[:MOST_BARS]], series, len(x), rule=rule)


def _short(value: Value) -> Value:
    """`value` without what no label shows."""
    return value if value is None or isinstance(value, (int, float)) else label(value)


def label(value: Value) -> str:
    """A value beside an axis."""
    if value is None:
        return "NULL"
    if isinstance(value, InvalidText):
        return label(value.decode(errors="replace"))
    if isinstance(value, bytes):
        return f"BLOB, {len(value):,} bytes"
    text = str(value)
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


def moment(text: str) -> int | None:
    """The milliseconds since 1970 of an ISO 8601 date or time, in UTC unless it names a zone, else None."""
    if not _TIME.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _placed(x: Sequence[Value]) -> tuple[str, list[Value]]:
    """The scale that holds these values, and where each stands on it; None where it has no place."""
    kinds = {type(value) for value in x if value is not None}
    if kinds and kinds <= {int, float}:
        return "number", [value if is_number(value) else None for value in x]
    moments = _moments(x) if kinds == {str} else None
    return ("time", moments) if moments else ("category", [label(value) for value in x])


def _moments(texts: Iterable[str | None]) -> list[Value] | None:
    """Those of all texts; None when one of them names no moment."""
    found: list[Value] = []
    for text in texts:
        at = None if text is None else moment(text)
        if at is None and text is not None:
            return None
        found.append(at)
    return found


def _thinned(numbers: list[int], series: list[Series], others: list[list[Value]]) -> tuple[list[int], str]:
    """Those of the rows `numbers` that are drawn: of each group the extremes of every column, and a gap."""
    columns = [each.values for each in series]
    if len(numbers) * len(columns) <= MOST_POINTS:
        return numbers, ""
    groups = max(1, MOST_POINTS // (len(columns) * 3 * (len(columns) + len(others))))
    size = -(-len(numbers) // groups)
    chosen = []
    for begin in range(0, len(numbers), size):
        group = numbers[begin : begin + size]
        wanted = {number for values in (*columns, *others) for number in _notable(group, values)}
        chosen += [number for number in group if number in wanted]
    return chosen, (
        f"{len(numbers):,} rows are more than can be drawn: of each {size:,} that follow one another, those"
        " with the least and the greatest value of each column and the first without one are."
    )


def _notable(group: list[int], values: list[Value]) -> Iterator[int]:
    there = [number for number in group if values[number] is not None]
    if there:
        yield min(there, key=values.__getitem__)
        yield max(there, key=values.__getitem__)
    yield from next(([number] for number in group if values[number] is None), [])


def _histogram(choice: Choice, batches: Iterable[list[Row]]) -> Drawing:
    """How many rows have a value in each of up to some forty bins, the same for all columns."""
    _, series = _read(choice._replace(x=None), batches)
    rows = len(series[0].values) if series else 0
    found = [value for each in series for value in each.values if value is not None]
    if not found:
        return Drawing("category", [], series, rows)
    step = _step(min(found), max(found), len(found), all(isinstance(value, int) for value in found))
    first, last = math.floor(min(found) / step), math.floor(max(found) / step)
    for each in series:
        counts = [0] * (last - first + 1)
        for value in each.values:
            if value is not None:
                counts[math.floor(value / step) - first] += 1
        each.values = counts
    places = [f"{number * step:.12g} – {(number + 1) * step:.12g}" for number in range(first, last + 1)]
    rule = f"Bins of {step:.12g}; each holds its lower edge and not its upper one."
    return Drawing("category", places, series, rows, rule=rule)


def _step(least: float, greatest: float, count: int, whole: bool) -> float:
    """The width of a bin: 1, 2 or 5 times a power of ten, whole for whole numbers."""
    bins = min(_BINS, max(5, math.isqrt(count)))
    largest = float(max(abs(least), abs(greatest)))
    width = max(greatest / bins - least / bins, 4 * math.ulp(largest), 1e-300)
    if greatest == least:
        width = largest / 10 or 1.0
    if whole:
        width = max(width, 1)
    power = 10.0 ** math.floor(math.log10(width))
    return next((each * power for each in (1, 2, 5) if each * power >= width), 10 * power)

"""Which part of a result the page shows, in which order: as an address says it, and for the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for

from workbench.charts import KINDS
from workbench.errors import BadRequest
from workbench.kept import FIRST, KeptRows, Window
from workbench.literals import literal_of, value_in
from workbench.results import Result, Row, Run
from workbench.rowsets import AS_IT_CAME, WITHOUT_VALUE, Facet, Filter, View
from workbench.web.charted import Chart, chart_asked
from workbench.web.text import refuse_broken_address

PAGE = 1000
"""How many rows a page after the first has."""

CHUNK = 40
"""How many come at once while somebody scrolls."""

MOST_FILTERS = 20
MOST_TYPED = 200
"""How many characters a filter's value may have."""

LINKED_COLUMNS = 200
"""In how many columns, at most, the names are links to sort by."""

TESTS = {
    "contains": "contains",
    "eq": "=",
    "ne": "≠",
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
    "null": "is NULL",
    "not_null": "is not NULL",
}
"""What filters are called."""


@dataclass(frozen=True, slots=True)
class RowsPart:
    """A part of the result in `place` (from 0) of entry `entry`, which is None where it has no address.

    `panel` is the column whose filter and `facets` are open, from 0; `chart` what is drawn of the view.
    """

    entry: int | None
    place: int
    rows: Sequence[Row]
    numbers: Sequence[int]
    total: int
    view: View = AS_IT_CAME
    offset: int = 0
    panel: int | None = None
    facets: Sequence[Facet] = field(default=())
    missing: int = 0
    chart: Chart | None = None

    @property
    def end(self) -> int:
        """How many rows there are up to the last of these."""
        return self.offset + len(self.rows)

    @property
    def more(self) -> int:
        """How many come after these."""
        return self.total - self.end if self.entry is not None else 0

    @property
    def asked(self) -> dict[str, Any]:
        """The fields of an address that say which result, view and chart this is."""
        sort = None if self.view.sort is None else (self.view.sort + 1) * (-1 if self.view.descending else 1)
        told = {"result": self.place + 1, "sort": sort, "f": [written(each) for each in self.view.filters]}
        told |= self.chart.asked if self.chart else {}
        return {name: value for name, value in told.items() if value not in (None, [])}

    def address(self, **more: object) -> str:
        """Where the page shows this view, from its first row on unless `more` says otherwise."""
        return _address("entry", self.entry, self.asked | more)

    def of_rows(self, endpoint: str, **more: object) -> str:
        """The address of something about these rows."""
        return _address(endpoint, self.entry, self.asked | more)

    def sort(self, column: int) -> tuple[str, str | None]:
        """Where the column's name leads: ascending, then descending, then as it came; and what it is now."""
        if self.view.sort != column:
            return self.address(sort=column + 1), None
        if not self.view.descending:
            return self.address(sort=-column - 1), "ascending"
        return self.address(sort=None), "descending"

    def without(self, one: Filter) -> str:
        """The address without that filter."""
        return self.address(f=[written(each) for each in self.view.filters if each != one])

    def only(self, facet: Facet) -> str | None:
        """The address with only the rows that have this value; None for one too long for an address."""
        test = "null" if facet.value is None else "eq"
        told = written(Filter(self.panel, test, facet.value))
        if len(told) > MOST_TYPED:
            return None
        return self.address(f=[*self.asked.get("f", ()), told])


def first_part(result: Result, place: int, entry: int | None, looked_at: RowsPart | None) -> RowsPart:
    """What the page shows of a result: the part `looked_at`, if it is of this one, else its first rows."""
    if looked_at is not None and looked_at.place == place:
        return looked_at
    reachable = entry if result.snapshot or len(result.rows) == result.row_count else None
    rows = result.rows[:FIRST] if reachable is not None else result.rows
    return RowsPart(reachable, place, rows, range(1, len(rows) + 1), result.row_count)


def place_in_text(run: Run, place: int) -> int | None:
    """At which character of the script the statement of the result in `place` begins, if that can be told."""
    begin = 0
    for result in run.results[: place + 1]:
        found = run.script.find(result.statement, begin)
        if found < 0:
            return None
        begin = found + len(result.statement)
    return found


def part_asked(kept: KeptRows, limit: int | None = None) -> RowsPart:
    """The part that this request asks for. Raises a WorkbenchError for one that there is not."""
    view, offset = view_asked(), _number("from", 0)
    limit = limit or (PAGE if offset else FIRST)
    window: Window = kept.window(view, offset, limit)
    panel = _number("column", 0) - 1
    facets = kept.facets(panel, view) if panel >= 0 else ()
    return RowsPart(
        kept.entry.number,
        kept.place,
        window.rows,
        window.numbers,
        window.total,
        view,
        offset,
        panel if panel >= 0 else None,
        facets,
        kept.missing,
        chart_asked(kept),
    )


def place_asked() -> int | None:
    """Which result this request is about, from 0; None when it says nothing of one."""
    return _number("result", 1) - 1 if "result" in request.args else None


def view_asked() -> View:
    """The view of this request: ``sort`` is a column from 1, negative: descending; each ``f`` a filter."""
    refuse_broken_address()
    sort = _number("sort", 0, least=-(2**31))
    filters = [_read(told) for told in request.args.getlist("f")[:MOST_FILTERS]]
    if request.args.get("test"):
        typed = request.args.get("value", "")[:MOST_TYPED]
        filters.append(_filter(_number("column", 1), request.args["test"], typed))
    return View(abs(sort) - 1 if sort else None, sort < 0, tuple(dict.fromkeys(filters)))


def written(one: Filter) -> str:
    """A filter as a field of an address: column, test and value."""
    value = "" if one.test in WITHOUT_VALUE else literal_of(one.value)
    return f"{one.column + 1}~{one.test}~{value}"


def in_words(one: Filter, names: Sequence[str]) -> str:
    """A filter as the page tells it."""
    name = names[one.column] if one.column < len(names) else ""
    value = "" if one.test in WITHOUT_VALUE else f" {literal_of(one.value)}"
    return f"{name or '(no name)'} {TESTS[one.test]}{value}"


def numbers_asked() -> list[int]:
    """The rows that this request names, such as ``1,2,5-9``; empty when it names none."""
    found: list[int] = []
    for each in filter(None, request.args.get("rows", "").split(",")):
        first, _, last = each.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()) or len(each) > 20:
            raise BadRequest(f"{each} names no rows", hint="Write them as 1,2,5-9.")
        found += range(int(first), min(int(last or first), int(first) + 10_000) + 1)
    return found[:10_000]


def _address(endpoint: str, entry: int, told: Mapping[str, Any]) -> str:
    """An address below an entry's; what comes before its fields is asked of Flask once for each request."""
    known: dict[tuple[str, int], str] = g.setdefault("row_addresses", {})
    if (endpoint, entry) not in known:
        known[endpoint, entry] = url_for(endpoint, number=entry)
    fields = {name: value for name, value in told.items() if value is not None}
    return f"{known[endpoint, entry]}?{urlencode(fields, doseq=True)}"


def _read(told: str) -> Filter:
    column, _, rest = told.partition("~")
    test, _, typed = rest.partition("~")
    return _filter(int(column) if column.isdecimal() and len(column) < 6 else 0, test, typed)


def _filter(column: int, test: str, typed: str) -> Filter:
    if test not in TESTS:
        raise BadRequest(f"there is no filter {test!r}", hint=f"There are {', '.join(TESTS)}.")
    if test == "contains" and not (typed[:1] == "'" == typed[-1:] and len(typed) > 1):
        return Filter(column - 1, test, typed)
    return Filter(column - 1, test, None if test in WITHOUT_VALUE else value_in(typed))


def _number(name: str, usual: int, least: int = 0) -> int:
    text = request.args.get(name, "") or str(usual)
    try:
        number = int(text) if len(text) < 12 else least - 1
    except ValueError:
        number = least - 1
    if number < least:
        raise BadRequest(f"{name} is {text[:40]!r}: it takes a number")
    return number


def templated() -> Mapping[str, object]:
    """What templates know of parts."""
    return {
        "first_part": first_part,
        "place_in_text": place_in_text,
        "filter_in_words": in_words,
        "filter_tests": TESTS,
        "filter_written": written,
        "linked_columns": LINKED_COLUMNS,
        "page_rows": PAGE,
        "chart_kinds": KINDS,
    }

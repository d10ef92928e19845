"""The room of charts: the points of one as JSON, for the script that draws it. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from flask import Response, abort

from workbench.charts import Choice, Drawing, Series, drawing
from workbench.errors import WorkbenchError
from workbench.kept import KeptRows
from workbench.results import Value
from workbench.web.charted import chart_asked
from workbench.web.failures import problem_of
from workbench.web.here import bench, person
from workbench.web.parts import place_asked, view_asked
from workbench.web.respond import as_json

_EXACT = 2**53  # up to here JavaScript's numbers have every integer


def points(number: int) -> Response:
    """What a chart of an entry's result shows, for the script that draws it."""
    try:
        with ExitStack() as open_rows:
            kept = open_rows.enter_context(bench().kept.rows(person(), number, place_asked() or 0))
            chart = chart_asked(kept) if kept else None
            if chart is None:
                abort(404)
            found = drawing(chart.choice, kept.batches(view_asked(), chart.choice.columns))
            return as_json(_told(kept, chart.choice, found))
    except WorkbenchError as error:
        problem = problem_of(error)
        return as_json({"problem": problem.message, "hint": problem.hint}, problem.status)


def _told(kept: KeptRows, choice: Choice, found: Drawing) -> dict[str, Any]:
    names = [column.name or "(no name)" for column in kept.result.columns]
    x = "row" if choice.x is None else names[choice.x]
    return {
        "kind": choice.kind,
        "scale": found.scale,
        "name": "" if choice.kind == "histogram" else x,
        "x": [_plain(value) for value in found.x],
        "series": [
            {"name": names[each.column], "values": [_plain(value) for value in each.values]}
            for each in found.series
        ],
        "summary": [*_in_words(choice, found, x, names), *_notes(kept, found)],
    }


def _in_words(choice: Choice, found: Drawing, x: str, names: Sequence[str]) -> list[str]:
    what = ", ".join(names[each.column] for each in found.series) or "nothing"
    if choice.kind == "histogram":
        first = f"Histogram of {what}: {found.rows:,} rows in {len(found.x):,} bins."
    else:
        shown = sum(value is not None for each in found.series for value in each.values)
        first = f"{choice.kind.capitalize()} chart of {what} by {x}: {shown:,} {_points(shown)}."
    return [first, *(_of_series(each, names[each.column]) for each in found.series)]


def _points(count: int) -> str:
    return "point" if count == 1 else "points"


def _of_series(series: Series, name: str) -> str:
    told = f"{name}: no numbers"
    if series.least is not None:
        told = f"{name}: least {series.least}, greatest {series.greatest}"
    if series.empty:
        told += f"; {series.empty:,} NULL, not drawn"
    if series.unfit:
        told += f"; {series.unfit:,} that are no finite numbers, not drawn"
    return told + "."


def _notes(kept: KeptRows, found: Drawing) -> list[str]:
    notes = [found.rule] if found.rule else []
    if found.unplaced:
        notes.append(f"{found.unplaced:,} rows have no place on the x axis and are not drawn.")
    if not kept.whole:
        notes.append("There are more rows than are kept; these are of the kept ones.")
    return notes


def _plain(value: Value) -> Value:
    """`value` as JavaScript reads it exactly: a large integer as its digits."""
    return str(value) if isinstance(value, int) and abs(value) > _EXACT else value

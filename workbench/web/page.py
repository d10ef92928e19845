"""What the workbench page shows, whichever view shows it."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from workbench import __version__, sql
from workbench.catalog import Catalog, Table
from workbench.caution import ASK
from workbench.errors import WorkbenchError
from workbench.memory import Remembered
from workbench.web.forms import QueryForm
from workbench.web.here import ask_first, bench, person, saved_queries, saved_query, settings
from workbench.web.respond import show, wants_fragment
from workbench.web.searched import asked_of
from workbench.web.tabs import tabs

_ALONE = ("fragments/run.html", "fragments/parameters.html")
"""Fragments that show nothing of what is around them."""

_TOLD = (
    "run", "problem", "entry", "done", "undoing", "fields", "part", "plans", "trial", "aside", "link", "at",
    "looked_at", "other",
)  # fmt: skip
"""What the results may be about; nothing where a view does not tell."""

_SPARE_SECONDS = 10  # beyond the limit on runs, for a turn in the line and the way there and back


def show_page(
    *, fragment: str = "fragments/run.html", query: str = "", status: int = 200, **shown: Any
) -> Response:
    """The workbench with `query` in its editor; for htmx only the `fragment` that it swaps.

    `shown` is what there is to show: `run`, `problem`, `entry`, the entry of what was `done` just now
    or is to be undone (`undoing`), the `fields` of its parameters, of what text it is a `part`, its `plans`
    with what `trying` an index needs, the `trial` of one, or a part of the `history`; the `link` or the
    saved query that was `opened`; `aside` what else can be done with an answer; `at` is the entry where
    its rows can be reached, and `looked_at` the part of them that somebody wants to see. `other` is a
    database that is to be attached.
    """
    context = dict.fromkeys(_TOLD) | shown
    if not wants_fragment() or fragment not in _ALONE:
        context = _surroundings(query, context.pop("history", None)) | context
    context |= {"ask_first": ask_first(), "asks": ASK}
    return show("pages/workbench.html", fragment=fragment, status=status, **context)


def _surroundings(query: str, history: Remembered | None) -> dict[str, Any]:
    """Everything around the results: the bar, the schema, the editor and the history."""
    catalog = _catalog()
    table = catalog.find(request.values.get("table")) or _first_table(catalog)
    history = history or bench().remembered(person())
    return {
        "version": __version__,
        "database": bench().engine,
        "catalog": catalog,
        "table": table,
        "presets": sql.presets(table) if table else (),
        "form": QueryForm(formdata=None, query=query, table=table.name if table else ""),
        "entries": history.entries,
        "more_entries": history.more,
        "history_note": history_note(history),
        "asked": asked_of(history.search),
        "saved": saved_queries(),
        "tabs": tabs(query),
        "opened": saved_query(),
        "timeout_ms": int((settings().time_limit + _SPARE_SECONDS) * 1000),
    }


def _catalog() -> Catalog:
    try:
        return bench().catalog()
    except WorkbenchError as error:
        return Catalog(problem=error.message)


def _first_table(catalog: Catalog) -> Table | None:
    """The one to begin with: a table, which can be written, before a view."""
    shown = [table for table in catalog.tables if table.kind != "shadow"]
    return next((table for table in shown if table.kind == "table"), next(iter(shown), None))


def history_note(history: Remembered) -> str | None:
    """Why there is no history, where there is none."""
    return f"The history is off, everything else works: {history.trouble}." if history.trouble else None

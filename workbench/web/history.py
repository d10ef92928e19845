"""The room of the history: the column on the page, and a page of its own to search, export and delete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import orjson
from flask import Response, flash, redirect, request, url_for

from workbench.entries import Entry
from workbench.errors import WorkbenchError
from workbench.web.chunked import Chunked, understood
from workbench.web.failures import problem_of
from workbench.web.here import bench, given_away, person, saved_queries
from workbench.web.page import history_note, show_page
from workbench.web.respond import show, wants_fragment
from workbench.web.searched import address_of, asked_of, search_asked, where_to_go

_LINES = 100  # entries sent at once
_SECONDS = 20.0  # for one request that deletes; what is left is asked for again


def column() -> Response:
    """The history beside the editor, or what of it holds the words."""
    found = bench().remembered(person(), _before(), search_asked())
    return show_page(fragment="fragments/remembered.html", history=found)


def history(problem: WorkbenchError | None = None, status: int = 200) -> Response:
    """The history as a page: saved queries, a search, and each entry with what can be done with it."""
    search = search_asked()
    found = bench().remembered(person(), _before(), search)
    response = show(
        "pages/history.html",
        fragment="fragments/found.html",
        status=status,
        database=bench().engine,
        search=search,
        asked=asked_of(search),
        entries=found.entries,
        more_entries=found.more,
        history_note=history_note(found),
        saved=saved_queries(),
        away=given_away(),
        problem=problem_of(problem) if problem else None,
    )
    if wants_fragment() and request.headers.get("HX-Source", "").startswith("form"):
        response.headers.update(where_to_go(search))
    return response


def confirm() -> Response:
    """Asks whether the entries that were found are to be deleted, and tells how many they are."""
    search = replace(search_asked(), whose="mine")
    newest = bench().remembered(person()).entries[:1]
    up_to = newest[0].number if newest else 0
    return show(
        "pages/forget.html",
        fragment="pages/forget.html",
        database=bench().engine,
        asked=asked_of(search),
        back=address_of(search_asked()),
        up_to=up_to,
        count=bench().searching.count(person(), search, up_to=up_to),
    )


def forget() -> Response:
    """Delete them: those that were there when the number was told, and none that came since.

    So many that they take long are deleted in several requests.
    """
    search, up_to = replace(search_asked(), whose="mine"), request.form.get("up_to", 0, type=int)
    gone = bench().searching.forget(person(), search, up_to=up_to, within=_SECONDS)
    bench().kept.sweep()
    flash(f"{gone:,} {'entry was' if gone == 1 else 'entries were'} deleted.")
    left = bench().searching.count(person(), search, up_to=up_to)
    return redirect(url_for("confirm", **asked_of(search)) if left else url_for("history"), 303)


def forget_one(number: int) -> Response:
    """Delete one entry, and its answer."""
    bench().kept.forget(person(), number)
    flash("The entry was deleted.")
    return redirect(address_of(search_asked()), 303)


def export() -> Response:
    """What was found as lines of JSON, one for each entry; the last line says how many there were."""
    lines = _lines(bench().searching.each(person(), search_asked()))
    pieces = chain([next(lines)], lines)  # what cannot begin has a status of its own
    response = (Chunked if understood() else Response)(pieces, content_type="application/x-ndjson")
    response.headers["Content-Disposition"] = 'attachment; filename="history.ndjson"'
    return response


def _before() -> int | None:
    return request.args.get("before", type=int)


def _lines(entries: Iterator[Entry]) -> Iterator[bytes]:
    count, piece = 0, []
    for entry in entries:
        count += 1
        piece.append(orjson.dumps(_told(entry)) + b"\n")
        if len(piece) == _LINES:
            yield b"".join(piece)
            piece = []
    yield b"".join(piece) + orjson.dumps({"end": True, "entries": count}) + b"\n"


def _told(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "at": entry.at,
        "by": "program" if entry.by_program else "you",
        "sql": entry.script,
        "params": [{"name": each.name, "text": each.text, "as": each.kind} for each in entry.given],
        "kind": entry.kind,
        "outcome": entry.outcome,
        "error": entry.message,
        "row_count": entry.row_count,
        "truncated": entry.truncated,
        "rows_affected": entry.rows_affected,
        "time_ms": round(entry.duration * 1000, 3),
    }

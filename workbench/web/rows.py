"""The room of rows: more of those that a run gave, one by one, and as copies. Nothing here runs SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any

from flask import Response, abort, request

from workbench.errors import BadRequest
from workbench.exports.facts import Facts
from workbench.exports.formats import OF_KEPT_ROWS
from workbench.kept import KeptRows
from workbench.results import Kind, Row, Value
from workbench.web.chunked import Chunked, understood
from workbench.web.export import as_file_named
from workbench.web.here import bench, person, request_id
from workbench.web.missing import no_entry
from workbench.web.parts import CHUNK, RowsPart, numbers_asked, part_asked, place_asked, view_asked
from workbench.web.respond import show
from workbench.web.values_shown import picture_type, shown

MOST_VALUES = 300
"""How many values of one row are shown on its page."""


def more(number: int) -> Response:
    """The rows after those that are there, for whoever scrolls; as a page for everyone else."""
    with ExitStack() as open_rows:
        kept = _kept(open_rows, number)
        return _show("rows", kept, part_asked(kept, CHUNK))


def row(number: int) -> Response:
    """One row as a page: each of its values in full."""
    with ExitStack() as open_rows:
        kept = _kept(open_rows, number)
        wanted = _number("row")
        rows = kept.rows([wanted])
        if not rows:
            abort(404)
        values = [shown(value) for value in rows[0][:MOST_VALUES]]
        return _viewer(kept, row=wanted, columns=range(len(values)), values=values)


def cell(number: int) -> Response:
    """One value in full: text wrapped, JSON as a tree, a BLOB as bytes in hexadecimal and as its picture."""
    with ExitStack() as open_rows:
        kept = _kept(open_rows, number)
        wanted, column = _number("row"), _number("column") - 1
        value = kept.cell(wanted, column)
        return _viewer(kept, row=wanted, columns=[column], values=[shown(value, _number("from", 0))])


def raw(number: int) -> Response:
    """The bytes of one value, exactly: as a picture where a browser may show it, else to be saved.

    SVG is never shown: it may hold scripts.
    """
    with ExitStack() as open_rows:
        value = _kept(open_rows, number).cell(_number("row"), _number("column") - 1)
    octets = _bytes(value)
    kind = picture_type(octets) if isinstance(value, bytes) else None
    response = Response(octets, content_type=kind or "application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if kind is None or "save" in request.args:
        ending = kind.partition("/")[2] if kind else "bin" if isinstance(value, bytes) else "txt"
        response.headers["Content-Disposition"] = as_file_named("value.x", ending)
    return response


def copy(number: int) -> Response:
    """Rows of a view, or those that are named, in a format of OF_KEPT_ROWS: the same that are shown."""
    open_rows = ExitStack()
    try:
        kept = _kept(open_rows, number)
        name = request.args.get("format", "")
        if name not in OF_KEPT_ROWS:
            raise BadRequest(f"there is no format {name!r}", hint=f"There are {', '.join(OF_KEPT_ROWS)}.")
        batches = _batches(kept)
        first = next(batches, [])
        form = OF_KEPT_ROWS[name]
        pieces = form.write(
            kept.result.columns,
            chain([first] if first else [], batches),
            _facts(kept),
            **form.taking(safe="csv_safe" in request.args),
        )
        first_piece = next(pieces)
    except BaseException:
        open_rows.close()
        raise
    response = (Chunked if understood() else Response)(
        chain([first_piece], pieces), content_type=form.content_type
    )
    response.call_on_close(open_rows.close)
    response.headers["Content-Disposition"] = as_file_named(bench().engine.name, form.ending)
    return response


def _kept(open_rows: ExitStack, number: int) -> KeptRows:
    kept = open_rows.enter_context(bench().kept.rows(person(), number, place_asked() or 0))
    if kept is None:
        no_entry(number)
    return kept


def _batches(kept: KeptRows) -> Iterator[list[Row]]:
    numbers = numbers_asked()
    return iter([kept.rows(numbers)]) if numbers else kept.batches(view_asked())


def _facts(kept: KeptRows) -> Facts:
    result = kept.result
    told = {
        "truncated": not kept.whole,
        "rows_affected": result.rows_affected or 0,
        "last_insert_rowid": None,
        "readonly": result.kind is Kind.READ,
        "applied": "none",
        "time_ms": round(result.duration * 1000, 3),
    }
    return Facts({"request_id": request_id()}, lambda: told)


def _viewer(kept: KeptRows, **what: Any) -> Response:
    part = RowsPart(kept.entry.number, kept.place, (), (), kept.count())
    return _show("viewer", kept, part, **what)


def _show(name: str, kept: KeptRows, part: RowsPart, **what: Any) -> Response:
    page, fragment = f"pages/{name}.html", f"fragments/{name}.html"
    return show(page, fragment=fragment, database=bench().engine, result=kept.result, part=part, **what)


def _number(name: str, least: int = 1) -> int:
    text = request.args.get(name, "") or str(least)
    if not text.isdecimal() or len(text) > 12 or int(text) < least:
        raise BadRequest(f"{name} is {text[:40]!r}: it takes a number from {least} on")
    return int(text)


def _bytes(value: Value) -> bytes:
    if isinstance(value, bytes):
        return bytes(value)
    return b"" if value is None else str(value).encode()

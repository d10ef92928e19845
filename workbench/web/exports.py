"""The room of exports: what is wanted is chosen and looked at, made into a file, and fetched."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, redirect, request, send_file, url_for

from workbench.catalog import Catalog
from workbench.errors import BadRequest, WorkbenchError
from workbench.exporting import WHATS, Wanted, exportable
from workbench.exports.findings import NOTES, Foresight, told
from workbench.exports.formats import OF_KEPT_ROWS
from workbench.exports.outbox import Export
from workbench.web.export import as_file_named
from workbench.web.failures import Problem, problem_of
from workbench.web.here import bench, exporter, person, settings
from workbench.web.respond import show
from workbench.web.waiting import waiting

FORMATS = ("csv", "tsv", "xlsx", "json", "objects", "ndjson", "insert", "markdown")
"""Those of OF_KEPT_ROWS in the order in which they are offered."""

_WORDS = {"json": "JSON, rows as arrays", "objects": "JSON, rows as objects", "insert": "SQL"}


def exports() -> Response:
    """A form that says what is wanted, what the file would be, and the files there are."""
    if "what" not in request.args and "table" not in request.args:
        return _show_choice(Wanted())
    try:
        wanted = _wanted()
        foresight = exporter().foresee(person(), wanted, waiting=waiting(_last))
    except WorkbenchError as error:
        return _show_choice(_as_told(), problem=problem_of(error))
    return _show_choice(wanted, foresight=foresight)


def begin() -> Response:
    """Make it once this answer is out: whoever waits sees how far it has come."""
    try:
        export = exporter().begin(person(), _wanted())
    except WorkbenchError as error:
        return _show_choice(_as_told(), problem=problem_of(error))
    response = redirect(url_for("export_of", number=export.number), 303)
    verbs = exporter()
    response.call_on_close(lambda: verbs.run(export))
    return response


def export_of(number: str) -> Response:
    """How far it has come, or what came of it."""
    found = _found(number)
    going = exporter().going(found)
    if found.state == "running":
        return show("pages/export.html", fragment="fragments/exporting.html", **_around(found, going=going))
    if request.args.get("going"):
        return Response(headers={"HX-Refresh": "true"})
    trouble = problem_of(found.trouble.as_error) if found.trouble else None
    status = trouble.status if trouble and not trouble.calm else 200
    return _show("pages/export.html", status, **_around(found, trouble=trouble))


def cancel(number: str) -> Response:
    """Stop it; nothing of it stays."""
    bench().cancel(person(), _found(number).number)
    return redirect(url_for("export_of", number=number), 303)


def drop(number: str) -> Response:
    """Delete the file. What is still being made is stopped first, by `cancel`."""
    found = _found(number)
    if found.state == "running":
        raise BadRequest("This is still being made.", hint="Cancel it first.")
    exporter().outbox.forget(found.number)
    flash(f"{found.name} was deleted.")
    return redirect(url_for("exports"), 303)


def file(number: str) -> Response:
    """The file, with what says that it is whole: its length, its digest (RFC 9530) and its rows."""
    found = _there(number)
    response = send_file(
        exporter().outbox.path(found),
        found.content_type,
        conditional=True,
        etag=found.digest,
        last_modified=found.at,
    )
    response.headers["Content-Disposition"] = as_file_named(*_halves(found.name))
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(found.digest)).decode()}:"
    if found.wanted.of_rows:
        response.headers["X-Row-Count"] = str(found.rows)
    return response


def digest(number: str) -> Response:
    """A line for `sha256sum -c`."""
    found = _there(number)
    response = Response(f"{found.digest}  {found.name}\n", content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = as_file_named(f"{found.name}.", "sha256")
    return response


# --- what is wanted --------------------------------------------------------------------------


def _wanted() -> Wanted:
    """What the form says. Raises BadRequest for what it cannot."""
    asked = _as_told()
    what = request.values.get("what", "tables")
    name = request.values.get("format", "csv")
    if what not in WHATS or name not in FORMATS:
        raise BadRequest("This form says what there is not: load the page again.")
    return asked


def _as_told() -> Wanted:
    """The same as far as it can be understood."""
    said = request.values
    return Wanted(
        what=said.get("what") if said.get("what") in WHATS else "tables",
        tables=tuple(said.getlist("table")),
        format=said.get("format") if said.get("format") in FORMATS else "csv",
        safe="safe" in said,
    )


def _found(number: str) -> Export:
    return exporter().find(person(), number) or abort(404)


def _there(number: str) -> Export:
    found = _found(number)
    if not exporter().outbox.is_there(found):
        abort(404)
    return found


def _halves(name: str) -> tuple[str, str]:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.", ending


# --- what is shown ---------------------------------------------------------------------------


def _last(answer: Any) -> Response:
    return _show_choice(_as_told(), problem=problem_of(answer.run.error))


def _show_choice(
    wanted: Wanted, *, foresight: Foresight | None = None, problem: Problem | None = None
) -> Response:
    catalog = _catalog()
    around = _around(None, problem=problem) | {
        "wanted": wanted,
        "tables": exportable(catalog),
        "formats": named_formats(),
        "foresight": foresight,
        "findings": told(foresight.findings) if foresight else (),
        "exports": listed(exporter().outbox.of(person(), exporter().source)),
    }
    return _show("pages/exports.html", problem.status if problem else 200, **around)


def _show(page: str, status: int, **around: Any) -> Response:
    return show(page, fragment=page, status=status, **around)


def named_formats() -> dict[str, str]:
    """What each format is called, by the name that forms use."""
    return {name: _WORDS.get(name, OF_KEPT_ROWS[name].name) for name in FORMATS}


def listed(exports: list[Export]) -> list[tuple[Export, datetime]]:
    """Each with the time when it began."""
    return [(export, datetime.fromtimestamp(export.at, UTC)) for export in exports]


def _around(export: Export | None, **more: Any) -> dict[str, Any]:
    return {
        "database": bench().engine,
        "export": export,
        "is_there": bool(export and exporter().outbox.is_there(export)),
        "findings": told(export.findings) if export else (),
        "format_name": OF_KEPT_ROWS[export.wanted.format].name if export else "",
        "notes": NOTES,
        "limit_mb": settings().export_bytes >> 20,
        "seconds": int(settings().export_seconds),
        "going": None,
        "problem": None,
        "trouble": None,
    } | more


def _catalog() -> Catalog:
    try:
        return bench().catalog()
    except WorkbenchError:
        return Catalog()

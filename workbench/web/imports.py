"""The room of imports: a file is sent, looked at, and written into a table."""

from __future__ import annotations

import io
from typing import Any

import msgspec
from flask import Response, abort, flash, redirect, request, send_file, url_for
from werkzeug.datastructures import FileStorage

from workbench.errors import BadRequest, WorkbenchError
from workbench.imports.columns import TAKES
from workbench.imports.delimited import DELIMITERS
from workbench.imports.encodings import ENCODINGS
from workbench.imports.formats import FORMATS
from workbench.imports.inbox import Upload
from workbench.imports.order import MOST_REJECTS, ColumnOrder, Order, settable
from workbench.imports.recipe import EMPTY, Recipe
from workbench.loads import ON_CONFLICT
from workbench.web.failures import Problem, problem_of
from workbench.web.here import bench, importer, person, settings
from workbench.web.respond import show

UNDOABLE_BYTES = 32 << 20
"""A larger file that is added to a table may be too much to be taken back."""

_NAME_LENGTH = 200


def start() -> Response:
    """A form that takes a file, or text."""
    return _show("pages/import.html", upload=None)


def upload() -> Response:
    """Take what is sent, and look at it."""
    problem = _refusal()
    if problem is not None:
        return problem
    name, file = _sent()
    kept = importer().inbox.keep(person(), name, file)
    chosen = request.form.get("format", "")
    return _looked(kept, Recipe(format=chosen if chosen in FORMATS else ""), request.form.get("into", ""))


def review(number: str) -> Response:
    """What was recognised, how far it has come, or what came of it."""
    found = _found(number)
    going = importer().going(found)
    if found.state == "running":
        return show("pages/import.html", fragment="fragments/importing.html", **_around(found, going=going))
    if request.args.get("going"):
        return Response(headers={"HX-Refresh": "true"})
    return _show("pages/import.html", upload=found)


def read_again(number: str) -> Response:
    """Look at it as the form says."""
    found = _ready(number)
    form = request.form
    recipe = Recipe(
        format=_one_of("format", FORMATS),
        encoding=_one_of("encoding", ENCODINGS),
        delimiter=_one_of("delimiter", DELIMITERS),
        quote=form.get("quote", '"')[:1],
        header={"yes": True, "no": False}.get(form.get("header", "")),
        empty=_one_of("empty", EMPTY) or EMPTY[1],
        part=form.get("part", ""),
    )
    return _looked(found, recipe, form.get("into", ""))


def run(number: str) -> Response:
    """Import it once this answer is out: whoever waits sees how far it has come."""
    found, verbs = _ready(number), importer()
    found.order = _order(found)
    try:
        verbs.begin(found)
    except WorkbenchError as error:
        verbs.inbox.save(found)
        return _show("pages/import.html", upload=found, problem=problem_of(error))
    response = redirect(url_for("review", number=number), 303)
    response.call_on_close(lambda: verbs.run(found))
    return response


def cancel(number: str) -> Response:
    """Stop it; nothing of it stays."""
    bench().cancel(person(), _found(number).number)
    return redirect(url_for("review", number=number), 303)


def drop(number: str) -> Response:
    """Forget what was sent."""
    importer().inbox.drop(_ready(number))
    flash("What you sent was deleted.")
    return redirect(url_for("import"), 303)


def rejects(number: str) -> Response:
    """The lines that were rejected, with their numbers and reasons."""
    path = importer().inbox.rejects_path(_found(number))
    if not path.exists():
        abort(404)
    return send_file(path, "text/csv; charset=utf-8", as_attachment=True, download_name="rejects.csv")


# --- what was sent ---------------------------------------------------------------------------


def _refusal() -> Response | None:
    if bench().engine.read_only:
        return _show_problem(
            BadRequest("This workbench only reads.", code="READ_ONLY", hint="Nothing was kept.")
        )
    file = request.files.get("file")
    if (file is None or not file.filename) and not request.form.get("text", "").strip():
        return _show_problem(
            BadRequest("Choose a file, or paste text.", code="NO_FILE", hint="Nothing was sent.")
        )
    return None


def _sent() -> tuple[str, Any]:
    """What it is called, and where it is."""
    file: FileStorage | None = request.files.get("file")
    if file is not None and file.filename:
        file.stream.seek(0, io.SEEK_END)
        return file.filename[-_NAME_LENGTH:], file.stream
    incoming = importer().inbox.incoming()
    incoming.write(request.form["text"].replace("\r\n", "\n").encode())
    return "pasted text", incoming


def _looked(kept: Upload, recipe: Recipe, into: str) -> Response:
    try:
        importer().look(kept, recipe, into)
    except WorkbenchError as error:
        problem = problem_of(error)
        kept.recipe = msgspec.structs.replace(recipe, format=recipe.format or kept.recipe.format or "csv")
        kept.survey = None
        importer().inbox.save(kept)
        return _show("pages/import.html", upload=kept, problem=problem)
    return redirect(url_for("review", number=kept.number), 303)


def _found(number: str) -> Upload:
    found = importer().inbox.find(person(), number)
    return found or abort(404)


def _ready(number: str) -> Upload:
    """The one that waits to be imported. Raises BadRequest for one that is, or was."""
    found = _found(number)
    importer().going(found)
    if found.state != "ready":
        raise BadRequest(
            "This is being imported, or was.", hint="Send the file again to import it once more."
        )
    return found


# --- what the forms say ----------------------------------------------------------------------


def _one_of(name: str, known: Any) -> str:
    value = request.form.get(name, "")
    return value if value in known else ""


def _order(found: Upload) -> Order:
    """The order that the form holds, one column after the other."""
    form, old = request.form, found.order
    columns = []
    for place, _ in enumerate(found.survey.names if found.survey else ()):
        kept = form.get(f"keep_{place}") is not None or bool(old.into)
        name = form.get(f"name_{place}", "") if kept else ""
        columns.append(ColumnOrder(name, _one_of(f"take_{place}", TAKES) or "ANY"))
    return Order(
        into=old.into,
        table=form.get("table", ""),
        columns=tuple(columns),
        on_conflict=_one_of("on_conflict", ON_CONFLICT) or "abort",
        key=tuple(form.getlist("key")),
        most_rejects=max(0, min(form.get("most_rejects", MOST_REJECTS, type=int), 1_000_000)),
    )


# --- what is shown ---------------------------------------------------------------------------


def _show(page: str, *, upload: Upload | None, problem: Problem | None = None) -> Response:
    around = _around(upload)
    if upload and upload.trouble and not problem:
        around["trouble"] = problem_of(upload.trouble.as_error)
    if upload and upload.state == "ready" and upload.survey:
        try:
            target, rows, rejected = importer().first_rows(upload, around["catalog"])
            around |= {"target": target, "rows": rows, "rejected": rejected}
        except WorkbenchError as error:
            problem = problem or problem_of(error)
    status = problem.status if problem else 200
    return show(page, fragment=page, status=status, **around | {"problem": problem})


def _show_problem(error: WorkbenchError) -> Response:
    return _show("pages/import.html", upload=None, problem=problem_of(error))


def _around(upload: Upload | None, **more: Any) -> dict[str, Any]:
    catalog = bench().catalog()
    into = catalog.find(upload.order.into) if upload and upload.order.into else None
    entry = bench().entry(person(), upload.entry) if upload and upload.entry else None
    return {
        "database": bench().engine,
        "catalog": catalog,
        "targets": [t for t in catalog.tables if t.kind in ("table", "virtual") and not t.problem],
        "into": into,
        "settable": settable(into) if into else (),
        "upload": upload,
        "entry": entry,
        "formats": FORMATS,
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "limit_mb": settings().upload_bytes >> 20,
        "seconds": int(settings().import_seconds),
        "large": bool(upload and upload.size > UNDOABLE_BYTES),
        "has_rejects": bool(upload and upload.rejected and importer().inbox.rejects_path(upload).exists()),
        "recorded": importer().recorded,
        "going": None,
        "problem": None,
        "trouble": None,
        "target": None,
        "rows": (),
        "rejected": (),
    } | more

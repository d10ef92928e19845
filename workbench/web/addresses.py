"""Every address there is, and the view that answers at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask, Response

from workbench.web import (
    alter,
    chart,
    compare,
    databases,
    design,
    drafts,
    edits,
    export,
    exports,
    formatting,
    going,
    guard,
    health,
    history,
    imports,
    limits,
    links,
    maintenance,
    metrics,
    parameters,
    picture,
    plan,
    query,
    rows,
    run,
    saved,
    schema,
    shared,
    structure,
    table_copies,
    tables,
    undo,
)
from workbench.web.docs import docs
from workbench.web.gallery import gallery
from workbench.web.openapi import openapi

_NUMBER = f"<int(max={2**63 - 1}):number>"
_VERSION = f"<int(max={2**63 - 1}):version>"
_FILE = "<string(length=32):number>"


class Address(NamedTuple):
    """Where `view` answers, and to which methods; `name` is what `url_for` knows it by.

    `token`: what is posted to it brings the form's token (see `guard`). Without it are those that
    change nothing, and those of programs: the guard refuses other sites' pages there too.
    """

    rule: str
    name: str
    view: Callable[..., Response]
    methods: str = "GET"
    token: bool = True


ADDRESSES = (
    Address("/", "index", query.index),
    Address("/query", "query", query.query, "GET POST"),
    Address("/parameters", "parameters", parameters.parameters, "POST", token=False),
    Address("/export", "export", export.export, "POST", token=False),
    Address(f"/entries/{_NUMBER}", "entry", query.entry),
    Address(f"/entries/{_NUMBER}/undo", "undo", undo.undo, "GET POST"),
    Address(f"/entries/{_NUMBER}/rows", "rows", rows.more),
    Address(f"/entries/{_NUMBER}/row", "row", rows.row),
    Address(f"/entries/{_NUMBER}/cell", "cell", rows.cell),
    Address(f"/entries/{_NUMBER}/value", "value", rows.raw),
    Address(f"/entries/{_NUMBER}/copy", "copy", rows.copy),
    Address(f"/entries/{_NUMBER}/chart.json", "points", chart.points),
    Address("/try-index", "try_index", plan.try_index, "GET POST"),
    Address("/ask-first", "ask", undo.ask, "POST"),
    Address(f"/entries/{_NUMBER}/delete", "forget_one", history.forget_one, "POST"),
    Address(f"/entries/{_NUMBER}/save", "save", saved.save, "POST"),
    Address(f"/saved/{_NUMBER}", "open_saved", saved.open_saved),
    Address(f"/saved/{_NUMBER}/rename", "rename", saved.rename, "POST"),
    Address(f"/saved/{_NUMBER}/delete", "drop", saved.drop, "POST"),
    Address("/history", "history", history.history),
    Address("/history/column", "column", history.column),
    Address("/history/delete", "confirm", history.confirm),
    Address("/history/delete", "forget", history.forget, "POST"),
    Address("/history.ndjson", "export_history", history.export),
    Address("/tables", "named_table", tables.named_table),
    Address("/tables/-/change", "change", edits.change, "GET POST"),
    Address("/tables/-/copy", "copy_rows", table_copies.copy_rows, "GET POST"),
    Address("/tables/<path:name>", "table", tables.table),
    Address("/import", "import", imports.start),
    Address("/import", "upload", imports.upload, "POST"),
    Address(f"/import/{_FILE}", "review", imports.review),
    Address(f"/import/{_FILE}/read", "read_again", imports.read_again, "POST"),
    Address(f"/import/{_FILE}/run", "run_import", imports.run, "POST"),
    Address(f"/import/{_FILE}/cancel", "cancel_import", imports.cancel, "POST"),
    Address(f"/import/{_FILE}/drop", "drop_import", imports.drop, "POST"),
    Address(f"/import/{_FILE}/rejects.csv", "rejects", imports.rejects),
    Address("/exports", "exports", exports.exports),
    Address("/exports", "begin_export", exports.begin, "POST"),
    Address(f"/exports/{_FILE}", "export_of", exports.export_of),
    Address(f"/exports/{_FILE}/cancel", "cancel_export", exports.cancel, "POST"),
    Address(f"/exports/{_FILE}/drop", "drop_export", exports.drop, "POST"),
    Address(f"/exports/{_FILE}/file", "exported_file", exports.file),
    Address(f"/exports/{_FILE}/file.sha256", "exported_digest", exports.digest),
    Address("/schema", "schema", schema.schema),
    Address("/schema/table", "structure", structure.structure),
    Address("/schema/picture", "picture", picture.picture),
    Address("/schema/new", "new_table", design.new_table, "GET POST"),
    Address("/schema/alter", "alter_table", alter.alter_table, "GET POST"),
    Address("/schema/index", "new_index", design.new_index, "GET POST"),
    Address("/catalog.json", "catalog", schema.catalog),
    Address("/run", "run", run.run, "GET POST QUERY", token=False),
    Address("/v1/run", "v1", run.run_v1, "GET POST QUERY", token=False),
    Address("/run/limits", "limits", limits.limits),
    Address("/run/active", "active", going.active),
    Address("/run/<string(minlength=8):request_id>", "cancel", going.cancel, "DELETE", token=False),
    Address("/healthz", "healthz", health.healthz),
    Address("/readyz", "readyz", health.readyz),
    Address("/openapi.json", "openapi", openapi),
    Address("/docs", "docs", docs),
    Address("/metrics", "metrics", metrics.metrics),
    Address("/format", "format", formatting.lay_out, "POST"),
    Address("/drafts", "drafts", drafts.strip),
    Address("/drafts", "keep_draft", drafts.keep, "POST"),
    Address("/drafts/new", "new_draft", drafts.new, "POST"),
    Address(f"/drafts/{_NUMBER}/rename", "rename_draft", drafts.rename, "POST"),
    Address(f"/drafts/{_NUMBER}/close", "close_draft", drafts.close, "POST"),
    Address(f"/drafts/{_NUMBER}/reopen", "reopen_draft", drafts.reopen, "POST"),
    Address(f"/drafts/{_NUMBER}/earlier/{_VERSION}", "earlier_draft", drafts.earlier),
    Address("/saved/new", "name_query", saved.ask_name, "POST"),
    Address("/saved", "save_query", saved.save_query, "POST"),
    Address(f"/saved/{_NUMBER}/text", "rewrite", saved.rewrite, "POST"),
    Address("/q", "make_link", links.make, "POST"),
    Address("/q/<link_id>", "open_link", links.open_link),
    Address("/q/<link_id>/end", "end_link", links.end, "POST"),
    Address(f"/entries/{_NUMBER}/share", "freeze", shared.freeze, "POST"),
    Address("/r/<token>", "frozen", shared.frozen),
    Address("/r/<token>/<int:place>.<ending>", "frozen_file", shared.as_file),
    Address("/shared/<frozen_id>/end", "end_frozen", shared.end, "POST"),
    Address(f"/entries/{_NUMBER}/compare", "compare", compare.compare),
    Address("/running", "running", going.running),
    Address("/databases", "databases", databases.all_databases),
    Address("/databases", "make_database", databases.make, "POST"),
    Address("/maintenance", "maintenance", maintenance.maintenance),
    Address("/maintenance", "maintain", maintenance.do, "POST"),
    Address("/running/<request_id>/stop", "stop", going.stop, "POST"),
)


def install(app: Flask, *, debug: bool = False) -> None:
    """Have `app` answer at all of them, and with `debug` at the gallery's."""
    for each in ADDRESSES:
        view = each.view if each.token else guard.csrf.exempt(each.view)
        app.add_url_rule(each.rule, each.name, view, methods=each.methods.split())
    if debug:
        app.add_url_rule("/gallery", "gallery", gallery)

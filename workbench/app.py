"""The front door: builds the parts and introduces them to Flask."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from workbench.bench import Bench, Memory
from workbench.drafts import Drafts
from workbench.engines.sqlite import SqliteEngine
from workbench.engines.sqlite.line import WAIT as LINE_WAIT
from workbench.errands import Errands
from workbench.errors import StoreTrouble
from workbench.history import History
from workbench.importer import Importer
from workbench.imports.inbox import Inbox
from workbench.kept import KeptResults
from workbench.ledger import Ledger
from workbench.meters import Meters
from workbench.planner import Planner
from workbench.retention import Keep
from workbench.runner import Runner
from workbench.running import Running
from workbench.saved import SavedQueries
from workbench.searching import Searching
from workbench.settings import HOME, Settings
from workbench.sharing import Sharing
from workbench.slots import Slots
from workbench.snapshots import Snapshots
from workbench.store import Store
from workbench.tables import Tables
from workbench.watchdog import Watchdog
from workbench.web import (
    api,
    assets,
    chart,
    compare,
    compression,
    cors,
    drafts,
    edits,
    export,
    formatting,
    going,
    guard,
    health,
    history,
    imports,
    lane,
    limits,
    links,
    metrics,
    mishaps,
    parameters,
    parts,
    plan,
    query,
    rows,
    run,
    saved,
    schema,
    shared,
    tables,
    undo,
)
from workbench.web.cells import cells
from workbench.web.docs import docs
from workbench.web.gallery import gallery
from workbench.web.openapi import openapi
from workbench.web.sessions import Sessions
from workbench.web.uploads import UploadRequest

log = logging.getLogger("workbench")


class Application(Flask):
    """Flask, without what it looks for at each request and there is none of here."""

    request_class = UploadRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: nothing here is a coroutine."""
        return func


def create_app(settings: Settings) -> Flask:
    """The application. Makes the store if need be, and leaves nothing open: workers are forked from here."""
    app = Application("workbench", template_folder=HOME / "templates", static_folder=HOME / "static")
    store = Store(settings.store)
    app.config.update(_config(store))
    app.session_interface = Sessions()
    app.extensions["settings"] = settings
    meters = Meters()
    watchdog = Watchdog()
    runner, running = _runner(settings, meters, watchdog), Running(settings.processes)
    memory, inbox = _memory(settings, store, watchdog), Inbox(settings.inbox)
    inbox.sweep()
    app.extensions["bench"] = Bench(runner, memory, running, meters)
    app.extensions["importer"] = Importer(runner, memory, running, inbox, settings.import_seconds)
    errands = Errands(runner, running)
    app.extensions["planner"] = Planner(errands)
    app.extensions["tables"] = Tables(errands)
    app.extensions["drafts"] = Drafts(store, str(settings.database.resolve()))
    app.extensions["sharing"] = _sharing(settings, store, app.config["SECRET_KEY"])
    metrics.install(app, meters)
    compression.install(app)
    cors.install(app)
    guard.install(app)
    api.install(app)
    assets.install(app)
    app.jinja_env.globals["cells"] = cells
    app.jinja_env.globals.update(parts.templated() | tables.templated())
    _add_rooms(app, settings)
    mishaps.install(app)
    lane.install(app)
    return app


def _runner(settings: Settings, meters: Meters, watchdog: Watchdog) -> Runner:
    engine = SqliteEngine(
        settings.database,
        line_folder=settings.store.parent,
        read_only=settings.read_only,
        wait=min(LINE_WAIT, 0.8 * settings.time_limit),
    )
    return Runner(engine, Slots(settings.sql_slots, meters.waited), watchdog, settings.time_limit)


def _memory(settings: Settings, store: Store, watchdog: Watchdog) -> Memory:
    source = str(settings.database.resolve())
    keep = Keep(settings.history_days, settings.history_mb)
    history = History(store, source, keep, settings.api_history)
    folder = store.path.with_name(f"{store.path.name}-rows")
    snapshots = Snapshots(folder, history.with_answers, settings.snapshots_mb)
    return Memory(
        history,
        Ledger(store, history, settings.undo),
        Searching(store, source, history.catch_up),
        SavedQueries(store, source),
        KeptResults(history, snapshots, watchdog),
    )


def _sharing(settings: Settings, store: Store, key: bytes) -> Sharing:
    return Sharing.of(store, str(settings.database.resolve()), key, settings.history_mb)


def _config(store: Store) -> dict[str, object]:
    key, name = _signing_key(store)
    return {
        "SECRET_KEY": key,
        "SESSION_COOKIE_NAME": f"workbench_{name}",  # cookies do not tell ports apart
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=365),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": limits.REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": limits.REQUEST_BYTES,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _signing_key(store: Store) -> tuple[bytes, str]:
    """The key that cookies are signed with and the store's name; for this run only if there is no store."""
    try:
        store.prepare()
        key, name = store.key("signing"), store.key("name").hex()[:8]
        store.close()
    except StoreTrouble as trouble:
        log.warning("The history is off: %s", trouble.message)
        return secrets.token_bytes(32), secrets.token_hex(4)
    return key, name


def _add_rooms(app: Flask, settings: Settings) -> None:
    app.add_url_rule("/", "index", query.index)
    app.add_url_rule("/query", "query", query.query, methods=["GET", "POST"])
    # These two change nothing, and the guard refuses other sites' pages: they need no token.
    app.add_url_rule("/parameters", "parameters", guard.csrf.exempt(parameters.parameters), methods=["POST"])
    app.add_url_rule("/export", "export", guard.csrf.exempt(export.export), methods=["POST"])
    number = f"<int(max={2**63 - 1}):number>"
    app.add_url_rule(f"/entries/{number}", "entry", query.entry)
    app.add_url_rule(f"/entries/{number}/undo", "undo", undo.undo, methods=["GET", "POST"])
    app.add_url_rule(f"/entries/{number}/rows", "rows", rows.more)
    app.add_url_rule(f"/entries/{number}/row", "row", rows.row)
    app.add_url_rule(f"/entries/{number}/cell", "cell", rows.cell)
    app.add_url_rule(f"/entries/{number}/value", "value", rows.raw)
    app.add_url_rule(f"/entries/{number}/copy", "copy", rows.copy)
    app.add_url_rule(f"/entries/{number}/chart.json", "points", chart.points)
    app.add_url_rule("/try-index", "try_index", plan.try_index, methods=["GET", "POST"])
    app.add_url_rule("/ask-first", "ask", undo.ask, methods=["POST"])
    app.add_url_rule(f"/entries/{number}/delete", "forget_one", history.forget_one, methods=["POST"])
    app.add_url_rule(f"/entries/{number}/save", "save", saved.save, methods=["POST"])
    app.add_url_rule(f"/saved/{number}", "open_saved", saved.open_saved)
    app.add_url_rule(f"/saved/{number}/rename", "rename", saved.rename, methods=["POST"])
    app.add_url_rule(f"/saved/{number}/delete", "drop", saved.drop, methods=["POST"])
    _add_tabs(app)
    _add_tables(app)
    _add_rooms_of_sharing(app, number)
    app.add_url_rule("/history", "history", history.history)
    app.add_url_rule("/history/column", "column", history.column)
    app.add_url_rule("/history/delete", "confirm", history.confirm)
    app.add_url_rule("/history/delete", "forget", history.forget, methods=["POST"])
    app.add_url_rule("/history.ndjson", "export_history", history.export)
    app.add_url_rule("/schema", "schema", schema.schema)
    app.add_url_rule("/catalog.json", "catalog", schema.catalog)
    app.add_url_rule("/run", "run", guard.csrf.exempt(run.run), methods=["GET", "POST", "QUERY"])
    app.add_url_rule("/v1/run", "v1", guard.csrf.exempt(run.run_v1), methods=["GET", "POST", "QUERY"])
    app.add_url_rule("/run/limits", "limits", limits.limits)
    app.add_url_rule("/run/active", "active", going.active)
    cancel = guard.csrf.exempt(going.cancel)
    app.add_url_rule("/run/<string(minlength=8):request_id>", "cancel", cancel, methods=["DELETE"])
    app.add_url_rule("/healthz", "healthz", health.healthz)
    app.add_url_rule("/readyz", "readyz", health.readyz)
    app.add_url_rule("/openapi.json", "openapi", openapi)
    app.add_url_rule("/docs", "docs", docs)
    app.add_url_rule("/metrics", "metrics", metrics.metrics)
    if settings.debug:
        app.add_url_rule("/gallery", "gallery", gallery)


def _add_tables(app: Flask) -> None:
    app.add_url_rule("/tables", "named_table", tables.named_table)
    app.add_url_rule("/tables/-/change", "change", edits.change, methods=["GET", "POST"])
    app.add_url_rule("/tables/<path:name>", "table", tables.table)
    app.add_url_rule("/import", "import", imports.start)
    app.add_url_rule("/import", "upload", imports.upload, methods=["POST"])
    sent = "/import/<string(length=32):number>"
    app.add_url_rule(sent, "review", imports.review)
    app.add_url_rule(f"{sent}/read", "read_again", imports.read_again, methods=["POST"])
    app.add_url_rule(f"{sent}/run", "run_import", imports.run, methods=["POST"])
    app.add_url_rule(f"{sent}/cancel", "cancel_import", imports.cancel, methods=["POST"])
    app.add_url_rule(f"{sent}/drop", "drop_import", imports.drop, methods=["POST"])
    app.add_url_rule(f"{sent}/rejects.csv", "rejects", imports.rejects)


def _add_tabs(app: Flask) -> None:
    number = f"/drafts/<int(max={2**63 - 1}):number>"
    app.add_url_rule("/format", "format", formatting.lay_out, methods=["POST"])
    app.add_url_rule("/drafts", "drafts", drafts.strip)
    app.add_url_rule("/drafts", "keep_draft", drafts.keep, methods=["POST"])
    app.add_url_rule("/drafts/new", "new_draft", drafts.new, methods=["POST"])
    app.add_url_rule(f"{number}/rename", "rename_draft", drafts.rename, methods=["POST"])
    app.add_url_rule(f"{number}/close", "close_draft", drafts.close, methods=["POST"])
    app.add_url_rule(f"{number}/reopen", "reopen_draft", drafts.reopen, methods=["POST"])
    app.add_url_rule(f"{number}/earlier/<int(max={2**63 - 1}):version>", "earlier_draft", drafts.earlier)


def _add_rooms_of_sharing(app: Flask, number: str) -> None:
    app.add_url_rule("/saved/new", "name_query", saved.ask_name, methods=["POST"])
    app.add_url_rule("/saved", "save_query", saved.save_query, methods=["POST"])
    app.add_url_rule(f"/saved/{number}/text", "rewrite", saved.rewrite, methods=["POST"])
    app.add_url_rule("/q", "make_link", links.make, methods=["POST"])
    app.add_url_rule("/q/<link_id>", "open_link", links.open_link)
    app.add_url_rule("/q/<link_id>/end", "end_link", links.end, methods=["POST"])
    app.add_url_rule(f"/entries/{number}/share", "freeze", shared.freeze, methods=["POST"])
    app.add_url_rule("/r/<token>", "frozen", shared.frozen)
    app.add_url_rule("/r/<token>/<int:place>.<ending>", "frozen_file", shared.as_file)
    app.add_url_rule("/shared/<frozen_id>/end", "end_frozen", shared.end, methods=["POST"])
    app.add_url_rule(f"/entries/{number}/compare", "compare", compare.compare)
    app.add_url_rule("/running", "running", going.running)
    app.add_url_rule("/running/<request_id>/stop", "stop", going.stop, methods=["POST"])

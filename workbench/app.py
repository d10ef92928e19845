"""The front door: builds the parts and introduces them to Flask."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

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
    addresses,
    api,
    assets,
    compression,
    cors,
    guard,
    lane,
    limits,
    metrics,
    mishaps,
    parts,
    structure,
    tables,
)
from workbench.web.application import Application
from workbench.web.cells import cells
from workbench.web.icons import icon
from workbench.web.sessions import Sessions
from workbench.web.words import count, duration, moment

log = logging.getLogger("workbench")


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
    app.jinja_env.globals.update(cells=cells, icon=icon, zip=zip)
    app.jinja_env.globals.update(count=count, duration=duration, moment=moment)
    app.jinja_env.globals.update(parts.templated() | tables.templated() | structure.templated())
    addresses.install(app, debug=settings.debug)
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

"""The front door: builds the parts and introduces them to Flask."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from pathlib import Path

from flask import Flask

from workbench.bench import Bench
from workbench.desks import Desks, Parts
from workbench.drafts import Drafts
from workbench.engines.sqlite import SqliteEngine, is_writable, ready_file
from workbench.engines.sqlite.line import WAIT as LINE_WAIT
from workbench.errands import Errands
from workbench.errors import DatabaseTrouble, SettingsError, StoreTrouble
from workbench.exporter import Exporter, Means
from workbench.exports.outbox import Outbox
from workbench.founding import Founding
from workbench.history import History
from workbench.importer import Importer
from workbench.imports.inbox import Inbox
from workbench.kept import KeptResults
from workbench.ledger import Ledger
from workbench.listing import Listed, Listing
from workbench.memory import Memory
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
    databases,
    guard,
    lane,
    limits,
    metrics,
    mishaps,
    parts,
    structure,
    table_copies,
    tables,
)
from workbench.web.application import Application
from workbench.web.cells import cells
from workbench.web.here import theme
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
    shared = Shared(settings, store, app.config["SECRET_KEY"], meters)
    first = shared.parts(settings.database, read_only=settings.read_only)
    listing = Listing(settings.files, settings.folders, apart=(settings.store,))
    app.extensions |= {"bench": first.bench, "desks": Desks(listing, first, shared.open)}
    allowed = settings.new_databases
    app.extensions["founding"] = Founding(listing, allowed=allowed, read_only=settings.read_only)
    metrics.install(app, meters)
    compression.install(app)
    cors.install(app)
    guard.install(app)
    api.install(app)
    assets.install(app)
    app.jinja_env.globals.update(cells=cells, icon=icon, theme=theme, zip=zip)
    app.jinja_env.globals.update(count=count, duration=duration, moment=moment)
    for room in (parts, tables, table_copies, structure):
        app.jinja_env.globals.update(room.templated())
    addresses.install(app, debug=settings.debug)
    mishaps.install(app)
    databases.install(app)
    lane.install(app)
    return app


class Shared:
    """What all databases have in common, and the parts of each that are made with it."""

    def __init__(self, settings: Settings, store: Store, key: bytes, meters: Meters) -> None:
        self._settings, self._store, self._key, self._meters = settings, store, key, meters
        self._watchdog = Watchdog()
        self._slots = Slots(settings.sql_slots, meters.waited)
        self._running = Running(settings.processes)
        self._inbox = Inbox(settings.inbox)
        self._inbox.sweep()
        self._outbox = Outbox(settings.outbox, settings.export_bytes)
        self._outbox.sweep()
        self._exports = Slots(max(1, settings.sql_slots // 3), purpose="exports")

    def open(self, listed: Listed) -> Parts:
        """The parts of a database that was not opened by this process before. Raises DatabaseTrouble."""
        read_only = self._settings.read_only or not is_writable(listed.path)
        try:
            ready_file(listed.path, read_only=read_only)
        except SettingsError as error:
            raise DatabaseTrouble(error.message, code="NO_DATABASE") from error
        parts = self.parts(listed.path, read_only=read_only)
        parts.bench.settle()
        return parts

    def parts(self, path: Path, *, read_only: bool) -> Parts:
        """The verbs about the database at `path`."""
        source, settings, store = str(path.resolve()), self._settings, self._store
        runner, memory = self._runner(path, read_only), self._memory(source)

        def close() -> None:
            runner.engine.close()
            memory.history.close()

        errands = Errands(runner, self._running)
        return Parts(
            path,
            Bench(runner, memory, self._running, self._meters),
            Importer(runner, memory, self._running, self._inbox, settings.import_seconds),
            Exporter(errands, self._running, self._outbox, self._means(source)),
            Planner(errands),
            Tables(errands),
            Drafts(store, source),
            Sharing.of(store, source, self._key, settings.history_mb),
            close,
        )

    def _means(self, source: str) -> Means:
        return Means(source, self._exports, self._settings.export_seconds)

    def _runner(self, path: Path, read_only: bool) -> Runner:
        engine = SqliteEngine(
            path,
            line_folder=self._settings.store.parent,
            read_only=read_only,
            wait=min(LINE_WAIT, 0.8 * self._settings.time_limit),
        )
        return Runner(engine, self._slots, self._watchdog, self._settings.time_limit)

    def _memory(self, source: str) -> Memory:
        settings, store = self._settings, self._store
        keep = Keep(settings.history_days, settings.history_mb)
        history = History(store, source, keep, settings.api_history)
        folder = store.path.with_name(f"{store.path.name}-rows")
        snapshots = Snapshots(folder, history.with_answers, settings.snapshots_mb)
        return Memory(
            history,
            Ledger(store, history, settings.undo),
            Searching(store, source, history.catch_up),
            SavedQueries(store, source),
            KeptResults(history, snapshots, self._watchdog),
        )


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

"""The workbench's own SQLite file: history and keys. Only its owner may read it.

When it cannot be used the workbench goes on without: callers catch StoreTrouble. A damaged
file is renamed aside, never overwritten. ``database/store`` holds the steps from one version
of the file to the next: ``2.sql`` makes version 2 of version 1. A released step stays as it is.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from workbench.errors import StoreTrouble

_STEPS = Path(__file__).resolve().parent.parent / "database" / "store"
_WAIT = 3000  # milliseconds for another worker's write
_WAIT_AT_START = 20_000  # milliseconds for others who start too, each step of theirs on disk


class Store:
    """The file at `path`; each process opens a connection of its own on first use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: apsw.Connection | None = None
        self._process = 0
        self._file: os.stat_result | None = None

    def prepare(self) -> None:
        """Make the file, or move a damaged one aside and make a new one.

        Opens and closes it: call this before any worker serves.

        Raises:
            StoreTrouble: when there can be no such file.
        """
        try:
            self._make()
        except StoreTrouble as trouble:
            if not isinstance(trouble.__cause__, (apsw.NotADBError, apsw.CorruptError)):
                raise
            self._set_aside()
            self._make()
        finally:
            self.close()

    @contextmanager
    def connection(self) -> Iterator[apsw.Connection]:
        """This process's connection. What SQLite raises inside becomes StoreTrouble."""
        try:
            if self._connection is None or self._process != os.getpid() or self._has_moved():
                self._connection = self._open()
                self._process = os.getpid()
            yield self._connection
        except apsw.Error as error:
            self._connection = None
            raise StoreTrouble(f"{self.path.name}: {error}") from error

    @contextmanager
    def writing(self, *, durably: bool = False) -> Iterator[apsw.Connection]:
        """The same in one transaction, which writes from its beginning; `durably`: on disk when it is over.

        One that begins by reading cannot wait for another's write: it would see what was before that
        (https://sqlite.org/rescode.html#busy_snapshot).
        """
        with self.connection() as connection:
            # https://sqlite.org/pragma.html#pragma_synchronous
            connection.pragma("synchronous", "full" if durably else "normal")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def key(self, name: str) -> bytes:
        """32 random bytes kept under `name`; drawn on first use."""
        with self.connection() as connection:
            connection.execute(
                "INSERT INTO keep VALUES (?, ?) ON CONFLICT DO NOTHING", (name, secrets.token_bytes(32))
            )
            return connection.execute("SELECT value FROM keep WHERE name = ?", (name,)).fetchone()[0]

    def close(self) -> None:
        """Close this process's connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _make(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            os.chmod(self.path, 0o600)
        except OSError as error:
            raise StoreTrouble(f"{self.path} cannot be used: {error.strerror}") from error
        with self.connection() as connection:
            connection.set_busy_timeout(_WAIT_AT_START)
            newest = len(list(_STEPS.glob("*.sql")))
            found = connection.pragma("user_version")
            if found > newest:
                raise StoreTrouble(f"{self.path} was made by a newer workbench (version {found})")
            connection.pragma("journal_mode", "wal")
            for version in range(found + 1, newest + 1):
                _step(connection, version)
            connection.execute("SELECT count(*) FROM entry").fetchone()

    def _has_moved(self) -> bool:
        """Whether another file is in its place: what is written into the old one is lost."""
        try:
            return not os.path.samestat(os.stat(self.path), self._file)
        except FileNotFoundError:
            return True

    def _open(self) -> apsw.Connection:
        try:
            self._file = os.stat(self.path)
        except OSError as error:
            words = f"{self.path.name} is not there any more: put it back, or restart to begin another"
            raise StoreTrouble(words) from error
        connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.set_busy_timeout(_WAIT)
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_FKEY, 1)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _set_aside(self) -> None:
        self.close()
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{self.path}{suffix}")
            if part.exists():
                part.rename(f"{aside}{suffix}")


def _step(connection: apsw.Connection, version: int) -> None:
    """Make version `version` of the one before it: all of the step or nothing, and by one process."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.pragma("user_version") < version:
            connection.execute((_STEPS / f"{version}.sql").read_text(encoding="utf-8"))
            connection.pragma("user_version", version)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

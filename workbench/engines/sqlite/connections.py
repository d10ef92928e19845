"""Connections to SQLite, hardened before anyone's SQL reaches them.

The file is opened by SQLite and by nothing else in a serving process: closing any other
handle on it would drop SQLite's locks (https://sqlite.org/howtocorrupt.html, section 2.2).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import apsw

from workbench.engines.sqlite.authorizer import Authorizer
from workbench.errors import DatabaseTrouble
from workbench.jobs import Attached
from workbench.results import Kind
from workbench.sql import quoted

HEAP_LIMIT = 256 << 20
"""Bytes of memory that SQLite may take in one process."""

SQL_LENGTH = (1 << 20) + 1024
"""The most bytes a statement may have."""

VALUE_LENGTH = 64 << 20
"""The most bytes a text, a BLOB or a row may have."""

LIMITS = {"sql_bytes": SQL_LENGTH, "value_bytes": VALUE_LENGTH, "memory_bytes": HEAP_LIMIT}
"""The limits that a caller may meet, by name."""

_LIMITS = {
    apsw.SQLITE_LIMIT_LENGTH: VALUE_LENGTH,
    apsw.SQLITE_LIMIT_SQL_LENGTH: SQL_LENGTH,
    apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    apsw.SQLITE_LIMIT_TRIGGER_DEPTH: 100,
    apsw.SQLITE_LIMIT_WORKER_THREADS: 0,
}
"""See https://sqlite.org/limits.html and https://sqlite.org/security.html."""

_SWITCHES = {
    apsw.SQLITE_DBCONFIG_DEFENSIVE: 1,
    apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_FKEY: 1,
    apsw.SQLITE_DBCONFIG_DQS_DML: 1,
    apsw.SQLITE_DBCONFIG_DQS_DDL: 1,
}
"""Strings in double quotes stay as SQLite has them by default: callers send them."""


CANNOT_WRITE_BESIDE = (apsw.CantOpenError, apsw.ReadOnlyError)
"""What SQLite raises when it must write beside a file to read it, and may not."""


@dataclass(slots=True)
class Link:
    """A connection, its guard, and how many seconds it waits for a lock at most.

    `logs`: it writes in WAL mode. `before_step` is told what each statement will do, when it is prepared
    and has done nothing yet; `at_work` is what the last one does.
    """

    connection: apsw.Connection
    authorizer: Authorizer
    wait: float
    before_step: Callable[[Kind], None] = lambda _kind: None
    at_work: Kind | None = None
    logs: bool = False
    _waits: bool | None = None
    _encoding: str = ""

    @property
    def encoding(self) -> str:
        """How texts are encoded in the file, and so in a BLOB that CAST makes of one; as Python calls it."""
        if not self._encoding:
            ((name,),) = self.own("PRAGMA encoding")  # UTF-8, UTF-16le or UTF-16be
            self._encoding = name.lower().replace("16", "16-")
        return self._encoding

    def be_patient(self, seconds: float) -> None:
        """Wait for a lock no longer than this, from now on."""
        self.connection.set_busy_timeout(int(min(self.wait, seconds) * 1000))

    def wait_for_disk(self, each_time: bool) -> None:
        """Whether each commit waits for the disk; if not, one in WAL mode is whole, but not durable yet."""
        if self._waits is not each_time:
            self.own(f"PRAGMA synchronous = {'FULL' if each_time else 'NORMAL'}")
            self._waits = each_time

    def own(self, sql: str, values: tuple = ()) -> list[tuple]:
        """Run a statement of the workbench's own, unguarded, and give back its rows.

        Never through the statement cache: a person's text must not meet a statement that was
        prepared unguarded.
        """
        self.authorizer.trusted = True
        try:
            return self.connection.execute(sql, values, can_cache=False).fetchall()
        finally:
            self.authorizer.trusted = False

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is done inside is undone at the end; what was done before it stays."""
        self.own("SAVEPOINT undone")
        try:
            yield
        finally:
            if self.connection.in_transaction:  # ON CONFLICT ROLLBACK ends it
                self.own("ROLLBACK TO undone")
                self.own("RELEASE undone")


def open_reader(
    path: Path,
    *,
    immutable_allowed: bool,
    authorizer: Authorizer | None = None,
    attach: Sequence[Attached] = (),
) -> Link:
    """A connection that cannot write, with a reader's guard or the one that is given.

    What it is to `attach` it can only read too.

    `immutable_allowed`: a file in WAL mode whose folder cannot be written may be opened as one
    that nobody changes (https://sqlite.org/wal.html#read_only_databases), if it is `unfinished`
    in nothing.
    """
    guard = authorizer or Authorizer(writer=False)
    try:
        return _reader(str(path), apsw.SQLITE_OPEN_READONLY | _uris(attach), guard, attach)
    except CANNOT_WRITE_BESIDE:
        if not immutable_allowed or unfinished(path):
            raise
        address = f"file:{quote(str(path))}?immutable=1"
        return _reader(address, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, guard, attach)


def unfinished(path: Path) -> str | None:
    """The name of the file beside `path` without which its rows are not true, None without one."""
    file = os.path.realpath(path)
    beside = (file + ending for ending in ("-wal", "-journal"))
    return next((os.path.basename(f) for f in beside if os.path.isfile(f) and os.path.getsize(f)), None)


def _reader(address: str, flags: int, guard: Authorizer, attach: Sequence[Attached]) -> Link:
    link = harden(apsw.Connection(address, flags=flags), guard, attached=len(attach), wait=2.0)
    link.own("PRAGMA query_only = 1")
    link.own("SELECT 1 FROM sqlite_schema LIMIT 1")
    _attach(link, attach)
    return link


def open_writer(path: Path, *, wait: float, attach: Sequence[Attached] = ()) -> Link:
    """A connection that writes durably; `wait` is how long it waits for other programs, in seconds.

    What it is to `attach` it can only read.
    """
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE | _uris(attach))
    guard = Authorizer(writer=True)
    link = harden(connection, guard, attached=len(attach) + 1, wait=wait)  # VACUUM attaches one
    _attach(link, attach)
    ((mode,),) = link.own("PRAGMA journal_mode")
    link.logs = mode == "wal"
    link.wait_for_disk(True)
    return link


def _uris(attach: Sequence[Attached]) -> int:
    """The flag without which ATTACH takes no address, and so no ``mode=ro``."""
    return apsw.SQLITE_OPEN_URI if attach else 0


def _attach(link: Link, attach: Sequence[Attached]) -> None:
    """Let `link` read other files too: opened so, SQLite writes none of them, whatever it is asked.

    See https://sqlite.org/uri.html#recognized_query_parameters. Raises DatabaseTrouble, which names the one
    that cannot be read.
    """
    link.authorizer.attached = frozenset(each.name for each in attach)
    for name, path in attach:
        try:
            link.own(f"ATTACH ? AS {quoted(name)}", (f"file:{quote(str(path))}?mode=ro",))
            link.own(f"SELECT 1 FROM {quoted(name)}.sqlite_schema LIMIT 1")
        except apsw.Error as error:
            link.connection.close()
            words = f"the database {name} cannot be attached: {error}"
            raise DatabaseTrouble(words, code="NOT_ATTACHED", hint="Nothing was run.") from error


def open_in_memory(authorizer: Authorizer) -> Link:
    """A database of its own in memory, as guarded as the file is."""
    return harden(apsw.Connection(":memory:"), authorizer, attached=0, wait=0.0)


def harden(connection: apsw.Connection, authorizer: Authorizer, *, attached: int, wait: float) -> Link:
    """`connection`, with all limits set and its guard before it."""
    apsw.hard_heap_limit(HEAP_LIMIT)
    for switch, value in _SWITCHES.items():
        connection.config(switch, value)
    for limit, value in _LIMITS.items():
        connection.limit(limit, value)
    connection.limit(apsw.SQLITE_LIMIT_ATTACHED, attached)
    connection.authorizer = authorizer
    link = Link(connection, authorizer, wait)
    link.be_patient(wait)
    link.own("PRAGMA mmap_size = 0")
    link.own("PRAGMA cell_size_check = 1")
    return link

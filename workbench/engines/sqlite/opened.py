"""The connections of an engine to its file: each is opened at its first use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import inf
from pathlib import Path

from workbench.engines.sqlite.connections import Link, open_reader, open_writer
from workbench.engines.sqlite.describe import Witness
from workbench.engines.sqlite.faults import translated
from workbench.errors import DatabaseTrouble
from workbench.jobs import Attached


class Opened:
    """One that reads, one that writes, and a witness that tells what a statement is, to the file at `path`.

    `attach` are files that all of them read beside it. Each waits `wait` seconds for a lock at most.
    """

    def __init__(self, path: Path, *, read_only: bool, wait: float, attach: tuple[Attached, ...]) -> None:
        self.path, self.attach = path, attach
        self._read_only, self._wait = read_only, wait
        self.identity = identity(path)
        self.reader: Link | None = None
        self.writer: Link | None = None
        self._witness: Link | None = None

    def __iter__(self) -> Iterator[Link]:
        """Those that are open."""
        return (link for link in (self.reader, self.writer, self._witness) if link is not None)

    def to_read(self, patience: float = inf) -> Link:
        """The link that reads, which waits no longer than `patience` for a lock."""
        self._refuse_another_file()
        if self.reader is None:
            with translated():
                self.reader = open_reader(self.path, immutable_allowed=self._read_only, attach=self.attach)
        self.reader.be_patient(patience)
        return self.reader

    def to_write(self, patience: float) -> Link:
        """The link that writes, which waits no longer than `patience` for a lock."""
        if self.writer is None:
            with translated():
                self.writer = open_writer(self.path, wait=self._wait, attach=self.attach)
        self.writer.be_patient(patience)
        return self.writer

    def witness(self, patience: float) -> Link:
        """The link that tells what a statement is, and cannot write."""
        self._refuse_another_file()
        if self._witness is None:
            with translated():
                self._witness = open_reader(
                    self.path,
                    immutable_allowed=self._read_only,
                    authorizer=Witness(),
                    attach=self.attach,
                )
        self._witness.be_patient(patience)
        with translated():
            # Preparing alone does not notice that another connection has changed the schema: reading does.
            self._witness.own("SELECT 1 FROM sqlite_schema LIMIT 1")
        return self._witness

    def drop_writer(self) -> None:
        """Close the link that writes; the next write opens another."""
        self.writer.connection.close()
        self.writer = None

    def close(self) -> None:
        """Close them all."""
        for link in self:
            link.connection.close()
        self.reader = self.writer = self._witness = None

    def _refuse_another_file(self) -> None:
        """Stop when the path now names another file: writes to the old one would be lost.

        `stat` opens nothing, so it drops no lock.
        """
        now = identity(self.path)
        if now == self.identity:
            return
        what = "is gone" if now is None else "was replaced by another file"
        raise DatabaseTrouble(
            f"the database file {self.path.name} {what} while the workbench was running",
            code="DATABASE_MOVED",
            hint="Put it back, or restart the workbench to serve the file that is there now.",
        )


def identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from any other, whatever its name; None for one that is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino

"""What people have had exported: files in a folder beside the store, for a day at most.

Together they have a limit: the oldest go for newer ones. A file has another name until it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from time import time

import msgspec

from workbench.errors import TooLarge
from workbench.exporting import Wanted
from workbench.exports.findings import Finding
from workbench.folders import Folder, Trouble, new_number

KEPT_SECONDS = 24 * 3600
"""How long a file is kept."""

SHOWN = 20
"""How many of somebody's exports are listed."""

_LOOK = 8 << 20
"""After how many bytes the room that is left is looked at again."""

_WHAT = "the file cannot be written"
_HINT = "Nothing of it was kept. Free some space on the disk where the workbench's own file is."


class Export(msgspec.Struct, kw_only=True):
    """What `person` wants of the database at `source`, in a file called `name`.

    `state` is ``running`` (since `at`), ``done`` or ``failed``; then it took `seconds`. `about` is how many
    rows there may be, `rows` how many there are, of each table in `counts`. `size` is in bytes, `digest`
    the SHA-256 in hexadecimal. `findings` tell what the format could not hold.
    """

    number: str
    person: str
    source: str
    wanted: Wanted
    name: str
    content_type: str
    at: float
    state: str = "running"
    about: int | None = None
    rows: int = 0
    counts: dict[str, int] = {}
    size: int = 0
    digest: str = ""
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    trouble: Trouble | None = None


class Outbox(Folder[Export]):
    """The files in `folder`, which have `most_bytes` together."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        super().__init__(folder, Export, _WHAT, _HINT)
        self.most_bytes = most_bytes

    def begin(self, person: str, source: str, wanted: Wanted, name: str, content_type: str) -> Export:
        """An export that is about to be made. Raises DatabaseTrouble when it cannot be remembered."""
        with self.told():
            self.make()
        self.sweep()
        export = Export(
            number=new_number(),
            person=person,
            source=source,
            wanted=wanted,
            name=name,
            content_type=content_type,
            at=time(),
        )
        self.save(export)
        return export

    def of(self, person: str, source: str) -> list[Export]:
        """The exports of this person from this database, the newest first."""
        found = [self.find(person, path.stem) for path in self.folder.glob("*.json")]
        mine = [export for export in found if export is not None and export.source == source]
        return sorted(mine, key=lambda export: -export.at)[:SHOWN]

    def path(self, export: Export) -> Path:
        """Where its file is, when it is whole."""
        return self.at(export.number, "data")

    def drop_file(self, export: Export) -> None:
        """Delete its file, whole or not, and remember what it was."""
        for path in self.folder.glob(f"{export.number}.*"):
            if path.suffix != ".json":
                path.unlink(missing_ok=True)

    def is_there(self, export: Export) -> bool:
        """Whether its file is there, whole."""
        return export.state == "done" and self.path(export).exists()

    @contextmanager
    def file(self, export: Export) -> Iterator[Outgoing]:
        """A file to write it into, which goes again unless it was kept."""
        path = self.at(export.number, "part")
        try:
            with self.told():
                path.touch(mode=0o600)
            yield Outgoing(path, self, export)
        finally:
            for left in self.folder.glob(f"{path.name}*"):  # SQLite may have had a journal beside it
                left.unlink(missing_ok=True)

    def make_room(self, wanted: int, export: Export) -> None:
        """See to it that there is room for `wanted` bytes of `export`: the oldest files go for it.

        Raises TooLarge when that is not enough.
        """
        others = self._others(export)
        total = wanted + sum(size for _, size, _ in others)
        for _, size, path in others:
            if total > self.most_bytes and path.suffix == ".data":
                path.unlink(missing_ok=True)
                total -= size
        if total > self.most_bytes:
            raise TooLarge(
                f"exports may have {self.most_bytes >> 20:,} MB together, and this one needs more",
                code="NO_ROOM",
                hint="Nothing of it was kept. Export less at once, or have WORKBENCH_EXPORT_MB raised.",
                limit=self.most_bytes,
            )

    def _others(self, export: Export) -> list[tuple[float, int, Path]]:
        found = []
        for path in (*self.folder.glob("*.data"), *self.folder.glob("*.part")):
            if path.stem != export.number:
                with suppress(OSError):
                    told = path.stat()
                    found.append((told.st_mtime, told.st_size, path))
        return sorted(found)

    def sweep(self) -> None:
        """Forget what is too old, whoever left it."""
        self.forget_older(KEPT_SECONDS)


class Outgoing:
    """A file that is being made at `path`; nobody is given it before it is kept."""

    def __init__(self, path: Path, outbox: Outbox, export: Export) -> None:
        self.path = path
        self._outbox, self._export = outbox, export

    def write(self, pieces: Iterator[bytes]) -> None:
        """Write all of `pieces`. Raises DatabaseTrouble when the disk is full, TooLarge over the limit."""
        hashed, size, looked = sha256(), 0, 0
        with self._outbox.told(), self.path.open("wb", buffering=1 << 18) as file:
            for piece in pieces:
                hashed.update(piece)
                size += file.write(piece)
                if size - looked >= _LOOK:
                    self._outbox.make_room(size, self._export)
                    looked = size
        self._outbox.make_room(size, self._export)
        self._export.size, self._export.digest = size, hashed.hexdigest()

    def measure(self) -> None:
        """Find size and digest of what somebody else has written to `path`."""
        with self._outbox.told(), self.path.open("rb") as file:
            self._export.digest = file_digest(file, "sha256").hexdigest()
        self._export.size = self.path.stat().st_size

    def keep(self) -> None:
        """It is whole, and on the disk: let it be found."""
        with self._outbox.told():
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
            self.path.rename(self._outbox.path(self._export))

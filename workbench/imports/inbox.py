"""What people have sent to be imported: files in a folder beside the store that only its owner may read.

Each has a name of its own that cannot be guessed, and beside it what is known of it. Whatever is
older than a day goes.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import time

import msgspec

from workbench.errors import DatabaseTrouble, GuardFailed
from workbench.imports.order import Order
from workbench.imports.recipe import Recipe
from workbench.imports.survey import Survey
from workbench.loads import Reject

KEPT_SECONDS = 24 * 3600
"""How long what was sent is kept."""

_NAME = re.compile(r"[0-9a-f]{32}\Z")


class Trouble(msgspec.Struct, frozen=True):
    """Why it was not imported: an error as it is told."""

    message: str
    hint: str | None = None
    code: str = "ERROR"


class Upload(msgspec.Struct, kw_only=True):
    """A file that `person` sent, which they call `name`; `size` is in bytes, `at` when it came.

    `state` is ``ready``, ``running`` (since `began`) or ``done``; then `written`, `skipped` and
    `rejected` count rows, `entry` is its number in the history, and `why_not` says why that cannot be undone.
    """

    number: str
    person: str
    name: str
    size: int
    at: float
    recipe: Recipe = msgspec.field(default_factory=Recipe)
    survey: Survey | None = None
    order: Order = msgspec.field(default_factory=Order)
    state: str = "ready"
    began: float = 0.0
    trouble: Trouble | None = None
    written: int = 0
    skipped: int = 0
    rejected: int = 0
    entry: int | None = None
    table: str = ""


class Inbox:
    """The files in `folder`, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def incoming(self) -> Incoming:
        """A new file to write what comes into. Raises DatabaseTrouble when there can be none."""
        with _disk_told():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return Incoming(self.folder / f"incoming-{token_hex(16)}")

    def keep(self, person: str, name: str, file: Incoming) -> Upload:
        """What has come is `person`'s."""
        self.sweep()
        upload = Upload(number=token_hex(16), person=person, name=name, size=file.tell(), at=time())
        with _disk_told():
            file.stay(self.path(upload))
        self.save(upload)
        return upload

    def find(self, person: str, number: str) -> Upload | None:
        """The one with this number, if it is this person's."""
        if not _NAME.match(number):
            return None
        try:
            found = msgspec.json.decode((self.folder / f"{number}.json").read_bytes(), type=Upload)
        except (OSError, msgspec.DecodeError):
            return None
        return found if found.person == person else None

    def save(self, upload: Upload) -> None:
        """Remember what is known of it."""
        path = self.folder / f"{upload.number}.json"
        with _disk_told():
            beside = path.with_suffix(f".{os.getpid()}.part")
            beside.touch(mode=0o600)
            beside.write_bytes(msgspec.json.encode(upload))
            beside.replace(path)

    def path(self, upload: Upload) -> Path:
        """Where its bytes are."""
        return self.folder / f"{upload.number}.data"

    def rejects_path(self, upload: Upload) -> Path:
        """Where the lines are that were rejected."""
        return self.folder / f"{upload.number}.rejects.csv"

    @contextmanager
    def rejects(self, upload: Upload) -> Iterator[Rejects]:
        """The file of its rejected lines, begun anew."""
        with _disk_told():
            path = self.rejects_path(upload)
            path.touch(mode=0o600)
            with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                yield Rejects(file, upload.order.most_rejects)

    def drop(self, upload: Upload, *, bytes_only: bool = False) -> None:
        """Forget it, or only what was sent."""
        for path in [self.path(upload)] if bytes_only else self.folder.glob(f"{upload.number}.*"):
            path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Forget what is too old, whoever left it."""
        before = time() - KEPT_SECONDS
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    if path.stat().st_mtime < before:
                        path.unlink()


class Incoming(io.FileIO):
    """A file that goes when it is closed, unless it is to stay."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        super().__init__(descriptor, "r+b")
        self._path = path

    def write(self, data: bytes) -> int:
        """Write all of `data`. Raises DatabaseTrouble when the disk is full."""
        left = memoryview(data)
        with _disk_told():
            while left:
                left = left[super().write(left) :]
        return len(data)

    def stay(self, path: Path) -> None:
        """Let it stay as `path`."""
        self._path.rename(path)

    def close(self) -> None:
        """Let go of it."""
        super().close()
        self._path.unlink(missing_ok=True)


class Rejects:
    """Lines that were rejected, as CSV: number, reason, and the fields that the line had."""

    def __init__(self, file: io.TextIOBase, most: int) -> None:
        self._write = csv.writer(file).writerow
        self._write(("line", "reason", "fields"))
        self._most = most
        self.count = 0

    def add(self, reject: Reject) -> None:
        """One more. Raises GuardFailed when that is one too many."""
        self.count += 1
        self._write((reject.line, reject.reason, *map(_as_text, reject.values)))
        if self.count > self._most:
            lines = "line" if self.count == 1 else "lines"
            raise GuardFailed(
                f"{self.count:,} {lines} cannot be imported, and at most {self._most:,} may be rejected;"
                f" the last is line {reject.line:,}: {reject.reason}",
                code="TOO_MANY_REJECTS",
                hint="Nothing was imported. The rejected lines are in a file below.",
            )


def _as_text(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


@contextmanager
def _disk_told() -> Iterator[None]:
    """What the disk refuses is told as DatabaseTrouble."""
    try:
        yield
    except OSError as error:
        raise DatabaseTrouble(
            f"what was sent cannot be kept: {error.strerror}",
            code="SQLITE_FULL" if error.errno in _FULL else "SQLITE_IOERR",
            hint="Nothing was imported. Free some space on the disk where the workbench's own file is.",
        ) from error


_FULL = (27, 28, 122)  # EFBIG, ENOSPC, EDQUOT: errno(3)

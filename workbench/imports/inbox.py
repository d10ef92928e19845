"""What people have sent to be imported: files in a folder beside the store, for a day at most."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import time

import msgspec

from workbench.errors import GuardFailed
from workbench.folders import Folder, Trouble, new_number
from workbench.imports.order import Order
from workbench.imports.recipe import Recipe
from workbench.imports.survey import Survey
from workbench.loads import Reject

KEPT_SECONDS = 24 * 3600
"""How long what was sent is kept."""

_WHAT = "what was sent cannot be kept"
_HINT = "Nothing was imported. Free some space on the disk where the workbench's own file is."


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


class Inbox(Folder[Upload]):
    """The files in `folder`, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Upload, _WHAT, _HINT)

    def incoming(self) -> Incoming:
        """A new file to write what comes into. Raises DatabaseTrouble when there can be none."""
        with self.told():
            self.make()
            return Incoming(self.at(f"incoming-{new_number()}", "part"), self.told)

    def keep(self, person: str, name: str, file: Incoming) -> Upload:
        """What has come is `person`'s."""
        self.sweep()
        upload = Upload(number=new_number(), person=person, name=name, size=file.tell(), at=time())
        with self.told():
            file.stay(self.path(upload))
        self.save(upload)
        return upload

    def path(self, upload: Upload) -> Path:
        """Where its bytes are."""
        return self.at(upload.number, "data")

    def rejects_path(self, upload: Upload) -> Path:
        """Where the lines are that were rejected."""
        return self.at(upload.number, "rejects.csv")

    @contextmanager
    def rejects(self, upload: Upload) -> Iterator[Rejects]:
        """The file of its rejected lines, begun anew."""
        with self.told():
            path = self.rejects_path(upload)
            path.touch(mode=0o600)
            with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                yield Rejects(file, upload.order.most_rejects)

    def drop(self, upload: Upload, *, bytes_only: bool = False) -> None:
        """Forget it, or only what was sent."""
        if bytes_only:
            self.path(upload).unlink(missing_ok=True)
        else:
            self.forget(upload.number)

    def sweep(self) -> None:
        """Forget what is too old, whoever left it."""
        self.forget_older(KEPT_SECONDS)


class Incoming(io.FileIO):
    """A file that goes when it is closed, unless it is to stay."""

    def __init__(self, path: Path, told: Callable[[], AbstractContextManager[None]]) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        super().__init__(descriptor, "r+b")
        self._path, self._told = path, told

    def write(self, data: bytes) -> int:
        """Write all of `data`. Raises DatabaseTrouble when the disk is full."""
        left = memoryview(data)
        with self._told():
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

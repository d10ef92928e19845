"""Folders beside the store for files of people, each with what is known of it beside it.

Only the owner of the workbench's own files may read them. Each has a name that cannot be guessed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import time
from typing import Generic, Protocol, TypeVar

import msgspec

from workbench.errors import DatabaseTrouble, WorkbenchError

_NAME = re.compile(r"[0-9a-f]{32}\Z")

_FULL = (27, 28, 122)  # EFBIG, ENOSPC, EDQUOT: errno(3)


class Trouble(msgspec.Struct, frozen=True):
    """Why nothing came of it: an error as it is told."""

    message: str
    hint: str | None = None
    code: str = "ERROR"

    @classmethod
    def of(cls, error: WorkbenchError) -> Trouble:
        """The trouble that `error` is."""
        return cls(error.message, error.hint, error.code)

    @property
    def as_error(self) -> WorkbenchError:
        """The error that it was."""
        return WorkbenchError(self.message, hint=self.hint, code=self.code)


class Kept(Protocol):
    """What is known of a file: under which number, and whose it is."""

    number: str
    person: str


T = TypeVar("T", bound=Kept)


class Folder(Generic[T]):
    """Files in `folder`, which is made when the first one comes; of each a `kind` is known."""

    def __init__(self, folder: Path, kind: type[T], what: str, hint: str) -> None:
        self.folder = folder
        self._kind, self._what, self._hint = kind, what, hint

    def make(self) -> None:
        """Make the folder, unless it is there."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def find(self, person: str, number: str) -> T | None:
        """The one with this number, if it is this person's."""
        found = self.read(number) if _NAME.match(number) else None
        return found if found is not None and found.person == person else None

    def read(self, number: str) -> T | None:
        """The one with this number, whosever it is."""
        try:
            return msgspec.json.decode(self.at(number, "json").read_bytes(), type=self._kind)
        except (OSError, msgspec.DecodeError):
            return None

    def save(self, kept: T) -> None:
        """Remember what is known of it. Raises DatabaseTrouble when the disk does not."""
        path = self.at(kept.number, "json")
        with self.told():
            beside = path.with_suffix(f".{os.getpid()}.part")
            beside.touch(mode=0o600)
            beside.write_bytes(msgspec.json.encode(kept))
            beside.replace(path)

    def at(self, number: str, ending: str) -> Path:
        """Where the file is that ends so."""
        return self.folder / f"{number}.{ending}"

    def forget(self, number: str) -> None:
        """Delete everything of this number."""
        for path in self.folder.glob(f"{number}.*"):
            path.unlink(missing_ok=True)

    def forget_older(self, seconds: float) -> None:
        """Delete what is older than this, whoever left it."""
        before = time() - seconds
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    if path.stat().st_mtime < before:
                        path.unlink()

    @contextmanager
    def told(self) -> Iterator[None]:
        """What the disk refuses inside is told as DatabaseTrouble."""
        try:
            yield
        except OSError as error:
            raise DatabaseTrouble(
                f"{self._what}: {error.strerror}",
                code="SQLITE_FULL" if error.errno in _FULL else "SQLITE_IOERR",
                hint=self._hint,
            ) from error


def new_number() -> str:
    """A number for something new."""
    return token_hex(16)

"""Which databases there are: each has a short name, by which addresses and ATTACH know it.

Files that were named at the start come first, then the SQLite files of the folders that were. A folder is
looked at again when something in it has changed, by each process for itself, so a new file is there for all.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

HEADER = b"SQLite format 3\0"
"""How each SQLite file begins (https://sqlite.org/fileformat2.html#magic_header_string)."""

_BESIDE = ("-wal", "-shm", "-journal")

_RESTED = 2_000_000_000  # nanoseconds after which a folder's time tells of every change in it

_LONGEST_NAME = 60

_TAKEN = frozenset({"main", "temp"})
"""What SQLite itself calls databases (https://sqlite.org/lang_attach.html)."""

_Identity = tuple[int, int]


class Listed(NamedTuple):
    """A database that can be asked for: its short name and its file."""

    name: str
    path: Path


class Listing:
    """The databases: `files`, and what is in `folders`; none of the files `apart`.

    Only files of their own count: no links, which could lead out of a folder, and nothing hidden.
    """

    def __init__(
        self, files: Sequence[Path], folders: Sequence[Path] = (), *, apart: Sequence[Path] = ()
    ) -> None:
        self.folders = tuple(folders)
        self._files = tuple(files)
        self._apart = apart
        self._looked_at: tuple[int, ...] | None = None
        self._listed: tuple[Listed, ...] = _named(self._files)
        self._sniffed: dict[_Identity, tuple[int, int, bool]] = {}

    def all(self) -> tuple[Listed, ...]:
        """All of them; the first is the one that needs no name in an address."""
        if self.folders:
            self._look_again()
        return self._listed

    def find(self, name: str) -> Listed | None:
        """The one of this name."""
        return next((each for each in self.all() if each.name == name), None)

    def _look_again(self) -> None:
        now = tuple(map(_changed, self.folders))
        if now == self._looked_at:
            return
        known = {found for path in (*self._files, *self._apart) if (found := _identity(path))}
        inside = [path for folder in self.folders for path in self._inside(folder, known)]
        self._listed = _named((*self._files, *inside))
        rested = time.time_ns() - max(now) > _RESTED
        self._looked_at = now if rested else None

    def _inside(self, folder: Path, known: set[_Identity]) -> Iterator[Path]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            if entry.name.startswith(".") or entry.name.endswith(_BESIDE):
                continue
            if self._is_database(entry, known):
                yield Path(entry.path)

    def _is_database(self, entry: os.DirEntry[str], known: set[_Identity]) -> bool:
        """Whether it is a SQLite file; `known` ones are left alone, and so is one that is found to be one.

        It may be open in this process by then, and closing another handle would drop SQLite's locks
        (https://sqlite.org/howtocorrupt.html, section 2.2).
        """
        try:
            if not entry.is_file(follow_symlinks=False):
                return False
            found = entry.stat(follow_symlinks=False)
        except OSError:
            return False
        identity = found.st_dev, found.st_ino
        if identity in known:
            return False
        size, changed, is_one = self._sniffed.get(identity, (-1, -1, False))
        if not is_one and (size, changed) != (found.st_size, found.st_mtime_ns):
            is_one = _begins_as_one(entry.path)
            self._sniffed[identity] = found.st_size, found.st_mtime_ns, is_one
        return is_one


def _begins_as_one(path: str) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(handle).st_mode) and os.read(handle, len(HEADER)) == HEADER
    except OSError:
        return False
    finally:
        os.close(handle)


def _named(paths: Sequence[Path]) -> tuple[Listed, ...]:
    """Each with its name: its own without the ending where no other has that, else more of it.

    A name depends on all files there are. It never passes from one file to another by one that is added:
    whoever shares it loses it.
    """
    unique = list({os.path.realpath(path): path for path in paths}.values())
    names = _told_apart([short_name(path.stem) for path in unique], [short_name(p.name) for p in unique])
    names = _told_apart(names, [f"{short_name(p.stem)}-{_digest(p)}" for p in unique])
    return tuple(map(Listed, names, unique))


def _told_apart(names: list[str], longer: list[str]) -> list[str]:
    """`names`, with the `longer` one for those that are there more than once or belong to SQLite."""
    counts = Counter(name.lower() for name in names)
    return [
        more if counts[name.lower()] > 1 or name.lower() in _TAKEN else name
        for name, more in zip(names, longer, strict=True)
    ]


def short_name(text: str) -> str:
    """`text` in letters of any script, digits, ``_`` and ``-``."""
    decodable = os.fsencode(text).decode(errors="replace")
    return re.sub(r"[^\w-]+", "_", decodable).strip("_")[:_LONGEST_NAME] or "database"


def home_as_tilde(folder: Path) -> str:
    """`folder` as a person writes it."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)


def _digest(path: Path) -> str:
    return sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:8]


def _changed(folder: Path) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


def _identity(path: Path) -> _Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino

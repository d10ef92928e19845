"""A ZIP that is handed on in pieces while it is made: nothing of it waits in memory or in another file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

_LEVEL = 1
"""The quickest: on rows, the others take several times as long for a tenth less."""

_ENOUGH = 1 << 16
"""Bytes that are handed on at once, at least."""


class _Pipe:
    """Where the archive writes, and from where it is taken. It cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """There is nowhere to flush to."""

    def taken(self) -> bytes:
        whole, self._pieces, self.size = b"".join(self._pieces), [], 0
        return whole


def archived(files: Iterable[tuple[str, Iterable[bytes]]], *, large: bool = False) -> Iterator[bytes]:
    """An archive of `files`, each a name and its pieces; without its end when a piece raises an error.

    `large`: a file in it may have more than 2 GB (ZIP64), which not every reader of workbooks understands.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, pieces in files:
            with archive.open(name, "w", force_zip64=large) as file:
                for piece in pieces:
                    file.write(piece)
                    if pipe.size >= _ENOUGH:
                        yield pipe.taken()
    yield pipe.taken()

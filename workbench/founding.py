"""Making a database: an empty file in one of the folders that are served, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

from workbench.engines.sqlite import make_empty
from workbench.errors import BadRequest, Refused, WriteRefused
from workbench.listing import Listed, Listing

LONGEST = 100
"""The most characters that the name of a file may have."""

_ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3")

_NAME = re.compile(r"\w[\w .-]*\Z")

_WHERE = {"NAME_MISSING": "It needs a name.", "NAME_TOO_LONG": f"A name has {LONGEST} characters at most."}


class Founding:
    """Makes databases in the folders of `listing`, if that is `allowed` and not all is `read_only`."""

    def __init__(self, listing: Listing, *, allowed: bool, read_only: bool) -> None:
        self._listing = listing
        self._allowed = allowed
        self._read_only = read_only

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where one can be made; nowhere when it is not allowed."""
        return self._listing.folders if self._allowed and not self._read_only else ()

    def make(self, name: str, folder: int = 0) -> Listed:
        """Make an empty one called `name` in the folder of that number; a name without ending gets ``.db``.

        Raises a WorkbenchError where that is not allowed, or the name or the folder will not do.
        """
        if self._read_only:
            raise WriteRefused("This workbench is open for reading only.")
        if not 0 <= folder < len(self.folders):
            raise Refused(
                "No databases can be made here.", hint="WORKBENCH_NEW_DATABASES allows it, in a folder."
            )
        path = self.folders[folder] / _file_name(name.strip())
        make_empty(path)
        return next(each for each in self._listing.all() if each.path == path)


def _file_name(name: str) -> str:
    """The name of the file. Raises BadRequest for one that leads elsewhere, or that no file should have."""
    for code, wrong in (("NAME_MISSING", not name), ("NAME_TOO_LONG", len(name) > LONGEST)):
        if wrong:
            raise BadRequest(_WHERE[code], code=code, hint="Nothing was made.")
    if not _NAME.match(name) or name.endswith("."):
        words = "A name is letters, digits, spaces, and . _ -, and begins with a letter or a digit."
        raise BadRequest(words, code="NAME_ODD", hint="Nothing was made.")
    return name if name.lower().endswith(_ENDINGS) else f"{name}.db"

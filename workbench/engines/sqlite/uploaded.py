"""A SQLite file that somebody sent: its tables, and their rows; nothing else of it is looked at.

It is opened as one that nobody changes (https://sqlite.org/c3ref/open.html, `immutable`), hardened, and
by a connection that cannot write. Views, triggers, virtual tables and columns that are computed when
they are read may make SQLite run what their maker wants: none of them is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import apsw

from workbench.engines.sqlite.authorizer import Authorizer
from workbench.engines.sqlite.connections import Link, harden
from workbench.errors import BadRequest
from workbench.results import Row
from workbench.sql import quoted

_TABLES = """
SELECT name FROM pragma_table_list
 WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
"""


class Uploaded:
    """The file at `path`, as a context that closes it."""

    def __init__(self, path: Path) -> None:
        address = f"file:{quote(str(path))}?immutable=1"
        with self.told():
            connection = apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
            self._link: Link = harden(connection, Authorizer(writer=False), attached=0, wait=0.0)

    def tables(self) -> list[str]:
        """The names of its tables. Raises BadRequest for a file that is damaged."""
        with self.told():
            ((said,),) = self._link.own("PRAGMA quick_check(1)")
            if said != "ok":
                raise BadRequest(f"This database is damaged: {said}.", code="BROKEN_DATABASE", hint=_HINT)
            return [name for (name,) in self._link.own(_TABLES)]

    def columns(self, table: str) -> list[str]:
        """The columns of `table` that are stored in it."""
        with self.told():
            found = self._link.own("SELECT name FROM pragma_table_xinfo(?) WHERE hidden IN (0, 3)", (table,))
        return [name for (name,) in found]

    def rows(self, table: str, columns: list[str], at_once: int) -> Iterator[list[Row]]:
        """Its rows in lists; a text that is not UTF-8 comes as UnicodeDecodeError in its row's place."""
        names = ", ".join(map(quoted, columns))
        with self.told(), closing(self._link.connection.cursor()) as cursor:
            cursor.execute(f"SELECT {names} FROM main.{quoted(table)}", can_cache=False)
            each = _each(cursor)
            while batch := list(islice(each, at_once)):
                yield batch

    def interrupt(self) -> None:
        """Stop what is read; from another thread."""
        self._link.connection.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        self._link.connection.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """What SQLite raises inside is told as a BadRequest."""
        try:
            yield
        except (apsw.Error, UnicodeDecodeError) as error:
            raise BadRequest(
                f"This is no SQLite database that can be read: {error}.", code="BROKEN_DATABASE", hint=_HINT
            ) from error


_HINT = "Nothing was imported. Make a copy of it by .backup or VACUUM INTO, and send that."


def _each(cursor: apsw.Cursor) -> Iterator[Row | UnicodeDecodeError]:
    while True:
        try:
            yield next(cursor)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            yield error

"""What is taken out of a SQLite file, all of it as it is at one moment, while others go on writing.

In WAL mode nobody waits for anybody; in the other modes a commit waits until the last row is read
(https://sqlite.org/isolation.html).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

import apsw

from workbench.catalog import Table
from workbench.engines.base import Flow, Statement
from workbench.engines.sqlite.browsing import Browsing
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.flow import flow
from workbench.exporting import Made
from workbench.jobs import Ask
from workbench.sql import quoted

_PAGES = 1024
"""How many pages are copied at once."""

_MADE = """
SELECT type, name, tbl_name, sql FROM main.sqlite_schema AS s
 WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
   AND name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')
 ORDER BY type = 'trigger', type = 'view', type = 'index', rowid
"""


class Takeout(Browsing):
    """Reads whole tables on a link that only reads, all of them as they are at one moment."""

    def __enter__(self) -> Takeout:
        super().__enter__()
        with translated():
            self._link.own("SELECT 1 FROM sqlite_schema LIMIT 1")  # the moment is that of the first reading
        return self

    def rows(self, table: Table, columns: Sequence[str]) -> AbstractContextManager[Flow]:
        """These columns of all its rows."""
        return self._flow(", ".join(map(quoted, columns)), table)

    def made(self) -> list[Made]:
        """The SQL by which everything was made, in an order in which it can be made again."""
        with translated():
            return [Made(*found) for found in self._link.own(_MADE)]

    def sequence(self, table: Table) -> int | None:
        """The largest key that AUTOINCREMENT ever gave in `table`; None where it did not."""
        try:
            found = self._link.own("SELECT seq FROM main.sqlite_sequence WHERE name = ?", (table.name,))
        except apsw.SQLError:  # no table has an AUTOINCREMENT
            return None
        return next((seq for (seq,) in found if isinstance(seq, int)), None)

    def count(self, table: Table) -> int:
        """How many rows there are. Takes as long as it takes."""
        with self._flow("count(*)", table) as counted:
            ((count,),) = next(counted.batches)
        return count

    def pages(self) -> tuple[int, int]:
        """How many pages the file has, and how many bytes each."""
        with translated():
            ((pages,),), ((size,),) = self._link.own("PRAGMA page_count"), self._link.own("PRAGMA page_size")
        return pages, size

    def copy(self, path: Path, pace: Callable[[int], None]) -> None:
        """Copy the file to `path` (https://sqlite.org/backup.html); `pace` is told how many pages were copied
        more, and may raise a WorkbenchError.
        """
        with translated(), closing(apsw.Connection(str(path))) as copy:
            copy.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            with copy.backup("main", self._link.connection, "main") as backup:
                done = 0
                while not backup.done:
                    backup.step(_PAGES)
                    pace(backup.page_count - backup.remaining - done)
                    done = backup.page_count - backup.remaining

    def _flow(self, what: str, table: Table) -> AbstractContextManager[Flow]:
        text = f"SELECT {what} FROM main.{quoted(table.name)}"
        return flow(self._link, Ask(text), Statement(text))

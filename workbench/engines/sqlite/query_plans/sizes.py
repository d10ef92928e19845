"""How many rows tables have, told within a moment however many these are."""

from __future__ import annotations

from contextlib import closing
from time import monotonic

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.statistics import analyzed
from workbench.plans import Size
from workbench.sql import quoted

MOST_ROWS = 100_000
"""Where counting ends."""

MOST_SECONDS = 0.05
"""How long counting one table may take."""

_LOOK = 500  # rows between two looks at the clock


class TableSizes:
    """Tells the size of each table of the database on `link`, and asks once."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._known: dict[str, Size | None] = dict(analyzed(link))

    def __call__(self, table: str) -> Size | None:
        """What ANALYZE found, else a count."""
        if table not in self._known:
            self._known[table] = self._counted(table)
        return self._known[table]

    def _counted(self, table: str) -> Size | None:
        """Its rows, counted until there are too many or it takes too long; None where they cannot be read."""
        rows, until = 0, monotonic() + MOST_SECONDS
        self._link.authorizer.begin()
        try:
            with closing(self._link.connection.cursor()) as cursor:
                for _ in cursor.execute(f"SELECT 1 FROM main.{quoted(table)}"):
                    rows += 1
                    if rows > MOST_ROWS:
                        return Size(MOST_ROWS, "more than")
                    if rows % _LOOK == 0 and monotonic() > until:
                        return Size(rows, "at least")
        except apsw.SQLError:
            return None
        return Size(rows)

"""What ANALYZE told of the tables of a database, for whoever has no time to count."""

from __future__ import annotations

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.plans import Size

_ROWS = "SELECT tbl, max(CAST(stat AS INTEGER)) AS rows FROM main.sqlite_stat1 GROUP BY 1 HAVING rows > 0"


def analyzed(link: Link) -> dict[str, Size]:
    """About how many rows each table has (https://sqlite.org/fileformat2.html#the_sqlite_stat1_table)."""
    try:
        return {table: Size(rows, "about") for table, rows in link.own(_ROWS)}
    except apsw.SQLError:
        return {}  # it was never run

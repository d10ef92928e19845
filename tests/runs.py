"""Scripts that are run, and what another program sees of them."""

from __future__ import annotations

from pathlib import Path

import apsw

from workbench.jobs import Job
from workbench.results import Run
from workbench.runner import Handling, Runner, first_rows

FOREVER = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"


def run(runner: Runner, script: str, **options: object) -> Run:
    """Run `script` as the page does."""
    return runner.run(Job.of(script), Handling(first_rows(1000), **options))


def rows_of(path: Path, sql: str = "SELECT id, name, nr FROM student ORDER BY id") -> list[tuple]:
    """What another program sees in the file."""
    return apsw.Connection(str(path)).execute(sql).fetchall()

"""A database that somebody works with, whose failures are explained."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from workbench.engines.sqlite import SqliteEngine, ready_file
from workbench.errors import WorkbenchError
from workbench.explanations import Explanation
from workbench.jobs import Job
from workbench.results import Result, Row
from workbench.runner import Handling, Runner, first_rows
from workbench.slots import Slots
from workbench.watchdog import Watchdog


class Database:
    """A database that somebody works with, and what another program sees of it."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        connection = sqlite3.connect(path)
        connection.executescript(schema)
        connection.close()
        ready_file(path, read_only=False)
        self.engine = SqliteEngine(path, line_folder=path.parent)
        self._runner = Runner(self.engine, Slots(2), Watchdog(), time_limit=5)

    def run(self, job: Job | str) -> tuple[list[Result], WorkbenchError | None]:
        job = Job.of(job) if isinstance(job, str) else job
        run = self._runner.run(job, Handling(first_rows(1000)))
        return run.results, run.error

    def close(self) -> None:
        """Let go of the file, and of whoever watches."""
        self._runner.close()

    def fails(self, job: Job | str) -> WorkbenchError:
        """What is told of a job that a constraint stops. It changes nothing, whatever was found out."""
        before = self.contents()
        error = self.run(job)[1]
        assert error is not None
        assert self.contents() == before
        assert self.run("SELECT count(*) FROM sqlite_temp_schema")[0][0].rows == [(0,)]
        return error

    def explained(self, job: Job | str) -> Explanation:
        explanation = self.fails(job).explanation
        assert explanation is not None
        return explanation

    def rows(self, query: str) -> list[Row]:
        results, error = self.run(query)
        assert error is None
        return list(results[0].rows)

    def contents(self) -> bytes:
        """Every page of it."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.serialize()
        finally:
            connection.close()

"""Those that are measured side by side: each a server on a loopback port, started on a database of its own.

All that run under uWSGI have the workbench's own settings of it, and as many processes.
"""

from __future__ import annotations

import re
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote

from benchmarks.book import Lacking
from benchmarks.load import Ask
from tests.deployment.servers import HOME, Server, Workbench, eventually, free_port, surroundings
from workbench.__main__ import uwsgi_arguments
from workbench.settings import Settings

PROCESSES = Settings(Path(), Path()).processes
"""How many processes everyone has who can have several: the workbench's own default."""

FOR_ONE = {"WORKBENCH_PROCESSES": 3}
"""For a single client: the fewest processes there may be, so that each soon has had its first request."""


def _pinned(package: str, file: str) -> str:
    """The package's version in one of our requirement files."""
    return re.search(f"^{package}==(\\S+)", (HOME / "benchmarks" / file).read_text(), re.M)[1]


NAMES = {
    "workbench": "the workbench",
    "bare": "a bare callable on uWSGI",
    "hello": "Flask hello on uWSGI",
    "tutorial": "the tutorial's server",
    "datasette": f"Datasette {_pinned('datasette', 'datasette.txt')}",
    "datasette-next": f"Datasette {_pinned('datasette', 'datasette-next.txt')}",
    "sqlite-web": f"sqlite-web {_pinned('sqlite-web', 'requirements.txt')}",
}
"""Everyone, and how they are called."""


class OnUwsgi(Server):
    """A module of `benchmarks/apps` under the workbench's uwsgi.ini."""

    def __init__(self, folder: Path, module: str, database: Path) -> None:
        super().__init__(folder, module)
        self._settings = Settings(database, folder, port=free_port())
        self._module, self._database = module, database
        self.url = f"http://{self._settings.address}"

    def start(self) -> OnUwsgi:
        """Returns when it answers."""
        ini = self.folder / "uwsgi.ini"
        shipped = (HOME / "uwsgi.ini").read_text()
        ini.write_text(shipped.replace("workbench.wsgi:", f"benchmarks.apps.{self._module}:"))
        run = [sys.executable, "-P", "-c", "import sys, pyuwsgi; pyuwsgi.run(sys.argv[1:])"]
        self.launch(
            [*run, *uwsgi_arguments(self._settings, ini)], surroundings(self.folder, DATABASE=self._database)
        )
        return self


class Program(Server):
    """Another program that serves `database`, from an environment beside the project."""

    def __init__(self, folder: Path, program: Path, arguments: Callable[[int], list[str]]) -> None:
        super().__init__(folder, program.name)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._command = [str(program), *arguments(port)]

    def start(self) -> Program:
        """Returns at once."""
        if not Path(self._command[0]).exists():
            raise Lacking(f"{Path(self._command[0]).name} is missing: it could not be installed")
        self.launch(self._command, surroundings(self.folder))
        return self


def peer(key: str, folder: Path, database: Path, **settings: object) -> Server:
    """The one called `key` in NAMES, to be started on `database`; `settings` are the workbench's."""
    folder = folder / key
    if key == "workbench":
        return Workbench(folder, str(database), **{"WORKBENCH_PROCESSES": PROCESSES} | settings)
    if key == "sqlite-web":
        return _sqlite_web(folder, database)
    if key.startswith("datasette"):
        return _datasette(folder, HOME / f".venv.bench-{key}" / "bin" / "datasette", database)
    return OnUwsgi(folder, key, database)


def _sqlite_web(folder: Path, database: Path) -> Server:
    def arguments(port: int) -> list[str]:
        return ["-x", "-q", "-H", "127.0.0.1", "-p", str(port), str(database)]

    return Program(folder, Path(sys.executable).with_name("sqlite_web"), arguments)


def _datasette(folder: Path, program: Path, database: Path) -> Server:
    """Its limits are lifted as far as the largest answer here needs it; nothing else is set."""

    def arguments(port: int) -> list[str]:
        limits = {"max_returned_rows": 2_000_000, "sql_time_limit_ms": 120_000, "max_csv_mb": 0}
        lifted = [word for name, value in limits.items() for word in ("--setting", name, str(value))]
        return ["serve", str(database), "-h", "127.0.0.1", "-p", str(port), *lifted]

    return Program(folder, program, arguments)


def answered(server: Server) -> None:
    """Returns when `server` answers, be it that there is nothing at this address."""

    def asks() -> bool:
        server.running()
        try:
            urllib.request.urlopen(server.url, timeout=10).close()
        except HTTPError:
            return True
        except OSError:
            return False
        return True

    eventually(asks, server.url, within=60)


def read(key: str, database: Path, sql: str) -> Ask:
    """How `key` is asked for the rows of a query, as JSON where it speaks it."""
    name, asked = database.stem, quote(sql)
    return {
        "workbench": Ask(f"/run?query={asked}"),
        "tutorial": Ask(f"/run?query={asked}"),
        "datasette": Ask(f"/{name}.json?sql={asked}&_shape=arrays"),
        "datasette-next": Ask(f"/{name}/-/query.json?sql={asked}&_shape=arrays"),
        "sqlite-web": Ask(f"/query/?sql={asked}"),
    }.get(key, Ask("/"))


def rows_as_csv(key: str, database: Path, sql: str) -> Ask:
    """How `key` is asked for the rows of a query as CSV."""
    name, asked = database.stem, quote(sql)
    if key == "sqlite-web":
        return Ask.form("/query/", {"sql": sql, "export_csv": "1"})
    return {
        "datasette": Ask(f"/{name}.csv?sql={asked}&_size=max"),
        "datasette-next": Ask(f"/{name}/-/query.csv?sql={asked}&_size=max"),
    }.get(key, Ask(f"/run?format=csv&query={asked}"))

"""Settings: one short table, with a default and a sentence each."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
"""The checkout: where `templates`, `static` and `database` are."""

PROCESSES = min(16, 4 + 2 * len(os.sched_getaffinity(0)))
"""How many workers there are if nothing is said: two for each core, two that are kept free of SQL, and
two for those who wait for a lock. More of them drive each other out of the cores' caches.
"""

TABLE = {
    "WORKBENCH_DATABASE": ("", "the SQLite file to serve; none: the sample, student.db"),
    "WORKBENCH_DATABASES": ("", f"further SQLite files, and folders of them, separated by {os.pathsep}"),
    "WORKBENCH_NEW_DATABASES": (
        "0",
        "1 lets people make databases in those folders; a folder on the command line sets it",
    ),
    "WORKBENCH_SAMPLE_DIR": (str(HOME / "database"), "where the sample is made on first start"),
    "WORKBENCH_STORE": (
        str(HOME / "database" / "workbench.db"),
        "the workbench's own file: history and keys",
    ),
    "WORKBENCH_READ_ONLY": ("0", "1 opens the database for reading only"),
    "WORKBENCH_TIME_LIMIT": ("30", "seconds a run may take before it is stopped"),
    "WORKBENCH_UPLOAD_MB": ("2048", "the most megabytes a file that is imported may have"),
    "WORKBENCH_IMPORT_SECONDS": (
        "600",
        "seconds an import may take; others wait with their writes meanwhile",
    ),
    "WORKBENCH_EXPORT_SECONDS": ("600", "seconds an export to a file may take"),
    "WORKBENCH_EXPORT_MB": (
        "4096",
        "the most megabytes that exported files may have together; each goes after a day",
    ),
    "WORKBENCH_PROCESSES": (
        str(PROCESSES),
        "workers, 3 to 64; two of them are kept free of SQL; none: 4, and 2 for each core, at most 16",
    ),
    "WORKBENCH_RESULT_BYTES": (str(16 << 20), "the most bytes one answer of /run may have"),
    "WORKBENCH_GET_WRITES": (
        "",
        "seed: GET /run may write; deny: it may not; none: seed on the loopback without password",
    ),
    "WORKBENCH_UNDO": (
        "page",
        "what is recorded to be undone: page, what people run there; all, also what programs do; off",
    ),
    "WORKBENCH_PASSWORD": ("", "asked of everyone; needed to listen beyond the loopback"),
    "WORKBENCH_PASSWORD_FILE": ("", "a file that holds the password"),
    "WORKBENCH_HOSTS": ("", "further host names under which it is reached, separated by commas"),
    "WORKBENCH_CORS_ORIGINS": (
        "",
        "origins whose pages may call /run, separated by commas: https://app.example; none: no other's",
    ),
    "WORKBENCH_HISTORY_DAYS": ("365", "how many days an entry of the history is kept; 0: for ever"),
    "WORKBENCH_HISTORY_MB": ("1024", "how large the workbench's own file may grow, about; the oldest goes"),
    "WORKBENCH_SNAPSHOTS_MB": (
        "512",
        "how much the rows of large results may take beside that file, to be paged and sorted; 0: nothing",
    ),
    "WORKBENCH_API_HISTORY": ("1000", "how many of the newest runs of programs are kept, 0 to 100000"),
    "WORKBENCH_LISTEN": ("", "the address under which a container publishes it, if it is in one"),
    "WORKBENCH_SOCKET": ("", "a unix socket for Nginx, instead of HTTP on HOST and PORT"),
    "WORKBENCH_READY": ("", "set by the workbench itself for its workers"),
    "WORKBENCH_DEBUG": ("0", "1 serves /gallery, every fragment with canned values"),
    "HOST": ("127.0.0.1", "the address to listen on"),
    "PORT": ("8080", "the port to listen on"),
}
"""Name -> (default, one sentence). `./run --help` prints it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the workbench was told at its start. Times are in seconds, sizes in bytes.

    `further` are databases beside the first, and folders of them.
    """

    database: Path
    store: Path
    further: tuple[Path, ...] = ()
    new_databases: bool = False
    read_only: bool = False
    time_limit: float = 30.0
    upload_bytes: int = 2048 << 20
    import_seconds: float = 600.0
    export_seconds: float = 600.0
    export_bytes: int = 4096 << 20
    processes: int = PROCESSES
    result_bytes: int = 16 << 20
    get_writes: bool = True
    undo: str = "page"
    password: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8080
    socket: str = ""
    history_days: int = 365
    history_mb: int = 1024
    snapshots_mb: int = 512
    api_history: int = 1000
    debug: bool = False

    @property
    def address(self) -> str:
        """Where it listens, as an address names it: ``127.0.0.1:8080``, ``[::1]:8080``."""
        bare = self.host.strip("[]")
        return f"[{bare}]:{self.port}" if ":" in bare else f"{bare}:{self.port}"

    @property
    def files(self) -> tuple[Path, ...]:
        """The databases that were named; whether they are there is not looked at."""
        return self.database, *(path for path in self.further if not path.is_dir())

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders whose databases are served."""
        return tuple(path for path in self.further if path.is_dir())

    @property
    def inbox(self) -> Path:
        """The folder for files that are to be imported, beside the store."""
        return self.store.with_name(f"{self.store.stem}-imports")

    @property
    def outbox(self) -> Path:
        """The folder for files that were exported, beside the store."""
        return self.store.with_name(f"{self.store.stem}-exports")

    @property
    def sql_slots(self) -> int:
        """How many runs may go on at once: two workers stay free for pages and health."""
        return max(1, self.processes - 2)

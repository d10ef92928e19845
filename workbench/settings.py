"""Settings: one short table, read once at start, loud when wrong."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import SettingsError

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

_SAID = {"WORKBENCH_DATABASE": "the name in FILE or WORKBENCH_DATABASE"}
"""How a setting is called that can be given in another way too."""

_DIGITS = re.compile(r"[0-9]{1,12}\Z")

_ORIGIN = re.compile(
    r"(?:http(?!.*:80\Z)|https(?!.*:443\Z))://(?:[a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?\Z"
)

Value = Callable[[str], str]
"""The text of a setting: what the environment says, else its default."""


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


def from_environment(environ: Mapping[str, str]) -> Settings:
    """The settings that `environ` holds.

    Raises:
        SettingsError: for an unknown WORKBENCH_ name, a value that cannot be meant, or an
            address beyond the loopback without a password.
    """
    _refuse_unknown(environ)
    _refuse_not_utf8(environ)

    def value(name: str) -> str:
        return environ.get(name, "") or TABLE[name][0]

    password = _password(value("WORKBENCH_PASSWORD"), value("WORKBENCH_PASSWORD_FILE"))
    beyond = _refuse_open_door(value, password)
    database, further, store = _files(value)
    return Settings(
        database=database,
        store=store,
        further=further,
        password=password,
        get_writes=_get_writes(value("WORKBENCH_GET_WRITES"), open_to_all=not password and not beyond),
        **_leave(value),
        **_places(value),
        **_amounts(value),
    )


def _leave(value: Value) -> dict[str, Any]:
    """What may be done, and what is recorded of it: fields of Settings."""
    return {
        "new_databases": _flag("WORKBENCH_NEW_DATABASES", value),
        "read_only": _flag("WORKBENCH_READ_ONLY", value),
        "undo": _one_of("WORKBENCH_UNDO", value, ("off", "page", "all")),
        "debug": _flag("WORKBENCH_DEBUG", value),
    }


def _places(value: Value) -> dict[str, Any]:
    """Where it is reached, and from where: fields of Settings."""
    return {
        "host": value("HOST"),
        "port": _whole("PORT", value, 1, 65535),
        "socket": value("WORKBENCH_SOCKET"),
        "hosts": _names(value("WORKBENCH_HOSTS")),
        "cors_origins": _origins(value("WORKBENCH_CORS_ORIGINS")),
    }


def _amounts(value: Value) -> dict[str, Any]:
    """How much of everything: fields of Settings."""
    return {
        "time_limit": _number("WORKBENCH_TIME_LIMIT", value, 0.1, 3600),
        "upload_bytes": _whole("WORKBENCH_UPLOAD_MB", value, 1, 1 << 20) << 20,
        "import_seconds": _number("WORKBENCH_IMPORT_SECONDS", value, 1, 86_400),
        "export_seconds": _number("WORKBENCH_EXPORT_SECONDS", value, 1, 86_400),
        "export_bytes": _whole("WORKBENCH_EXPORT_MB", value, 1, 1 << 20) << 20,
        "processes": _whole("WORKBENCH_PROCESSES", value, 3, 64),
        "result_bytes": _whole("WORKBENCH_RESULT_BYTES", value, 1024, 1 << 30),
        "history_days": _whole("WORKBENCH_HISTORY_DAYS", value, 0, 36_500),
        "history_mb": _whole("WORKBENCH_HISTORY_MB", value, 8, 1 << 20),
        "snapshots_mb": _whole("WORKBENCH_SNAPSHOTS_MB", value, 0, 1 << 20),
        "api_history": _whole("WORKBENCH_API_HISTORY", value, 0, 100_000),
    }


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    unknown = sorted(n for n in environ if n.startswith("WORKBENCH_") and n not in TABLE)
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]}: `./run --help` lists those there are")


def _refuse_not_utf8(environ: Mapping[str, str]) -> None:
    for name in TABLE:
        try:
            environ.get(name, "").encode()
        except UnicodeEncodeError as error:
            raise SettingsError(f"{_SAID.get(name, name)} is not valid UTF-8") from error


def _refuse_open_door(value: Value, password: str) -> bool:
    """Whether others than this machine can reach it, which takes a password."""
    published = value("WORKBENCH_LISTEN") or ("" if value("WORKBENCH_SOCKET") else value("HOST"))
    beyond = bool(published) and not is_loopback(published)
    if beyond and not password:
        raise SettingsError(
            f"listening on {published} lets others in: set WORKBENCH_PASSWORD (or …_FILE) first"
        )
    return beyond


def _password(plain: str, path: str) -> str:
    if plain and path:
        raise SettingsError("set WORKBENCH_PASSWORD or WORKBENCH_PASSWORD_FILE, not both")
    if not path:
        return plain
    try:
        found = Path(path).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"WORKBENCH_PASSWORD_FILE {path} cannot be read: {error}") from error
    if not found:
        raise SettingsError(f"WORKBENCH_PASSWORD_FILE {path} is empty")
    return found


def _get_writes(value: str, *, open_to_all: bool) -> bool:
    if value not in ("", "seed", "deny"):
        raise SettingsError(f"WORKBENCH_GET_WRITES is {value!r}: it takes seed or deny")
    return value == "seed" if value else open_to_all


def _files(value: Value) -> tuple[Path, tuple[Path, ...], Path]:
    """The database, those beside it, and the workbench's own file, which must be another."""
    sample = Path(value("WORKBENCH_SAMPLE_DIR")) / "student.db"
    database = Path(value("WORKBENCH_DATABASE") or sample).absolute()
    further = tuple(Path(p).absolute() for p in value("WORKBENCH_DATABASES").split(os.pathsep) if p)
    store = Path(value("WORKBENCH_STORE")).absolute()
    if any(_are_one(path, store) for path in (database, *further)):
        raise SettingsError(f"WORKBENCH_STORE {store} is the database itself: name another file there")
    return database, further, store


def _are_one(one: Path, other: Path) -> bool:
    """Whether both name the same file, also by links, and also when it is yet to be made."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in listed.split(",") if name.strip())


def _origins(listed: str) -> tuple[str, ...]:
    """Origins as browsers write them (RFC 6454, section 6.2)."""
    origins = tuple(origin.strip() for origin in listed.split(",") if origin.strip())
    for origin in origins:
        if not _ORIGIN.match(origin):
            raise SettingsError(
                f"WORKBENCH_CORS_ORIGINS names {origin}, and takes each origin in full, in small letters,"
                " without path or usual port: https://app.example"
            )
    return origins


def _one_of(name: str, value: Value, words: tuple[str, ...]) -> str:
    if value(name) not in words:
        raise SettingsError(f"{name} is {value(name)!r}: it takes {', '.join(words[:-1])} or {words[-1]}")
    return value(name)


def _flag(name: str, value: Value) -> bool:
    if value(name) not in ("0", "1"):
        raise SettingsError(f"{name} is {value(name)!r}: it takes 0 or 1")
    return value(name) == "1"


def _number(name: str, value: Value, least: float, most: float) -> float:
    try:
        number = float(value(name))
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise SettingsError(f"{name} is {value(name)!r}: it takes a number from {least} to {most}")
    return number


def _whole(name: str, value: Value, least: int, most: int) -> int:
    number = int(value(name)) if _DIGITS.match(value(name)) else -1
    if not least <= number <= most:
        raise SettingsError(f"{name} is {value(name)!r}: it takes a whole number from {least} to {most}")
    return number

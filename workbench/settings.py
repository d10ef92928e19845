"""Settings: one short table, read once at start, loud when wrong."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import SettingsError

HOME = Path(__file__).resolve().parent.parent
"""The checkout: where `templates`, `static` and `database` are."""

TABLE = {
    "WORKBENCH_DATABASE": ("", "the SQLite file to serve; none: the sample, student.db"),
    "WORKBENCH_SAMPLE_DIR": (str(HOME / "database"), "where the sample is made on first start"),
    "WORKBENCH_STORE": (
        str(HOME / "database" / "workbench.db"),
        "the workbench's own file: history and keys",
    ),
    "WORKBENCH_READ_ONLY": ("0", "1 opens the database for reading only"),
    "WORKBENCH_TIME_LIMIT": ("30", "seconds a run may take before it is stopped"),
    "WORKBENCH_PROCESSES": ("8", "the most workers, 3 to 64; two of them are kept free of SQL"),
    "WORKBENCH_RESULT_BYTES": (str(16 << 20), "the most bytes one answer of /run may have"),
    "WORKBENCH_GET_WRITES": (
        "",
        "seed: GET /run may write; deny: it may not; none: seed on the loopback without password",
    ),
    "WORKBENCH_PASSWORD": ("", "asked of everyone; needed to listen beyond the loopback"),
    "WORKBENCH_PASSWORD_FILE": ("", "a file that holds the password"),
    "WORKBENCH_HOSTS": ("", "further host names under which it is reached, separated by commas"),
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
    """What the workbench was told at its start. Times are in seconds, sizes in bytes."""

    database: Path
    store: Path
    read_only: bool = False
    time_limit: float = 30.0
    processes: int = 8
    result_bytes: int = 16 << 20
    get_writes: bool = True
    password: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8080
    socket: str = ""
    debug: bool = False

    @property
    def address(self) -> str:
        """Where it listens, as an address names it: ``127.0.0.1:8080``, ``[::1]:8080``."""
        bare = self.host.strip("[]")
        return f"[{bare}]:{self.port}" if ":" in bare else f"{bare}:{self.port}"

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

    def value(name: str) -> str:
        return environ.get(name, "") or TABLE[name][0]

    password = _password(value("WORKBENCH_PASSWORD"), value("WORKBENCH_PASSWORD_FILE"))
    host = value("HOST")
    published = value("WORKBENCH_LISTEN") or ("" if value("WORKBENCH_SOCKET") else host)
    beyond = bool(published) and not is_loopback(published)
    if beyond and not password:
        raise SettingsError(
            f"listening on {published} lets others in: set WORKBENCH_PASSWORD (or …_FILE) first"
        )
    return Settings(
        database=Path(
            value("WORKBENCH_DATABASE") or Path(value("WORKBENCH_SAMPLE_DIR")) / "student.db"
        ).absolute(),
        store=Path(value("WORKBENCH_STORE")).absolute(),
        read_only=_flag("WORKBENCH_READ_ONLY", value("WORKBENCH_READ_ONLY")),
        time_limit=_number("WORKBENCH_TIME_LIMIT", value("WORKBENCH_TIME_LIMIT"), 0.1, 3600),
        processes=int(_number("WORKBENCH_PROCESSES", value("WORKBENCH_PROCESSES"), 3, 64)),
        result_bytes=int(_number("WORKBENCH_RESULT_BYTES", value("WORKBENCH_RESULT_BYTES"), 1024, 1 << 30)),
        get_writes=_get_writes(value("WORKBENCH_GET_WRITES"), open_to_all=not password and not beyond),
        password=password,
        hosts=tuple(name.strip() for name in value("WORKBENCH_HOSTS").split(",") if name.strip()),
        host=host,
        port=int(_number("PORT", value("PORT"), 1, 65535)),
        socket=value("WORKBENCH_SOCKET"),
        debug=_flag("WORKBENCH_DEBUG", value("WORKBENCH_DEBUG")),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    unknown = sorted(n for n in environ if n.startswith("WORKBENCH_") and n not in TABLE)
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]}: `./run --help` lists those there are")


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


def _flag(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise SettingsError(f"{name} is {value!r}: it takes 0 or 1")
    return value == "1"


def _number(name: str, value: str, least: float, most: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise SettingsError(f"{name} is {value!r}: it takes a number from {least} to {most}")
    return number

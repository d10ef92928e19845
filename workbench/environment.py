"""Settings as the environment says them: read once at start, loud when wrong."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import SettingsError
from workbench.settings import TABLE, Settings

_SAID = {"WORKBENCH_DATABASE": "the name in FILE or WORKBENCH_DATABASE"}
"""How a setting is called that can be given in another way too."""

_DIGITS = re.compile(r"[0-9]{1,12}\Z")

_ORIGIN = re.compile(
    r"(?:http(?!.*:80\Z)|https(?!.*:443\Z))://(?:[a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?\Z"
)

Value = Callable[[str], str]
"""The text of a setting: what the environment says, else its default."""


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


def _is_loopback(host: str) -> bool:
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
    beyond = bool(published) and not _is_loopback(published)
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

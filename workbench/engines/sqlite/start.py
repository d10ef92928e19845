"""Before serving: is the file one we can serve? Said in one line when it is not."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import apsw

from workbench.engines.sqlite.connections import CANNOT_WRITE_BESIDE, open_reader, unfinished
from workbench.errors import BadRequest, DatabaseTrouble, SettingsError

_OLDEST = 3053002
"""Older ones can damage files in WAL mode (https://sqlite.org/wal.html#walresetbug)."""


def ready_file(path: Path, *, read_only: bool) -> None:
    """Make sure that `path` can be served, and set it to WAL mode unless it is only read.

    Opens and closes it: call this before any worker serves it.

    Raises:
        SettingsError: with one line that says what is wrong and what to do.
    """
    if apsw.SQLITE_VERSION_NUMBER < _OLDEST:
        raise SettingsError(f"SQLite {apsw.sqlite_lib_version()} is too old: 3.53.2 or newer is needed")
    _refuse_unfit(path, read_only)
    try:
        (_read_once if read_only else _write_once)(path)
    except apsw.NotADBError as error:
        raise SettingsError(f"{path} is not a SQLite database") from error
    except apsw.BusyError as error:
        raise SettingsError(f"{path} is locked by another program: close it there first") from error
    except (apsw.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be opened: {error}") from error


def make_empty(path: Path) -> None:
    """Make an empty database at `path`, in WAL mode; whole or not at all.

    Raises:
        BadRequest: when there is something of that name.
        DatabaseTrouble: when it cannot be made there.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644))
    except FileExistsError as error:
        words = f"There is a file called {path.name} in this folder already."
        raise BadRequest(words, code="NAME_TAKEN", hint="Nothing was made. Choose another name.") from error
    except OSError as error:
        words = f"{path.name} cannot be made in {path.parent}: {error.strerror}."
        raise DatabaseTrouble(words, code="NO_DATABASE") from error
    try:
        _write_once(path)
    except (apsw.Error, SettingsError) as error:
        with suppress(OSError):
            path.unlink()
        raise DatabaseTrouble(f"{path.name} cannot be made: {error}", code="NO_DATABASE") from error


def is_writable(path: Path) -> bool:
    """Whether this account may write the file, and beside it, where SQLite keeps what is not in it yet."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def make_sample(path: Path, script: Path) -> None:
    """Make the sample database at `path` from `script`, unless it is there; whole or not at all."""
    if path.exists():
        return
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        connection = apsw.Connection(str(part))
        connection.execute(script.read_text(encoding="utf-8"))
        connection.close()
        part.rename(path)
    except (OSError, apsw.Error) as error:
        with suppress(OSError):
            part.unlink()
        raise SettingsError(
            f"the sample database cannot be made in {path.parent}: {error}; "
            "give a FILE to serve, or let this account write there"
        ) from error


def _refuse_unfit(path: Path, read_only: bool) -> None:
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError as error:
        raise SettingsError(f"{path} does not exist") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(mode):
        raise SettingsError(f"{path} is not a file")
    if not os.access(path, os.R_OK):
        raise SettingsError(f"{path} cannot be read by this account")
    if not read_only and not is_writable(path):
        raise SettingsError(
            f"{path} (or its folder) cannot be written by this account: mend that, or add --read-only"
        )


def _read_once(path: Path) -> None:
    try:
        open_reader(path, immutable_allowed=True).connection.close()
    except CANNOT_WRITE_BESIDE as error:
        beside = unfinished(path)
        if beside is None:
            raise
        raise SettingsError(
            f"{path} has changes in {beside} that cannot be read from here: "
            "open it once where its folder can be written"
        ) from error


def _write_once(path: Path) -> None:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_timeout(2000)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise SettingsError(f"{path} cannot be set to WAL mode (it stays in {mode}): add --read-only")
    finally:
        connection.close()

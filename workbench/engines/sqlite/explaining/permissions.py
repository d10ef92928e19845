"""Why a database that is there to be written cannot be: which file, whose it is, and what mends it."""

from __future__ import annotations

import os
import pwd
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from workbench.explanations import Explanation

_OTHERWISE = "or start the workbench with --read-only to serve it without writing"

Writable = Callable[[str], bool]
"""Whether this account may write a file or a folder."""


def _writable(path: str) -> bool:
    return os.access(path, os.W_OK)


def explain_permissions(database: Path, writable: Writable = _writable) -> Explanation | None:
    """What about the files at `database` cannot be written; None when all of it can."""
    path = os.path.realpath(database)
    return next(_hindrances(path, writable), None)


def _hindrances(path: str, writable: Writable) -> Iterator[Explanation]:
    name, folder = os.path.basename(path), os.path.dirname(path)
    if _is_on_a_read_only_system(folder):
        yield Explanation(
            f"{name} is on a file system that is mounted for reading only. Have it mounted for writing,"
            f" {_OTHERWISE}."
        )
    if not writable(path):
        yield _hindrance(path, name, "")
    for ending in ("-wal", "-shm"):
        if os.path.exists(path + ending) and not writable(path + ending):
            yield _hindrance(path + ending, name + ending, f" SQLite writes it beside {name}.")
    if not writable(folder):
        what = f"The folder of {name}"
        yield _hindrance(folder, what, " SQLite must be able to make -wal and -shm files in it.")


def _hindrance(path: str, what: str, why: str) -> Explanation:
    owner, account = _user(os.stat(path).st_uid), _user(os.geteuid())
    target = shlex.quote(os.path.basename(path)) if os.path.isfile(path) else "that folder"
    mend = f"chmod u+w {target}" if owner == account else f"chown {account} {target}"
    return Explanation(
        f"{what} belongs to {owner}, and it is served by {account}, who may not write it.{why}"
        f" To mend it: {mend}; {_OTHERWISE}."
    )


def _is_on_a_read_only_system(folder: str) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)

"""How a file is: its pages, its log, and what its header says."""

from __future__ import annotations

import os

from workbench.engines.sqlite.connections import Link
from workbench.upkeep import Condition


def condition(link: Link, path: str) -> Condition:
    """The condition of the file at `path`, which the connection of `link` reads.

    The log is asked of the file system, which opens nothing.
    """

    def pragma(name: str) -> int | str:
        ((value,),) = link.own(f"PRAGMA {name}")
        return value

    return Condition(
        page_size=pragma("page_size"),
        pages=pragma("page_count"),
        free_pages=pragma("freelist_count"),
        log=_size(f"{path}-wal"),
        encoding=pragma("encoding"),
        journal_mode=pragma("journal_mode"),
        auto_vacuum=pragma("auto_vacuum"),
        application_id=pragma("application_id"),
        user_version=pragma("user_version"),
    )


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0

"""Servers for as long as something is measured on them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from benchmarks.book import Book, Lacking
from benchmarks.peers import NAMES, answered, peer
from tests.deployment.servers import Server

Started = TypeVar("Started", bound=Server)


class Servers:
    """Those of one part; all are stopped when the context is left. What they keep is in `folder`."""

    def __init__(self, book: Book, folder: Path) -> None:
        self._book, self._folder = book, folder
        self._at_work = ExitStack()

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *_: object) -> None:
        self._at_work.close()

    def start(self, server: Started) -> Started:
        """`server`, when it answers."""
        self.keep(server)
        answered(server)
        return server

    def keep(self, server: Started) -> Started:
        """`server`, started, whether it answers to us or not."""
        self._at_work.callback(server.stop)
        server.start()
        return server

    def workbench(self, database: Path, name: str = "workbench", **settings: object) -> str:
        """The URL of a workbench on `database`; `name` tells it from others of the same part."""
        return self.start(peer("workbench", self._folder / name, database, **settings)).url

    def url(self, subject: str, key: str, database: Path) -> str | None:
        """The URL of the peer `key`; None when it does not start, as the book then tells under `subject`."""
        try:
            return self.start(peer(key, self._folder, database)).url
        except (Lacking, AssertionError, OSError) as error:
            self._book.lack(f"{subject}/{key}", f"{NAMES[key]}: {str(error).splitlines()[0]}")
            return None

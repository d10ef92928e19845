"""Servers for as long as something is measured on them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from benchmarks.book import Book, Lacking
from benchmarks.peers import NAMES, answered, peer
from tests.deployment.servers import Server


def started(at_work: ExitStack, server: Server) -> Server:
    """`server`, which serves until `at_work` is left."""
    at_work.callback(server.stop)
    server.start()
    answered(server)
    return server


def serving(
    at_work: ExitStack, book: Book, subject: str, key: str, folder: Path, database: Path, **settings: object
) -> str | None:
    """The URL of the peer `key`; None when it does not start, which `book` then tells under `subject`."""
    try:
        return started(at_work, peer(key, folder / "servers", database, **settings)).url
    except (Lacking, AssertionError, OSError) as error:
        book.lack(f"{subject}/{key}", f"{NAMES[key]}: {str(error).splitlines()[0]}")
        return None

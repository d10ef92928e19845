"""S8 and S9: what the server does for the page, and for the pages of a large table.

Whole requests from one client, a new connection for each, nothing subtracted.
"""

from __future__ import annotations

import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from benchmarks.book import Book, Measure, in_turn
from benchmarks.effort import Effort
from benchmarks.files import copied, large, sample
from benchmarks.load import Ask, press
from benchmarks.peers import FOR_ONE
from benchmarks.serving import Servers
from benchmarks.visitor import Visitor

OPENED = {"datasette": "/student", "datasette-next": "/student/-/query", "sqlite-web": "/query/"}
"""Where a peer has the page that queries are typed on."""

FIRST_PAGE, LAST_PAGE = "/tables/t", "/tables/t?page=last"
"""Where the workbench shows a table's rows page by page."""

_ROWS = "SELECT * FROM t LIMIT 100"


def measure(book: Book, effort: Effort, folder: Path) -> None:
    """The page beside those of the peers, the swap, and the pages of a table."""
    with Servers(book, folder / "opened") as servers:
        database = copied(large(folder, 1000), folder / "pages")
        url = servers.workbench(database, **FOR_ONE)
        visitor = Visitor(url)
        measures: dict[str, Measure] = {
            "page/workbench": lambda: {
                "page/workbench": visitor.milliseconds(visitor.page(), effort.seconds)
            },
            "swap/workbench": lambda: {
                "swap/workbench": visitor.milliseconds(visitor.swap(_ROWS), effort.seconds)
            },
        }
        for key, path in OPENED.items():
            peer = servers.url("page", key, copied(sample(folder), folder / f"{key}-page"))
            if peer:
                measures[f"page/{key}"] = _opened(f"page/{key}", peer, path, effort.seconds)
        in_turn(book, effort.rounds, measures)
        paged = _has(url + FIRST_PAGE)
    if paged:
        _paged(book, effort, folder)
    else:
        book.lack("paged/last", f"waits for the pages of a table ({FIRST_PAGE})")


def _opened(key: str, url: str, path: str, seconds: float) -> Measure:
    return lambda: {key: press(url, Ask(path), clients=1, seconds=seconds).p50}


def _has(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=20).close()
    except HTTPError:
        return False
    return True


def _paged(book: Book, effort: Effort, folder: Path) -> None:
    database = large(folder, effort.paged)
    with Servers(book, folder / "paged") as servers:
        url = servers.workbench(database, **FOR_ONE)
        in_turn(
            book,
            effort.few_rounds,
            {
                "paged/first": _opened("paged/first", url, FIRST_PAGE, effort.seconds),
                "paged/last": _opened("paged/last", url, LAST_PAGE, effort.seconds),
            },
        )
    database.unlink()

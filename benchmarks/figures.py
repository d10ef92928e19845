"""S1 to S14: which figures there are, and what each is to reach."""

from __future__ import annotations

from benchmarks.reckoning import Figure, Goal, at_least, at_most


def _against(name: str, words: str, of: str, over: str, goal: Goal | None = None) -> Figure:
    return Figure(name, words, of, over, goal=goal)


def _alone(name: str, words: str, of: str, unit: str, goal: Goal | None = None) -> Figure:
    return Figure(name, words, of, unit=unit, goal=goal)


def _second_thoughts(kind: str, words: str) -> tuple[Figure, ...]:
    """A large UPDATE on one kind of table, against the same without any of that, inside one process."""
    plain, session, bare = (f"update-{name}/{kind}" for name in ("alone", "session", "bare"))
    return (
        _against("S7", f"… in the process, a table {words}", f"update-recorded/{kind}", plain, at_most(1.5)),
        _against("S7", "… SQLite's session extension alone", session, bare),
        _against("S7", "… previewed", f"update-shown/{kind}", plain, at_most(2.5)),
        _against("S7", "… undone", f"update-undone/{kind}", plain, at_most(3)),
    )


_READ, _WRITE = "read/workbench", "write/workbench"
_SHOWN, _LOADED = "shown/workbench", "loaded/workbench"

FIGURES = (
    _against("S1", "small read by `/run`: req/s against Flask hello", _READ, "read/hello", at_least(0.80)),
    _against("S2", "the same against Datasette", _READ, "read/datasette", at_least(8)),
    _against("S2", "… its pre-release", _READ, "read/datasette-next", at_least(8)),
    _against("S2", "… its best: connections kept, unlike ours", _READ, "read/datasette-kept"),
    _against("S2", "the same against the tutorial's server", _READ, "read/tutorial", at_least(2.5)),
    _against("S2", "the same against sqlite-web, which answers a page", _READ, "read/sqlite-web"),
    _against(
        "S3",
        "{rows} rows as NDJSON: time against `sqlite3 -json`",
        "ndjson/workbench",
        "json/shell",
        at_most(1),
    ),
    _against("S3", "… as one JSON object", "json/workbench", "json/shell", at_most(1)),
    _against("S3", "… as NDJSON through Nginx", "ndjson/nginx", "json/shell"),
    _against("S4", "the same rows as CSV against `sqlite3 -csv`", "csv/workbench", "csv/shell", at_most(1.5)),
    _against("S4", "… through Nginx", "csv/nginx", "csv/shell"),
    _alone("S5", "memory that a worker grows by meanwhile", "grown/workbench", "MB", at_most(32)),
    _alone("S5", "time to the first byte, NDJSON", "first/ndjson", "ms", at_most(50)),
    _alone("S5", "… CSV", "first/csv", "ms", at_most(50)),
    _against(
        "S6",
        "durable INSERTs, 16 clients, against the tutorial's server",
        _WRITE,
        "write/tutorial",
        at_least(2.5),
    ),
    _against("S6", "… against SQLite alone, one by one", _WRITE, "write/engine", at_least(0.6)),
    _alone("S6", "… 99 of 100 are answered within", "write-p99/workbench", "ms", at_most(30)),
    _against(
        "S7",
        "UPDATE of {updated} rows through `/run`, undo recorded against not",
        "update/recorded",
        "update/plain",
        at_most(1.5),
    ),
    *_second_thoughts("narrow", "of 5 columns without an index"),
    *_second_thoughts("indexed", "with an index on the column"),
    _alone("S7", "most memory of the process that did all that", "update-peak/indexed", "MB"),
    _against("S8", "last page of {paged} rows against the first", "paged/last", "paged/first", at_most(2)),
    _alone("S9", "the workbench page, one client, whole request", "page/workbench", "ms", at_most(5)),
    _alone("S9", "a 100-row result swapped in", "swap/workbench", "ms", at_most(3)),
    _against(
        "S10",
        "the page in Chromium against Datasette's pre-release",
        _SHOWN,
        "shown/datasette-next",
        at_most(0.5),
    ),
    _against("S10", "… a page of one word against it", "shown/hello", "shown/datasette-next"),
    _against("S10", "… with its scripts at work, against it", _LOADED, "loaded/datasette-next"),
    _against("S10", "the page in Chromium against sqlite-web", _SHOWN, "shown/sqlite-web", at_most(1)),
    _against("S10", "… with its scripts at work, against it", _LOADED, "loaded/sqlite-web"),
    _alone("S10", "JavaScript of the page, gzipped", "script-gzipped/workbench", "KB", at_most(180)),
    _alone("S11", "memory of one idle worker (its share, PSS)", "idle/workbench", "MB", at_most(60)),
    _alone("S11", "… all its pages, shared ones too (RSS)", "idle-rss/workbench", "MB"),
    _alone("S11", "start from nothing to the first answer", "start/workbench", "s", at_most(1.5)),
    _against(
        "S12",
        "`/run`, {entries} entries of history against none",
        "long-read/full",
        "long-read/empty",
        at_most(1.1),
    ),
    _against(
        "S12", "… the page, against the 30 that it shows", "long-page/full", "long-page/empty", at_most(1.1)
    ),
    *(
        _against("S13", words, f"export-{name}/workbench", f"export-{name}/shell")
        for name, words in (
            ("csv", "{rows} rows exported into a CSV file: time against the shell"),
            ("tsv", "… TSV"),
            ("objects", "… JSON"),
            ("insert", "… SQL, against `.dump`"),
            ("markdown", "… Markdown"),
            ("database", "… the whole database, against `.backup`"),
        )
    ),
    _alone("S13", "… XLSX, which the shell has not", "export-xlsx/workbench", "s"),
    _alone("S13", "memory that a worker grows by meanwhile", "export-grown/workbench", "MB", at_most(32)),
    _against(
        "S14",
        "CSV of {rows} rows imported: time against `.import`",
        "import-csv/workbench",
        "import-csv/shell",
        at_most(3),
    ),
    _against("S14", "… sent and looked at before it, too", "import-whole/workbench", "import-csv/shell"),
    _alone("S14", "memory that a worker grows by meanwhile", "import-grown/workbench", "MB", at_most(32)),
    _alone(
        "S14",
        "CSV of {cancelled} bytes cancelled half-way: over after",
        "import-cancelled/workbench",
        "s",
    ),
    _alone("S14", "… memory grown by until then", "import-cancelled-grown/workbench", "MB", at_most(32)),
)

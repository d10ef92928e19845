"""What is measured of several programs, to be set side by side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """What is measured of several, side by side; `more` says whether more is better."""

    key: str
    words: str
    unit: str
    more: bool = False


SUBJECTS = (
    Subject("read", "Small read: three rows, 16 clients", "req/s", more=True),
    Subject("json", "{rows} rows as JSON", "s"),
    Subject("ndjson", "{rows} rows as NDJSON", "s"),
    Subject("csv", "{rows} rows as CSV", "s"),
    Subject("grown", "Memory grown by meanwhile", "MB"),
    Subject("first", "Time to the first byte", "ms"),
    *(
        Subject(f"export-{name}", f"{{rows}} rows exported as {words}", "s")
        for name, words in (
            ("csv", "CSV"),
            ("tsv", "TSV"),
            ("objects", "JSON"),
            ("ndjson", "NDJSON"),
            ("insert", "SQL"),
            ("markdown", "Markdown"),
            ("xlsx", "XLSX"),
            ("database", "a copy of the database"),
        )
    ),
    Subject("export-grown", "… memory grown by meanwhile", "MB"),
    Subject("import-csv", "{rows} rows of CSV imported", "s"),
    Subject("import-whole", "… and sent and looked at before", "s"),
    Subject("import-grown", "… memory grown by meanwhile", "MB"),
    Subject("import-cancelled", "A CSV of {cancelled} bytes, from its being cancelled to its end", "s"),
    Subject("import-cancelled-grown", "… memory grown by until then", "MB"),
    Subject("write", "Durable single-row INSERTs, 16 clients", "rows/s", more=True),
    Subject("write-p99", "… 99 of 100 answered within", "ms"),
    Subject("update", "UPDATE of {updated} rows", "s"),
    Subject("update-alone", "… inside the process, not recorded", "s"),
    Subject("update-recorded", "… recorded", "s"),
    Subject("update-shown", "… previewed", "s"),
    Subject("update-undone", "… undone", "s"),
    Subject("update-bare", "… by SQLite alone, not committed", "s"),
    Subject("update-session", "… with its session extension", "s"),
    Subject("update-peak", "… most memory of that process", "MB"),
    Subject("paged", "A page of {paged} rows", "ms"),
    Subject("page", "The page that queries are typed on, one client", "ms"),
    Subject("swap", "A result of 100 rows swapped in", "ms"),
    Subject("shown", "The page in Chromium, to DOMContentLoaded, warm", "ms"),
    Subject("loaded", "… to its load event", "ms"),
    Subject("script", "Its JavaScript, raw", "KB"),
    Subject("script-gzipped", "Its JavaScript, gzipped", "KB"),
    Subject("idle", "Memory of one idle process (PSS)", "MB"),
    Subject("idle-rss", "… RSS", "MB"),
    Subject("idle-own", "… its alone (USS)", "MB"),
    Subject("start", "Start from nothing to the first answer", "s"),
    Subject("long-read", "One `/run` as the history grows", "ms"),
    Subject("long-page", "The page as the history grows", "ms"),
)

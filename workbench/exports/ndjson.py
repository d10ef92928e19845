"""Rows as NDJSON, a line each: arrays are rows, objects tell about them, the last one that all is there.

`jq -c arrays` is a complete reader of the rows. Without a last line ``{"end": true, …}`` the
rows are not all; a line ``{"error": …}`` says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import orjson

from workbench.errors import WorkbenchError
from workbench.exports.facts import Facts, described
from workbench.exports.json_rows import encode, one_by_one
from workbench.exports.survey import survey, texts_for_integers
from workbench.results import Column, Row

PROGRESS_SECONDS = 1.0
"""Seconds between two lines of progress, at least: they come between batches of rows."""


def ndjson(
    columns: tuple[Column, ...],
    batches: Iterator[list[Row]],
    facts: Facts,
    *,
    integers_as_text: bool = False,
    progress: bool = False,
) -> Iterator[bytes]:
    """The lines, in pieces. An error ends them with a line of its own, and is raised after it.

    `progress`: between rows, a line tells about once a second how many there were.
    """
    count = unsafe = 0
    pace = _Pace()
    head = {"columns": described(columns), **facts.head}
    yield _line(head)
    try:
        for batch in batches:
            seen = survey(batch)
            count, unsafe = count + len(batch), unsafe + seen.unsafe_integers
            yield _lines(texts_for_integers(batch) if integers_as_text else batch, seen.infinite)
            if progress and (passed := pace.due()):
                yield _line({"progress": {"rows": count, "ms": passed}})
    except WorkbenchError as error:
        yield error_line(facts, error)
        raise
    yield _line({"end": True, "row_count": count, "unsafe_integers": unsafe, **facts.tail()})


class _Pace:
    """When the next line of progress is due."""

    def __init__(self) -> None:
        self._began = self._last = monotonic()

    def due(self) -> int | None:
        """The milliseconds since the beginning, when enough of them have passed since the last line."""
        now = monotonic()
        if now - self._last < PROGRESS_SECONDS:
            return None
        self._last = now
        return round((now - self._began) * 1000)


def error_line(facts: Facts, error: WorkbenchError) -> bytes:
    """The last line of rows that are not all there."""
    return _line({"error": facts.problem(error)})


def _line(told: dict[str, object]) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _lines(rows: list[Row], infinite: bool) -> bytes:
    """A line for each row. The whole batch is encoded at once and then cut between its rows.

    Where a text looks like such a place too, there are more of them than rows: then one by one.
    """
    encoded = encode(rows, infinite=infinite)
    if encoded.count(b"],[") != len(rows) - 1:
        return b"".join(row + b"\n" for row in one_by_one(rows))
    return encoded[1:-1].replace(b"],[", b"]\n[") + b"\n"

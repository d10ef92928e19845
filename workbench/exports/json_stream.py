"""A result as one JSON object whose rows come before their counts, so that it can be sent while it is read.

An object that is cut off is not JSON: there is nothing after the data that could say more.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from workbench.exports.facts import Facts, described
from workbench.exports.json_rows import encode
from workbench.exports.survey import survey, texts_for_integers
from workbench.results import Column, Row


def json_stream(
    columns: tuple[Column, ...],
    batches: Iterator[list[Row]],
    facts: Facts,
    *,
    integers_as_text: bool = False,
) -> Iterator[bytes]:
    """The object, in pieces. An error is raised in the middle of it."""
    count = unsafe = 0
    yield b'{"columns":' + orjson.dumps(described(columns))
    yield b',"rows":['
    for batch in batches:
        seen = survey(batch)
        rows = texts_for_integers(batch) if integers_as_text else batch
        yield (b"," if count else b"") + encode(rows, infinite=seen.infinite)[1:-1]
        count, unsafe = count + len(batch), unsafe + seen.unsafe_integers
    told = {"row_count": count, "truncated": False, "next": None, "unsafe_integers": unsafe}
    yield b"]," + orjson.dumps(told | facts.head | facts.tail())[1:]

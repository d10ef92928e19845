"""How a file is read: what was recognised, and what a person said instead. Plain values, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from workbench.loads import Batch

EMPTY = ("null", "quoted", "text")
"""What an empty field of a delimited text is: NULL; NULL unless it is ``""``; or empty text."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is read. What is empty was not said, or has no meaning for the format.

    `header`: the first line holds names. `part` is the sheet of a workbook or the table of a database,
    `parts` are those there are. `broken`: it may hold bytes that its encoding has no letter for.
    `notes` tell a person what was recognised and what changes.
    """

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    header: bool | None = None
    empty: str = "quoted"
    part: str = ""
    parts: tuple[str, ...] = ()
    broken: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read: the names of its columns as they are there, and its rows in batches.

    `texts`: it knows nothing but texts, which may be meant as numbers.
    """

    columns: tuple[str, ...]
    batches: Iterator[Batch]
    texts: bool = False
    interrupt: Callable[[], None] = lambda: None


BATCH_ROWS = 1000
"""How many rows are handed on at once."""

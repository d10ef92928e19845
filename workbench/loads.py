"""Rows on their way into a table: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.results import Row
from workbench.sql import quoted

ON_CONFLICT = ("abort", "skip", "replace", "update")
"""What becomes of a row whose key is there already: all ends, it is left out, it takes the place, or it
gives the row that is there its values.
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A table that rows go to: `columns` are those they have values for.

    `types` are the declared types of a table that is to be made, one for each column, which may be empty;
    None for a table that is there. `key` are the columns by which a row is known again (``update``).
    """

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...] | None = None
    on_conflict: str = "abort"
    key: tuple[str, ...] = ()

    @property
    def create(self) -> str | None:
        """The statement that makes the table; None where it is there."""
        if self.types is None:
            return None
        columns = (f"{quoted(n)} {t}".rstrip() for n, t in zip(self.columns, self.types, strict=True))
        return f"CREATE TABLE {quoted(self.table)} (\n  " + ",\n  ".join(columns) + "\n)"

    @property
    def insert(self) -> str:
        """The statement that is run for each row (https://sqlite.org/lang_upsert.html)."""
        how = "INSERT OR REPLACE" if self.on_conflict == "replace" else "INSERT"
        names = ", ".join(map(quoted, self.columns))
        places = ", ".join("?" * len(self.columns))
        return f"{how} INTO main.{quoted(self.table)} ({names}) VALUES ({places}){self._otherwise()}"

    def _otherwise(self) -> str:
        if self.on_conflict == "skip":
            return " ON CONFLICT DO NOTHING"
        if self.on_conflict != "update":
            return ""
        others = [quoted(name) for name in self.columns if name not in self.key]
        set_ = ", ".join(f"{name} = excluded.{name}" for name in others)
        does = f"UPDATE SET {set_}" if others else "NOTHING"
        return f" ON CONFLICT ({', '.join(map(quoted, self.key))}) DO {does}"


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that cannot become a row: its number in the file, from 1, and why not."""

    line: int
    reason: str
    values: Sequence[object] = ()


@dataclass(slots=True)
class Batch:
    """Some rows with the numbers of their lines, and the lines among them that are none."""

    rows: list[Row]
    lines: Sequence[int]
    rejects: Sequence[Reject] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the rows: how many were written, and how many left out as they were there already."""

    written: int
    skipped: int

"""What tables a database holds: plain values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from string import ascii_lowercase, ascii_uppercase

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as its table declares it.

    `key` is its place in the primary key from 1, or 0; `hidden` follows
    https://sqlite.org/pragma.html#pragma_table_xinfo (0 ordinary, 1 hidden, 2 and 3 generated).
    """

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    key: int = 0
    hidden: int = 0

    @property
    def generated(self) -> bool:
        """Whether its value is computed, so that no INSERT or UPDATE may name it."""
        return self.hidden in (2, 3)


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view. `kind` is ``table``, ``view``, ``virtual`` or ``shadow``.

    `problem` says why its columns cannot be read (a view on a missing table, say).
    """

    name: str
    kind: str
    columns: tuple[TableColumn, ...] = ()
    without_rowid: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """All tables and views of a database, by name; `problem` says why they cannot be listed."""

    tables: tuple[Table, ...] = ()
    problem: str | None = None

    def find(self, name: str | None) -> Table | None:
        """The table called `name`, if there is one."""
        folded = _folded(name or "")
        return next((t for t in self.tables if _folded(t.name) == folded), None)

    def names(self) -> list[str]:
        """Every table's and every column's name, each once."""
        found = dict.fromkeys(t.name for t in self.tables)
        found.update(dict.fromkeys(c.name for t in self.tables for c in t.columns))
        return list(found)

    def nearest(self, kind: str, name: str) -> str | None:
        """The name most like `name`, which no ``table`` or no ``column`` has; None when none is near."""
        known = [t.name for t in self.tables] if kind == "table" else self.names()
        by_folded = {n.casefold(): n for n in known}
        close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
        # A name that exists is missing only where it was looked for: to offer it again helps nobody.
        return by_folded[close[0]] if close and close[0] != name.casefold() else None


def _folded(name: str) -> str:
    """A name as SQLite compares it: capitals are told apart unless they are ASCII's."""
    return name.translate(_SMALL)

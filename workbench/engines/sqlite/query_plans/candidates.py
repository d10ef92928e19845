"""Indexes that may be worth a try: of the columns that a statement reads, alone and together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workbench.sql import quoted

_ORDERS = (" DESC", "")
_COLLATIONS = (" COLLATE NOCASE", "")
"""The plain ones last: of two indexes that serve equally well, the planner takes the later one."""


class Term(NamedTuple):
    """A column of an index, and what is said of it there."""

    column: str
    manner: str = ""

    def __str__(self) -> str:
        return quoted(self.column) + self.manner


class Candidate(NamedTuple):
    """An index that could be made."""

    table: str
    terms: tuple[Term, ...]

    @property
    def name(self) -> str:
        """A name for it that tells what it is of."""
        return "_".join((self.table, *(term.column + _as_word(term.manner) for term in self.terms)))

    def sql(self, name: str) -> str:
        """The statement that makes it."""
        return f"CREATE INDEX {quoted(name)} ON {quoted(self.table)} ({', '.join(map(str, self.terms))});"

    def longer(self, columns: Iterable[str]) -> Iterator[Candidate]:
        """The same with one more column, behind or before its own."""
        mine = {term.column for term in self.terms}
        for column in columns:
            if column not in mine:
                yield self._replace(terms=(Term(column), *self.terms))
                for order in _ORDERS:
                    yield self._replace(terms=(*self.terms, Term(column, order)))


def single(table: str, columns: Iterable[str]) -> list[Candidate]:
    """An index of each column, compared as it is declared and without regard to case."""
    return [Candidate(table, (Term(column, how),)) for column in columns for how in _COLLATIONS]


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, or that with a number behind it; names are equal in SQLite whatever their case is."""
    name, number = wanted, 1
    while name.lower() in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def is_used(name: str, detail: str) -> bool:
    """Whether the line of a plan says that this index is used."""
    return re.search(rf" INDEX {re.escape(name)}(?= \(| LEFT-JOIN| EXISTS| FOR IN|\Z)", detail) is not None


def _as_word(manner: str) -> str:
    return manner.replace(" COLLATE", "").replace(" ", "_").lower()

"""What is looked at of a table, and what is there: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from workbench.catalog import TableColumn
from workbench.literals import literal_of
from workbench.plans import Size
from workbench.results import Row
from workbench.rowsets import AS_IT_CAME, TESTS, Facet, View
from workbench.sql import quoted

ROWS = 100
"""How many rows are shown at once."""

MOST_SKIPPED = 100_000
"""How many rows of what has no key are passed over, at most, to show those after them."""


class Term(NamedTuple):
    """One thing that rows are ordered by: SQL that names it, and the column it is (None: the rowid).

    `collation` is None for the column's own.
    """

    sql: str
    column: int | None
    descending: bool = False
    collation: str | None = None

    @property
    def compared(self) -> str:
        """The SQL with its collation."""
        return f"{self.sql} COLLATE {self.collation}" if self.collation else self.sql

    @property
    def reversed(self) -> Term:
        """The same the other way round."""
        return self._replace(descending=not self.descending)


Order = tuple[Term, ...]


class Reference(NamedTuple):
    """A foreign key: `columns` of `table` refer to `parent_columns` of `parent`, all by name."""

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A table or view as it can be looked through.

    `key` is the order of its rows in which each has its place, empty where there is none.
    `indexed` are the columns by which an index of theirs alone sorts it, from 0, and whether that one
    descends; `references` is where its rows lead to. `collated` are the columns whose texts can be equal
    without being the same.
    """

    name: str
    kind: str
    columns: tuple[TableColumn, ...]
    key: Order = ()
    indexed: Mapping[int, bool] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    collated: frozenset[int] = frozenset()

    def order(self, view: View) -> Order:
        """The order of `view`: by its column, and by the key among equal ones, as an index has them."""
        if view.sort is None:
            return tuple(term.reversed for term in self.key) if view.descending else self.key
        if self.key and self.key[0].column == view.sort:
            turned = self.key[0].descending != view.descending
            return tuple(term.reversed for term in self.key) if turned else self.key
        turned = view.descending != self.indexed.get(view.sort, False)
        key = tuple(term.reversed for term in self.key) if turned else self.key
        return (Term(quoted(self.columns[view.sort].name), view.sort, view.descending), *key)

    def by_index(self, view: View) -> bool:
        """Whether no row outside of those that are shown need be read for that order."""
        if view.sort is None:
            return True
        return bool(self.key) and (view.sort in self.indexed or self.key[0].column == view.sort)

    def place(self, name: str) -> int | None:
        """The place of a column among the others, from 0."""
        folded = name.lower()
        return next((i for i, each in enumerate(self.columns) if each.name.lower() == folded), None)


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wants to see of a table: rows of `view` for which the SQL `where` holds.

    `after` or `before` are the values of a row's order, next to which to look; `last` asks for the
    end. `offset` is for what has no key. `facets` is a column, from 0.
    """

    table: str
    view: View = AS_IT_CAME
    where: str = ""
    after: Row | None = None
    before: Row | None = None
    last: bool = False
    offset: int = 0
    facets: int | None = None

    @property
    def backwards(self) -> bool:
        """Whether the rows are looked for from the end."""
        return self.last or self.before is not None


def as_query(shape: Shape, look: Look) -> str:
    """SQL that asks for all rows of `look`, in its order: for somebody to go on from."""
    names = [quoted(column.name) for column in shape.columns]
    view, where = look.view, look.where.strip()
    tests = [TESTS[each.test].format(names[each.column], literal_of(each.value)) for each in view.filters]
    if where:
        ended = f"{where}\n" if "--" in where else where  # a comment at its end would take in what follows
        tests.append(f"({ended})" if tests else ended)
    lines = [f"SELECT * FROM {quoted(shape.name)}"]
    if tests:
        lines.append(" WHERE " + "\n   AND ".join(tests))
    if view.sort is not None:
        lines.append(f" ORDER BY {names[view.sort]}{' DESC' if view.descending else ''}")
    return "\n".join(lines) + ";"


class Part(NamedTuple):
    """Rows in their order, with the values by which each has its `places` in it.

    `earlier` and `later`: there are others on that side. `full`: they are fewer than usual because
    they are large.
    """

    rows: list[Row]
    places: list[Row]
    earlier: bool
    later: bool
    full: bool = False


class Leads(NamedTuple):
    """Where values of a table lead: by reference and values, the row there, which has only its label; None
    where there is no such row. What there was no time to look for is not in it.
    """

    labels: dict[tuple[Reference, Row], Row | None]

    def lead_nowhere(self, reference: Reference, values: Row) -> bool:
        """Whether it is known that no row is there."""
        return self.labels.get((reference, values), ()) is None

    def label(self, reference: Reference, values: Row) -> str:
        """What to call the row that `values` refer to: its label, else the table that it is in."""
        return self.known_label(reference, values) or reference.parent

    def known_label(self, reference: Reference, values: Row) -> str | None:
        """The label of the row that `values` refer to, if it is known and has one."""
        found = self.labels.get((reference, values))
        return str(found[0]) if found and found[0] not in (None, "") else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found: a part of a table, how many rows there are in all, and where they lead.

    `faceted` says of how many rows the facets tell, where that is not all of them; `few` are the columns,
    from 0, that have few values, as far as there was time to find out.
    """

    shape: Shape
    look: Look
    part: Part
    size: Size | None = None
    facets: Sequence[Facet] = ()
    faceted: int | None = None
    few: Sequence[int] = ()
    leads: Leads = field(default_factory=lambda: Leads({}))
    seconds: float = 0.0


class Referring(NamedTuple):
    """Rows of another table that refer to a row by `values`: how many, None where there was no time."""

    reference: Reference
    values: Row
    size: Size | None


@dataclass(frozen=True, slots=True)
class OneRow:
    """A row alone, with its key, where it leads and what leads to it; `row` is None when it is gone."""

    shape: Shape
    key: Row
    row: Row | None
    leads: Leads
    referring: tuple[Referring, ...] = ()

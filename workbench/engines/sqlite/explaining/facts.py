"""What a table declares of its columns and of what must be unique, for explaining; and rows read by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.explaining.failure import Unexplained
from workbench.engines.sqlite.rows import as_bytes, texts_decoded
from workbench.results import InvalidText, Row, Value, weight
from workbench.sql import quoted

SHOWN_ROWS = 5
"""How many rows an explanation shows."""

_SHOWN_COLUMNS = 8
_SHOWN_WEIGHT = 10_000  # characters and bytes of one value: a larger one would drown what is to be seen

_LITERAL = 1000  # characters: a longer one is no text for an editor

_SENTENCE = 80  # characters

_ALIASES = ("rowid", "_rowid_", "oid")


class Declared(NamedTuple):
    """A column as it is declared; `key` is its place in the primary key from 1, or 0."""

    name: str
    type: str
    default: str | None
    key: int
    settable: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its columns; `rowid` is a name that reaches its rowid, None when it has none."""

    name: str
    columns: tuple[Declared, ...]
    rowid: str | None
    sql: str

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns of its primary key, none without one."""
        return tuple(c.name for c in sorted(self.columns, key=lambda c: c.key) if c.key)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one row from all others: outside of WITHOUT ROWID a primary key may hold NULLs."""
        return (self.number,) if self.number else self.primary_key

    @property
    def integer_key(self) -> str | None:
        """The column that is the rowid by another name."""
        types = {c.type.upper() for c in self.columns if c.key}
        alone = self.rowid and len(self.primary_key) == 1 and types == {"INTEGER"}
        return self.primary_key[0] if alone else None

    @property
    def number(self) -> str | None:
        """The name of its rowid: a column of its own, if there is one for it."""
        return self.integer_key or self.rowid

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, with its rowid's where that is no column of its own."""
        names = tuple(c.name for c in self.columns)
        return names if self.rowid is None or self.integer_key else (self.rowid, *names)

    def column(self, name: str) -> Declared:
        """The column called exactly so. Raises Unexplained without one."""
        for each in self.columns:
            if each.name == name:
                return each
        raise Unexplained


def table_of(link: Link, name: str) -> Table:
    """The table called `name`. Raises Unexplained when there is none."""
    found = link.own(
        "SELECT t.name, t.wr, m.sql FROM pragma_table_list(?) t JOIN main.sqlite_schema m ON m.name = t.name"
        " WHERE t.schema = 'main' AND t.type = 'table'",
        (name,),
    )
    if not found:
        raise Unexplained
    exact, without_rowid, sql = found[0]
    columns = tuple(
        Declared(column, type_, default, key, hidden == 0)
        for column, type_, default, key, hidden in link.own(
            "SELECT name, type, dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1",
            (exact,),
        )
    )
    taken = {c.name.lower() for c in columns}
    rowid = None if without_rowid else next((a for a in _ALIASES if a not in taken), None)
    return Table(exact, columns, rowid, sql)


def tables_before_dot(link: Link, what: str) -> Iterator[Table]:
    """The tables whose names `what` may begin with: a dot may be part of any name."""
    for (name,) in link.own(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
        " AND substr(?, 1, length(name) + 1) = name || '.'",
        (what,),
    ):
        yield table_of(link, name)


def column_named(link: Link, what: str) -> tuple[Table, Declared]:
    """The one column that SQLite calls `what`, its table before it. Raises Unexplained unless it is one."""
    found = [
        (table, column)
        for table in tables_before_dot(link, what)
        for column in table.columns
        if f"{table.name}.{column.name}" == what
    ]
    if len(found) != 1:
        raise Unexplained
    return found[0]


def read(link: Link, query: str, columns: int) -> list[Row]:
    """The rows of a query of the workbench's own, texts that are not UTF-8 included."""
    found = link.own(as_bytes(query, columns))
    return next(texts_decoded(link, iter([found])))


def listed(names: Iterable[str]) -> str:
    """Names of columns as SQL has them."""
    return ", ".join(map(quoted, names))


def literal(value: Value) -> str:
    """`value` as SQL that gives it back exactly."""
    if isinstance(value, InvalidText):
        return f"CAST({apsw.format_sql_value(bytes(value))} AS TEXT)"
    return apsw.format_sql_value(value)


def in_words(columns: Sequence[str], values: Row) -> str | None:
    """Columns and their values for a sentence, None when they are too long for one."""
    told = " and ".join(f"{c} = {literal(v)}" for c, v in zip(columns, values, strict=True))
    return told if len(told) <= _SENTENCE else None


def conditions(
    columns: Sequence[str],
    values: Row,
    collations: Sequence[str | None] = (),
    *,
    most: int | None = _LITERAL,
) -> str | None:
    """A WHERE for the rows with these values, None when it takes `most` characters or more."""
    if most and weight(values) > most:
        return None
    collated = [f" COLLATE {quoted(c)}" if c else "" for c in collations] or [""] * len(columns)
    parts = [
        f"{quoted(column)} IS NULL" if value is None else f"{quoted(column)} = {literal(value)}{collation}"
        for column, value, collation in zip(columns, values, collated, strict=True)
    ]
    return " AND ".join(parts)


def shown(columns: Sequence[str], rows: Sequence[Row], first: Sequence[str]) -> tuple[tuple[str, ...], tuple]:
    """A handful of the columns, those called `first` before the others and without very large values."""
    fit = [at for at in range(len(columns)) if all(weight((row[at],)) <= _SHOWN_WEIGHT for row in rows)]
    ahead = {name: place for place, name in reversed(list(enumerate(first)))}
    picked = sorted(fit, key=lambda at: ahead.get(columns[at], len(ahead)))[:_SHOWN_COLUMNS]
    return tuple(columns[at] for at in picked), tuple(tuple(row[at] for at in picked) for row in rows)

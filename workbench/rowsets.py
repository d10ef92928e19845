"""The rows of one result in SQLite, exact value for value: read in part, sorted, filtered and counted.

The table's columns have no type, so that SQLite keeps each value as it came
(https://sqlite.org/datatype3.html#determination_of_column_affinity): also -0.0, infinities, NUL
inside text, and text that is not UTF-8. Row numbers are its rowids: 1, 2, 3 … in the result's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import apsw
import orjson

from workbench.errors import BadRequest
from workbench.results import InvalidText, Row, Value

TESTS = {
    "contains": "instr(lower({0}), lower({1})) AND typeof({0}) <> 'blob'",
    "eq": "{0} = {1}",
    "ne": "{0} IS NOT {1}",
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "gt": "{0} > {1}",
    "ge": "{0} >= {1}",
    "null": "{0} IS NULL",
    "not_null": "{0} IS NOT NULL",
}
"""What a filter may ask of a column, as SQL of the column and the value."""

WITHOUT_VALUE = ("null", "not_null")
"""Those that need no value."""

AT_ONCE = 500
"""How many rows are read at once."""

_PAIRS = 900  # columns of two expressions each that fit into one SELECT (https://sqlite.org/limits.html)

_FAST = "PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA locking_mode = exclusive;"
_CAREFUL = "PRAGMA query_only = 1; PRAGMA cell_size_check = 1; PRAGMA trusted_schema = 0;"


class Filter(NamedTuple):
    """One of `TESTS` of the column with this number, from 0."""

    column: int
    test: str
    value: Value = None


@dataclass(frozen=True, slots=True)
class View:
    """Which rows, and in which order: by the column `sort`, or as they came when it is None."""

    sort: int | None = None
    descending: bool = False
    filters: tuple[Filter, ...] = ()


AS_IT_CAME = View()
"""All rows, in the order of the result."""


class Facet(NamedTuple):
    """A value of a column, and in how many rows it is."""

    value: Value
    count: int


class RowSet:
    """The rows, on a connection of their own. Any method may raise what apsw raises."""

    def __init__(self, connection: apsw.Connection, width: int, odd: Iterable[int] = ()) -> None:
        self.connection = connection
        self.width = width
        self._odd = set(odd)  # the columns that hold text which is not UTF-8
        self._insert = f"INSERT INTO r VALUES ({', '.join('?' * width)})"

    @classmethod
    def make(cls, path: Path | None, width: int) -> RowSet:
        """An empty one with `width` columns in the empty file at `path`, or in memory."""
        connection = apsw.Connection(str(path) if path else ":memory:")
        connection.execute(_FAST)
        columns = ", ".join(f"c{i}" for i in range(width))
        connection.execute(f"BEGIN; CREATE TABLE r ({columns}); CREATE TABLE about (width, odd)")
        return cls(connection, width)

    @classmethod
    def of(cls, rows: Iterable[Row], width: int) -> RowSet:
        """These rows, in memory."""
        made = cls.make(None, width)
        made.add(rows)
        made.finish()
        return made

    @classmethod
    def open(cls, path: Path) -> RowSet:
        """Those in a file that is finished: nobody changes it any more."""
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        connection = apsw.Connection(f"file:{quote(str(path))}?immutable=1", flags=flags)
        try:
            connection.execute(_CAREFUL)
            ((width, odd),) = connection.execute("SELECT width, odd FROM about")
            return cls(connection, width, orjson.loads(odd))
        except BaseException:
            connection.close()
            raise

    def add(self, rows: Iterable[Row]) -> None:
        """Append `rows`."""
        rows = list(rows)
        if any(InvalidText in set(map(type, column)) for column in zip(*rows, strict=True)):
            for row in rows:
                self._add_odd(row)
        else:
            self.connection.cursor().executemany(self._insert, rows)

    def finish(self) -> None:
        """Nothing is appended any more."""
        about = (self.width, orjson.dumps(sorted(self._odd)).decode())
        self.connection.execute("INSERT INTO about VALUES (?, ?)", about)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        with suppress(apsw.Error):
            self.connection.close()

    def count(self, view: View = AS_IT_CAME) -> int:
        """How many rows `view` has."""
        if not view.filters:
            return self.connection.execute("SELECT coalesce(max(rowid), 0) FROM r").fetchone()[0]
        where, values = self._where(view.filters)
        return self.connection.execute(f"SELECT count(*) FROM r{where}", values).fetchone()[0]

    def numbers(self, view: View = AS_IT_CAME, offset: int = 0, limit: int = -1) -> Sequence[int]:
        """The numbers of at most `limit` rows (-1: all) after `offset` of them. Equal ones stay in order."""
        if view == AS_IT_CAME:
            last = self.count() if limit < 0 else min(self.count(), offset + limit)
            return range(offset + 1, last + 1)
        where, values = self._where(view.filters)
        way = "DESC" if view.descending else "ASC"
        by = "rowid" if view.sort is None else f"{self._name(view.sort)} {way}, rowid"
        found = self.connection.execute(
            f"SELECT rowid FROM r{where} ORDER BY {by} LIMIT ? OFFSET ?", (*values, limit, offset)
        )
        return [number for (number,) in found]

    def rows(self, numbers: Sequence[int], columns: Sequence[int] | None = None) -> list[Row]:
        """The rows with these numbers, in this order; of them only `columns`, if given."""
        columns = range(self.width) if columns is None else columns
        plain = [c for c in columns if c not in self._odd]
        found = self._plain(plain, numbers)
        if len(plain) == len(columns):
            return found
        odd = [c for c in columns if c in self._odd]
        places = {c: i for i, c in enumerate((*plain, *odd))}
        joined = zip(found, self._odd_values(odd, numbers), strict=True)
        return [tuple((*left, *right)[places[c]] for c in columns) for left, right in joined]

    def batches(
        self, view: View = AS_IT_CAME, columns: Sequence[int] | None = None, *, most: int = -1
    ) -> Iterator[list[Row]]:
        """All rows of `view`, or the first `most` of them, some at a time."""
        numbers = self.numbers(view, limit=most)
        for begin in range(0, len(numbers), AT_ONCE):
            yield self.rows(numbers[begin : begin + AT_ONCE], columns)

    def cell(self, number: int, column: int) -> Value:
        """One value. Raises BadRequest when there is no such row or column."""
        self._name(column)
        if not 1 <= number <= self.count():
            raise BadRequest(f"there is no row {number:,} in this result")
        return self.rows([number], [column])[0][0]

    def facets(self, column: int, view: View = AS_IT_CAME, *, most: int = 20) -> list[Facet]:
        """The most frequent values of a column in the rows of `view`."""
        name, (where, values) = self._name(column), self._where(view.filters)
        picks = f"typeof({name}) = 'text', iif(typeof({name}) = 'text', CAST({name} AS BLOB), {name})"
        found = self.connection.execute(
            f"SELECT {picks}, count(*) FROM r{where} GROUP BY {name} ORDER BY 3 DESC, {name} LIMIT ?",
            (*values, most),
        )
        return [Facet(_text(was_text, value), count) for was_text, value, count in found]

    def _add_odd(self, row: Row) -> None:
        """Append a row in which texts are bytes that are no UTF-8."""
        odd = {i for i, value in enumerate(row) if value.__class__ is InvalidText}
        self._odd |= odd
        marks = ", ".join("CAST(? AS TEXT)" if i in odd else "?" for i in range(self.width))
        self.connection.execute(f"INSERT INTO r VALUES ({marks})", row, can_cache=False)

    def _plain(self, columns: Sequence[int], numbers: Sequence[int]) -> list[Row]:
        return self._picked([f"c{i}" for i in columns], numbers) if columns else [()] * len(numbers)

    def _odd_values(self, columns: Sequence[int], numbers: Sequence[int]) -> list[Row]:
        """The values of columns that hold text which is not UTF-8: each text as its bytes at first."""
        rows: list[Row] = [()] * len(numbers)
        for begin in range(0, len(columns), _PAIRS):
            names = [f"c{i}" for i in columns[begin : begin + _PAIRS]]
            picks = [
                pick
                for c in names
                for pick in (f"typeof({c}) = 'text'", f"iif(typeof({c}) = 'text', CAST({c} AS BLOB), {c})")
            ]
            found = self._picked(picks, numbers)
            rows = [
                (*row, *map(_text, pairs[::2], pairs[1::2])) for row, pairs in zip(rows, found, strict=True)
            ]
        return rows

    def _picked(self, picks: Sequence[str], numbers: Sequence[int]) -> list[Row]:
        picked = ", ".join(picks)
        if isinstance(numbers, range):
            among, values = "r WHERE rowid BETWEEN ? AND ?", (numbers.start, numbers.stop - 1)
        else:  # rows of the left side come in their order: https://sqlite.org/optoverview.html#crossjoin
            among = "json_each(?) AS wanted CROSS JOIN r ON r.rowid = wanted.value"
            values = (orjson.dumps(list(numbers)).decode(),)
        return self.connection.execute(f"SELECT {picked} FROM {among}", values).fetchall()

    def _where(self, filters: Iterable[Filter]) -> tuple[str, list[Value]]:
        terms, values = [], []
        for column, test, value in filters:
            if test not in TESTS:
                raise BadRequest(f"there is no filter {test!r}", hint=f"There are {', '.join(TESTS)}.")
            mark = "CAST(? AS TEXT)" if isinstance(value, InvalidText) else "?"
            terms.append("(" + TESTS[test].format(self._name(column), mark) + ")")
            if test not in WITHOUT_VALUE:
                values.append(value)
        return (" WHERE " + " AND ".join(terms) if terms else ""), values

    def _name(self, column: int) -> str:
        if not 0 <= column < self.width:
            raise BadRequest(f"there is no column {column + 1:,} in this result")
        return f"c{column}"


def _text(was_text: int, value: Value) -> Value:
    if not was_text:
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return InvalidText(value)

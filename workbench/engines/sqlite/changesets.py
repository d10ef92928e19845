"""Reads changesets: through apsw, and byte by byte where a text is not UTF-8, which apsw cannot give.

The format is told in the comments of SQLite's `ext/session/sqlite3session.c`, "CHANGESET FORMAT".
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

import apsw

from workbench.changes import Record
from workbench.results import InvalidText, Row

SAME = apsw.no_change
"""Stands in a row for a value that the change leaves as it is."""

_TABLE = 0x54
_OPS = {apsw.SQLITE_INSERT: "insert", apsw.SQLITE_UPDATE: "update", apsw.SQLITE_DELETE: "delete"}
_NOTHING, _INTEGER, _REAL, _TEXT, _BLOB, _NULL = range(6)


Tally = Counter[tuple[str, str, bool]]
"""How many changes there are by table, operation, and whether they are indirect."""


class Changed(NamedTuple):
    """A row that was changed. `old` is None for an insert, `new` for a delete."""

    table: str
    op: str
    indirect: bool
    old: Row | None
    new: Row | None


class Reader:
    """The changes of one changeset, in order; `row` is asked for only where it is wanted."""

    def __init__(self, changeset: bytes) -> None:
        self._changeset = changeset
        self._raw: Iterator[Changed] | None = None
        self._raw_at = 0

    def __iter__(self) -> Iterator[tuple[int, apsw.TableChange]]:
        """Each change with its number."""
        return enumerate(apsw.Changeset.iter(self._changeset)) if self._changeset else iter(())

    def tally(self) -> Tally:
        """How many changes there are by table, operation, and whether they are indirect."""
        if not self._changeset:
            return Counter()
        found = Counter(map(attrgetter("name", "op", "indirect"), apsw.Changeset.iter(self._changeset)))
        return Counter({(name, op.lower(), indirect): n for (name, op, indirect), n in found.items()})

    def rows(self, number: int, change: apsw.TableChange) -> tuple[Row | None, Row | None]:
        """The change's row before and after. Numbers are asked for in rising order."""
        try:
            return change.old, change.new
        except UnicodeDecodeError:
            return self._read(number)

    def _read(self, number: int) -> tuple[Row | None, Row | None]:
        if self._raw is None:
            self._raw = read(self._changeset)
        found = next(islice(self._raw, number - self._raw_at, None))
        self._raw_at = number + 1
        return found.old, found.new


def net(records: Sequence[Record]) -> bytes:
    """What `records`, none of which changes the schema, have changed in the end, as one changeset."""
    rows = [record.rows for record in records if record.rows]
    if len(rows) <= 1:
        return b"".join(rows)
    builder = apsw.ChangesetBuilder()
    try:
        for each in rows:
            builder.add(each)
        return builder.output()
    finally:
        builder.close()


def read(changeset: bytes) -> Iterator[Changed]:
    """Every change, exact to the last byte."""
    at, table, columns = 0, "", 0
    while at < len(changeset):
        if changeset[at] == _TABLE:
            columns, at = _varint(changeset, at + 1)
            end = changeset.index(0, at + columns)
            table, at = changeset[at + columns : end].decode("utf-8", "replace"), end + 1
            continue
        op, indirect, at = _OPS[changeset[at]], bool(changeset[at + 1]), at + 2
        old = new = None
        if op != "insert":
            old, at = _row(changeset, at, columns)
        if op != "delete":
            new, at = _row(changeset, at, columns)
        yield Changed(table, op, indirect, old, new)


def _row(data: bytes, at: int, columns: int) -> tuple[Row, int]:
    values = []
    for _ in range(columns):
        value, at = _value(data, at)
        values.append(value)
    return tuple(values), at


def _value(data: bytes, at: int) -> tuple[object, int]:
    kind, at = data[at], at + 1
    if kind in (_INTEGER, _REAL):
        return struct.unpack_from(">q" if kind == _INTEGER else ">d", data, at)[0], at + 8
    if kind in (_TEXT, _BLOB):
        size, at = _varint(data, at)
        found = data[at : at + size]
        return (_text(found) if kind == _TEXT else found), at + size
    return (None if kind == _NULL else SAME), at


def _text(found: bytes) -> str | InvalidText:
    try:
        return found.decode()
    except UnicodeDecodeError:
        return InvalidText(found)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes (https://sqlite.org/fileformat2.html#varint); sizes have at most five."""
    number = 0
    while True:
        byte, at = data[at], at + 1
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at

"""The rows of a whole table as one changeset, and why there can be none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice

import apsw
import msgspec

from workbench.engines.sqlite import schema
from workbench.engines.sqlite.connections import Link
from workbench.sql import quoted

MOST_BYTES = 64 << 20
"""How much one run may change, as changesets, and still be taken back."""

MOST_COLUMNS = 998
"""Columns of a table whose changes SQLite can apply: its condition names each, and may be 1,000 deep."""

_IN_ORDER = "in order: "
_AT_ONCE = 1000
_packed = msgspec.msgpack.Encoder().encode


def session_on(link: Link) -> apsw.Session:
    """A session of SQLite's on `link`, for tables without a key of their own too."""
    made = apsw.Session(link.connection, "main")
    made.config(apsw.SQLITE_SESSION_OBJCONFIG_ROWID, True)
    made.config(apsw.SQLITE_SESSION_OBJCONFIG_SIZE, True)
    return made


@contextmanager
def undisturbed(link: Link, *, foreign_keys: bool = False) -> Iterator[None]:
    """Without triggers, without `foreign_keys` unless they are wanted, and with leave to write shadow tables.

    The switches work inside a transaction too, where the pragma does not
    (https://sqlite.org/c3ref/c_dbconfig_defensive.html).
    """
    switches = {
        apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER: 0,
        apsw.SQLITE_DBCONFIG_ENABLE_FKEY: int(foreign_keys),
        apsw.SQLITE_DBCONFIG_DEFENSIVE: 0,
    }
    before = {switch: link.connection.config(switch, -1) for switch in switches}
    try:
        for switch, value in switches.items():
            link.connection.config(switch, value)
        yield
    finally:
        for switch, value in before.items():
            link.connection.config(switch, value)


def all_rows(link: Link, table: str) -> bytes:
    """The rows of `table`, as the changeset that deletes them all."""
    with undisturbed(link), link.undone():
        session = session_on(link)
        try:
            session.attach(table)
            link.own(f"DELETE FROM main.{quoted(table)}")
            return session.changeset()
        finally:
            session.close()


def rows_fingerprint(link: Link, table: str) -> str:
    """What tells the rows of `table` from any others; a row without a key, from everything."""
    if schema.has_null_keys(link, table, schema.key_of(link, table)):
        return "rows without a key"
    return sha256(all_rows(link, table)).hexdigest()


def fingerprint_in_order(link: Link, table: str) -> str:
    """The same for a table of any size, in little memory: it is read once, in the order of its keys."""
    told = sha256()
    link.authorizer.trusted = True
    try:
        cursor = link.connection.execute(f"SELECT * FROM main.{quoted(table)}", can_cache=False)
        while batch := list(islice(cursor, _AT_ONCE)):
            told.update(_packed(batch))
    except UnicodeDecodeError:
        return _IN_ORDER + "not UTF-8"
    finally:
        link.authorizer.trusted = False
    return _IN_ORDER + told.hexdigest()


def is_as_left(link: Link, table: str, left: str) -> bool:
    """Whether the rows of `table` are those of the fingerprint `left`, whichever of the two kinds it is."""
    fingerprint = fingerprint_in_order if left.startswith(_IN_ORDER) else rows_fingerprint
    return fingerprint(link, table) == left


def bytes_of(link: Link, table: str) -> int:
    """What the table takes in the file (https://sqlite.org/dbstat.html)."""
    ((size,),) = link.own("SELECT total(pgsize) FROM dbstat WHERE name = ? AND aggregate = TRUE", (table,))
    return int(size)


def by_module(table: str) -> str:
    """Why a virtual table that is made or dropped is not taken back."""
    return f"{table} is a virtual table: a module keeps its rows"


def no_key(table: str) -> str:
    """Why a table is not taken back whose rows no changeset can name."""
    return f"rows of {table} have NULL in their primary key, so nothing tells them apart"


def too_wide(table: str) -> str:
    """Why the rows of a table are not taken back that has too many columns."""
    return f"{table} has more than {MOST_COLUMNS} columns, more than can be put back"


def too_large_a_table(table: str) -> str:
    """Why a table is not taken back that would have to be kept whole."""
    return f"{table} is larger than the {MOST_BYTES >> 20} MB that are kept of a table"

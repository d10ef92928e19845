"""Did a write happen whose process was killed at its commit? Told by what is in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from workbench.changes import Record
from workbench.engines.sqlite import schema
from workbench.engines.sqlite.changesets import SAME, Changed, net, read
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.effects import row_now
from workbench.results import Row

_LOOKED_AT = 100
"""So many rows are enough: a transaction happens as a whole."""


def happened(link: Link, records: Sequence[Record]) -> bool | None:
    """Whether the database is as `records` left it; None when it is neither that nor as it was before."""
    signs = {sign for sign in _signs(link, records) if sign is not None}
    return signs.pop() if len(signs) == 1 else None


def _signs(link: Link, records: Sequence[Record]) -> Iterator[bool | None]:
    """What each object and row says: it is as after, it is as before, or None."""
    first, last = {}, {}
    for change in (change for record in records for change in record.objects):
        first.setdefault((change.kind, change.name), change.before)
        last[change.kind, change.name] = change.after
    now = schema.objects(link)
    for name, before in first.items():
        found = now.get(name)
        yield _sign(found.sql if found else None, before, last[name])
    if not first:
        for change in islice(read(net(records)), _LOOKED_AT):
            yield _sign_of_row(link, change)


def _sign_of_row(link: Link, change: Changed) -> bool | None:
    if not schema.is_table(link, change.table):
        return None
    key = schema.key_of(link, change.table)
    now = row_now(link, change.table, key, change.old or change.new)
    before, after = _matches(now, change.old), _matches(now, change.new)
    return None if before == after else after


def _matches(now: Row | None, row: Row | None) -> bool:
    if now is None or row is None:
        return now is row
    return all(v is SAME or (type(v) is type(n) and v == n) for v, n in zip(row, now, strict=True))


def _sign(now: object, before: object, after: object) -> bool | None:
    if before == after or now not in (before, after):
        return None
    return now == after

"""A record as rows that can be shown: each with all its columns, and why it was changed."""

from __future__ import annotations

from workbench.changes import SHOWN, Cause, Change, Effects, Record, TableChanges
from workbench.engines.sqlite import schema
from workbench.engines.sqlite.changesets import SAME, Reader, Tally
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.rows import row_decoded
from workbench.results import InvalidText, Row, Value
from workbench.sql import quoted

_AT_ONCE = 1000
"""Columns of which each is two of the 2,000 that a result may have (https://sqlite.org/limits.html)."""


def effects(link: Link, record: Record) -> Effects:
    """What `record` changed. Call it right after that, while its rows are as it left them."""
    made = Effects(record.statement, record.number, objects=list(record.objects), unseen=record.irreversible)
    virtual = schema.virtual_tables(link) if record.rows else []
    reader = Reader(record.rows)
    tally = reader.tally()
    keys = {name: schema.key_of(link, name) for name, _, _ in tally}
    tables = _counted(record, tally, keys)
    made.inner = sum(t.total for t in tables if schema.is_inner(t.table, virtual))
    made.tables = [t for t in tables if not schema.is_inner(t.table, virtual)]
    _show_first(link, record, reader, {t.table: (t, keys[t.table]) for t in made.tables})
    made.tables += [_dropped(c.name, record) for c in record.objects if c.kind == "table" and c.after is None]
    made.tables = [t for t in made.tables if t.total]
    return made


def _counted(record: Record, tally: Tally, keys: dict[str, schema.Key]) -> list[TableChanges]:
    """The changed tables, with how many rows of each were changed and why."""
    tables = {name: TableChanges(name, key.columns) for name, key in keys.items()}
    for (name, op, indirect), count in tally.items():
        tables[name].counts[op, _cause(op, indirect, _named(record, name))] += count
    return list(tables.values())


def _show_first(
    link: Link, record: Record, reader: Reader, tables: dict[str, tuple[TableChanges, schema.Key]]
) -> None:
    """Give `tables` the first of their changes."""
    wanted = {name: min(SHOWN, table.total) for name, (table, _) in tables.items()}
    for number, change in reader:
        name = change.name
        if not wanted.get(name):
            continue
        table, key = tables[name]
        op, cause = change.op.lower(), _cause(change.op.lower(), change.indirect, _named(record, name))
        rows = _whole_rows(link, name, key, reader.rows(number, change))
        table.changes.append(Change(op, *rows, cause))
        wanted[name] -= 1
        if not any(wanted.values()):
            return


def _whole_rows(
    link: Link, table: str, key: schema.Key, rows: tuple[Row | None, Row | None]
) -> tuple[Row | None, Row | None]:
    """The two rows of a change with all their values; of an update, it tells only those that it changes."""
    old, new = rows
    if old is None or new is None:
        return old, new
    now = row_now(link, table, key, old) or old
    return filled(old, now), filled(new, now)


def row_now(link: Link, table: str, key: schema.Key, known: Row) -> Row | None:
    """The whole row of `table` as it is, found by its key in `known`; None when there is none."""
    where = " AND ".join(f"{quoted(key.columns[at])} IS {_mark(known[at])}" for at in key.places)
    picks = [
        f"typeof({c}) = 'text', iif(typeof({c}) = 'text', CAST({c} AS BLOB), {c})"
        for c in map(quoted, key.columns)
    ]
    values = tuple(known[place] for place in key.places)
    row: list[Value] = []
    for at in range(0, len(picks), _AT_ONCE):
        some = ", ".join(picks[at : at + _AT_ONCE])
        found = link.own(f"SELECT {some} FROM main.{quoted(table)} WHERE {where}", values)
        if not found:
            return None
        row += row_decoded(link, found[0])
    return tuple(row)


def _mark(value: Value) -> str:
    """What stands for a value that is bound: bytes that are a text, though no valid one, stay a text."""
    return "CAST(? AS TEXT)" if isinstance(value, InvalidText) else "?"


def filled(row: Row, now: Row) -> Row:
    """`row` with the values of `now` where it has none of its own."""
    return tuple(n if v is SAME else v for v, n in zip(row, now, strict=True))


def _named(record: Record, table: str) -> set[str] | None:
    if record.actions is None:
        return None
    return {action for action, name in record.actions if name == table}


def _cause(op: str, indirect: bool, named: set[str] | None) -> Cause:
    """Why a row was changed, from what the statement itself does to its table."""
    if named is None:
        return Cause.NAMED
    if indirect or not named:
        return Cause.INDIRECT
    if op == "update" and "insert" in named:
        return Cause.UPSERT if "update" in named else Cause.REPLACED
    if named == {"update"}:  # of a key: SQLite tells it as a row that goes and one that comes
        return Cause.NAMED
    return Cause.NAMED if op in named else Cause.REPLACED


def _dropped(table: str, record: Record) -> TableChanges:
    """The rows that went with a dropped table."""
    if table not in record.lost:
        return TableChanges(table, ())
    found = TableChanges(table, record.lost[table].columns)
    reader = Reader(record.lost[table].rows)
    for number, change in reader:
        found.counts["delete", Cause.NAMED] += 1
        if len(found.changes) < SHOWN:
            found.changes.append(Change("delete", *reader.rows(number, change)))
    return found

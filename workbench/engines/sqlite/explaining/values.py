"""A value that its column or its table does not take: NOT NULL, CHECK and STRICT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import apsw

from workbench.engines.sqlite.explaining.facts import Table, column_named, in_words, table_of
from workbench.engines.sqlite.explaining.failure import Failure, Unexplained
from workbench.engines.sqlite.explaining.rehearsal import Wanted, by_trigger, wanted
from workbench.explanations import Explanation
from workbench.tokens import Token, bare, tokens_in

_STORED = re.compile(r"cannot store (\w+) value in (\w+) column (.+)\Z", re.S)


class Check(NamedTuple):
    """A CHECK of a table: its name, if it has one, and its expression as written."""

    name: str | None
    expression: str


def explain_missing(failure: Failure) -> Explanation:
    """Which column needs a value, and what it gets when it is not named."""
    table, column = column_named(failure.link, failure.what)
    if column.default is None:
        usual = "It has no default, so each row must give one"
    else:
        usual = f"Its default, {column.default}, is for rows that leave the column out"
    rule = f"{column.name} of {table.name} must have a value (NOT NULL), and here it is NULL. {usual}."
    return _with_row(failure, table, rule, (column.name,))


def explain_check(failure: Failure) -> Explanation:
    """Which CHECK of which table, on which columns, with which values."""
    table, check = _check(failure)
    columns = _columns_in(table, check.expression)
    rule = f"A row of {table.name} must fulfil CHECK ({check.expression})"
    rule += f", which is called {check.name}" if check.name else ""
    try:
        row = wanted(failure, table)
    except (Unexplained, apsw.Error):
        return Explanation(f"{rule}.")
    values = tuple(row.row[table.names.index(column)] for column in columns)
    here = in_words(columns, values)
    rule += f", and here {here}." if here else "."
    return Explanation(rule + by_trigger(row), (row.evidence(table, columns),))


def explain_type(failure: Failure) -> Explanation:
    """Which column takes which type, and what it was given. The value itself SQLite shows to nobody."""
    given, declared, what = _STORED.match(str(failure.error)).groups()
    table, column = column_named(failure.link, what)
    return Explanation(
        f"{column.name} of {table.name} takes {declared} only, for the table is STRICT,"
        f" and it was given {_AS_GIVEN.get(given, given)}."
    )


_AS_GIVEN = {"TEXT": "a text", "BLOB": "a BLOB", "REAL": "a fraction", "INT": "an integer"}


def _with_row(failure: Failure, table: Table, text: str, first: tuple[str, ...]) -> Explanation:
    try:
        row: Wanted = wanted(failure, table)
    except (Unexplained, apsw.Error):
        return Explanation(text)
    return Explanation(text + by_trigger(row), (row.evidence(table, first),))


def _check(failure: Failure) -> tuple[Table, Check]:
    """The one CHECK that SQLite can mean, of the tables that the statement writes."""
    names = {w.table for w in failure.writes() if not w.table.startswith("sqlite_")}
    tables = {table.name: table for name in names if (table := _table_if_any(failure, name))}
    found = {
        (name, check)
        for name, table in tables.items()
        for check in checks(table.sql)
        if failure.what == (check.name or check.expression)
    }
    if len(found) != 1:
        raise Unexplained
    ((name, check),) = found
    return tables[name], check


def _table_if_any(failure: Failure, name: str) -> Table | None:
    try:
        return table_of(failure.link, name)
    except Unexplained:
        return None  # a view, whose triggers write


def checks(sql: str) -> Iterator[Check]:
    """The CHECK constraints in the text of a CREATE TABLE."""
    tokens = list(tokens_in(sql))
    name = None
    for place, token in enumerate(tokens[:-1]):
        word = token[0].upper()
        if word == "CONSTRAINT":
            name = bare(tokens[place + 1][0])
        elif word == "CHECK" and tokens[place + 1][0] == "(":
            end = _closing(tokens, place + 1)
            yield Check(name, sql[tokens[place + 1].end() : end].strip())
            name = None


def _closing(tokens: list[Token], opening: int) -> int:
    """Where the bracket that opens at token `opening` is closed."""
    depth = 0
    for token in tokens[opening:]:
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token.start()
    raise Unexplained


def _columns_in(table: Table, expression: str) -> tuple[str, ...]:
    """The columns of `table` that an expression names."""
    words = {bare(t[0]).lower() for t in tokens_in(expression) if t[0][0] != "'"}
    return tuple(name for name in table.names if name.lower() in words)

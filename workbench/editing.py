"""Edits of a table as statements: each names the row by its key, and by every value that it was seen with.

So a row that somebody else changed meanwhile is left alone. What is written is bound; what the row is known
by stands in the SQL as literals, so that the history tells which row it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import isinf

from workbench.browsing import Shape
from workbench.errors import BadRequest
from workbench.jobs import Ask, Expect, Job
from workbench.literals import literal_of
from workbench.parameters import Given, number_in, values_of
from workbench.results import InvalidText, Row, Value
from workbench.sql import quoted

KINDS = {
    "auto": "as the column takes it",
    "text": "text",
    "null": "NULL",
    "blob": "BLOB (hex)",
    "keep": "as it is",
    "default": "default",
}
"""What a field may be taken as: ``keep`` leaves a value alone, ``default`` leaves it out of a new row."""

LONGEST_TYPED = 100_000
"""How many characters of a text can be edited in a form."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LONGEST_LITERAL = 200
_LONGEST_SEAL = 2_000
_JOINED = 500


def why_not(shape: Shape, *, read_only: bool) -> str | None:
    """Why rows of this table cannot be edited here; None when they can."""
    if read_only:
        return "This workbench only reads."
    if shape.kind == "view":
        return "A view has no rows of its own: edit those of its tables."
    if shape.kind in ("virtual", "shadow"):
        return "A module keeps these rows: change them with SQL."
    return None if shape.key else "Its rows have no key by which one could be named."


def taken(declared: str, kind: str, text: str) -> Value:
    """The value that was typed into a field of a column with this type.

    Raises:
        BadRequest: for hexadecimal that is none, or an unknown kind.
    """
    if kind == "auto":
        number = None if affinity(declared) == "TEXT" else number_in(text)
        return text if number is None else number
    return Given("this field", text, kind).value


def affinity(declared: str) -> str:
    """See https://sqlite.org/datatype3.html#determination_of_column_affinity."""
    declared = declared.upper()
    if "INT" in declared:
        return "INTEGER"
    if any(word in declared for word in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if not declared or "BLOB" in declared:
        return "BLOB"
    return "REAL" if any(word in declared for word in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


def field_of(declared: str, value: Value) -> tuple[str, str]:
    """Kind and text of a field that says just this value; ``keep`` for one that no field can say."""
    if value is None:
        return "null", ""
    if isinstance(value, bytes):
        short = not isinstance(value, InvalidText) and len(value) <= _LONGEST_LITERAL
        return ("blob", value.hex(" ")) if short else ("keep", "")
    text = repr(value) if isinstance(value, float) else str(value)
    if isinstance(value, float) and isinf(value):
        return "keep", ""
    if not isinstance(value, str):
        return ("auto", text) if is_same(taken(declared, "auto", text), value) else ("keep", "")
    if len(text) > LONGEST_TYPED or "\r" in text or "\0" in text:
        return "keep", ""
    return ("auto" if text and is_same(taken(declared, "auto", text), value) else "text"), text


def is_same(one: Value, other: Value) -> bool:
    """Whether two values are the same, of the same kind."""
    return type(one) is type(other) and one == other


def seal(value: Value) -> str:
    """What a form remembers of a value to tell whether it has changed since: itself, or its digest."""
    literal = literal_of(value)
    return literal if len(literal) <= _LONGEST_SEAL else f"sha256 {sha256(literal.encode()).hexdigest()}"


def row_seal(row: Row) -> str:
    """The same for a whole row."""
    return sha256("\0".join(map(literal_of, row)).encode()).hexdigest()[:32]


def update(shape: Shape, key: Row, row: Row, changes: Mapping[int, Value]) -> Job:
    """Put `changes`, values by column, into the row that is `row` now."""
    names = _Names()
    sets = ", ".join(
        f"{quoted(shape.columns[i].name)} = {names.mark(shape.columns[i].name, value)}"
        for i, value in changes.items()
    )
    where = _this_row(shape, key, row, names)
    return _job([f"UPDATE {quoted(shape.name)} SET {sets} WHERE {where};"], names)


def insert(shape: Shape, values: Mapping[int, Value]) -> Job:
    """Put a row of these values, by column, into the table; the others have their defaults."""
    names = _Names()
    columns = ", ".join(quoted(shape.columns[i].name) for i in values)
    marks = ", ".join(names.mark(shape.columns[i].name, value) for i, value in values.items())
    what = f"({columns}) VALUES ({marks})" if values else "DEFAULT VALUES"
    return _job([f"INSERT INTO {quoted(shape.name)} {what};"], names)


def delete(shape: Shape, rows: Sequence[tuple[Row, Row]]) -> Job:
    """Take these rows, each with its key, out of the table."""
    names = _Names()
    where = (_this_row(shape, key, row, names) for key, row in rows)
    return _job([f"DELETE FROM {quoted(shape.name)} WHERE {each};" for each in where], names)


class _Names:
    """The parameters of a statement."""

    def __init__(self) -> None:
        self.given: dict[str, Given] = {}

    def mark(self, column: str, value: Value) -> str:
        """What stands in the SQL for `value`: a parameter called like the column, or a literal."""
        if value is None or isinstance(value, InvalidText) or (isinstance(value, float) and isinf(value)):
            return literal_of(value)
        name = column if _PLAIN.match(column) and column not in self.given else f"v{len(self.given) + 1}"
        kind = "text" if isinstance(value, str) else "blob" if isinstance(value, bytes) else "auto"
        text = value.hex() if isinstance(value, bytes) else value if isinstance(value, str) else repr(value)
        self.given[name] = Given(name, text, kind)
        return f":{name}"


def _this_row(shape: Shape, key: Row, row: Row, names: _Names) -> str:
    """The condition that only this row fulfils, as it is."""
    terms = [
        f"{term.sql} = {literal_of(value)}"
        for term, value in zip(shape.key, key, strict=True)
        if term.column is None
    ]
    for i, value in enumerate(row):
        name, literal = quoted(shape.columns[i].name), literal_of(value)
        if len(literal) > _LONGEST_LITERAL:
            literal = names.mark(f"{shape.columns[i].name}_before", value)
        terms.append(f"{name}{' COLLATE BINARY' if i in shape.collated else ''} IS {literal}")
    return _all_of(terms)


def _all_of(terms: Sequence[str]) -> str:
    """All of them joined by AND, of which each makes an expression deeper (https://sqlite.org/limits.html)."""
    groups = [" AND ".join(terms[at : at + _JOINED]) for at in range(0, len(terms), _JOINED)]
    return groups[0] if len(groups) == 1 else " AND ".join(f"({each})" for each in groups)


def _job(statements: Sequence[str], names: _Names) -> Job:
    if not statements:
        raise BadRequest("no row is chosen", hint="Nothing was changed.")
    given = tuple(names.given.values())
    values = values_of(given) or None
    return Job(tuple(Ask(sql, values, expect=Expect(affected=1)) for sql in statements), given=given)

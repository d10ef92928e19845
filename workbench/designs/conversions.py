"""What becomes of the values of a table that is altered: questions to its rows, as they are before.

What a column stores of a value is told by its affinity: https://sqlite.org/datatype3.html#type_affinity;
what a STRICT table takes by https://sqlite.org/stricttables.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.designs.alteration import Question
from workbench.designs.design import Column, TableDesign
from workbench.sql import quoted

_A_NUMBER = "typeof({0}) = 'text' AND CAST({0} AS TEXT) = CAST({0} AS NUMERIC)"
_WHOLE = "typeof({0}) = 'real' AND {0} = CAST({0} AS INTEGER)"

_CONVERTED = {
    "INTEGER": (
        (_A_NUMBER, "text of {} becomes a number", "texts of {} become numbers"),
        (_WHOLE, "fraction of {} becomes a whole number", "fractions of {} become whole numbers"),
    ),
    "REAL": (
        (_A_NUMBER, "text of {} becomes a number", "texts of {} become numbers"),
        (
            "typeof({0}) = 'integer'",
            "whole number of {} becomes a fraction",
            "whole numbers of {} become fractions",
        ),
    ),
    "TEXT": (
        ("typeof({0}) IN ('integer', 'real')", "number of {} becomes a text", "numbers of {} become texts"),
    ),
}
_CONVERTED["NUMERIC"] = _CONVERTED["INTEGER"]

_REFUSED = {
    "INTEGER": f"CASE typeof({{0}}) WHEN 'real' THEN NOT ({_WHOLE}) WHEN 'text' THEN NOT ({_A_NUMBER}"
    " AND typeof(CAST({0} AS NUMERIC)) = 'integer') ELSE typeof({0}) = 'blob' END",
    "REAL": f"CASE typeof({{0}}) WHEN 'text' THEN NOT ({_A_NUMBER}) ELSE typeof({{0}}) = 'blob' END",
    "TEXT": "typeof({0}) = 'blob'",
    "BLOB": "typeof({0}) NOT IN ('blob', 'null')",
}
"""Which values a column of a STRICT table does not take, after it has converted what it can."""


def affinity(declared: str) -> str:
    """The affinity of a declared type (https://sqlite.org/datatype3.html#determination_of_column_affinity)."""
    upper = declared.upper()
    rules = (
        (("INT",), "INTEGER"),
        (("CHAR", "CLOB", "TEXT"), "TEXT"),
        (("BLOB",), "BLOB"),
        (("REAL", "FLOA", "DOUB"), "REAL"),
    )
    found = next((name for words, name in rules if any(word in upper for word in words)), "NUMERIC")
    return found if declared else "BLOB"


def questions(old: TableDesign, wanted: TableDesign) -> Iterator[Question]:
    """What to ask of the rows of `old` before it becomes `wanted`."""
    before = {column.name: column for column in old.columns}
    stays = {column.was for column in wanted.columns}
    for column in old.columns:
        if column.name not in stays and not column.generated:
            query = _rows(old, f"{quoted(column.name)} IS NOT NULL")
            yield Question(query, f"value of {column.name} goes", f"values of {column.name} go", bad=True)
    for column in wanted.columns:
        if column.was in before and not column.generated:
            yield from _of_column(old, wanted, before[column.was], column)
        elif not column.was and column.not_null and not (column.default or column.generated):
            yield Question(
                f"SELECT * FROM {quoted(old.name)}",
                f"row would have no value for {column.name}, which is NOT NULL: give it a default",
                f"rows would have no value for {column.name}, which is NOT NULL: give it a default",
                bad=True,
            )
    yield from _about_keys(old, wanted)


def _of_column(old: TableDesign, wanted: TableDesign, was: Column, column: Column) -> Iterator[Question]:
    name, kind = quoted(was.name), _kind(column, wanted)
    if (kind, wanted.strict) != (_kind(was, old), old.strict):
        for condition, one, many in _CONVERTED.get(kind, ()):
            query = _rows(old, condition.format(name))
            yield Question(query, one.format(was.name), many.format(was.name))
        if wanted.strict and kind in _REFUSED:
            query = _rows(old, _REFUSED[kind].format(name))
            why = f"of {was.name} would be refused: the table is STRICT, and the column {column.type}"
            yield Question(query, f"value {why}", f"values {why}", bad=True)
    if _must_have_a_value(column, wanted) and not _must_have_a_value(was, old):
        why = f"of {was.name} would be refused: it must have a value"
        yield Question(_rows(old, f"{name} IS NULL"), f"NULL {why}", f"NULLs {why}", bad=True)
    if column.check and column.check != was.check:
        why = f"would be refused by CHECK ({column.check})"
        query = (
            f"SELECT * FROM (SELECT {_renamed(wanted)} FROM {quoted(old.name)}) WHERE NOT ({column.check})"
        )
        yield Question(query, f"row {why}", f"rows {why}", bad=True)


def _about_keys(old: TableDesign, wanted: TableDesign) -> Iterator[Question]:
    """Values that are there twice, where each is to be there once."""
    names = {column.name: column.was for column in wanted.columns}
    keys = [(column.name,) for column in wanted.columns if column.unique]
    known = {old.key, *((column.name,) for column in old.columns if column.unique)}
    for key in [wanted.key, *keys]:
        was = tuple(names[name] for name in key)
        if not was or "" in was or was in known:
            continue
        terms = ", ".join(map(quoted, was))
        values = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in was)
        query = (
            f"SELECT {terms}, count(*) FROM {quoted(old.name)} WHERE {values}"
            f" GROUP BY {terms} HAVING count(*) > 1"
        )
        why = f"of {', '.join(key)} there more than once would be refused"
        yield Question(query, f"value {why}", f"values {why}", bad=True)


def _kind(column: Column, design: TableDesign) -> str:
    if design.strict:
        return {"INT": "INTEGER"}.get(column.type.upper(), column.type.upper())
    return affinity(column.type)


def _must_have_a_value(column: Column, design: TableDesign) -> bool:
    """Whether NULL is refused; the rowid by another name is numbered instead."""
    numbered = column.key and len(design.key) == 1 and column.type.upper() == "INTEGER"
    in_key = column.key and (design.strict or design.without_rowid)
    return column.not_null or (in_key and not (numbered and not design.without_rowid))


def _renamed(wanted: TableDesign) -> str:
    """The columns as they would be called, with those that are new at their defaults."""
    values = ((c, quoted(c.was) if c.was else f"({c.default or 'NULL'})") for c in wanted.columns)
    return ", ".join(f"{value} AS {quoted(c.name)}" for c, value in values if c.was or not c.generated)


def _rows(old: TableDesign, condition: str) -> str:
    return f"SELECT * FROM {quoted(old.name)} WHERE {condition}"

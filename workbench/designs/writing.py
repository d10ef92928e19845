"""SQL that makes what a design describes, and what is wrong with a design before SQLite sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.designs.design import ACTIONS, Column, IndexDesign, Parent, TableDesign
from workbench.errors import BadRequest
from workbench.sql import quoted
from workbench.tokens import TOKEN, tokens_in

_LITERAL = re.compile(
    r"[+-]?\s*(?:0x[0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)|'(?:[^']|'')*'|x'(?:[0-9a-f]{2})*'"
    r"|null|true|false|current_(?:date|time|timestamp)",
    re.IGNORECASE,
)


def create_table(design: TableDesign, name: str = "") -> str:
    """The statement that makes the table, under another `name` if one is given.

    Raises BadRequest for a field that is missing, or holds more than its own piece of SQL.
    """
    _refuse_unfit(design)
    alone = len(design.key) == 1
    lines = [_column(column, alone=alone) for column in design.columns]
    if len(design.key) > 1:
        lines.append(f"PRIMARY KEY ({', '.join(map(quoted, design.key))})")
    lines += [_whole(each, "A constraint of the table") for each in design.constraints]
    options = ", ".join(_options(design))
    body = ",\n  ".join(lines)
    return f"CREATE TABLE {quoted(name or design.name)} (\n  {body}\n)" + (f" {options}" if options else "")


def create_index(design: IndexDesign) -> str:
    """The statement that makes the index. Raises BadRequest as `create_table` does."""
    if not design.name or not design.terms:
        what = "a name" if not design.name else "a column or an expression"
        raise BadRequest(f"an index needs {what}", code="DESIGN")
    terms = ", ".join(
        (_within(each.text, "An expression") if each.is_sql else quoted(each.text))
        + (" DESC" if each.descending else "")
        for each in design.terms
    )
    where = f"\n WHERE {_whole(design.where, 'WHERE')}" if design.where else ""
    unique = "UNIQUE " if design.unique else ""
    return f"CREATE {unique}INDEX {quoted(design.name)} ON {quoted(design.table)} ({terms}){where}"


def column_definition(column: Column) -> str:
    """A column as it stands in ALTER TABLE ADD COLUMN."""
    return _column(column, alone=True)


def references(parent: Parent) -> str:
    """A foreign key of one column, from REFERENCES on."""
    column = f" ({quoted(parent.column)})" if parent.column else ""
    pairs = (("DELETE", parent.on_delete), ("UPDATE", parent.on_update))
    actions = "".join(f" ON {when} {action}" for when, action in pairs if action != ACTIONS[0])
    return f"REFERENCES {quoted(parent.table)}{column}{actions}"


def is_literal(default: str) -> bool:
    """Whether a default can stand without brackets."""
    return bool(_LITERAL.fullmatch(default))


def _column(column: Column, *, alone: bool) -> str:
    return " ".join(part for part in _parts(column, alone) if part)


def _parts(column: Column, alone: bool) -> Iterator[str]:
    where = f"of {quoted(column.name)}"
    yield quoted(column.name)
    yield _whole(column.type, f"The type {where}") if column.type else ""
    if column.key and alone:
        yield "PRIMARY KEY AUTOINCREMENT" if column.numbered else "PRIMARY KEY"
    yield "NOT NULL" if column.not_null else ""
    yield "UNIQUE" if column.unique else ""
    if column.default:
        literal = is_literal(column.default)
        yield f"DEFAULT {column.default if literal else _within(column.default, f'The default {where}')}"
    if column.generated:
        stored = " STORED" if column.stored else ""
        yield f"GENERATED ALWAYS AS {_within(column.generated, f'The expression {where}')}{stored}"
    if column.check:
        yield f"CHECK {_within(column.check, f'The CHECK {where}')}"
    yield references(column.parent) if column.parent else ""
    yield _whole(column.more, f"What else is said {where}") if column.more else ""


def _options(design: TableDesign) -> Iterator[str]:
    if design.strict:
        yield "STRICT"
    if design.without_rowid:
        yield "WITHOUT ROWID"


def _within(sql: str, what: str) -> str:
    """`sql` in brackets; it may be in brackets already."""
    whole = _whole(sql, what)
    return whole if _is_bracketed(whole) else f"({whole})"


def _is_bracketed(sql: str) -> bool:
    depth, tokens = 0, list(tokens_in(sql))
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token is tokens[-1] and tokens[0][0] == "("
    return False


def _whole(sql: str, what: str) -> str:
    """`sql` without white space around it. Raises BadRequest when it is not one piece: what it would end
    or leave open is not its own.
    """
    depth, last = 0, ""
    for token in TOKEN.finditer(sql):
        last = token[0]
        depth += {"(": 1, ")": -1}.get(last, 0)
        separates = last == ";" or (last == "," and depth == 0)
        if depth < 0 or separates or _is_open(last):
            raise BadRequest(f"{what} is not one piece of SQL: look at its {last[:20]}", code="DESIGN")
    if depth or not last:
        raise BadRequest(f"{what} has a bracket that is not closed", code="DESIGN")
    return sql.strip() + ("\n" if last.startswith("--") else "")


def _is_open(token: str) -> bool:
    """Whether a text, a name or a comment has no end."""
    if token.startswith("/*"):
        return len(token) < 4 or not token.endswith("*/")
    text = token[1:] if token[:1] in "xX" and token[1:2] == "'" else token
    closing = {"[": "]"}.get(text[:1], text[:1])
    return closing in ("'", '"', "`", "]") and (len(text) < 2 or text[-1] != closing)


def _refuse_unfit(design: TableDesign) -> None:
    if not design.name:
        raise BadRequest("the table needs a name", code="DESIGN")
    if not design.columns:
        raise BadRequest("a table needs a column", code="DESIGN")
    if any(not column.name for column in design.columns):
        raise BadRequest("a column needs a name", code="DESIGN")
    numbered = [column.name for column in design.columns if column.numbered]
    if numbered and design.key != tuple(numbered):
        raise BadRequest(
            f"AUTOINCREMENT is for a primary key of one column: {quoted(numbered[0])} is none", code="DESIGN"
        )

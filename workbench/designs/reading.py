"""A design out of the SQL of a table, with nothing lost: what no field tells stays SQL.

The grammar is that of https://sqlite.org/lang_createtable.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.designs.clauses import Clause, clauses
from workbench.designs.design import Column, Parent, TableDesign
from workbench.designs.writing import is_literal
from workbench.errors import BadRequest
from workbench.literals import literal_of
from workbench.tokens import TOKEN, Token, bare, tokens_in

_OF_THE_TABLE = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}
_OF_A_COLUMN = {
    "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES",
    "GENERATED", "AS",
}  # fmt: skip


def read_table(sql: str) -> TableDesign:
    """The design of the table that `sql` makes. Raises BadRequest for what is no such statement."""
    tokens = list(tokens_in(sql))
    opening = next((i for i, token in enumerate(tokens) if token[0] == "("), None)
    if opening is None or opening < 3 or tokens[0][0].upper() != "CREATE":
        raise BadRequest("this table cannot be altered by a form: its SQL is not that of a table")
    items, end = _items(tokens, opening)
    options = [token[0].upper() for token in tokens[end + 1 :]]
    first = next((i for i, item in enumerate(items) if _word(item[0]) in _OF_THE_TABLE), len(items))
    design = TableDesign(
        bare(tokens[opening - 1][0]),
        tuple(_column(sql, item) for item in items[:first]),
        tuple(sql[item[0].start() : item[-1].end()] for item in items[first:]),
        strict="STRICT" in options,
        without_rowid="WITHOUT" in options,
    )
    return _with_key(design)


def has_comments(sql: str) -> bool:
    """Whether there are comments in it, which a table that is made anew has no place for."""
    return any(each["comment"] for each in TOKEN.finditer(sql))


def _items(tokens: list[Token], opening: int) -> tuple[list[list[Token]], int]:
    """What stands between the commas of the brackets that open there, and where these close."""
    items: list[list[Token]] = [[]]
    depth = 0
    for place, token in enumerate(tokens[opening:], opening):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return [item for item in items if item], place
        if token[0] == "," and depth == 1:
            items.append([])
        elif place > opening:
            items[-1].append(token)
    raise BadRequest("this table cannot be altered by a form: a bracket in its SQL is not closed")


def _column(sql: str, item: list[Token]) -> Column:
    name = bare(item[0][0])
    end = next((i for i, t in enumerate(item[1:], 1) if _word(t) in _OF_A_COLUMN), len(item))
    fields: dict[str, object] = {}
    if end > 1:
        fields["type"] = sql[item[1].start() : item[end - 1].end()]
    left = []
    for clause in clauses(item[end:]):
        told = _told(sql, clause)
        if told and not told.keys() & fields.keys():
            fields |= told
        else:
            left.append(clause.text(sql))
    return Column(name, **fields, more=" ".join(left), was=name)


def _told(sql: str, clause: Clause) -> dict[str, object] | None:
    """The fields that tell all of a clause; None where some of it would be lost."""
    words = tuple(token[0].upper() for token in clause.tokens)
    plain: dict[tuple[str, ...], dict[str, object]] = {
        ("PRIMARY", "KEY"): {"key": True},
        ("PRIMARY", "KEY", "AUTOINCREMENT"): {"key": True, "numbered": True},
        ("NOT", "NULL"): {"not_null": True},
        ("UNIQUE",): {"unique": True},
    }
    if words in plain:
        return plain[words]
    if words[0] == "CHECK" and words[1] == "(" and clause.closes_at(1) == len(words) - 1:
        return {"check": clause.inside(sql, 1)}
    if words[0] == "DEFAULT":
        return {"default": _default(sql[clause.tokens[1].start() : clause.tokens[-1].end()])}
    if words[0] in ("GENERATED", "AS"):
        return _generated(sql, clause, words)
    return _parent(clause, words) if words[0] == "REFERENCES" else None


def _default(sql: str) -> str:
    """A default as an expression: a name, which stands for a text, becomes one."""
    token = next(tokens_in(sql))
    is_name = token.end() == len(sql) and (token["word"] or sql[0] in '"`[') and not is_literal(sql)
    return literal_of(bare(sql)) if is_name else sql


def _generated(sql: str, clause: Clause, words: tuple[str, ...]) -> dict[str, object]:
    opening = words.index("(")
    told: dict[str, object] = {"generated": clause.inside(sql, opening)}
    return told | {"stored": True} if words[-1] == "STORED" else told


def _parent(clause: Clause, words: tuple[str, ...]) -> dict[str, object] | None:
    """A foreign key to at most one column, with nothing but actions after it."""
    tokens, at, column = clause.tokens, 2, ""
    if words[2:3] == ("(",):
        if words[4:5] != (")",):
            return None
        column, at = bare(tokens[3][0]), 5
    actions = {}
    for when, action in _actions(words[at:]):
        if not when or when in actions:
            return None
        actions[when] = action
    return {"parent": Parent(bare(tokens[1][0]), column, **actions)}


def _actions(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Which action is taken when; an empty word where it is none of those."""
    names = {"DELETE": "on_delete", "UPDATE": "on_update"}
    at = 0
    while at < len(words):
        size = 4 if words[at + 2 : at + 3] in (("SET",), ("NO",)) else 3
        is_action = words[at] == "ON" and words[at + 1] in names
        yield (names[words[at + 1]], " ".join(words[at + 2 : at + size])) if is_action else ("", "")
        at += size


def _with_key(design: TableDesign) -> TableDesign:
    """The design with a plain primary key of several columns told by these, where they are in its order."""
    for place, constraint in enumerate(design.constraints):
        names = _plain_key(constraint)
        if names is None or design.key:
            continue
        columns = tuple(replace(c, key=c.name.lower() in names) for c in design.columns)
        told = replace(
            design, columns=columns, constraints=design.constraints[:place] + design.constraints[place + 1 :]
        )
        return told if len(names) > 1 and [n.lower() for n in told.key] == names else design
    return design


def _plain_key(constraint: str) -> list[str] | None:
    """The names in ``PRIMARY KEY (a, b)``, in small letters; None for any other constraint."""
    words = [token[0] for token in tokens_in(constraint)]
    if [word.upper() for word in words[:3]] != ["PRIMARY", "KEY", "("] or words[-1] != ")":
        return None
    names, commas = words[3:-1:2], words[4:-1:2]
    return [bare(name).lower() for name in names] if set(commas) <= {","} else None


def _word(token: Token) -> str:
    return (token["word"] or "").upper()

"""How a table or an index is to be: plain values, which a form can hold."""

from __future__ import annotations

from dataclasses import dataclass

ACTIONS = ("NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE")
"""What becomes of a row whose parent is deleted or changed (https://sqlite.org/foreignkeys.html#fk_actions)."""

TYPES = ("INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB", "ANY", "DATE", "DATETIME", "BOOLEAN", "VARCHAR(100)")
"""Types that are offered; outside STRICT tables any words are one."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What a column refers to: `column` of `table`, or its primary key; and what becomes of the row."""

    table: str
    column: str = ""
    on_delete: str = ACTIONS[0]
    on_update: str = ACTIONS[0]


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `default`, `check` and `generated` are SQL, empty where there is none.

    `key`: it is in the primary key; `numbered`: by AUTOINCREMENT. `more` is SQL of what no other field
    tells, such as ``COLLATE NOCASE``. `was` is its name in the table as that is, empty for a new column.
    """

    name: str
    type: str = ""
    not_null: bool = False
    key: bool = False
    numbered: bool = False
    unique: bool = False
    default: str = ""
    check: str = ""
    generated: str = ""
    stored: bool = False
    parent: Parent | None = None
    more: str = ""
    was: str = ""


@dataclass(frozen=True, slots=True)
class TableDesign:
    """A table. `constraints` are those of the table, in SQL, but for a primary key that columns tell."""

    name: str
    columns: tuple[Column, ...]
    constraints: tuple[str, ...] = ()
    strict: bool = False
    without_rowid: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the columns that are in the primary key."""
        return tuple(column.name for column in self.columns if column.key)


@dataclass(frozen=True, slots=True)
class Term:
    """What an index sorts by: a column's name, or with `is_sql` an expression."""

    text: str
    descending: bool = False
    is_sql: bool = False


@dataclass(frozen=True, slots=True)
class IndexDesign:
    """An index of `table`; `where` is SQL for the rows that it is of, empty for all."""

    name: str
    table: str
    terms: tuple[Term, ...]
    unique: bool = False
    where: str = ""

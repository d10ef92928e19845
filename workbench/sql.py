"""SQL text: quoting names, how a script begins, and the presets that start a person off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.catalog import Table, TableColumn

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

# All of https://sqlite.org/lang_keywords.html: where each may stand bare is for SQLite to know.
_WORDS = """
abort action add after all alter always analyze and as asc attach autoincrement before begin between by
cascade case cast check collate column commit conflict constraint create cross current current_date
current_time current_timestamp database default deferrable deferred delete desc detach distinct do drop
each else end escape except exclude exclusive exists explain fail filter first following for foreign
from full generated glob group groups having if ignore immediate in index indexed initially inner insert
instead intersect into is isnull join key last left like limit match materialized natural no not nothing
notnull null nulls of offset on or order others outer over partition plan pragma preceding primary query
raise range recursive references regexp reindex release rename replace restrict returning right rollback
row rows savepoint select set table temp temporary then ties to transaction trigger unbounded union
unique update using vacuum values view virtual when where window with without
"""
_KEYWORDS = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Preset:
    """A statement to start from: `name` for addresses, `label` for the button, `sql` for the editor."""

    name: str
    label: str
    sql: str


def quoted(name: str) -> str:
    """`name` as SQLite reads it back: bare where that is safe, else in double quotes.

    The only character to escape is the double quote itself, by doubling it
    (https://sqlite.org/lang_keywords.html).
    """
    if _PLAIN.match(name) and name.lower() not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


_FIRST_WORDS = 120

# The sample's presets are the ones that users of the tutorial know.
_STUDENT_COLUMNS = ("id", "name", "nr")
_STUDENT_PRESETS = (
    Preset("select", "Select all", "SELECT * FROM student;"),
    Preset("insert", "Insert", "INSERT INTO student (name, nr) VALUES ('Peter Pan', 4444);"),
    Preset("update", "Update", "UPDATE student SET name = 'Arnold Schwarzenegger', nr = 800 WHERE id = 2;"),
    Preset("delete", "Delete", "DELETE FROM student WHERE id = 1;"),
)


def on_one_line(script: str, most: int) -> str:
    """The first words of `script`, at most so many characters, with its white space folded."""
    line = " ".join(script[: most * 4].split())
    return line if len(line) <= most else line[: most - 1] + "…"


class Scripted:
    """What has a `script`, and is listed by how that begins."""

    __slots__ = ()
    script: str

    @property
    def first_words(self) -> str:
        """The beginning of the script on one line."""
        return on_one_line(self.script, _FIRST_WORDS)


def presets(table: Table) -> tuple[Preset, ...]:
    """The four statements for `table`, written from its real columns; a view has only the first."""
    if table.name == "student" and tuple(c.name for c in table.columns) == _STUDENT_COLUMNS:
        return _STUDENT_PRESETS
    select = Preset("select", "Select all", f"SELECT * FROM {quoted(table.name)};")
    settable = [c for c in table.columns if not c.hidden]
    if table.kind == "view" or not settable:
        return (select,)
    return (
        select,
        Preset("insert", "Insert", _insert(table, settable)),
        Preset("update", "Update", _update(table, settable)),
        Preset("delete", "Delete", f"DELETE FROM {quoted(table.name)} WHERE {_one_row(table)};"),
    )


def _insert(table: Table, columns: list[TableColumn]) -> str:
    named = [c for c in columns if not _numbered_by_sqlite(table, c)]
    if not named:
        return f"INSERT INTO {quoted(table.name)} DEFAULT VALUES;"
    names = ", ".join(quoted(c.name) for c in named)
    values = ", ".join(_example(c) for c in named)
    return f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({values});"


def _update(table: Table, columns: list[TableColumn]) -> str:
    column = next((c for c in columns if not c.key), columns[0])
    return (
        f"UPDATE {quoted(table.name)} SET {quoted(column.name)} = {_example(column)} WHERE {_one_row(table)};"
    )


def _one_row(table: Table) -> str:
    keys = sorted((c for c in table.columns if c.key), key=lambda c: c.key)
    if not keys:
        return "rowid = 1"
    return " AND ".join(f"{quoted(c.name)} = {_example(c)}" for c in keys)


def _numbered_by_sqlite(table: Table, column: TableColumn) -> bool:
    """Whether the column is the rowid by another name (https://sqlite.org/lang_createtable.html#rowid)."""
    alone = sum(1 for c in table.columns if c.key) == 1
    return bool(column.key) and alone and column.type.upper() == "INTEGER" and not table.without_rowid


def _example(column: TableColumn) -> str:
    """A literal of the column's affinity (https://sqlite.org/datatype3.html#determination_of_column_affinity)."""
    declared = column.type.upper()
    if "INT" in declared:
        return "1"
    if any(word in declared for word in ("CHAR", "CLOB", "TEXT")):
        return "'text'"
    if not declared or "BLOB" in declared:
        return "'text'" if not declared else "x'00'"
    if any(word in declared for word in ("REAL", "FLOA", "DOUB")):
        return "1.5"
    return "1"

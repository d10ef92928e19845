"""What SQLite's own ALTER TABLE can do to columns (https://sqlite.org/lang_altertable.html)."""

from __future__ import annotations

from workbench.designs.design import Column, TableDesign
from workbench.designs.writing import column_definition, is_literal
from workbench.sql import quoted


def simple_statements(current: TableDesign, target: TableDesign) -> list[str] | None:
    """Statements that may make `target` of `current`; None where there is no hope of it.

    Whether they do is for SQLite to say: it refuses to drop a column that an index uses, for one.
    """
    stays = [column for column in target.columns if column.was]
    new = [column for column in target.columns if not column.was]
    kept = {column.was for column in stays}
    order = [column.name for column in current.columns if column.name in kept]
    if [column.was for column in stays] != order or (*stays, *new) != target.columns:
        return None
    if not all(map(_can_be_added, new)):
        return None
    alter = f"ALTER TABLE {quoted(target.name)}"
    dropped = [column.name for column in current.columns if column.name not in kept]
    return [
        *(f"{alter} DROP COLUMN {quoted(name)}" for name in dropped),
        *(f"{alter} ALTER COLUMN {each}" for each in _not_null(current, stays)),
        *(f"{alter} ADD COLUMN {column_definition(column)}" for column in new),
    ]


def _not_null(current: TableDesign, stays: list[Column]) -> list[str]:
    before = {column.name: column.not_null for column in current.columns}
    changed = [column for column in stays if before[column.was] != column.not_null]
    return [f"{quoted(c.name)} {'SET' if c.not_null else 'DROP'} NOT NULL" for c in changed]


def _can_be_added(column: Column) -> bool:
    """Whether ADD COLUMN takes it where there are rows, too."""
    constant = not column.default or is_literal(column.default)
    moment = column.default.upper().startswith("CURRENT_")
    return constant and not moment and not (column.parent and (column.default or column.generated))

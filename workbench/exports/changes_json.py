"""What a dry run would change, for programs: counts of all, and the first rows of each table."""

from __future__ import annotations

from typing import Any

from workbench.changes import Change, Effects, TableChanges
from workbench.exports.json_rows import as_json
from workbench.results import Row


def changes_told(effects: list[Effects]) -> list[dict[str, Any]]:
    """An object for each statement that changes something; `statement` is its number in the request."""
    return [
        {
            "statement": effect.number,
            "tables": [_table(table) for table in effect.tables],
            "schema": [
                {"kind": o.kind, "name": o.name, "before": o.before, "after": o.after} for o in effect.objects
            ],
            "unseen": effect.unseen,
        }
        for effect in effects
    ]


def _table(table: TableChanges) -> dict[str, Any]:
    return {
        "table": table.table,
        "columns": list(table.columns),
        "inserted": table.count("insert"),
        "updated": table.count("update"),
        "deleted": table.count("delete"),
        "side_effects": table.side_effects,
        "rows": [_change(change) for change in table.changes],
        "truncated": table.total > len(table.changes),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "op": change.op,
        "cause": change.cause.value,
        "old": _row(change.old),
        "new": _row(change.new),
    }


def _row(row: Row | None) -> list[Any] | None:
    return None if row is None else [as_json(value) for value in row]

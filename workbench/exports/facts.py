"""What is told beside the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import StatementError, WorkbenchError
from workbench.results import Column


def _in_short(error: WorkbenchError) -> dict[str, Any]:
    return {"code": error.code, "detail": error.message}


def _nothing() -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Facts:
    """`head` is known before the rows; `tail` is asked for when they are all there.

    `problem` makes what a program is told of an error. Counts of rows are the writer's own.
    """

    head: dict[str, Any] = field(default_factory=dict)
    tail: Callable[[], dict[str, Any]] = _nothing
    problem: Callable[[WorkbenchError], dict[str, Any]] = _in_short


def refuse_without_columns(columns: tuple[Column, ...]) -> None:
    """Raise StatementError for a statement that has no rows to write."""
    if not columns:
        raise StatementError("this statement gives back no rows", code="NO_RESULT_SET")


def described(columns: tuple[Column, ...], *, with_origin: bool = False) -> list[dict[str, Any]]:
    """The columns as a program is told of them; `with_origin`: also from which table's column each is."""
    if with_origin:
        return [
            {"name": c.name, "decltype": c.decltype, "table": c.table, "origin": c.origin} for c in columns
        ]
    return [{"name": c.name, "decltype": c.decltype} for c in columns]

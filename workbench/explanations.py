"""Why a statement failed, as far as the database itself can tell: plain values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows that show what is wrong; `title` says what they are, `more` that there are others like them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a statement failed: `text` in words, `evidence` in rows, and a `query` to go and look with."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    query: str | None = None

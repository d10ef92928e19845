"""A picture of tables and of the foreign keys between them: plain values, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workbench.catalog import Catalog, Table
from workbench.definitions import ForeignKey

MOST = 300
"""How many tables a picture shows: laying out many more takes seconds, and nobody finds one among them."""


class Picture(NamedTuple):
    """`tables` with the foreign keys of each to others of them; `named` are those that were looked for.

    `left_out` is how many more there would be.
    """

    tables: Sequence[Table]
    keys: dict[str, list[ForeignKey]]
    named: frozenset[str]
    left_out: int = 0


def picture_of(catalog: Catalog, keys: Sequence[ForeignKey], wanted: str = "", most: int = MOST) -> Picture:
    """The tables that have `wanted` in their name, with what these refer to and what refers to them."""
    tables = [table for table in catalog.tables if table.kind in ("table", "virtual")]
    known = {table.name.lower(): table.name for table in tables}
    between = [key for key in keys if key.parent.lower() in known]
    named = {table.name for table in tables if wanted.lower() in table.name.lower()}
    near = set(named)
    for key in between if wanted else ():
        ends = {key.table, known[key.parent.lower()]}
        near |= ends if ends & named else set()
    shown = sorted(table for table in near)
    first = sorted(shown, key=lambda name: name not in named)[:most]
    return _drawn([table for table in tables if table.name in first], between, named, len(shown) - len(first))


def _drawn(tables: list[Table], keys: list[ForeignKey], named: set[str], left_out: int) -> Picture:
    places = {table.name.lower(): table.name for table in tables}
    found: dict[str, list[ForeignKey]] = {table.name: [] for table in tables}
    for key in keys:
        if key.table in found and key.parent.lower() in places:
            found[key.table].append(key._replace(parent=places[key.parent.lower()]))
    return Picture(tables, found, frozenset(named), left_out)

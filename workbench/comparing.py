"""An answer of the history compared with the one before to the same query."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.catalog import Catalog
from workbench.comparison import Comparison, compare
from workbench.engines.base import Description
from workbench.results import Column, Run
from workbench.store import Store

# Only a person's newest answers are kept, so that few are looked at.
_BEFORE = (
    "SELECT earlier.number FROM entry AS this"
    " JOIN answer ON answer.person = this.person AND answer.source = this.source"
    " AND answer.number < this.number"
    " JOIN entry AS earlier ON earlier.number = answer.number AND earlier.script = this.script"
    " AND earlier.parameters IS this.parameters AND earlier.outcome = 'ok'"
    " WHERE this.number = ? AND this.person = ? ORDER BY answer.number DESC LIMIT 1"
)


class Comparing:
    """Finds what to compare an answer with."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def before(self, person: str, number: int) -> int | None:
        """The number of the newest earlier entry of `person` with the same text and values whose
        answer is kept. May raise StoreTrouble.
        """
        with self._store.connection() as connection:
            row = connection.execute(_BEFORE, (number, person)).fetchone()
        return row[0] if row else None


def compared(old: Run, new: Run, descriptions: list[Description], catalog: Catalog) -> list[Comparison]:
    """Each result of `new` that has rows, compared with that of `old`.

    `descriptions` of the statements tell, with `catalog`, which columns are keys; without them rows
    are compared as wholes.
    """
    keys = [list(keys_in(each.columns, catalog)) for each in descriptions]
    keys += [[]] * len(new.results)
    alone = len(new.results) == 1
    found = enumerate(zip(old.results, new.results, keys, strict=False), 1)
    return [
        compare(before, after, known, name="Rows" if alone else f"Statement {number}")
        for number, (before, after, known) in found
        if after.columns
    ]


def keys_in(columns: Iterable[Column], catalog: Catalog) -> Iterable[tuple[int, ...]]:
    """The places of each table's whole primary key, where a result has it."""
    places = {(c.table, c.origin): place for place, c in reversed(list(enumerate(columns))) if c.table}
    for name in dict.fromkeys(table for table, _ in reversed(places)):
        table = catalog.find(name)
        key = sorted((c for c in table.columns if c.key), key=lambda c: c.key) if table else []
        if key and all((name, c.name) in places for c in key):
            yield tuple(places[name, c.name] for c in key)

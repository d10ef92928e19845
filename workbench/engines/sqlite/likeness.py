"""Are two runs the same but for values that come from the clock or from chance?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.changes import Record
from workbench.engines.sqlite.changesets import read


def alike(shown: Sequence[Record], now: Sequence[Record]) -> bool:
    """Whether the same statements remove and change the same rows, from the same values, and add as many.

    Changes of the schema are never alike: taken as they are, or not at all.
    """
    if len(shown) != len(now) or any(r.objects or r.irreversible for r in (*shown, *now)):
        return False
    return all(
        one.statement == other.statement and _shape(one) == _shape(other)
        for one, other in zip(shown, now, strict=True)
    )


def _shape(record: Record) -> Counter[tuple]:
    """What is changed, without what it becomes."""
    return Counter((c.table, c.op, repr(c.old)) for c in read(record.rows))

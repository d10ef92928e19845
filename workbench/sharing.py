"""What goes beyond a person's own history: links for others, and answers compared."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.comparing import Comparing
from workbench.frozen import FrozenResults
from workbench.links import QueryLinks
from workbench.store import Store


@dataclass(frozen=True, slots=True)
class Sharing:
    """Links to queries, links to results, and what became of a result since it was last asked for."""

    links: QueryLinks
    frozen: FrozenResults
    comparing: Comparing

    @classmethod
    def of(cls, store: Store, source: str, key: bytes, megabytes: int) -> Sharing:
        """Those of a store that takes about `megabytes`: a quarter may be results, a sixteenth queries."""
        return cls(
            QueryLinks(store, source, most_bytes=megabytes << 16),
            FrozenResults(store, source, key, most_bytes=megabytes << 18),
            Comparing(store),
        )

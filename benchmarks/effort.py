"""How much is measured: for a first look, or for figures to show."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Effort:
    """Rounds, seconds of each load, and how large things are made.

    `rows` are of the result that is streamed, `updated` of one UPDATE, `paged` of the table that
    is paged through, `entries` of a long history, `tables` of a large schema, `cancelled` is in bytes.
    """

    rounds: int
    few_rounds: int
    seconds: float
    rows: int
    updated: int
    paged: int
    entries: int
    tables: int
    cancelled: int

    def sizes(self) -> dict[str, str]:
        """The numbers as a table writes them."""
        return {name: f"{value:,}" for name, value in asdict(self).items()}


WHOLE = Effort(5, 3, 2.5, 1_000_000, 100_000, 10_000_000, 1_000_000, 5_000, 1_000_000_000)
QUICK = Effort(2, 1, 0.4, 50_000, 10_000, 100_000, 50_000, 300, 20_000_000)

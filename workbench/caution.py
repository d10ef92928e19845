"""What a person is to look at before it is done: what is risky, and what cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbench.changes import Record, fingerprint
from workbench.engines.base import Plan
from workbench.errors import Held, moved

ASK = ("risky", "always", "never")
"""When a write is shown before it is done: when it is `risky`, always, or never."""

_MANY = 20
_MOST = 0.5

_NOTHING_YET = "Nothing was changed yet."


class Caution(Struct, frozen=True):
    """When to ask, and what the person has seen already.

    `ask` is one of `ASK`. `shown` is the fingerprint of the changes that they saw and want, and
    `seen` those changes themselves, where they are kept. `for_good`: they know that it cannot be
    taken back.
    """

    ask: str = "risky"
    shown: str | None = None
    for_good: bool = False
    seen: Sequence[Record] | None = None

    def before_it_begins(self, plan: Plan) -> None:
        """Raise Held when what is planned can be neither shown nor taken back."""
        if plan.writes and plan.own_transaction and not self.for_good:
            what = "runs outside transactions" if plan.cannot_be_wrapped else "commits by itself"
            raise Held(
                f"This {what}, so it can be neither shown before nor undone after.",
                code="IRREVERSIBLE",
                hint=_NOTHING_YET,
            )

    def before_commit(self, records: Sequence[Record]) -> Sequence[Record] | None:
        """Raise Held when `records` are to be looked at before they are committed.

        Gives the changes that were shown where they are others: to be made instead, if they are the
        same but for new values, which come from the clock or from chance.
        """
        instead = self._as_shown(records)
        reason = next((r.irreversible for r in records if r.irreversible), None)
        if reason and not self.for_good:
            raise Held(f"This cannot be undone: {reason}.", code="IRREVERSIBLE", hint=_NOTHING_YET)
        if self.shown is None and not self.for_good:
            self._ask_about(records)
        return instead

    def _as_shown(self, records: Sequence[Record]) -> Sequence[Record] | None:
        if self.shown is None or self.shown == fingerprint(records):
            return None
        if self.seen is None:
            raise moved()
        return self.seen

    def _ask_about(self, records: Sequence[Record]) -> None:
        if self.ask == "always" and records:
            raise Held("This is what it would change.", code="PREVIEW", hint=_NOTHING_YET)
        risk = next(filter(None, map(_risk, records)), None) if self.ask == "risky" else None
        if risk:
            raise Held(risk, code="RISKY", hint=_NOTHING_YET)


def _risk(record: Record) -> str | None:
    """Why a person would want to look at this before, None when it is nothing special."""
    lost = [table for table, lost in record.lost.items() if lost.rows]
    if lost:
        return f"It takes rows of {lost[0]} away with the table or column that holds them."
    if record.share is None or record.named_rows < 2:
        return None
    table = record.actions[0][1]
    if record.share >= 1:
        return f"It touches every row of {table}."
    if record.share > _MOST and record.named_rows >= _MANY:
        return f"It touches {record.share:.0%} of the rows of {table}."
    return None

"""Moments as the store keeps them: whole microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import time_ns


def now() -> int:
    """This moment."""
    return time_ns() // 1000


def before_now(span: timedelta) -> int:
    """The moment that is so long ago."""
    return now() - span // timedelta(microseconds=1)


def kept(moment: datetime) -> int:
    """A moment as it is kept."""
    return int(moment.timestamp() * 1e6)


def told(at: int) -> datetime:
    """A moment that was kept, in UTC."""
    return datetime.fromtimestamp(at / 1e6, UTC)

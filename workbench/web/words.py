"""Numbers, times and durations in words, for templates."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup


def count(number: int, noun: str) -> str:
    """So many of what is called `noun`: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float) -> str:
    """How long that is, with no more digits than anybody reads."""
    if seconds < 0.000095:
        return f"{max(seconds * 1000, 0.01):.2f} ms"
    if seconds < 0.00995:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def moment(at: datetime, style: str = "long") -> Markup:
    """A time, which the browser's script writes again in the reader's own zone.

    `style`: ``short`` has no year, and there without its date if it is today's; or ``long``.
    """
    written = f"{at:%-d %b %H:%M}" if style == "short" else f"{at:%-d %B %Y, %H:%M}"
    return Markup(f'<time datetime="{at.isoformat()}" data-style="{style}">{written} UTC</time>')

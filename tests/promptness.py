"""How soon something is done, on a machine that may be busy with other things too."""

from __future__ import annotations

import time
from collections.abc import Callable


def in_time(act: Callable[[], float], seconds: float) -> bool:
    """Whether `act` tells of so few seconds once in five times: at others, other programs were in its way."""
    return any(act() <= seconds for _ in range(5))


def seconds_of(act: Callable[[], object]) -> float:
    """How long `act` takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began

"""Who is in the way when the database is locked: a run of the workbench, or another program."""

from __future__ import annotations

from workbench.engines.base import Holder
from workbench.explanations import Explanation
from workbench.running import Going, Running
from workbench.sql import on_one_line

_WORDS = 60  # characters of a run's text


def explain_lock(holder: Holder | None, running: Running, person: str, waited: float) -> Explanation:
    """Who holds the lock now, told to `person`, who has waited for it so many seconds.

    Of somebody else's run nothing is told but that it is there, and for how long.
    """
    patience = f"This one waited {waited:.1f} s for it."
    if holder is None:
        return Explanation(f"{patience} It is free again, or who holds it cannot be told: try once more.")
    run = running.of_process(holder.process)
    if run is None:
        program = f"The program {holder.program}" if holder.program else "A program"
        who = f"{program} (process {holder.process}) holds the lock on the database."
        return Explanation(f"{who} {patience} End its transaction there, or close it, and try again.")
    return Explanation(f"{_whose(run, running.is_of(run, person))} {patience}")


def _whose(run: Going, own: bool) -> str:
    since = f"for {run.seconds:.1f} s, since {run.started:%H:%M:%S} UTC"
    if own:
        words = on_one_line(run.first_words, _WORDS)
        return f"Your own run “{words}” has been at work {since}. Wait for it, or stop it."
    return f"A run of somebody else has been at work {since}. Wait for it and try again."

"""What is asked for and not there: 404, in words of its own."""

from __future__ import annotations

from typing import NoReturn

from flask import abort


def no_entry(number: int) -> NoReturn:
    """The history has no such entry for who asks."""
    abort(404, f"You have no entry {number} here. It was deleted, or run in another browser.")


def no_table(name: str) -> NoReturn:
    """The database has no such table or view."""
    abort(404, f"There is no table or view called {name[:200]} here.")


def no_saved_query() -> NoReturn:
    """Who asks has no such saved query."""
    abort(404, "You have no such saved query here. It was deleted, or saved in another browser.")

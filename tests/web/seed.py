"""The tutorial's server, rebuilt as its text describes: what callers of /run have always been answered."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any


def answer(database: Path, query: str | None) -> Any:
    """The JSON value it gives for `query`; raises what it did not catch."""
    if query == "" or query is None:
        return "Warning: Empty query string!"
    connection = sqlite3.connect(database)
    try:
        if query.lower().find("select") >= 0:
            return _get(connection, query)
        return _put(connection, query)
    finally:
        connection.close()


def _get(connection: sqlite3.Connection, query: str) -> Any:
    try:
        return [list(row) for row in connection.execute(query).fetchall()]
    except sqlite3.Error as error:
        return f"Error - {error.args[0]}"


def _put(connection: sqlite3.Connection, query: str) -> str:
    try:
        count = connection.execute(query).rowcount
        connection.commit()
    except sqlite3.Error as error:
        return f"Error - {error.args[0]}"
    return f"Done - Rows affected: {count}"

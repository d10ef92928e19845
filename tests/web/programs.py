"""What programs do with /run, and what became of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def ask(program: FlaskClient, **body: Any) -> TestResponse:
    """Send `body` as JSON."""
    return program.post("/run", json=body)


def count(student: Path, table: str = "student") -> int:
    """How many rows are in the database."""
    return apsw.Connection(str(student)).execute(f"SELECT count(*) FROM {table}").get

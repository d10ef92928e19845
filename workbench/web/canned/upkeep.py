"""The states of the page of maintenance, with values that never change: what the gallery shows."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from workbench import upkeep
from workbench.upkeep import Condition, Told

_FINE = Condition(
    page_size=4096,
    pages=262_144,
    free_pages=12_345,
    log=4_152_992,
    encoding="UTF-8",
    journal_mode="wal",
    auto_vacuum=0,
    application_id=1_196_444_487,
    user_version=-2_147_483_648,
)

_USUAL: dict[str, Any] = {
    "page": "pages/maintenance.html",
    "fragment": "fragments/maintenance.html",
    "condition": _FINE,
    "traits": upkeep.traits(_FINE, read_only=False),
    "chores": upkeep.CHORES,
    "chore": upkeep.find("integrity_check"),
    "told": Told(True, "SQLite found nothing wrong."),
    "entry": 7,
    "took": 12.5,
    "run_id": "0123456789abcdef",
    "time_limit": 30.0,
}

_READ = replace(_FINE, journal_mode="delete", log=0)

UPKEEP = {
    "maintenance": _USUAL,
    "maintenance-damaged": _USUAL
    | {
        "told": Told(
            False,
            "The file is damaged. Keep it as it is, and look for a copy of before.",
            tuple(
                f"Tree {n} page {n * 977} cell 0: Rowid {n} out of order in {'w' * 120}" for n in range(23)
            ),
        )
    },
    "maintenance-read-only": _USUAL
    | {
        "told": None,
        "entry": None,
        "condition": _READ,
        "traits": upkeep.traits(_READ, read_only=True),
        "database": SimpleNamespace(name="archive.db", where="/srv/archive", read_only=True),
    },
}

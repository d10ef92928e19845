"""The states that the page can be in, with values that never change: what the gallery shows."""

from __future__ import annotations

from typing import Any

from workbench.web.canned.changes import DECIDED, WAITING
from workbench.web.canned.designs import DESIGNS
from workbench.web.canned.desk import SURROUNDINGS, USUAL, form
from workbench.web.canned.exports import EXPORTS
from workbench.web.canned.history import LOOKED_BACK, REMEMBERED
from workbench.web.canned.imports import IMPORTS
from workbench.web.canned.plans import PLANS
from workbench.web.canned.problems import PROBLEMS, VALUES
from workbench.web.canned.results import RESULTS
from workbench.web.canned.sharing import SHARING
from workbench.web.canned.tables import TABLES
from workbench.web.canned.upkeep import UPKEEP

_EVERY = (
    RESULTS
    | PROBLEMS
    | WAITING
    | DECIDED
    | PLANS
    | VALUES
    | REMEMBERED
    | LOOKED_BACK
    | SURROUNDINGS
    | IMPORTS
    | EXPORTS
    | SHARING
    | TABLES
    | UPKEEP
    | DESIGNS
)


def states() -> dict[str, dict[str, Any]]:
    """For each state by its name, all that the workbench page needs."""
    return {name: _whole(state) for name, state in _EVERY.items()}


def _whole(state: dict[str, Any]) -> dict[str, Any]:
    return USUAL | state | {"form": form(state.get("text", "SELECT * FROM student;"))}

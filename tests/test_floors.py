"""The house: imports only look down, and only the web knows Flask."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from workbench.settings import HOME

PACKAGE = HOME / "workbench"

FLOORS = [
    {
        "errors",
        "explanations",
        "plans",
        "results",
        "parameters",
        "jobs",
        "loads",
        "catalog",
        "changes",
        "comparison",
        "charts",
        "sql",
        "settings",
        "environment",
        "moments",
        "upkeep",
        "literals",
        "formatting",
        "definitions",
        "designs",
        "tokens",
        "pictures",
        "xstrings",
        "exporting",
    },
    {
        "alarms",
        "folders",
        "engines",
        "store",
        "watchdog",
        "slots",
        "places",
        "running",
        "waiting",
        "answers",
        "meters",
        "listing",
        "retention",
        "entries",
        "rowsets",
        "incoming",
        "browsing",
        "editing",
    },
    {
        "terms",
        "caution",
        "contention",
        "supervisor",
        "streams",
        "runner",
        "history",
        "ledger",
        "searching",
        "saved",
        "drafts",
        "links",
        "frozen",
        "comparing",
        "sharing",
        "snapshots",
        "kept",
        "memory",
        "entering",
        "exports",
        "imports",
    },
    {"bench", "desks", "founding", "planner", "importer", "exporter", "errands", "tables"},
    {"web"},
    {"app"},
    {"wsgi", "__main__"},
]

AT_THE_STORE = {
    "engines",
    "incoming",
    "store",
    "history",
    "ledger",
    "searching",
    "retention",
    "links",
    "frozen",
    "rowsets",
    "snapshots",
    "kept",
    "drafts",
}
"""What may know apsw."""

FREE = {"__init__", ""}  # the package itself holds the version and nothing else


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(i for i, rooms in enumerate(FLOORS) if name in rooms)


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_own_floor_or_below(path: Path) -> None:
    if room(path) in FREE:
        return
    used = {name.split(".")[1] for name in imported(path) if name.startswith("workbench.")}
    rooms = {name for floor_ in FLOORS for name in floor_}
    above = [name for name in used & rooms if floor(name) > floor(room(path))]
    assert not above


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_flask_is_known_in_the_web_alone_and_apsw_below_it(path: Path) -> None:
    used = {name.split(".")[0] for name in imported(path)}
    if room(path) not in {"web", "app"}:
        assert not used & {"flask", "flask_wtf", "werkzeug", "wtforms"}
    if room(path) not in AT_THE_STORE:
        assert "apsw" not in used


def test_every_module_stands_on_a_floor() -> None:
    rooms = {name for floor_ in FLOORS for name in floor_}
    assert {room(path) for path in modules()} - FREE <= rooms


def test_readme_names_every_module_of_the_house() -> None:
    house = (HOME / "README.md").read_text(encoding="utf-8").partition("## The house")[2]
    named = set(re.findall(r"\w+", house))
    assert {room(path) for path in modules()} - FREE <= named


def test_engines_do_not_know_one_another() -> None:
    for path in (PACKAGE / "engines" / "sqlite").glob("*.py"):
        assert not any(name.startswith("workbench.engines.rqlite") for name in imported(path))

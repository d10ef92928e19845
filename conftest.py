"""The order of the tests: quick ones first, so that a mistake is known within seconds."""

from __future__ import annotations

import pytest

_LAST = ("tests/web/", "tests/browser/", "tests/deployment/")


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker by which a long test asks to come after all others."""
    config.addinivalue_line("markers", "long: takes many seconds; runs after all others")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Units, then the web floor, then the browser, then the deployment, then what takes long."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, int]:
    place = next((n for n, folder in enumerate(_LAST, 1) if item.nodeid.startswith(folder)), 0)
    return item.get_closest_marker("long") is not None, place

"""The tutorial's callers, served by uWSGI itself."""

from __future__ import annotations

import pytest

from tests.deployment.servers import Workbench
from tests.deployment.tutorial import Tutorial, three_students  # noqa: F401 - a fixture


@pytest.fixture(scope="module")
def door(tmp_path_factory, stopped_at_the_end) -> str:
    """The URL of a workbench on HTTP."""
    return stopped_at_the_end(Workbench(tmp_path_factory.mktemp("http"))).start().url


class TestThroughUwsgi(Tutorial):
    """Every row of the tutorial's table."""

"""The tutorial's callers, served by Nginx in front of uWSGI."""

from __future__ import annotations

import pytest

from tests.deployment.servers import Nginx, Workbench
from tests.deployment.tutorial import Tutorial, three_students  # noqa: F401 - a fixture


@pytest.fixture(scope="module")
def door(tmp_path_factory, stopped_at_the_end) -> str:
    """The URL of Nginx, with a workbench on a unix socket behind it."""
    folder = tmp_path_factory.mktemp("nginx")
    workbench = stopped_at_the_end(Workbench(folder, behind_nginx=True)).start()
    return stopped_at_the_end(Nginx(folder / "front", workbench)).start().url


class TestThroughNginx(Tutorial):
    """Every row of the tutorial's table."""

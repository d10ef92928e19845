"""Streams through Nginx, as the containers serve them."""

from __future__ import annotations

import pytest

from tests.deployment.servers import Nginx, Workbench
from tests.deployment.streams import Streams


@pytest.fixture(scope="module")
def behind(tmp_path_factory, stopped_at_the_end) -> Workbench:
    """A workbench on a unix socket that stops a run after a second."""
    folder = tmp_path_factory.mktemp("behind")
    return stopped_at_the_end(Workbench(folder, behind_nginx=True, WORKBENCH_TIME_LIMIT=1)).start()


@pytest.fixture(scope="module")
def door(tmp_path_factory, behind, stopped_at_the_end) -> str:
    """Nginx before it."""
    return stopped_at_the_end(Nginx(tmp_path_factory.mktemp("front"), behind)).start().url


class TestStreamsThroughNginx(Streams):
    """What Nginx passes on."""

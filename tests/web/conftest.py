"""What the tests of the web share: who asks."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def program(app: Flask) -> FlaskClient:
    """A program: no cookies, no browser's headers."""
    return app.test_client(use_cookies=False)

"""Flask's hello: what the framework alone can do."""

from __future__ import annotations

from flask import Flask

application = Flask(__name__)


@application.get("/")
def hello() -> str:
    """Say hello."""
    return "hello"

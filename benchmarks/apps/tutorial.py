"""The tutorial's server: what it answers is in `tests/web/seed.py`; the file to serve in DATABASE."""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import Flask, request

from tests.web.seed import answer

application = Flask(__name__)


@application.route("/run", methods=["POST", "GET"])
def run() -> str:
    """One query on a connection of its own."""
    query = request.args.get("query") if request.method == "GET" else request.form["query"]
    return json.dumps(answer(Path(os.environ["DATABASE"]), query))

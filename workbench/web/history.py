"""The history on the page."""

from __future__ import annotations

from flask import Response, request

from workbench.web.here import bench, person
from workbench.web.page import show_page


def history() -> Response:
    """What this person ran, newest first; `before` is the number of an entry to go on from."""
    before = request.args.get("before", type=int)
    return show_page(fragment="fragments/history.html", history=bench().remembered(person(), before))

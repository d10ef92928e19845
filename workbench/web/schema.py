"""The schema on the page."""

from __future__ import annotations

from flask import Response

from workbench.web.page import show_page


def schema() -> Response:
    """The tables and views there are; `table` is the one that the presets are aimed at."""
    return show_page(fragment="fragments/schema.html")

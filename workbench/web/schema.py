"""The schema on the page."""

from __future__ import annotations

from flask import Response, request

from workbench.catalog import Catalog, Table
from workbench.errors import WorkbenchError
from workbench.sql import quoted
from workbench.web.here import bench
from workbench.web.page import show_page
from workbench.web.respond import as_json


def schema() -> Response:
    """The tables and views there are; `table` is the one that the presets are aimed at."""
    return show_page(fragment="fragments/schema.html")


def catalog() -> Response:
    """The names there are, each as it is written in SQL: what the editor completes with.

    Browsers keep it and ask whether it is still the same (RFC 9110, section 13.1.2).
    """
    try:
        known = bench().catalog()
    except WorkbenchError:
        known = Catalog()
    response = as_json({"tables": [_told(table) for table in known.tables if table.kind != "shadow"]})
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _told(table: Table) -> dict[str, object]:
    columns = [{"name": c.name, "sql": quoted(c.name), "type": c.type} for c in table.columns]
    return {"name": table.name, "sql": quoted(table.name), "kind": table.kind, "columns": columns}

"""The schema on the page."""

from __future__ import annotations

from flask import Response, request

from workbench.bench import Bench
from workbench.catalog import Table
from workbench.errors import WorkbenchError
from workbench.sql import quoted
from workbench.web.attaching import MOST
from workbench.web.here import bench, desks
from workbench.web.page import show_page
from workbench.web.respond import as_json


def schema() -> Response:
    """The tables and views there are; `table` is the one that the presets are aimed at."""
    return show_page(fragment="fragments/schema.html")


def catalog() -> Response:
    """The names there are, each as it is written in SQL: what the editor completes with.

    Those of databases that are to be attached, by ``attach`` in the address, stand after its own.
    Browsers keep it and ask whether it is still the same (RFC 9110, section 13.1.2).
    """
    told = [_told(table) for table in _tables(bench())]
    for name in request.args.getlist("attach")[:MOST]:
        told += [_told(table) | _within(name, table) for table in _attached_tables(name)]
    response = as_json({"tables": told})
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _tables(of: Bench) -> list[Table]:
    try:
        return [table for table in of.catalog().tables if table.kind != "shadow"]
    except WorkbenchError:
        return []


def _attached_tables(name: str) -> list[Table]:
    try:
        return _tables(desks().of(name).bench)
    except WorkbenchError:
        return []


def _within(name: str, table: Table) -> dict[str, object]:
    return {"within": name, "own": quoted(table.name), "sql": f"{quoted(name)}.{quoted(table.name)}"}


def _told(table: Table) -> dict[str, object]:
    columns = [{"name": c.name, "sql": quoted(c.name), "type": c.type} for c in table.columns]
    return {"name": table.name, "sql": quoted(table.name), "kind": table.kind, "columns": columns}

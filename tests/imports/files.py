"""A file as it is imported when nobody says otherwise, into a database in memory."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import apsw

from workbench.catalog import Catalog
from workbench.imports.formats import read, recognised
from workbench.imports.order import carried_out, proposed
from workbench.imports.recipe import Recipe
from workbench.imports.survey import Survey, surveyed
from workbench.loads import Reject
from workbench.results import Row


class Imported(NamedTuple):
    """What came of it."""

    recipe: Recipe
    survey: Survey
    rows: list[Row]
    rejects: list[Reject]


def imported(path: Path, recipe: Recipe | None = None) -> Imported:
    """Look at the file at `path` and import it as it is proposed; the rows are what SQLite gives back."""
    recipe = recognised(path, path.name, recipe or Recipe())
    with read(path, recipe) as reading:
        survey = surveyed(reading)
    target, fitting = carried_out(proposed(survey, Catalog(), path.name), survey, Catalog())
    connection, rejects = apsw.Connection(":memory:"), []
    connection.execute(target.create)
    with read(path, recipe) as reading:
        for batch in map(fitting, reading.batches):
            connection.executemany(target.insert, batch.rows)
            rejects += batch.rejects
    return Imported(
        recipe, survey, connection.execute("SELECT * FROM main." + _name(target.table)).fetchall(), rejects
    )


def _name(table: str) -> str:
    return '"' + table.replace('"', '""') + '"'


def same(one: list[Row], other: list[Row]) -> bool:
    """Whether both hold the same values of the same types, to the last sign."""
    return repr([tuple(row) for row in one]) == repr([tuple(row) for row in other])

"""SQLite files: one table of another database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from workbench.engines.sqlite.uploaded import Uploaded
from workbench.errors import BadRequest
from workbench.imports.recipe import BATCH_ROWS, Reading, Recipe
from workbench.loads import Batch, Reject

_NOTE = (
    "Only the rows of its tables are read: no view, no trigger, no virtual table, and no column that is"
    " computed when it is read. Constraints and indexes do not come along."
)


def recognised(path: Path, recipe: Recipe) -> Recipe:
    """`recipe` with the tables there are. Raises BadRequest for what is no database."""
    with closing(Uploaded(path)) as file:
        parts = tuple(file.tables())
    if not parts:
        raise BadRequest("This database holds no table.", code="EMPTY_FILE", hint="Nothing was imported.")
    part = recipe.part if recipe.part in parts else parts[0]
    return msgspec.structs.replace(recipe, part=part, parts=parts, header=True, encoding="", notes=(_NOTE,))


@contextmanager
def read(path: Path, recipe: Recipe) -> Iterator[Reading]:
    """The rows of the table `recipe.part`."""
    with closing(Uploaded(path)) as file:
        if recipe.part not in recipe.parts:
            raise BadRequest(f"There is no table “{recipe.part}” in this database.")
        columns = file.columns(recipe.part)
        yield Reading(tuple(columns), _batches(file, recipe.part, columns), interrupt=file.interrupt)


def _batches(file: Uploaded, table: str, columns: list[str]) -> Iterator[Batch]:
    before = 0
    for rows in file.rows(table, columns, BATCH_ROWS):
        batch = Batch([], [], [])
        for line, row in enumerate(rows, before + 1):
            if isinstance(row, UnicodeDecodeError):
                batch.rejects.append(Reject(line, "it holds a text that is not UTF-8"))
            else:
                batch.rows.append(row)
                batch.lines.append(line)
        before += len(rows)
        yield batch

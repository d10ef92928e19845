"""The states of the page of imports, with values that never change: what the gallery shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from workbench.catalog import Table, TableColumn
from workbench.imports.columns import Proposal
from workbench.imports.delimited import DELIMITERS
from workbench.imports.encodings import ENCODINGS
from workbench.imports.formats import FORMATS
from workbench.imports.inbox import Upload
from workbench.imports.order import ColumnOrder, Order
from workbench.imports.recipe import Recipe
from workbench.imports.survey import Survey
from workbench.loads import Reject, Target

_NAMES = ("id", 'a "quoted" name; DROP TABLE student; --', "w" * 120)
_SURVEY = Survey(
    names=_NAMES,
    proposals=(
        Proposal("INTEGER", nulls=12_345),
        Proposal("TEXT", "“007” in line 2 would come back as 7"),
        Proposal("ANY", "whole numbers and texts, each kept as it is"),
    ),
    rows=1_234_567,
    rejected=7,
    rejects=((3, "1 field where there should be 3"), (12_345, "it is not valid in the encoding of the file")),
    texts=True,
    renamed=True,
    whole=False,
)
_RECIPE = Recipe(
    format="csv",
    encoding="cp1252",
    delimiter=";",
    header=True,
    notes=("Encoding: not UTF-8 (byte 1,234); Windows-1252 (Western) is a guess: look at the rows below.",),
)
_NEW = Order(table="people", columns=tuple(ColumnOrder(name, "TEXT") for name in _NAMES))
_ADDED = Order(
    into="student", columns=(ColumnOrder("id", "INTEGER"), *[ColumnOrder("", "ANY")] * 2), key=("id",)
)
_TABLE = Table("student", "table", (TableColumn("id", "INTEGER", key=1), TableColumn("name", "TEXT")))


def _upload(**told: Any) -> Upload:
    usual = {"name": "people " + "of some place " * 12 + ".csv", "size": 123_456_789, "recipe": _RECIPE}
    return Upload(
        **{"number": "0" * 32, "person": "", "at": 0.0, "survey": _SURVEY, "order": _NEW} | usual | told
    )


def _page(fragment: str, **told: Any) -> dict[str, Any]:
    around = {
        "page": "pages/import.html",
        "fragment": fragment,
        "targets": [_TABLE],
        "formats": FORMATS,
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "limit_mb": 2048,
        "seconds": 600,
        "recorded": True,
        "rejected": [Reject(3, "“007” would come back as 7 in a column of numbers")],
        "rows": [(1, "007", "x"), (None, "", 2)],
        "target": Target("people", _NAMES, ("INTEGER", "TEXT", "")),
    }
    return around | told


IMPORTS = {
    "import-start": _page("fragments/import_start.html"),
    "import-recipe": _page("fragments/import_recipe.html", upload=_upload(survey=None)),
    "import-new": _page("fragments/import_order.html", upload=_upload()),
    "import-added": _page(
        "fragments/import_order.html",
        upload=_upload(order=_ADDED),
        into=_TABLE,
        settable=_TABLE.columns,
        target=Target("student", ("id",)),
        rows=[(1,)],
        large=True,
    ),
    "import-going": _page(
        "fragments/importing.html",
        upload=_upload(state="running"),
        going=SimpleNamespace(rows=345_678, seconds=12.3),
    ),
    "import-begins": _page("fragments/importing.html", upload=_upload(state="running")),
    "import-done": _page(
        "fragments/imported.html",
        upload=_upload(state="done", table="people", written=1_234_560, skipped=3, rejected=7),
        has_rejects=True,
    ),
}

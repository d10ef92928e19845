"""Tables and indexes as forms, and as a picture, with values that never change, for the gallery."""

from __future__ import annotations

from typing import Any

from workbench.catalog import Table, TableColumn
from workbench.definitions import ForeignKey
from workbench.designs.alteration import Note
from workbench.designs.design import ACTIONS, TYPES, Column, IndexDesign, Parent, TableDesign, Term
from workbench.designs.writing import create_index, create_table
from workbench.pictures import Picture
from workbench.web.failures import Problem

_TABLE = TableDesign(
    "enrolment",
    (
        Column("id", "INTEGER", key=True, numbered=True, was="id"),
        Column("<b>student</b>", "INTEGER", not_null=True, parent=Parent("student", "id", ACTIONS[4])),
        Column("a name that is very long " * 4, "VARCHAR(100)", unique=True, check="length(name) > 0"),
        Column("double", "REAL", generated="grade * 2", stored=True, more="COLLATE NOCASE"),
    ),
    ("UNIQUE (id, double)", "CHECK (\n  id > 0\n)"),
    strict=False,
)
_INDEX = IndexDesign(
    "by_name", "student", (Term("name", descending=True), Term("lower(name)", is_sql=True)), True, "nr > 0"
)
_STUDENT = Table("student", "table", (TableColumn("id", "INTEGER", key=1), TableColumn("name", "TEXT")))
_VISIT = Table(
    "<b>visit</b>",
    "table",
    (
        TableColumn("id", "INTEGER", key=1),
        *(TableColumn(f"column {i} " * (i + 1), "REAL") for i in range(20)),
    ),
)
_KEYS = {
    "student": [ForeignKey("student", ("id",), "student", on_delete="CASCADE")],
    "<b>visit</b>": [ForeignKey("<b>visit</b>", ("a", "b"), "student", ("id", "name"))],
}
_PROBLEM = Problem(422, "Not whole yet", "a column needs a name", code="DESIGN")
_USUAL: dict[str, Any] = {
    "page": "pages/design.html",
    "fragment": "fragments/design.html",
    "what": "new_table",
    "tables": (_STUDENT,),
    "actions": ACTIONS,
    "types": TYPES,
    "design": _TABLE,
    "sql": "",
}

DESIGNS = {
    "design": _USUAL | {"sql": f"{create_table(_TABLE)};"},
    "design-refused": _USUAL | {"design": TableDesign("", (Column(""),)), "problem": _PROBLEM, "focus": 0},
    "design-alter": _USUAL
    | {
        "what": "alter_table",
        "was": "enrolment",
        "seal": "0" * 64,
        "sql": f"{create_table(_TABLE)};",
        "notes": (
            Note("SQLite has no ALTER for this: the table is made anew."),
            Note(f"2 values of {'long ' * 30} would be refused.", bad=True, query="SELECT 1"),
        ),
    },
    "picture": {
        "page": "pages/picture.html",
        "fragment": "fragments/picture.html",
        "picture": Picture((_STUDENT, _VISIT), _KEYS, frozenset(("student",)), 1_234),
        "wanted": "stud",
    },
    "picture-of-nothing": {
        "page": "pages/picture.html",
        "fragment": "fragments/picture.html",
        "picture": Picture((), {}, frozenset()),
        "wanted": "",
    },
    "design-index": _USUAL
    | {
        "page": "pages/index_design.html",
        "fragment": "fragments/index_design.html",
        "what": "new_index",
        "design": _INDEX,
        "of": _STUDENT,
        "sql": f"{create_index(_INDEX)};",
    },
}
"""What there is to see of designs."""

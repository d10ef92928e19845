"""Tables looked through and edited, with values that never change, for the gallery."""

from __future__ import annotations

from math import inf

from workbench.browsing import Leads, Look, Part, Reference, Referring, Seen, Shape, Term
from workbench.catalog import Catalog, Table, TableColumn
from workbench.definitions import Definition, ForeignKey, Index, Trigger, Weighed
from workbench.plans import Size
from workbench.results import InvalidText
from workbench.rowsets import Facet, Filter, View
from workbench.web.failures import Problem
from workbench.web.fields import fields_of, new_fields
from workbench.web.table_parts import Lead, TablePart, address_of_table
from workbench.web.values_shown import shown

_COLUMNS = (
    TableColumn("id", "INTEGER", key=1),
    TableColumn("student", "INTEGER", not_null=True),
    TableColumn("<b>note</b>", "TEXT", default="'none'"),
    TableColumn("odd", ""),
    TableColumn("double", "REAL", hidden=2),
)
_REFERENCE = Reference("enrolment", ("student",), "student", ("id",))
_SHAPE = Shape("enrolment", "table", _COLUMNS, (Term("id", 0),), references=(_REFERENCE,))
_ODD = (None, "", b"\x89PNG\r\n\x1a\n" * 9, 2**63 - 1, "1111", -inf, InvalidText(b"caf\xe9"), "long " * 90)
_ROWS = [(i, 1 + i % 2, f"note {i}\nand more", odd, 1.5) for i, odd in enumerate(_ODD)]
_PART = Part(_ROWS, [row[:1] for row in _ROWS], earlier=True, later=True, full=True)
_LEADS = Leads({(_REFERENCE, (1,)): ("Mark Twain",), (_REFERENCE, (2,)): ("John Doe " * 20,)})
_CATALOG = Catalog((Table("enrolment", "table", _COLUMNS), Table("student", "table", _COLUMNS)))
_VIEW = Shape("best", "view", _COLUMNS)
_LOOK = Look(
    "enrolment",
    View(2, True, (Filter(1, "ge", 1), Filter(2, "contains", "x" * 150))),
    "id > 1",
    facets=3,
)
_NARROWED = Seen(
    _SHAPE, _LOOK, _PART._replace(rows=_ROWS[:2], places=[("b", 1), ("a", 2)]), Size(3_000_000, "about"),
    (Facet("x" * 300, 100), Facet(None, 2)), 10_000, (1, 3), _LEADS,
)  # fmt: skip
_EDITED = {"done": None, "note": None, "moved": None, "fixed": None, "name": "enrolment", "shape": _SHAPE}
_EDITED |= {"table": _CATALOG.tables[0], "leads_to": address_of_table}
_EDITED["sizes"] = {"enrolment": Size(3_000_000, "about"), "student": Size(3), "teacher": Size(0)}
_WHOLE = {"page": "pages/table.html", "fragment": "fragments/table.html", "where": ""} | _EDITED
_ALONE = _EDITED | {
    "page": "pages/table_row.html",
    "fragment": "fragments/table_row.html",
    "key": ["7"],
    "again": "/tables/enrolment?new=1",
    "values": [shown(value) for value in _ROWS[7]],
    "fields": fields_of(_SHAPE, _ROWS[2]),
    "leads": {1: Lead("/tables/student", "Mark Twain")},
    "referring": [(Referring(_REFERENCE, (7,), Size(10_000, "more than")), "/tables/enrolment")],
}
_GUARD = Problem(
    412,
    "Not as expected",
    'somebody has changed "<b>note</b>" since it was shown',
    hint="Nothing was changed.",
    code="GUARD_FAILED",
)
_MINE = fields_of(_SHAPE, _ROWS[0])[2]
_DEFINED = Definition(
    "enrolment", "table", _COLUMNS,
    "CREATE TABLE enrolment (\n  id INTEGER PRIMARY KEY,\n  student INTEGER REFERENCES student (id)\n"
    f"    ON DELETE CASCADE, -- {'long ' * 40}\n  double REAL AS (grade * 2)\n)",
    strict=True,
    without_rowid=True,
    indexes=(
        Index("sqlite_autoindex_enrolment_1", True, False, "pk", ("id",)),
        Index("<b>odd</b>", False, True, "c", ("student DESC", "(expression)"), "CREATE INDEX …"),
    ),
    foreign_keys=(ForeignKey("enrolment", ("student",), "student", ("id",), on_delete="CASCADE"),),
    referring=(ForeignKey("fee" * 40, ("enrolment",), "enrolment"),),
    triggers=(Trigger("told", "CREATE TRIGGER told AFTER INSERT ON enrolment BEGIN SELECT 1; END"),),
)  # fmt: skip
_DEFINITION = {
    "page": "pages/structure.html",
    "fragment": "fragments/structure.html",
    "name": "enrolment",
    "table": _CATALOG.tables[0],
    "leads_to": address_of_table,
    "weighed": Weighed(_DEFINED, Size(3_000_000, "about"), 123_456_789),
}

TABLES = {
    "table": _WHOLE
    | {"part": TablePart(Seen(_SHAPE, Look("enrolment"), _PART, None, leads=_LEADS), _CATALOG)},
    "table-narrowed": _WHOLE | {"part": TablePart(_NARROWED, _CATALOG), "where": "id > 1"},
    "table-read-only": _WHOLE
    | {
        "part": TablePart(
            Seen(_SHAPE, Look("enrolment"), _PART, Size(8), few=(1, 2), leads=_LEADS), _CATALOG
        ),
        "fixed": "This workbench only reads.",
    },
    "table-view": _WHOLE
    | {
        "part": TablePart(Seen(_VIEW, Look("best"), Part([], [], False, False), Size(0)), _CATALOG),
        "name": "best",
        "fixed": "A view has no rows of its own: edit those of its tables.",
    },
    "structure": _DEFINITION,
    "structure-of-a-view": _DEFINITION
    | {"weighed": Weighed(Definition("best", "view", _COLUMNS, "CREATE VIEW best AS SELECT 1"), None, None)},
    "table-row": _ALONE,
    "table-row-moved": _ALONE
    | {"problem": _GUARD, "moved": [("<b>note</b>", "'then'", shown("now " * 60), _MINE)]},
    "table-new": _ALONE
    | {
        "page": "pages/table_new.html",
        "fragment": "fragments/table_new.html",
        "fields": [
            each._replace(mistake="Write two digits for each byte") for each in new_fields(_SHAPE, None)
        ],
    },
}
"""What there is to see of tables."""

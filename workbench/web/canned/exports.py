"""The states of the page of exports, with values that never change: what the gallery shows."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from workbench.catalog import Table
from workbench.exporting import Wanted
from workbench.exports.findings import NOTES, Finding, Foresight, Looked, told
from workbench.exports.outbox import Export
from workbench.plans import Size
from workbench.web.exports import named_formats

_LONG = 'a "quoted" name; DROP TABLE student; -- ' + "w" * 80
_TABLES = [Table("student", "table"), Table("few", "view"), Table("notes", "virtual"), Table(_LONG, "table")]
_FINDINGS = (
    Finding("student", "nr", "wide", 12),
    Finding(_LONG, "photo", "blob", 1_234_567),
    *(Finding("student", f"text_{number}", "number_like", number) for number in range(1, 9)),
    Finding("student", "name", "formula", 3),
)
_WANTED = Wanted(tables=("student", _LONG), format="xlsx", safe=True)
_AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def _export(**said: Any) -> Export:
    usual = {"name": f"student-{_LONG}.xlsx", "content_type": "", "wanted": _WANTED, "at": _AT.timestamp()}
    done = {"state": "done", "rows": 1_234_570, "size": 123_456_789, "digest": "0123456789abcdef" * 4}
    return Export(**{"number": "0" * 32, "person": "", "source": "", "seconds": 12.3} | usual | done | said)


def _page(fragment: str, **shown: Any) -> dict[str, Any]:
    around = {
        "page": "pages/export.html" if "export" in shown else "pages/exports.html",
        "fragment": fragment,
        "tables": _TABLES,
        "wanted": _WANTED,
        "formats": named_formats(),
        "notes": NOTES,
        "seconds": 600,
        "is_there": True,
        "findings": (),
    }
    return around | shown


_PART = Foresight(
    (Looked("student", Size(3), 3, True), Looked(_LONG, Size(2_000_000, "about"), 100_000, False)), _FINDINGS
)

EXPORTS = {
    "export-choice": _page("fragments/export_choice.html"),
    "export-foresight": _page("fragments/export_foresight.html", foresight=_PART, findings=told(_FINDINGS)),
    "export-exact": _page(
        "fragments/export_foresight.html",
        foresight=Foresight((Looked("student", Size(3), 3, True),)),
        wanted=Wanted(tables=("student",), format="insert"),
    ),
    "export-refused": _page(
        "fragments/export_foresight.html",
        foresight=Foresight(
            (Looked("student", Size(2_000_000), 100_000, False),),
            (Finding("student", "name", "too_long", 1),),
        ),
        findings=told([Finding("student", "name", "too_long", 1)]),
    ),
    "export-database": _page(
        "fragments/export_foresight.html",
        foresight=Foresight(octets=123_456_789),
        wanted=Wanted(what="database"),
    ),
    "export-schema": _page(
        "fragments/export_foresight.html", foresight=Foresight(made=12), wanted=Wanted(what="schema")
    ),
    "exports": _page(
        "fragments/exports.html",
        exports=[
            (_export(), _AT),
            (_export(state="running"), _AT),
            (_export(state="failed", name="student.db", wanted=Wanted(what="database")), _AT),
        ],
    ),
    "export-begins": _page("fragments/exporting.html", export=_export(state="running")),
    "export-going": _page(
        "fragments/exporting.html",
        export=_export(state="running", about=1_234_570),
        going=SimpleNamespace(rows=345_678, seconds=12.3),
    ),
    "export-done": _page(
        "fragments/exported.html",
        export=_export(counts={"student": 3, _LONG: 1_234_567}),
        findings=told(_FINDINGS),
    ),
    "export-gone": _page("fragments/exported.html", export=_export(), is_there=False),
}

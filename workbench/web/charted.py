"""Which chart of a result an address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from workbench.charts import KINDS, MOST_COLUMNS, Choice, usual, with_numbers
from workbench.errors import BadRequest
from workbench.kept import KeptRows

_LOOKED_AT = range(1, 101)  # the rows that tell what a column is


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is asked for: what was chosen, and the columns that can be its y."""

    choice: Choice
    numbers: tuple[int, ...]

    @property
    def asked(self) -> dict[str, Any]:
        """The fields of an address that say which chart it is: columns from 1, x 0: the number of the row."""
        kind, x, y = self.choice
        return {"chart": kind, "x": 0 if x is None else x + 1, "y": ",".join(str(each + 1) for each in y)}


def chart_asked(kept: KeptRows) -> Chart | None:
    """The chart that this request asks for, None when it asks for none; what it leaves open is chosen by
    the first rows. Raises BadRequest for a kind or column that there is not.
    """
    kind = request.args.get("chart", "")
    if not kind:
        return None
    if kind not in (*KINDS, "auto"):
        raise BadRequest(f"there is no chart {kind[:40]!r}", hint=f"There are {', '.join(KINDS)}.")
    width, rows = len(kept.result.columns), kept.rows(_LOOKED_AT)
    likely = usual([column.name for column in kept.result.columns], rows)
    x = _columns("x", width, least=0)
    y = [number - 1 for number in _columns("y", width)]
    if len(y) > MOST_COLUMNS:
        raise BadRequest(f"a chart shows {MOST_COLUMNS} columns at once", hint="Choose fewer.")
    choice = Choice(
        likely.kind if kind == "auto" else kind,
        (x[0] - 1 if x[0] else None) if x else likely.x,
        tuple(y) or likely.y,
    )
    return Chart(choice, tuple(sorted({*with_numbers(rows, width), *choice.y})))


def _columns(name: str, width: int, least: int = 1) -> list[int]:
    """The numbers of columns in the fields `name`, such as ``2,3``, each once."""
    found = []
    for each in filter(None, ",".join(request.args.getlist(name)).split(",")):
        if not (each.isascii() and each.isdigit() and len(each) < 6 and least <= int(each) <= width):
            raise BadRequest(f"there is no column {each[:40]!r} in this result")
        found.append(int(each))
    return list(dict.fromkeys(found))

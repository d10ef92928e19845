"""Which part of a table the page shows: as an address says it, and for the template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

from flask import request, url_for

from workbench.browsing import Look, OneRow, Referring, Seen, Shape, as_query
from workbench.catalog import Catalog
from workbench.editing import row_seal
from workbench.errors import BadRequest
from workbench.literals import literal_of, value_in
from workbench.results import Row, Value
from workbench.rowsets import Facet, Filter, View
from workbench.web.parts import MOST_TYPED, in_words, view_asked, written

MOST_WHERE = 2_000
"""How many characters a WHERE may have."""

MOST_PLACE = 1_500
"""How many characters, at most, say in an address where in a table to go on."""

_IN_A_PATH = re.compile(r"(?!\.{1,2}\Z)[^/\n]+\Z")


class Lead(NamedTuple):
    """The row that a value refers to: its address, and what it is called."""

    address: str
    label: str


@dataclass(frozen=True, slots=True)
class TablePart:
    """What was seen of a table, and the addresses around it."""

    seen: Seen
    catalog: Catalog

    @property
    def shape(self) -> Shape:
        """What the table is like."""
        return self.seen.shape

    @property
    def panel(self) -> int | None:
        """The column whose filter and most frequent values are open, from 0."""
        return self.seen.look.facets

    @property
    def asked(self) -> dict[str, Any]:
        """The fields of an address that say in which order which rows are shown."""
        return _fields(self.seen.look.view, self.seen.look.where)

    def address(self, **more: object) -> str:
        """Where these rows are shown from the first on, unless `more` says otherwise."""
        return address_of_table(self.shape.name, self.asked | more)

    def sort(self, column: int) -> tuple[str, str | None]:
        """Where a column's name leads: ascending, then descending, then by key; and what it is now."""
        view = self.seen.look.view
        if view.sort != column:
            return self.address(sort=column + 1), None
        if not view.descending:
            return self.address(sort=-column - 1), "ascending"
        return self.address(sort=None), "descending"

    def without(self, one: Filter) -> str:
        """The address without that filter."""
        return self.address(f=[written(each) for each in self.seen.look.view.filters if each != one])

    def only(self, facet: Facet) -> str | None:
        """The address with only the rows that have this value; None for one too long for an address."""
        told = _equal(self.panel, facet.value)
        return self.address(f=[*self.asked.get("f", ()), told]) if len(told) <= MOST_TYPED else None

    def label(self, facet: Facet) -> str | None:
        """What the row is called that this value of the column refers to; None when it refers to none."""
        name = self.shape.columns[self.panel].name.lower()
        to = (each for each in self.shape.references if [c.lower() for c in each.columns] == [name])
        return next(filter(None, (self.seen.leads.known_label(each, (facet.value,)) for each in to)), None)

    @property
    def query(self) -> str:
        """Where the editor has SQL that asks for these rows."""
        return url_for("index", query=as_query(self.shape, self.seen.look))

    @property
    def filters(self) -> Iterator[tuple[str, str]]:
        """Each filter in words, with the address without it."""
        names = [column.name for column in self.shape.columns]
        return ((in_words(each, names), self.without(each)) for each in self.seen.look.view.filters)

    @property
    def ways(self) -> dict[str, str | None]:
        """Where first, previous, next and last lead; None where there is nothing."""
        part, keyed = self.seen.part, bool(self.shape.key)
        if keyed:
            previous = self._beside("before", part.places[:1]) if part.earlier else None
            following = self._beside("after", part.places[-1:]) if part.later else None
        else:
            offset, shown = self.seen.look.offset, len(part.rows)
            previous = self.address(**{"from": max(0, offset - 100) or None}) if part.earlier else None
            following = self.address(**{"from": offset + shown}) if part.later else None
        last = self.address(page="last") if keyed and part.later else None
        first = self.address() if part.earlier else None
        return {"First": first, "Previous": previous, "Next": following, "Last": last}

    @property
    def stuck(self) -> bool:
        """Whether there are more rows, but what leads to them is too long for an address."""
        ways, part = self.ways, self.seen.part
        return (part.later and not ways["Next"]) or (part.earlier and not ways["Previous"])

    def row(self, number: int) -> str | None:
        """The address of the row with this number on the page, from 0; None where it has none."""
        if not self.shape.key:
            return None
        return address_of_row(self.shape.name, self._key(number))

    def chosen(self, number: int) -> str:
        """What a form says of the row with this number, so that it is known, and whether it has changed."""
        told = {"key": self._told_key(number)}
        return f"{row_seal(self.seen.part.rows[number])}&{urlencode(told, doseq=True)}"

    def again(self, number: int) -> str:
        """Where a row like the one with this number is made."""
        return address_of_table(self.shape.name, {"new": 1, "key": self._told_key(number)})

    def copied(self, number: int) -> str:
        """Where the row with this number is as text, to be pasted."""
        told = {"name": self.shape.name, "key": self._told_key(number), "format": "objects"}
        return f"{url_for('copy_rows')}?{urlencode(told, doseq=True)}"

    def row_name(self, number: int) -> str:
        """What the row with this number is called where it is linked."""
        key = self._key(number)
        return str(key[0]) if len(key) == 1 and isinstance(key[0], int) else "open"

    def _key(self, number: int) -> Row:
        return self.seen.part.places[number][-len(self.shape.key) :]

    def _told_key(self, number: int) -> list[str]:
        return [literal_of(value) for value in self._key(number)]

    def lead(self, column: int, row: Row) -> Lead | None:
        """Where the value in `column` of `row` leads; None when it is no foreign key, or NULL."""
        return lead_of(self.catalog, self.seen, column, row)

    def _beside(self, way: str, places: list[Row]) -> str | None:
        told = [literal_of(value) for place in places for value in place]
        if not told or sum(map(len, told)) > MOST_PLACE:
            return None
        return self.address(**{way: told})


def look_asked(name: str) -> Look:
    """What this request asks for of a table. Raises BadRequest for what there is not."""
    asked = request.args
    where = asked.get("where", "").replace("\r\n", "\n")
    if len(where) > MOST_WHERE:
        raise BadRequest(f"a WHERE here may have {MOST_WHERE:,} characters", hint="Use the editor for more.")
    column, offset = (_number(each) for each in ("column", "from"))
    page = asked.get("page", "")
    if page not in ("", "last"):
        raise BadRequest(f"there is no page {page[:40]!r}", hint="There is page=last.")
    return Look(
        name,
        view_asked(),
        where,
        after=_values("after"),
        before=_values("before"),
        last=page == "last",
        offset=offset,
        facets=column - 1 if column else None,
    )


def key_asked() -> Row | None:
    """The key of the row that this request is about; None when it is about the table."""
    return _values("key")


def chosen_rows() -> list[tuple[str, Row]]:
    """What the form of this request says of each row that is chosen: its seal when it was shown, and its key.

    A button of a row alone is called ``only``.
    """
    told = [each.partition("&") for each in request.form.getlist("only") or request.form.getlist("rows")]
    return [(seal, values_told(parse_qs(key).get("key", []))) for seal, _, key in told]


def address_back(name: str, did: int | None) -> str:
    """The part of a table that the form of this request was sent from, with what was done (`did`)."""
    back = parse_qs(request.form["back"].removeprefix("?"))
    asked = {key: each for key, each in back.items() if key not in ("did", "key", "new", "name")}
    return address_of_table(name, asked | {"did": did})


def address_of_table(name: str, fields: dict[str, Any] | None = None) -> str:
    """The address of a table. One whose name cannot stand in a path is named in a field."""
    told = {key: value for key, value in (fields or {}).items() if value not in (None, [], "")}
    if _IN_A_PATH.match(name):
        path = url_for("table", name=name)
    else:
        path, told = url_for("named_table"), {"name": name} | told
    return f"{path}?{urlencode(told, doseq=True)}" if told else path


def address_of_row(name: str, key: Row) -> str | None:
    """The address of a row; None for a key too long for an address."""
    told = [literal_of(value) for value in key]
    return address_of_table(name, {"key": told}) if sum(map(len, told)) <= MOST_PLACE else None


def lead_of(catalog: Catalog, seen: Seen | OneRow, column: int, row: Row) -> Lead | None:
    """Where the value in `column` of `row` of what was `seen` leads."""
    name = seen.shape.columns[column].name.lower()
    for reference in seen.shape.references:
        if name != reference.columns[-1].lower():
            continue
        places = [seen.shape.place(each) for each in reference.columns]
        values = tuple(row[place] for place in places if place is not None)
        address = _rows_like(catalog, reference.parent, reference.parent_columns, values)
        if address and not seen.leads.lead_nowhere(reference, values):
            return Lead(address, seen.leads.label(reference, values))
    return None


def referring(catalog: Catalog, found: Iterable[Referring]) -> Iterator[tuple[Referring, str | None]]:
    """What refers to a row, each with the address of those rows."""
    for each in found:
        yield each, _rows_like(catalog, each.reference.table, each.reference.columns, each.values)


def _rows_like(catalog: Catalog, name: str, columns: tuple[str, ...], values: Row) -> str | None:
    """Where the rows of a table are that have these values in these columns."""
    table = catalog.find(name)
    if table is None or None in values or len(values) != len(columns):
        return None
    places = {column.name.lower(): i for i, column in enumerate(table.columns)}
    told = [_equal(places.get(c.lower(), -1), v) for c, v in zip(columns, values, strict=True)]
    if any(len(each) > MOST_TYPED or each.startswith("0~") for each in told):
        return None
    return address_of_table(table.name, {"f": told})


def _equal(column: int, value: Value) -> str:
    return written(Filter(column, "null" if value is None else "eq", value))


def _fields(view: View, where: str) -> dict[str, Any]:
    sort = None if view.sort is None else (view.sort + 1) * (-1 if view.descending else 1)
    told = {"sort": sort, "f": [written(each) for each in view.filters], "where": where}
    return {name: value for name, value in told.items() if value not in (None, [], "")}


def values_told(told: Iterable[str]) -> Row:
    """Values out of an address or a form, where they stand as literals."""
    return tuple(None if each == "NULL" else value_in(each) for each in told)


def _values(name: str) -> Row | None:
    return values_told(request.args.getlist(name)) or None


def _number(name: str) -> int:
    text = request.args.get(name, "") or "0"
    if not text.isdecimal() or len(text) > 12:
        raise BadRequest(f"{name} is {text[:40]!r}: it takes a number")
    return int(text)

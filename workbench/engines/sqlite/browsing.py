"""Tables looked through part by part, by key: a row far into a table costs what the first one does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from workbench.browsing import MOST_SKIPPED, ROWS, Leads, Look, Order, Part, Reference, Shape
from workbench.catalog import Table
from workbench.definitions import Definition, ForeignKey
from workbench.designs.alteration import Alteration, Question
from workbench.designs.design import TableDesign
from workbench.engines.sqlite.altering.plan import alteration
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.definitions import all_foreign_keys, definition_of, octets_of
from workbench.engines.sqlite.faults import translated
from workbench.engines.sqlite.guarded import MOST_BYTES, refuse_unfit, rows_in_parts, rows_of
from workbench.engines.sqlite.sampling import SAMPLED, few_valued, sampled, tallied
from workbench.engines.sqlite.selecting import (
    ALWAYS,
    Condition,
    behind,
    equal,
    limited,
    named,
    passing,
    select,
)
from workbench.engines.sqlite.shapes import references_to, shape_of
from workbench.engines.sqlite.statistics import analyzed
from workbench.errors import BadRequest
from workbench.plans import Size
from workbench.results import Kind, Row, weight
from workbench.rowsets import Facet
from workbench.sql import quoted

MOST_CELLS = 50_000
"""What the rows shown at once may have together, beside `MOST_BYTES`."""

FACETS = 20
COUNTED = 10_000
"""How many rows are counted, or looked at for facets, where there is no time for all."""

LABEL = 60
"""How many characters of a label are shown."""

_COUNTS = 2_000


class Counts:
    """What was counted, as long as nobody has changed the database (`PRAGMA data_version`)."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._known: dict[object, Any] = {}

    def of(self, version: int) -> dict[object, Any]:
        """What is known of this version of the data; None where there was no time to count."""
        if version != self._version or len(self._known) > _COUNTS:
            self._version, self._known = version, {}
        return self._known


class Browsing:
    """Looks at tables on a link that only reads, all of them as they are at one moment."""

    def __init__(self, link: Link, counts: Counts) -> None:
        self._link, self._counts = link, counts

    def __enter__(self) -> Browsing:
        with translated():
            self._link.own("BEGIN")
        self._link.at_work = Kind.READ
        return self

    def __exit__(self, *_: object) -> None:
        if self._link.connection.in_transaction:
            self._link.own("ROLLBACK")

    def shape(self, table: Table) -> Shape:
        """How `table` can be looked through."""
        with translated():
            return shape_of(self._link, table)

    def definition(self, table: Table) -> Definition:
        """How `table` is defined, and what hangs on it."""
        with translated():
            return definition_of(self._link, table)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys of all tables."""
        with translated():
            return all_foreign_keys(self._link)

    def alteration(self, name: str, wanted: TableDesign) -> Alteration:
        """How the table becomes as `wanted`."""
        with translated():
            return alteration(self._link, name, wanted)

    def tally(self, question: Question, most: int) -> int:
        """How many rows it is about, or one more than `most`."""
        counted = Condition(f"SELECT count(*) FROM ({question.query}\n LIMIT {most + 1})")
        ((found,),) = rows_of(self._link, counted)
        return found

    def octets(self, definition: Definition) -> int | None:
        """What the table takes in the file with its indexes; None where this SQLite cannot tell."""
        names = [index.name for index in definition.indexes]
        with translated():
            return octets_of(self._link, [definition.name, *names])

    def part(self, shape: Shape, look: Look) -> Part:
        """The rows that `look` asks for. Raises a WorkbenchError for a filter or a WHERE that is wrong."""
        within = self._within(shape, look)
        if not shape.key:
            return self._skipped_to(shape, look, within)
        order = shape.order(look.view)
        start = look.before if look.backwards else look.after
        if start is not None and len(start) != len(order):
            raise BadRequest("this address does not say where in the table to look")
        if look.backwards:
            order = tuple(term.reversed for term in order)
        found, full = self._found(shape, order, within, start)
        more = full or len(found) > ROWS
        found = found[:ROWS]
        rows, places = [row[len(order) :] for row in found], [row[: len(order)] for row in found]
        if look.backwards:
            return Part(rows[::-1], places[::-1], more, look.before is not None, full)
        return Part(rows, places, look.after is not None, more, full)

    def row(self, shape: Shape, key: Row) -> Row | None:
        """The row with this key; None when there is none."""
        if len(key) != len(shape.key) or not key:
            raise BadRequest("this address names no row of the table")
        picks = [quoted(column.name) for column in shape.columns]
        within = (equal(shape.key, key),)
        found = rows_in_parts(self._link, picks, lambda some: limited(select(shape, some, within), 1))
        return next(iter(found), None)

    def size(self, shape: Shape, look: Look) -> Size | None:
        """How many rows there are in all. Takes as long as it takes: see `about`."""
        known, what = self._known(), (shape.name, look.view.filters, look.where)
        if what not in known:
            within = self._within(shape, look)
            ((count,),) = rows_of(self._link, select(shape, ["count(*)"], within))
            known[what] = Size(count)
        return known[what]

    def about(self, shape: Shape, look: Look) -> Size | None:
        """What can be told of that at once: what ANALYZE found, else that there are more than so many."""
        known, what = self._known(), (shape.name, look.view.filters, look.where)
        known[what] = None
        if not look.view.filters and not look.where:
            known[what] = analyzed(self._link).get(shape.name) or self._at_least(shape)
        return known[what]

    def sizes(self, names: Sequence[str], found: dict[str, Size]) -> None:
        """How many rows tables have, into `found`, until it is interrupted: what ANALYZE told, then counts.

        One that took too long is not counted again until somebody writes.
        """
        known = self._known()
        found |= analyzed(self._link)
        for name in names:
            what, slow = (name, (), ""), ("slow", name)
            if slow not in known and not (known.get(what) and known[what].how == "exactly"):
                known[slow] = None
                ((count,),) = rows_of(self._link, Condition(f"SELECT count(*) FROM main.{quoted(name)}"))
                known[what] = Size(count)
                del known[slow]
            if known.get(what):
                found[name] = known[what]

    def facets(self, shape: Shape, look: Look, most: int = -1) -> list[Facet]:
        """The most frequent values of the column `look.facets`, of the first `most` rows (-1: all)."""
        column = quoted(shape.columns[look.facets].name)
        among = limited(select(shape, [f"{column} AS value"], self._within(shape, look)), most)
        sql = f"SELECT value, count(*) FROM ({among.sql}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {FACETS}"
        return [Facet(*row) for row in rows_of(self._link, Condition(sql, among.values), 2)]

    def few_valued(self, shape: Shape, look: Look) -> tuple[int, ...]:
        """The columns, from 0, that have few values in the first rows; none if there was no time before."""
        known, what = self._known(), ("few", shape.name, look.view.filters, look.where)
        if what not in known:
            known[what] = ()
            names = [column.name for column in shape.columns]
            among = limited(select(shape, sampled(names), self._within(shape, look)), SAMPLED)
            (tally,) = rows_of(self._link, Condition(tallied(among.sql, len(names)), among.values))
            known[what] = tuple(few_valued(tally))
        return known[what]

    def leads(self, shape: Shape, rows: Sequence[Row], labels: Leads) -> None:
        """Find what to call the rows that `rows` refer to, into `labels`, until it is interrupted."""
        for reference in shape.references:
            places = [shape.place(name) for name in reference.columns]
            label = self._label_of(reference)
            if label is None or None in places:
                continue
            for values in dict.fromkeys(tuple(row[i] for i in places) for row in rows):
                if None not in values and len(labels.labels) < 500:
                    labels.labels[reference, values] = self._label(reference, label, values)

    def referring(self, shape: Shape) -> tuple[Reference, ...]:
        """The foreign keys that lead to this table."""
        with translated():
            return references_to(self._link, shape.name)

    def count_referring(self, reference: Reference, values: Row) -> Size:
        """How many rows refer so; beyond `COUNTED` of them only that there are more."""
        where = named(reference.columns, values)
        sql = f"SELECT 1 FROM main.{quoted(reference.table)} WHERE {where.sql} LIMIT {COUNTED + 1}"
        ((count,),) = rows_of(self._link, Condition(f"SELECT count(*) FROM ({sql})", where.values))
        return Size(COUNTED, "more than") if count > COUNTED else Size(count)

    def _known(self) -> dict[object, Any]:
        ((version,),) = self._link.own("PRAGMA data_version")
        return self._counts.of(version)

    def _at_least(self, shape: Shape) -> Size | None:
        among = limited(select(shape, ["1"], ()), COUNTED + 1)
        ((count,),) = rows_of(self._link, Condition(f"SELECT count(*) FROM ({among.sql})"))
        return Size(COUNTED, "more than") if count > COUNTED else Size(count)

    def _label_of(self, reference: Reference) -> str | None:
        """The first column of text of the table referred to, that is not what refers; None without one."""
        found = self._link.own(
            "SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1", (reference.parent,)
        )
        among = {name.lower() for name in reference.parent_columns}
        others = ((name, type_) for name, type_ in found if name.lower() not in among)
        return next((n for n, type_ in others if any(t in type_ for t in ("CHAR", "CLOB", "TEXT"))), None)

    def _label(self, reference: Reference, label: str, values: Row) -> Row | None:
        where = named(reference.parent_columns, values)
        pick = f"iif(typeof({quoted(label)}) = 'blob', NULL, substr({quoted(label)}, 1, {LABEL}))"
        sql = f"SELECT {pick} FROM main.{quoted(reference.parent)} WHERE {where.sql} LIMIT 1"
        return next(iter(rows_of(self._link, Condition(sql, where.values))), None)

    def _within(self, shape: Shape, look: Look) -> tuple[Condition, ...]:
        """What the rows must be like: the filters, and what was typed by hand."""
        found = [passing(shape, each) for each in look.view.filters]
        if look.where.strip():
            refuse_unfit(self._link, shape, look.where)
            found.append(Condition(f"{look.where}\n"))
        return tuple(found)

    def _found(
        self, shape: Shape, order: Order, within: tuple[Condition, ...], start: Row | None
    ) -> tuple[list[Row], bool]:
        """The first rows in this order behind `start`, one more than are shown; and whether they are full."""
        picks = [*(term.sql for term in order), *(quoted(column.name) for column in shape.columns)]
        ranges = behind(order, start) if start is not None else [ALWAYS]
        found: list[Row] = []
        most = max(1, min(ROWS, MOST_CELLS // len(picks)))
        octets = 0
        for each in ranges:
            made = partial(_ordered, shape, (*within, each), order, ROWS + 1 - len(found))
            for row in rows_in_parts(self._link, picks, made, room=MOST_BYTES - octets):
                found.append(row)
                octets += weight(row)
            if len(found) > most or octets >= MOST_BYTES:
                break
        full = octets >= MOST_BYTES or (most < ROWS and len(found) > most)
        return (found[:most] if full else found), full

    def _skipped_to(self, shape: Shape, look: Look, within: tuple[Condition, ...]) -> Part:
        if look.offset > MOST_SKIPPED or look.backwards:
            raise BadRequest(
                f"rows without a key are shown up to row {MOST_SKIPPED:,}",
                hint="Filter them, or ask for them with SQL.",
            )
        picks = [quoted(column.name) for column in shape.columns]
        order = shape.order(look.view)
        query = limited(select(shape, picks, within, order), ROWS + 1, look.offset)
        found = list(rows_of(self._link, query, len(picks), room=MOST_BYTES))
        full = sum(map(weight, found)) >= MOST_BYTES
        return Part(found[:ROWS], [], look.offset > 0, full or len(found) > ROWS, full)


def _ordered(
    shape: Shape, within: Sequence[Condition], order: Order, limit: int, picks: Sequence[str]
) -> Condition:
    return limited(select(shape, picks, within, order), limit)

"""The verbs about tables: looking through one, and at one of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from time import perf_counter

from workbench.browsing import Leads, Look, OneRow, Part, Referring, Seen, Shape
from workbench.catalog import Table
from workbench.definitions import Definition, Weighed
from workbench.designs.alteration import Alteration, Note, Question
from workbench.designs.design import TableDesign
from workbench.engines.base import Browsing
from workbench.errands import Errands
from workbench.errors import BadRequest, StatementError, TimeLimitReached
from workbench.jobs import Ask, Job
from workbench.pictures import Picture, picture_of
from workbench.plans import Size
from workbench.results import Row, Value
from workbench.rowsets import Facet
from workbench.sql import quoted
from workbench.waiting import NOBODY, Waiting

READ_SECONDS = 5.0
"""How long finding the rows may take."""

ALTER_SECONDS = 20.0
"""How long finding out how a table is altered may take: see `engines.sqlite.altering`."""

COUNT_SECONDS = 0.05
"""How long counting them may take; so may finding labels of what they refer to, or columns of few values."""

SIZES_SECONDS = 0.02
"""How long counting the rows of all tables may take, for the list of them."""

MOST_SIZES = 500
"""Of how many tables that is told."""

WEIGH_SECONDS = 0.2
"""How long adding up what a table takes in the file may take."""

ASK_SECONDS = 1.0
"""How long finding out what an alteration does to rows may take."""

COUNTED = 1_000_000
"""How many of them are counted."""

FACET_SECONDS = 0.5
"""How long finding the most frequent values of all rows may take."""

FACETED = 10_000
"""Of how many rows they are told where there is no time for all."""


class Tables:
    """Looks at tables with the slots and the time limits of every run."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands

    def look(self, person: str, look: Look, *, waiting: Waiting = NOBODY) -> Seen | None:
        """What `look` asks for; None when there is no such table. Raises a WorkbenchError."""
        began = perf_counter()
        with self._reading(person, look.table, waiting) as (browsing, table):
            if table is None:
                return None
            shape = browsing.shape(table)
            part = self._part(browsing, shape, look)
            seen = Seen(shape, look, part, self._size(browsing, shape, look), leads=Leads({}))
            with suppress(TimeLimitReached), self._spare(COUNT_SECONDS):
                browsing.leads(shape, part.rows, seen.leads)
            facets, faceted = self._facets(browsing, shape, look)
            with suppress(TimeLimitReached), self._spare(COUNT_SECONDS):
                browsing.leads(shape, [_alone(shape, look.facets, each.value) for each in facets], seen.leads)
            few = self._few(browsing, shape, look)
        return replace(seen, few=few, facets=facets, faceted=faceted, seconds=perf_counter() - began)

    def row(self, person: str, name: str, key: Row, *, waiting: Waiting = NOBODY) -> OneRow | None:
        """The row of that key, and what refers to it; None when there is no such table.

        Raises a WorkbenchError.
        """
        with self._reading(person, name, waiting) as (browsing, table):
            if table is None:
                return None
            shape, leads = browsing.shape(table), Leads({})
            row = browsing.row(shape, key)
            if row is None:
                return OneRow(shape, key, None, leads)
            with suppress(TimeLimitReached), self._spare(COUNT_SECONDS):
                browsing.leads(shape, [row], leads)
            return OneRow(shape, key, row, leads, tuple(self._referring(browsing, shape, row)))

    def shape(self, person: str, name: str, *, waiting: Waiting = NOBODY) -> Shape | None:
        """How a table can be looked through; None when there is no such table. Raises a WorkbenchError."""
        with self._reading(person, name, waiting) as (browsing, table):
            return browsing.shape(table) if table else None

    def structure(self, person: str, name: str, *, waiting: Waiting = NOBODY) -> Weighed | None:
        """How a table is defined and how large it is; None when there is no such table.

        A view that does not work is told too. Raises a WorkbenchError.
        """
        with self._reading(person, name, waiting, broken_too=True) as (browsing, table):
            if table is None:
                return None
            definition, size, octets = browsing.definition(table), None, None
            if not table.problem:
                size = self._size(browsing, browsing.shape(table), Look(table.name))
            with suppress(TimeLimitReached), self._spare(WEIGH_SECONDS):
                octets = browsing.octets(definition) if table.kind in ("table", "shadow") else None
            return Weighed(definition, size, octets)

    def sizes(self, person: str, *, waiting: Waiting = NOBODY) -> dict[str, Size]:
        """How many rows tables have, of those where that can be told at once. Raises a WorkbenchError."""
        found: dict[str, Size] = {}
        with self._reading(person, "all tables", waiting, broken_too=True) as (browsing, _):
            catalog = self._errands.runner.supervisor.engine.catalog()
            names = [each.name for each in catalog.tables if each.kind == "table"][:MOST_SIZES]
            with suppress(TimeLimitReached), self._spare(SIZES_SECONDS):
                browsing.sizes(names, found)
        return found

    def definition(self, person: str, name: str, *, waiting: Waiting = NOBODY) -> Definition | None:
        """How a table is defined; None when there is no such table. Raises a WorkbenchError."""
        with self._reading(person, name, waiting) as (browsing, table):
            return browsing.definition(table) if table else None

    def picture(self, person: str, wanted: str, *, waiting: Waiting = NOBODY) -> Picture:
        """The tables that are `wanted` and what ties them together. Raises a WorkbenchError."""
        with self._reading(person, "all tables", waiting, broken_too=True) as (browsing, _):
            catalog = self._errands.runner.supervisor.engine.catalog()
            return picture_of(catalog, browsing.foreign_keys(), wanted)

    def alteration(
        self, person: str, name: str, wanted: TableDesign, *, waiting: Waiting = NOBODY
    ) -> Alteration:
        """How a table becomes as `wanted`, with what is to be known before. Raises a WorkbenchError."""
        with self._reading(person, name, waiting, seconds=ALTER_SECONDS) as (browsing, _):
            found = browsing.alteration(name, wanted)
            return replace(found, notes=(*found.notes, *self._answers(browsing, found.questions)))

    def rows(
        self, person: str, name: str, keys: Sequence[Row], *, waiting: Waiting = NOBODY
    ) -> list[Row | None]:
        """The rows of these keys as they are now, None for those that are gone. Raises a WorkbenchError."""
        with self._reading(person, name, waiting) as (browsing, table):
            shape = browsing.shape(table) if table else None
            return [browsing.row(shape, key) if shape else None for key in keys]

    def _answers(self, browsing: Browsing, questions: Sequence[Question]) -> Iterator[Note]:
        """What is to be said of the rows that there are, as far as there is time to find out."""
        until = perf_counter() + ASK_SECONDS
        for question in questions:
            try:
                with self._spare(max(0.01, until - perf_counter())):
                    note = question.answered(browsing.tally(question, COUNTED), COUNTED)
            except TimeLimitReached:
                yield Note("There was no time to look at all values: the preview tells what is refused.")
                return
            except StatementError:  # it is about SQL of the form, which the preview judges
                continue
            if note:
                yield note

    @contextmanager
    def _reading(
        self,
        person: str,
        name: str,
        waiting: Waiting,
        *,
        broken_too: bool = False,
        seconds: float = READ_SECONDS,
    ) -> Iterator[tuple[Browsing, Table | None]]:
        job = Job((Ask(f"-- Browse {quoted(name)}"),), time_limit=seconds)
        with self._errands.at_work(person, job, waiting) as (run, caller):
            supervisor = self._errands.runner.supervisor
            with supervisor.watched(run, job, caller), supervisor.engine.browsing(job.patience) as browsing:
                table = supervisor.engine.catalog().find(name)
                if table is not None and table.problem and not broken_too:
                    raise BadRequest(table.problem, code="SQLITE_ERROR")
                yield browsing, table

    def _part(self, browsing: Browsing, shape: Shape, look: Look) -> Part:
        try:
            return browsing.part(shape, look)
        except TimeLimitReached as error:
            error.hint = _advice(shape, look)
            raise

    def _size(self, browsing: Browsing, shape: Shape, look: Look) -> Size | None:
        for ask in (browsing.size, browsing.about):
            with suppress(TimeLimitReached), self._spare(COUNT_SECONDS):
                return ask(shape, look)
        return None

    def _facets(self, browsing: Browsing, shape: Shape, look: Look) -> tuple[list[Facet], int | None]:
        """The facets, and of how many rows they tell if not of all."""
        if look.facets is None:
            return [], None
        if not 0 <= look.facets < len(shape.columns):
            raise BadRequest(f"there is no column {look.facets + 1:,} in this table")
        for most in (-1, FACETED):
            with suppress(TimeLimitReached), self._spare(FACET_SECONDS):
                return browsing.facets(shape, look, most), most if most > 0 else None
        return [], 0

    def _few(self, browsing: Browsing, shape: Shape, look: Look) -> tuple[int, ...]:
        with suppress(TimeLimitReached), self._spare(COUNT_SECONDS):
            return browsing.few_valued(shape, look)
        return ()

    def _referring(self, browsing: Browsing, shape: Shape, row: Row) -> Iterator[Referring]:
        for reference in browsing.referring(shape):
            places = [shape.place(name) for name in reference.parent_columns]
            if None in places:
                continue
            values, size = tuple(row[place] for place in places), None
            with suppress(TimeLimitReached), self._spare(COUNT_SECONDS):
                size = browsing.count_referring(reference, values)
            yield Referring(reference, values, size)

    @property
    def _spare(self) -> Callable:
        return self._errands.runner.spare


def _alone(shape: Shape, column: int, value: Value) -> Row:
    """A row of which only this value is known."""
    return tuple(value if i == column else None for i in range(len(shape.columns)))


def _advice(shape: Shape, look: Look) -> str:
    """What to do when finding the rows took too long."""
    if look.view.sort is not None and not shape.by_index(look.view):
        name = quoted(shape.columns[look.view.sort].name)
        return f"Sorting by {name} reads all rows, as it has no index of its own: make one, or filter first."
    return "The filter reads too many rows to find these: make it narrower, or make an index for it."

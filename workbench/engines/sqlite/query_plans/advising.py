"""Which indexes would help a statement: tried on a copy without rows, and told when the planner takes them.

What is proposed is proven by the planner itself: with the index it no longer reads the table from end to
end, or no longer gathers rows in a temporary B-tree. Expressions are not tried, only columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import apsw

from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.query_plans.asking import Line, Sizes, lines_of, steps_of
from workbench.engines.sqlite.query_plans.blueprint import refuse_after
from workbench.engines.sqlite.query_plans.candidates import Candidate, free_name, is_used, single
from workbench.engines.sqlite.query_plans.wording import meaning_of, sorted_for
from workbench.plans import Advice, Mark

FEW_ROWS = 100
"""A table of no more rows than these is read from end to end as quickly as by an index."""

_MOST_CANDIDATES = 150  # tried at once
_MOST_COLUMNS = 3

_TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"


@dataclass(frozen=True)
class _Outcome:
    """What the planner made of some candidates: its lines, and those of the candidates that it uses."""

    lines: list[Line]
    used: tuple[Candidate, ...]
    names: tuple[str, ...]

    @property
    def cost(self) -> int:
        """How much there is in the plan that an index can save."""
        return sum(_cost(line) for line in self.lines)

    @property
    def rank(self) -> tuple[int, int]:
        """Plans in the order in which they are preferred: of two that cost the same, what finds by more."""
        return self.cost, -sum(line.detail.count("?") for line in self.lines)


class Adviser:
    """Tries indexes for statements on `copy`, a blueprint, `until` a moment of `time.monotonic`.

    `sizes` are those of the tables in the database itself.
    """

    def __init__(self, copy: Link, sizes: Sizes, until: float) -> None:
        self._copy = copy
        self._until = until
        self._sizes = sizes
        self._tables = {name for (name,) in copy.own(_TABLES) if not name.startswith("sqlite_")}
        self._taken = {name.lower() for (name,) in copy.own("SELECT name FROM sqlite_schema")}

    def advise(self, text: str, lines: list[Line]) -> tuple[Advice, ...]:
        """Indexes for the statement `text`, whose plan in the database itself has these `lines`.

        Raises:
            apsw.Error: when the statement cannot be prepared on the copy, or there is no time left.
        """
        now = self._plan(text, ())
        if not now.cost or [line.detail for line in now.lines] != [line.detail for line in lines]:
            return ()  # a copy on which the plan is another proves nothing
        columns = self._columns()
        best = self._grown(text, self._plan(text, _singles(columns)).used, columns)
        if best.cost >= now.cost:
            return ()
        return tuple(self._in_parts(text, now, self._needed(text, best)))

    def is_small(self, table: str) -> bool:
        """Whether a table is too small for an index to matter."""
        size = self._sizes(table) if table in self._tables else None
        return size is not None and size.how == "exactly" and size.rows <= FEW_ROWS

    def _columns(self) -> dict[str, list[str]]:
        """The columns that the statement last prepared reads; those of its conditions come last to SQLite."""
        read = self._copy.authorizer.columns
        return {
            table: list(reversed(columns))
            for table, columns in read.items()
            if table in self._tables and not self.is_small(table)
        }

    def _grown(self, text: str, first: Iterable[Candidate], columns: dict[str, list[str]]) -> _Outcome:
        """The indexes that the planner takes of `first`, with more columns as long as that is better."""
        best = self._plan(text, first)
        for _ in range(1, _MOST_COLUMNS):
            for candidate in best.used:
                longer = candidate.longer(columns[candidate.table])
                picked = self._plan(text, (*best.used, *islice(longer, _MOST_CANDIDATES))).used
                better = self._plan(text, picked)
                if better.rank < best.rank:
                    best = better
        return best

    def _needed(self, text: str, best: _Outcome) -> _Outcome:
        """Without those that save nothing."""
        for candidate in best.used:
            fewer = self._plan(text, [each for each in best.used if each != candidate])
            if fewer.rank <= best.rank:
                best = fewer
        return best

    def _in_parts(self, text: str, now: _Outcome, best: _Outcome) -> Iterator[Advice]:
        """Each index that helps by itself, and those that only help together."""
        alone = [self._plan(text, (candidate,)) for candidate in best.used]
        helping = [outcome for outcome in alone if outcome.used and outcome.cost < now.cost]
        if len(helping) < len(alone) or len(alone) > 1:
            yield self._told(now, best)
        if len(alone) > 1 or len(helping) == len(alone):
            yield from (self._told(now, outcome) for outcome in helping)

    def _told(self, now: _Outcome, then: _Outcome) -> Advice:
        sql = "\n".join(each.sql(name) for each, name in zip(then.used, then.names, strict=True))
        return Advice(sql, tuple(_saved(now.lines, then.lines)), steps_of(then.lines, self._sizes))

    def _plan(self, text: str, candidates: Iterable[Candidate]) -> _Outcome:
        """What the planner makes of `text` when these indexes are there."""
        refuse_after(self._until)
        with self._made(tuple(islice(candidates, _MOST_CANDIDATES))) as made:
            lines = lines_of(self._copy, text)
        used = [pair for pair in made if any(is_used(pair[1], line.detail) for line in lines)]
        return _Outcome(lines, tuple(each for each, _ in used), tuple(name for _, name in used))

    @contextmanager
    def _made(self, candidates: Sequence[Candidate]) -> Iterator[list[tuple[Candidate, str]]]:
        """The candidates with the names under which they are there inside of the context."""
        taken, made = set(self._taken), []
        with self._copy.undone():
            for candidate in candidates:
                name = free_name(candidate.name, taken)
                if self._make(candidate.sql(name)):
                    made.append((candidate, name))
                    taken.add(name.lower())
            yield made

    def _make(self, sql: str) -> bool:
        try:
            self._copy.own(sql)
        except apsw.SQLError:  # `rowid` is read like a column, and is none
            return False
        return True


def _singles(columns: dict[str, list[str]]) -> list[Candidate]:
    return [candidate for table, names in columns.items() for candidate in single(table, names)]


def _cost(line: Line) -> int:
    mark = meaning_of(line.detail).mark
    if mark is Mark.AUTOMATIC or line.table is not None:
        return 2  # also for reading all of an index, which spares little of reading all of its table
    return 1 if mark is Mark.SORT else 0


def _saved(now: list[Line], then: list[Line]) -> Iterator[str]:
    """What is in the plan `now` and not in the plan `then`, in words."""
    left = [line.table for line in then]
    for table in dict.fromkeys(line.table for line in now if line.table):
        if sum(line.table == table for line in now) > left.count(table):
            yield f"no full scan of {table}"
    sorts = [sorted_for(line.detail) for line in then]
    for purpose in dict.fromkeys(filter(None, (sorted_for(line.detail) for line in now))):
        if purpose not in sorts:
            yield f"no temporary B-tree for {purpose}"
    if _automatic(then) < _automatic(now):
        yield "no index to build at each run"


def _automatic(lines: list[Line]) -> int:
    return sum(meaning_of(line.detail).mark is Mark.AUTOMATIC for line in lines)

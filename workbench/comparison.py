"""How one result differs from another of the same statement: plain values, no I/O."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from workbench.changes import SHOWN, Cause, Change, TableChanges
from workbench.results import Column, Result, Row


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different in the later of two results.

    `changes` are rows added, gone and changed, in the columns that both have. `key` names the columns
    by which rows were told apart; without one a changed row counts as one gone and one added.
    `differing` counts by column the rows that changed in it, `came` and `went` are columns that only
    one of both has. `rows` counts those of the earlier and the later that were compared, and `partly`
    says that these were not all. `reordered`: the same rows came in another order. `unkept`: the rows of
    one of both are not kept, and nothing was compared.
    """

    statement: str
    changes: TableChanges
    key: tuple[str, ...] = ()
    differing: Counter[str] = field(default_factory=Counter)
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    rows: tuple[int, int] = (0, 0)
    partly: bool = False
    reordered: bool = False
    unkept: bool = False

    @property
    def same(self) -> bool:
        """Whether nothing is different, as far as was compared."""
        return not (self.changes.total or self.came or self.went or self.unkept)


def compare(
    old: Result, new: Result, keys: Iterable[tuple[int, ...]] = (), *, name: str = "Rows"
) -> Comparison:
    """`new` as compared with `old`; `name` is what its rows are called.

    `keys` are sets of columns of `new`, by their places, that may tell its rows apart; the first one
    that does so in both results is used.
    """
    pairs = _in_both(old.columns, new.columns)
    names = tuple(new.columns[place].name for _, place in pairs)
    found = TableChanges(name, names)
    if not (_kept(old) and _kept(new)):
        return Comparison(new.statement, found, unkept=True)
    before = [tuple(row[place] for place, _ in pairs) for row in old.rows]
    after = [tuple(row[place] for _, place in pairs) for row in new.rows]
    key = _usable(_within(keys, pairs), before, after)
    changes = _by_key(before, after, key) if key else _as_multisets(before, after)
    differing = _note(found, changes)
    return Comparison(
        new.statement,
        found,
        tuple(names[place] for place in key),
        differing,
        tuple(c.name for i, c in enumerate(new.columns) if i not in {place for _, place in pairs}),
        tuple(c.name for i, c in enumerate(old.columns) if i not in {place for place, _ in pairs}),
        (len(before), len(after)),
        not (_whole(old) and _whole(new)),
        not found.total and list(map(exact, before)) != list(map(exact, after)),
    )


def exact(row: Row) -> tuple:
    """What tells rows apart to the last bit: 1, 1.0 and '1' are three, 0.0 and -0.0 are two."""
    return tuple((type(value), repr(value)) for value in row)


def _kept(result: Result) -> bool:
    return bool(result.rows) or not result.row_count


def _whole(result: Result) -> bool:
    return len(result.rows) == result.row_count and not result.truncated


def _in_both(old: Sequence[Column], new: Sequence[Column]) -> list[tuple[int, int]]:
    """The places, old and new, of the columns that both have; by name, where those are not all the same."""
    before, after = [c.name for c in old], [c.name for c in new]
    if before == after:
        return [(place, place) for place in range(len(after))]
    alone = [n for n in after if after.count(n) == 1 and before.count(n) == 1]
    return [(before.index(name), after.index(name)) for name in alone]


def _within(keys: Iterable[tuple[int, ...]], pairs: list[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """Those of `keys` whose columns both have, as places among these."""
    places = {new: place for place, (_, new) in enumerate(pairs)}
    return (tuple(places[each] for each in key) for key in keys if all(each in places for each in key))


def _usable(keys: Iterable[tuple[int, ...]], *results: list[Row]) -> tuple[int, ...]:
    return next((key for key in keys if all(_tells_apart(key, rows) for rows in results)), ())


def _tells_apart(key: tuple[int, ...], rows: list[Row]) -> bool:
    return len({exact(_part(row, key)) for row in rows}) == len(rows)


def _part(row: Row, places: tuple[int, ...]) -> Row:
    return tuple(row[place] for place in places)


def _by_key(before: list[Row], after: list[Row], key: tuple[int, ...]) -> Iterator[Change]:
    """What changed in each row of `after`, then the rows that are gone."""
    were = {exact(_part(row, key)): row for row in before}
    for row in after:
        old = were.pop(exact(_part(row, key)), None)
        if old is None:
            yield Change("insert", None, row)
        elif exact(old) != exact(row):
            yield Change("update", old, row)
    for row in were.values():
        yield Change("delete", row, None)


def _as_multisets(before: list[Row], after: list[Row]) -> Iterator[Change]:
    """The rows of one that the other has not, each as often as it is there more often."""
    were: defaultdict[tuple, list[Row]] = defaultdict(list)
    for row in before:
        were[exact(row)].append(row)
    for row in after:
        if were[exact(row)]:
            were[exact(row)].pop()
        else:
            yield Change("insert", None, row)
    for rows in were.values():
        for row in rows:
            yield Change("delete", row, None)


def _note(found: TableChanges, changes: Iterable[Change]) -> Counter[str]:
    """Count `changes` in `found`, keep the first to be shown, and count the columns that differ."""
    differing: Counter[str] = Counter()
    for change in changes:
        found.counts[change.op, Cause.NAMED] += 1
        if len(found.changes) < SHOWN:
            found.changes.append(change)
        differing.update(name for place, name in enumerate(found.columns) if change.differs(place))
    return differing

"""Tables are walked through by key: each row once, in order, whatever their keys are and whoever writes."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.browsing import Look, Part, Shape
from workbench.engines.sqlite import SqliteEngine, guarded, ready_file, selecting
from workbench.engines.sqlite import browsing as at_work
from workbench.engines.sqlite.connections import Link
from workbench.engines.sqlite.selecting import Condition
from workbench.errors import BadRequest, StatementError, TimeLimitReached
from workbench.plans import Size
from workbench.results import InvalidText, Row, Value
from workbench.rowsets import Filter, View

TABLES = {
    "rowid": "CREATE TABLE t (a, b, c)",
    "alias": "CREATE TABLE t (a INTEGER PRIMARY KEY, b, c)",
    "descending alias": "CREATE TABLE t (a INTEGER, b, c, PRIMARY KEY (a DESC))",
    "key with NULL": "CREATE TABLE t (a, b, c, PRIMARY KEY (a, b))",
    "hidden rowid": "CREATE TABLE t (rowid, _rowid_ TEXT, c)",
    "without rowid": "CREATE TABLE t (a, b, c, PRIMARY KEY (c, a)) WITHOUT ROWID",
    "mixed": "CREATE TABLE t (a, b, c, PRIMARY KEY (b DESC, a COLLATE NOCASE, c DESC)) WITHOUT ROWID",
    "collations": "CREATE TABLE t (a TEXT COLLATE RTRIM PRIMARY KEY DESC, b INT, c REAL) WITHOUT ROWID",
    "indexed": "CREATE TABLE t (a, b TEXT COLLATE NOCASE, c);"
    " CREATE INDEX i ON t (b DESC); CREATE INDEX j ON t (c)",
    "indexed without rowid": "CREATE TABLE t (a, b, c, PRIMARY KEY (a DESC, b)) WITHOUT ROWID;"
    " CREATE INDEX i ON t (c)",
}

VALUES = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([-(2**63), 2**63 - 1, 0.5, -1e300, float("inf"), b"", b"\0", InvalidText(b"\xff")]),
    st.sampled_from(["", "a", "A", "a ", "B", "ä", "1", "x'y\"", "\0"]),
)
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=14)
VIEWS = st.builds(View, st.sampled_from([None, 0, 1, 2]), st.booleans())


class Walk:
    """A file with one table, and somebody who looks through it three rows at a time."""

    def __init__(self, folder: Path, ddl: str) -> None:
        self.other = apsw.Connection(str(folder / "t.db"))
        self.other.execute(ddl)
        ready_file(folder / "t.db", read_only=False)
        self.other.execute("PRAGMA synchronous = off")
        self.engine = SqliteEngine(folder / "t.db", line_folder=folder)
        self.names = [name for (name,) in self.other.execute("SELECT name FROM pragma_table_info('t')")]

    def hold(self, rows: list[Row]) -> None:
        """Have these rows and no others."""
        self.other.execute("DELETE FROM t")
        for row in rows:
            self.insert(row)

    def insert(self, row: Row) -> None:
        """Put a row in, unless its key is there or may not be so."""
        marks = ", ".join("CAST(? AS TEXT)" if isinstance(v, InvalidText) else "?" for v in row)
        try:
            self.other.execute(f"INSERT OR IGNORE INTO t VALUES ({marks})", row, can_cache=False)
        except (apsw.MismatchError, apsw.ConstraintError):
            return

    def look(self, look: Look) -> tuple[Shape, Part]:
        with patch.object(at_work, "ROWS", 3), self.engine.browsing() as browsing:
            shape = browsing.shape(self.engine.catalog().find(look.table))
            return shape, browsing.part(shape, look)

    def forwards(self, view: View, between: Callable[[], None] = lambda: None) -> Iterator[Part]:
        _, part = self.look(Look("t", view))
        yield part
        while part.later:
            between()
            _, part = self.look(Look("t", view, after=part.places[-1]))
            yield part

    def backwards(self, view: View) -> Iterator[Part]:
        _, part = self.look(Look("t", view, last=True))
        yield part
        while part.earlier:
            _, part = self.look(Look("t", view, before=part.places[0]))
            yield part

    def in_order(self, view: View) -> list[Row]:
        """All rows, as SQLite alone sorts them."""
        shape, _ = self.look(Look("t"))
        order = ", ".join(
            f"{term.compared} {'DESC' if term.descending else 'ASC'}" for term in shape.order(view)
        )
        picks = ", ".join(
            f"typeof({name}) || '·' || iif(typeof({name}) = 'text', hex({name}), quote({name}))"
            for name in (f'"{column.name}"' for column in shape.columns)
        )
        return self.other.execute(f"SELECT {picks} FROM t ORDER BY {order}").fetchall()

    def told(self, part: Part) -> list[Row]:
        """The rows as `in_order` tells them."""
        return [tuple(self._told(value) for value in row) for row in part.rows]

    def _told(self, value: Value) -> str:
        mark = "CAST(? AS TEXT)" if isinstance(value, InvalidText) else "?"
        shown = "typeof(x) || '·' || iif(typeof(x) = 'text', hex(x), quote(x))"
        asked = f"SELECT {shown} FROM (SELECT {mark} AS x)"
        return self.other.execute(asked, (value,), can_cache=False).fetchone()[0]


@contextmanager
def walk(ddl: str) -> Iterator[Walk]:
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(Path(folder), ddl)
        yield walk
        walk.engine.close()
        walk.other.close()


@pytest.fixture(scope="module", params=TABLES.values(), ids=TABLES)
def table(request: pytest.FixtureRequest) -> Iterator[Walk]:
    """A table of each kind; each example empties it first."""
    with walk(request.param) as made:
        yield made


@settings(max_examples=15)
@given(rows=ROWS, view=VIEWS)
def test_each_row_is_met_once_and_in_order_both_ways(table: Walk, rows: list[Row], view: View) -> None:
    table.hold(rows)
    expected = table.in_order(view)
    forwards = [row for part in table.forwards(view) for row in table.told(part)]
    assert forwards == expected
    parts = [table.told(part) for part in table.backwards(view)]
    assert [row for part in reversed(parts) for row in part] == expected


@settings(max_examples=10)
@given(rows=ROWS, view=VIEWS, chance=st.randoms(use_true_random=False))
def test_who_walks_while_others_write_misses_and_doubles_no_row_that_stays(
    table: Walk, rows: list[Row], view: View, chance: random.Random
) -> None:
    table.hold(rows)
    first, second, _ = (f'"{name}"' for name in table.names)
    stayed = Counter(table.in_order(view))
    ever = Counter(stayed)

    def write() -> None:
        nonlocal stayed, ever
        table.insert((chance.randint(4, 9), chance.choice(["new", "News"]), chance.random()))
        one = f"SELECT {first}, {second} FROM t ORDER BY random() LIMIT 1"
        table.other.execute(f"DELETE FROM t WHERE ({first}, {second}) IN ({one})")
        now = Counter(table.in_order(view))
        stayed, ever = stayed & now, ever | now

    met = Counter(row for part in table.forwards(view, write) for row in table.told(part))
    for row, times in stayed.items():
        assert met[row] >= times
        assert met[row] <= ever[row]


def test_rows_deleted_and_inserted_elsewhere_do_not_shift_the_pages() -> None:
    with walk("CREATE TABLE t (id INTEGER PRIMARY KEY, b, c)") as table:
        for i in range(1, 10):
            table.insert((i, i, i))
        _, first = table.look(Look("t"))
        table.other.execute("DELETE FROM t WHERE id <= 3; INSERT INTO t VALUES (-5, 0, 0), (0, 0, 0)")
        _, second = table.look(Look("t", after=first.places[-1]))
        assert [row[0] for row in second.rows] == [4, 5, 6]


def test_first_and_last_are_ranges_of_the_table_or_an_index() -> None:
    with walk(TABLES["indexed"]) as table:
        for i in range(60):
            table.insert((i, f"b{i % 7}", None if i % 3 else i))
        for view in (View(), View(1), View(1, True), View(2)):
            for look in (Look("t", view), Look("t", view, last=True)):
                shape, part = table.look(look)
                assert shape.by_index(view)
                order = tuple(term.reversed for term in shape.order(view)) if look.last else shape.order(view)
                for within in ((), *((each,) for each in selecting.behind(order, part.places[0]))):
                    query = selecting.select(shape, ["*"], within, order)
                    plan = table.other.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.values).fetchall()
                    assert not any("TEMP B-TREE" in step[3] for step in plan), (query, plan)
        assert not shape.by_index(View(0))


@pytest.mark.parametrize("where", ["b = 1 --", "(a) OR (b)", "a IN (SELECT 1)", "1 /* x */"])
def test_a_where_is_any_one_expression(where: str) -> None:
    with walk(TABLES["rowid"]) as table:
        table.insert((1, 1, 1))
        assert len(table.look(Look("t", where=where))[1].rows) == 1


@pytest.mark.parametrize(
    "where",
    [
        "1) OR (1",
        "1 ORDER BY a",
        "1; DELETE FROM t",
        "1) UNION SELECT 1, 2 --",
        "1 /*",
        "SELECT 1",
        "?",
    ],
)
def test_a_where_is_nothing_else(where: str) -> None:
    with walk(TABLES["rowid"]) as table:
        table.insert((1, 1, 1))
        with pytest.raises(StatementError):
            table.look(Look("t", where=where))


def test_a_mistake_in_a_where_has_its_place_there() -> None:
    with walk(TABLES["rowid"]) as table, pytest.raises(StatementError) as raised:
        table.look(Look("t", where="a = 1\n AND ä.b = 2"))
    assert (raised.value.position.line, raised.value.position.column) == (2, 6)


@given(value=VALUES)
@settings(max_examples=25)
def test_a_filter_finds_just_the_value(value: Value) -> None:
    with walk(TABLES["rowid"]) as table:
        for each in (value, "other", 77):
            table.insert((each, 1, 2))
        test = "null" if value is None else "eq"
        _, part = table.look(Look("t", View(filters=(Filter(0, test, value),))))
        assert [row[0] for row in part.rows] == [value]


def test_views_have_no_key_and_say_where_paging_ends() -> None:
    with walk(TABLES["rowid"] + "; CREATE VIEW v AS SELECT a FROM t") as table:
        for i in range(5):
            table.insert((i, 1, 1))
        shape, part = table.look(Look("v", offset=3))
        assert (shape.key, [row[0] for row in part.rows]) == ((), [3, 4])
        with pytest.raises(BadRequest):
            table.look(replace(Look("v"), offset=10**6))


def test_columns_of_few_values_are_told_by_the_first_rows_alone() -> None:
    with walk("CREATE TABLE t (a INTEGER PRIMARY KEY, b, c)") as table:
        table.other.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)"
            " INSERT INTO t SELECT i, i % 3, iif(i > 1000, i, CAST(x'ff' || (i % 12) AS TEXT)) FROM n"
        )
        with table.engine.browsing() as browsing:
            shape = browsing.shape(table.engine.catalog().find("t"))
            assert browsing.few_valued(shape, Look("t")) == (1, 2)
            assert browsing.few_valued(shape, Look("t", where="a > 1000")) == (1,)
            assert browsing.few_valued(shape, Look("t", where="b = 1 AND a > 1000")) == ()


def test_who_had_no_time_to_find_columns_of_few_values_is_not_kept_waiting_again() -> None:
    with walk("CREATE TABLE t (a, b, c)") as table:
        for i in range(20):
            table.insert((i % 2, None, None))
        with table.engine.browsing() as browsing:
            shape = browsing.shape(table.engine.catalog().find("t"))
            late = patch.object(at_work, "rows_of", side_effect=TimeLimitReached("too long"))
            with late, pytest.raises(TimeLimitReached):
                browsing.few_valued(shape, Look("t"))
            assert browsing.few_valued(shape, Look("t")) == ()
        table.other.execute("DELETE FROM t WHERE rowid = 1")
        with table.engine.browsing() as browsing:
            assert browsing.few_valued(shape, Look("t")) == (0,)


def test_tables_are_counted_as_far_as_there_is_time_and_not_again() -> None:
    with walk("CREATE TABLE t (a, b, c); CREATE TABLE u (a); CREATE TABLE v (a)") as table:
        table.other.execute("INSERT INTO v VALUES (1), (2)")
        counted: list[str] = []

        def count(link: Link, query: Condition) -> Iterator[Row]:
            counted.append(query.sql)
            if query.sql.endswith(".u"):
                raise TimeLimitReached("too long")
            return really(link, query)

        really = at_work.rows_of
        with patch.object(at_work, "rows_of", count), table.engine.browsing() as browsing:
            found: dict[str, Size] = {}
            with pytest.raises(TimeLimitReached):
                browsing.sizes(["t", "u", "v"], found)
            assert found == {"t": Size(0)}
            browsing.sizes(["t", "u", "v"], found)
            assert found == {"t": Size(0), "v": Size(2)}
        assert [sql[-2:] for sql in counted] == [".t", ".u", ".v"]
        table.other.execute("INSERT INTO u VALUES (1); ANALYZE; INSERT INTO v VALUES (3)")
        with table.engine.browsing() as browsing:
            browsing.sizes(["u", "v"], found := {})
        assert found == {"u": Size(1), "v": Size(3)}


@settings(max_examples=5)
@given(rows=ROWS, view=VIEWS)
def test_rows_read_in_parts_are_the_same_rows(table: Walk, rows: list[Row], view: View) -> None:
    with patch.object(guarded, "MOST_PICKS", 2):
        test_each_row_is_met_once_and_in_order_both_ways.hypothesis.inner_test(table, rows, view)


@pytest.mark.parametrize(
    "end",
    [")", ", PRIMARY KEY (c1999))", ", PRIMARY KEY (c1999)) WITHOUT ROWID"],
    ids=["rowid", "key", "without"],
)
def test_a_table_of_as_many_columns_as_there_may_be_is_one_like_any_other(end: str) -> None:
    with walk(f"CREATE TABLE t ({', '.join(f'c{i}' for i in range(2000))}{end}") as table:
        for n in range(5):
            table.other.execute("INSERT INTO t (c0, c5, c1999) VALUES (?, CAST(x'ff' AS TEXT), ?)", (n, n))
        rows = [row for part in table.forwards(View()) for row in part.rows]
        assert [(row[0], row[5], row[1999], len(row)) for row in rows] == [
            (n, InvalidText(b"\xff"), n, 2000) for n in range(5)
        ]
        with table.engine.browsing() as browsing:
            shape = browsing.shape(table.engine.catalog().find("t"))
            assert browsing.row(shape, (4,)) == (rows[4] if end.endswith("ROWID") else rows[3])

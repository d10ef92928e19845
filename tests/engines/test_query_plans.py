"""Plans in words, and indexes that the planner itself says it would use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engines.sqlite import SqliteEngine, ready_file
from workbench.engines.sqlite.query_plans import explain
from workbench.errors import Refused, StatementError
from workbench.jobs import Job
from workbench.plans import Mark, QueryPlan, Size, Step, marked
from workbench.sql import quoted

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
CREATE TABLE "order" (id INTEGER PRIMARY KEY, customer INT, day TEXT, "group" TEXT, total REAL);
CREATE INDEX order_total ON "order" (total) WHERE total > 100;
CREATE INDEX customer_lower ON customer (lower(name));
CREATE TABLE word (word TEXT PRIMARY KEY, "<b>""'" INT) WITHOUT ROWID;
CREATE TABLE small (a, b);
CREATE VIEW best AS SELECT c.name, o.total FROM customer c JOIN "order" o ON o.customer = c.id;
CREATE VIRTUAL TABLE note USING fts5(body);
CREATE VIRTUAL TABLE place USING rtree(id, x0, x1);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 400)
 INSERT INTO "order" SELECT i, i % 90, date('2026-01-01', i || ' days'), 'g' || i % 7, i FROM n;
INSERT INTO customer SELECT id, 'Name ' || id, 'City ' || id % 9 FROM "order";
INSERT INTO word SELECT 'w' || id, id FROM "order";
INSERT INTO note SELECT name FROM customer;
INSERT INTO small VALUES (1, 2);
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteEngine]:
    """A shop's database; nothing here changes it."""
    folder = tmp_path_factory.mktemp("shop")
    with apsw.Connection(str(folder / "shop.db")) as made:
        made.execute(SHOP)
    ready_file(folder / "shop.db", read_only=False)
    engine = SqliteEngine(folder / "shop.db", line_folder=folder)
    yield engine
    engine.close()


def plan(engine: SqliteEngine, sql: str) -> QueryPlan:
    """The plan of the one statement."""
    (found,) = engine.query_plans(Job.of(sql)).plans
    return found


def every(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from every(step.steps)


def scanned(found: QueryPlan) -> list[str | None]:
    """The tables that the plan reads from end to end without an index."""
    return [step.table for step in marked(found.steps) if step.mark is Mark.SCAN]


def advised(found: QueryPlan) -> list[str]:
    return [advice.index for advice in found.advice]


# --- plans ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('SELECT * FROM "order" AS customer', ["order"]),
        ("SELECT * FROM customer AS c WHERE id = 3", []),
        ("SELECT count(*) FROM small", ["small"]),
        ("SELECT count(*) FROM customer", []),
        ('SELECT * FROM "order" o WHERE EXISTS (SELECT 1 FROM small s WHERE s.a = o.id)', ["order", "small"]),
        ("SELECT * FROM best WHERE total < 5", ["order"]),
        ("SELECT * FROM word ORDER BY word DESC", ["word"]),
        ('SELECT a FROM small UNION SELECT day FROM "order"', ["small", "order"]),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT * FROM n, small", ["small"]),
        ("WITH c AS MATERIALIZED (SELECT * FROM customer) SELECT * FROM c", ["customer"]),
        ("SELECT * FROM note WHERE note MATCH 'name'", []),
        ("SELECT * FROM place, small WHERE x0 < 3", ["small"]),
        ("SELECT * FROM json_each('[1]'), small", ["small"]),
        ('SELECT * FROM "order" WHERE total > 100 AND total < 300', []),
        ("SELECT * FROM customer WHERE lower(name) = 'x'", []),
        ("UPDATE customer SET city = '' WHERE name = 'x'", ["customer"]),
        ('DELETE FROM small WHERE a IN (SELECT id FROM "order" WHERE day = ?)', ["small", "order"]),
        ('INSERT INTO small SELECT id, day FROM "order" WHERE "group" = :g', ["order"]),
        ("VALUES (1), (2)", []),
    ],
)
def test_full_scans_are_told_with_the_table_whatever_the_statement_calls_it(
    shop: SqliteEngine, sql: str, tables: list[str]
) -> None:
    assert sorted(scanned(plan(shop, sql))) == sorted(tables)


ALIASES = st.sampled_from(
    ["customer", "order", "word", "e d", "<b>\"'", "x USING INDEX y", "z VIRTUAL TABLE INDEX 1:"]
)
JOINED = st.tuples(st.sampled_from(["customer", "order", "word", "small"]), ALIASES)


@settings(max_examples=60)
@given(st.lists(JOINED, min_size=1, max_size=4, unique_by=lambda pair: pair[1]))
def test_any_alias_leads_to_its_table(shop: SqliteEngine, joined: list[tuple[str, str]]) -> None:
    tables = " CROSS JOIN ".join(f"{quoted(table)} AS {quoted(alias)}" for table, alias in joined)
    assert scanned(plan(shop, f"SELECT * FROM {tables}")) == [table for table, _ in joined]


def test_every_line_is_in_words_with_sqlites_own_beside(shop: SqliteEngine) -> None:
    found = plan(shop, "SELECT (SELECT max(a) FROM small WHERE b = c.id) FROM customer c ORDER BY city")
    told = {step.detail: (step.words, step.mark) for step in every(found.steps)}
    assert told == {
        "SCAN c": ("Reads all rows of c", Mark.SCAN),
        "CORRELATED SCALAR SUBQUERY 1": ("Subquery 1, run again for each row around it", Mark.REPEATED),
        "SEARCH small": ("Goes to one end of small", None),
        "USE TEMP B-TREE FOR ORDER BY": ("Gathers the rows in a temporary B-tree for ORDER BY", Mark.SORT),
    }


PLANNED = [
    "SELECT 1",
    "SELECT * FROM best b LEFT JOIN word w ON w.word = b.name",
    "SELECT name FROM customer EXCEPT SELECT word FROM word",
    "SELECT * FROM customer c FULL JOIN small s ON c.id = s.a",
    "SELECT * FROM customer WHERE id = 1 OR lower(name) = 'x'",
    "SELECT * FROM (SELECT DISTINCT city FROM customer) LIMIT 3",
    "SELECT city, count(DISTINCT name) FROM customer GROUP BY city",
    "SELECT a FROM small UNION ALL SELECT 2 ORDER BY 1",
    "SELECT row_number() OVER (ORDER BY city) FROM customer",
    "SELECT max(id) FROM customer",
    "SELECT * FROM customer c WHERE EXISTS (SELECT 1 FROM word w WHERE w.word = c.name)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n LIMIT 3",
]


@pytest.mark.parametrize("sql", PLANNED)
def test_no_line_is_left_without_words(shop: SqliteEngine, sql: str) -> None:
    assert [step.detail for step in every(plan(shop, sql).steps) if step.words == step.detail] == []


def test_a_table_that_was_analyzed_is_not_counted(student: Path, tmp_path: Path) -> None:
    with apsw.Connection(str(student)) as made:
        made.execute("ANALYZE; INSERT INTO student (name, nr) VALUES ('New', 1)")
    engine = SqliteEngine(student, line_folder=tmp_path)
    (scan,) = plan(engine, "SELECT * FROM student").steps
    engine.close()
    assert scan.size == Size(3, "about")


def test_an_index_that_somebody_else_just_made_is_in_the_plan(student: Path, tmp_path: Path) -> None:
    engine, sql = SqliteEngine(student, line_folder=tmp_path), "SELECT * FROM student WHERE nr = 1"
    assert scanned(plan(engine, sql)) == ["student"]
    apsw.Connection(str(student)).execute("CREATE INDEX by_nr ON student (nr)")
    assert scanned(plan(engine, sql)) == []
    engine.close()


def test_counting_ends_at_a_hundred_thousand(student: Path, tmp_path: Path) -> None:
    with apsw.Connection(str(student)) as made:
        made.execute(
            "CREATE TABLE long (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " LIMIT 100001) INSERT INTO long SELECT NULL FROM n"
        )
    engine = SqliteEngine(student, line_folder=tmp_path)
    (scan,) = plan(engine, "SELECT * FROM long").steps
    engine.close()
    assert scan.size.how in ("more than", "at least")
    assert scan.size.rows <= 100_000


UNPLANNED = ["BEGIN", "PRAGMA table_info(small)", "CREATE INDEX i ON small (a)", "VACUUM",
             "VACUUM INTO 'x.db'",
             "EXPLAIN SELECT 1", "DROP TABLE small", "INSERT INTO small VALUES (1, 2)"]  # fmt: skip


@pytest.mark.parametrize("sql", UNPLANNED)
def test_what_has_no_plan_says_so(shop: SqliteEngine, sql: str) -> None:
    found = plan(shop, sql)
    assert (found.steps, bool(found.without)) == ((), True)


def test_what_needs_an_earlier_statement_is_told_after_the_plans_before_it(shop: SqliteEngine) -> None:
    script = "SELECT * FROM small; CREATE TABLE later (a); SELECT * FROM later; SELECT 1"
    first, making, later = shop.query_plans(Job.of(script)).plans
    assert scanned(first) == ["small"]
    assert making.without
    assert later.statement == "SELECT * FROM later; SELECT 1"
    assert "no such table: later" in later.without


def test_a_mistake_is_an_error(shop: SqliteEngine) -> None:
    with pytest.raises(StatementError, match="no such table: smal"):
        shop.query_plans(Job.of("SELECT 1; SELECT * FROM smal"))


@pytest.mark.parametrize("sql", ["ATTACH '/etc/passwd' AS x", "PRAGMA writable_schema = 1",
                                 "SELECT load_extension('x')", "CREATE TEMP TABLE t (a)"])  # fmt: skip
def test_what_reaches_beyond_the_database_is_refused(shop: SqliteEngine, sql: str) -> None:
    with pytest.raises(Refused):
        shop.query_plans(Job.of(f"SELECT 1; {sql}"))


def test_nothing_is_run(shop: SqliteEngine) -> None:
    before = shop.path.read_bytes()
    shop.query_plans(Job.of("DELETE FROM small WHERE a = 1; DROP TABLE word; UPDATE customer SET city = 1"))
    assert shop.path.read_bytes() == before


def test_a_long_text_of_many_statements_is_explained_in_part(shop: SqliteEngine) -> None:
    script = "SELECT * FROM \"order\" WHERE day = 'x' ORDER BY total;\n" * 499 + f"SELECT '{'x' * 1_000_000}'"
    found = shop.query_plans(Job.of(script))
    assert (len(found.plans), found.more) == (50, 450)


def test_without_time_for_advice_there_is_the_plan_and_a_word_about_it(
    shop: SqliteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "ADVICE_SECONDS", 0)
    first, second = shop.query_plans(Job.of("SELECT DISTINCT city FROM customer;" * 2)).plans
    for found in (first, second):
        assert (scanned(found), found.advice) == (["customer"], ())
        assert "in the time there is" in found.unadvised


# --- advice --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "indexes"),
    [
        ('SELECT * FROM "order" WHERE day = ?', ['CREATE INDEX order_day ON "order" (day);']),
        (
            'SELECT * FROM "order" WHERE customer = ? ORDER BY day',
            ['CREATE INDEX order_customer_day ON "order" (customer, day);'],
        ),
        (
            "SELECT * FROM \"order\" WHERE \"group\" = 'a' AND customer = 3 AND day > 'x'",
            ['CREATE INDEX order_group_customer_day ON "order" ("group", customer, day);'],
        ),
        ("SELECT DISTINCT city FROM customer", ["CREATE INDEX customer_city ON customer (city);"]),
        ("SELECT * FROM best WHERE name = 'x'", None),
        (
            "SELECT * FROM customer WHERE name LIKE 'a%'",
            ["CREATE INDEX customer_name_nocase ON customer (name COLLATE NOCASE);"],
        ),
        ('SELECT * FROM word WHERE "<b>""\'" = 4', ['CREATE INDEX "word_<b>""\'" ON word ("<b>""\'");']),
        (
            "UPDATE customer SET name = 'x' WHERE city = 'y'",
            ["CREATE INDEX customer_city ON customer (city);"],
        ),
        (
            "SELECT * FROM customer WHERE name = 'x' OR city = 'y'",
            [
                "CREATE INDEX customer_name ON customer (name);\n"
                "CREATE INDEX customer_city ON customer (city);"
            ],
        ),
    ],
)
def test_the_index_that_is_wanted_is_found(shop: SqliteEngine, sql: str, indexes: list[str] | None) -> None:
    found = advised(plan(shop, sql))
    if indexes is None:
        assert found
    else:
        assert [sorted(each.split("\n")) for each in found] == [sorted(each.split("\n")) for each in indexes]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM customer",
        "SELECT * FROM customer WHERE upper(name) = 'X'",
        "SELECT * FROM small WHERE a = 1",
    ],
)
def test_no_index_is_proposed_where_none_helps(shop: SqliteEngine, sql: str) -> None:
    found = plan(shop, sql)
    assert (found.advice, bool(found.unadvised)) == ((), True)


CONDITIONS = st.lists(
    st.tuples(
        st.sampled_from(["customer", "day", "group", "total"]), st.sampled_from(["= ?", "> ?", "IN (1, 2)"])
    ),
    max_size=3,
)
ORDERS = st.lists(st.sampled_from(["customer", "day DESC", '"group"', "total"]), max_size=2, unique=True)


@settings(max_examples=60)
@given(CONDITIONS, ORDERS)
def test_what_is_proposed_holds_in_the_database_itself(
    shop: SqliteEngine, conditions: list[tuple[str, str]], orders: list[str]
) -> None:
    where = " AND ".join(f"{quoted(column)} {test}" for column, test in conditions) or "1"
    sql = f'SELECT * FROM "order" WHERE {where}' + (f" ORDER BY {', '.join(orders)}" if orders else "")
    for advice in plan(shop, sql).advice:
        other = apsw.Connection(str(shop.path))
        other.execute("BEGIN")
        other.execute(advice.index)
        there = [row[3] for row in other.execute(f"EXPLAIN QUERY PLAN {sql}", apsw._null_bindings)]
        other.execute("ROLLBACK")
        assert there == [step.detail for step in every(advice.steps)]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM small WHERE a = 1", "No index is needed for small"),
        ("SELECT * FROM small CROSS JOIN customer", "No index of plain columns"),
    ],
)
def test_why_there_is_no_advice_is_told(shop: SqliteEngine, sql: str, why: str) -> None:
    assert plan(shop, sql).unadvised.startswith(why)

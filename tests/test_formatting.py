"""Formatting changes lines, indents and the case of keywords, and nothing that SQLite reads."""

from __future__ import annotations

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import TooLarge
from workbench.formatting import _RESERVED, LENGTH, formatted, tokens

SCHEMA = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b, "or d"); CREATE TABLE u (id, v);'
STATEMENTS = [
    "select a, b from t where id=1 and a like '%x  y%' or b in (select v from u) order by 2 desc limit 5",
    "select 1 as x,-- one\n b->>'$.c',\"or d\",[or d],`or d`,x'00ff',.5,a||b from t",
    "select :p,?1,@q,$r::s(t),1.5e-3,0xFF",
    "with recursive n(i) as (select 1 union all select i+1 from n) select sum(i) over (order by i) from n",
    "insert into t(a,b) values('a''b  c',1),('b\n\n  c',2) on conflict(id) do nothing returning *",
    "create trigger tr after update on t begin update u set v=1 where id=new.id; delete from u; end",
    "select case when a then b else '--' end /* in\n  two  lines */ from t left join u using (id)",
    "update t set a='x', b = 800 where id=2",
    "select a is not b, a<>b, a!=b, a==b, a<=b, a>=b, a<<2, a>>2, -a, - -a, a- -1, ~a from t",
    "select 'first' as first, 1 as key, 2 as [select], 3 as Row from t group by Id having count(*)>1",
]


@pytest.fixture
def database() -> apsw.Connection:
    made = apsw.Connection(":memory:")
    made.execute(SCHEMA)
    return made


def program(database: apsw.Connection, statement: str) -> list[tuple]:
    """What SQLite would do."""
    found = []
    cursor = database.cursor()
    cursor.exec_trace = lambda _, text, __: found.append(text) or True
    bound = apsw._null_bindings
    rows = cursor.execute(f"EXPLAIN {statement}", bound).fetchall()
    # The text of a trigger is stored, and its operands of comments are not part of the program.
    return [row[:7] for row in rows if row[1] not in ("String8", "Init", "SqlExec", "ParseSchema")]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_sqlite_does_the_same(database: apsw.Connection, statement: str) -> None:
    new = formatted(statement)
    assert new.left == 0
    assert program(database, new.script) == program(database, statement)


def test_it_is_laid_out(database: apsw.Connection) -> None:
    assert formatted("select name, nr from student where nr>2000 and id<3;\nselect 1").script == (
        "SELECT name,\n       nr\nFROM student\nWHERE nr>2000\n  AND id<3;\n\nSELECT 1"
    )


WRITTEN = """
a KEY "a b" [a b] `a` -- /* ' " [ 1 1.5e-3 .5 0xF 1e x'00' :p ?1 ? @q $r::s # -> ->> || < = > - + ( ) , ; .
* | ! ~ & é 👩‍🚀 begin end over filter row first
"""
SPACED = ["'x  y'", "-- c \n", "/* c\n */", "\0", "\u2028", "\ufeff"]
PIECES = st.sampled_from([*_RESERVED, *WRITTEN.split(), *SPACED])
GAPS = st.sampled_from(["", " ", "\n", "\t", "  \n  ", "\r", "\f"])


@given(st.lists(st.tuples(PIECES, GAPS), max_size=25))
def test_whatever_is_written_its_tokens_stay(pieces: list[tuple[str, str]]) -> None:
    script = "".join(word + gap for word, gap in pieces)
    assert tokens(formatted(script).script) == tokens(script)


@given(st.text(max_size=60))
def test_nor_does_any_other_text_change(script: str) -> None:
    assert tokens(formatted(script).script) == tokens(script)


@pytest.mark.parametrize("word", sorted(_RESERVED))
def test_a_word_in_capitals_is_nobodys_name(word: str) -> None:
    with pytest.raises(apsw.SQLError):
        apsw.Connection(":memory:").execute(f"CREATE TABLE {word} (a); SELECT 1 AS {word}")


def test_what_cannot_be_laid_out_stays_and_is_counted() -> None:
    deep = "select " + "(" * 300 + "1" + ")" * 300
    new = formatted(f"select a from t;\n{deep};")
    assert new.left == 1
    assert deep in new.script
    assert new.script.startswith("SELECT a\nFROM t;")


def test_a_text_that_would_take_too_long_is_refused() -> None:
    with pytest.raises(TooLarge):
        formatted("x" * (LENGTH + 1))

"""Quoting and presets: what they write is valid SQL, whatever the tables are called."""

from __future__ import annotations

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog import Table, TableColumn
from workbench.sql import presets, quoted

NAMES = st.text(
    st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), min_size=1, max_size=20
)


@given(NAMES)
def test_a_quoted_name_is_read_back_as_it_was(name: str) -> None:
    connection = apsw.Connection("")
    connection.execute(f"CREATE TABLE t ({quoted(name)})")
    assert connection.execute("SELECT name FROM pragma_table_info('t')").get == name


@pytest.mark.parametrize(
    "name", ["order", "ORDER", "group", "a b", "1st", 'say "hi"', "naïve", "", "]", "`x`"]
)
def test_names_that_need_quotes_get_them(name: str) -> None:
    assert quoted(name).startswith('"')


@pytest.mark.parametrize("word", sorted(apsw.keywords))
def test_every_keyword_of_sqlite_gets_quotes(word: str) -> None:
    """Some can stand bare in one place and not in another, or not in the next version."""
    for name in (word, word.lower(), word.title()):
        assert quoted(name) == f'"{name}"'


def test_names_that_need_none_stay_bare() -> None:
    assert quoted("student") == "student"


def test_students_presets_are_the_ones_of_the_tutorial() -> None:
    student = Table(
        "student", "table", tuple(TableColumn(n, "", key=int(n == "id")) for n in ("id", "name", "nr"))
    )
    assert [p.sql for p in presets(student)] == [
        "SELECT * FROM student;",
        "INSERT INTO student (name, nr) VALUES ('Peter Pan', 4444);",
        "UPDATE student SET name = 'Arnold Schwarzenegger', nr = 800 WHERE id = 2;",
        "DELETE FROM student WHERE id = 1;",
    ]


def test_a_view_is_only_read() -> None:
    assert [p.name for p in presets(Table("v", "view", (TableColumn("a", ""),)))] == ["select"]


TYPES = st.sampled_from(["", "INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", "varchar(20)", "datetime"])


@given(
    NAMES,
    st.lists(st.tuples(NAMES, TYPES), min_size=1, max_size=6, unique_by=lambda c: c[0].lower()),
    st.integers(0, 2),
)
def test_presets_run_on_any_table(name: str, columns: list[tuple[str, str]], keys: int) -> None:
    if name.lower().startswith("sqlite_"):
        return
    keys = min(keys, len(columns))
    declared = [f"{quoted(c)} {t}" for c, t in columns]
    if keys:
        declared.append(f"PRIMARY KEY ({', '.join(quoted(c) for c, _ in columns[:keys])})")
    connection = apsw.Connection("")
    try:
        connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(declared)})")
    except apsw.SQLError:
        return  # names that differ only in the case of letters beyond ASCII's
    table = Table(
        name,
        "table",
        tuple(TableColumn(c, t, key=i + 1 if i < keys else 0) for i, (c, t) in enumerate(columns)),
    )
    for preset in presets(table):
        connection.execute(preset.sql).fetchall()

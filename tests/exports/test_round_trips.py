"""What is exported and imported again is the same, or it was said before that it would not be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imports.files import imported, same
from workbench.engines.sqlite import SqliteEngine
from workbench.errors import TooLarge
from workbench.exporting import Wanted, chosen, columns_of
from workbench.exports.findings import KINDS, Finding
from workbench.exports.foresight import Tally
from workbench.exports.making import Making, file_of
from workbench.imports.recipe import Recipe
from workbench.literals import literal_of
from workbench.results import InvalidText, Row, Value

_QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None

RECIPES = {
    "csv": Recipe(encoding="utf-8", delimiter=",", header=True),
    "tsv": Recipe(format="tsv", encoding="utf-8", delimiter="\t", header=True),
    "xlsx": Recipe(header=True),
    "json": Recipe(),
    "objects": Recipe(),
    "ndjson": Recipe(),
}
"""How each is read: what its maker knows of it is said, as encodings of a few letters can only be guessed."""

ODD = (
    "007", "1e5", " 12", "+1", "12345678901234567890", "NULL", "", '""', "a,b", "-0", "1.50", "0x1F", "inf",
    "\r\n", "\ufeff", "\0", "'", "=1+1", "_x0041_", "a\tb", "],[", "null", "-", "＝1", " ", "\x1b", "\ufffe",
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(ODD)
WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-1000, 1000) | st.just(10**15 - 1)
REALS = st.floats(allow_nan=False) | st.sampled_from([0.0, 1.0, 1e16, 0.1, 123456.75])
NOT_UTF_8 = st.binary(min_size=1, max_size=4).map(lambda octets: InvalidText(octets + b"\xff"))
ANY = st.none() | TEXTS | WHOLE | REALS | st.binary(max_size=8) | NOT_UTF_8
COLUMNS = st.sampled_from([st.none() | TEXTS, st.none() | WHOLE, st.none() | REALS, WHOLE | REALS, ANY])


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Rows of columns that hold values of a kind, or of any."""
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=4))
    return draw(st.lists(st.tuples(*draw(st.just(columns))), min_size=1, max_size=12))


class Exported(NamedTuple):
    """What was foreseen, what was found while it was made, and the file."""

    foreseen: list[Finding]
    found: tuple[Finding, ...]
    name: str
    content: bytes

    @property
    def said(self) -> bool:
        """Whether it was said that some values would be others."""
        return any(KINDS[each.kind].how != "careful" for each in self.foreseen)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=_QUICK) as made:
        yield Path(made)


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[SqliteEngine]:
    apsw.Connection(str(folder / "t.db")).execute("PRAGMA journal_mode = WAL")
    made = SqliteEngine(folder / "t.db", line_folder=folder)
    yield made
    made.close()


def exported(engine: SqliteEngine, rows: list[Row], format_: str) -> Exported:
    """Put `rows` into a table, and take them out of it."""
    with closing(apsw.Connection(str(engine.path))) as connection:
        names = ", ".join(f"c{place}" for place, _ in enumerate(rows[0]))
        connection.execute("PRAGMA synchronous = OFF; BEGIN; DROP TABLE IF EXISTS t")
        connection.execute(f"CREATE TABLE t ({names})")
        for row in rows:
            connection.execute(f"INSERT INTO t VALUES ({', '.join(map(literal_of, row))})")
        connection.execute("COMMIT")
    wanted = Wanted(tables=("t",), format=format_)
    with engine.takeout() as takeout:
        (table,) = chosen(wanted, engine.catalog())
        tally = Tally(wanted, "t", columns_of(table, settable=False))
        with takeout.rows(table, columns_of(table, settable=False)) as flow:
            for batch in flow.batches:
                tally.see(batch)
        making = Making(wanted, [table], takeout, lambda _: None)
        content = b"".join(making.pieces())
    return Exported(tally.findings(), making.findings, file_of(wanted, [table], "t.db")[0], content)


def taken_in(folder: Path, made: Exported, format_: str) -> list[Row]:
    """The rows of the file, imported as the importer proposes; of a script, as SQLite runs it."""
    if format_ == "insert":
        connection = apsw.Connection(":memory:")
        connection.execute(made.content.decode())
        names = [name for (_, name, *_) in connection.execute("PRAGMA table_info(t)")]
        texts = ", ".join(
            f"typeof({n}) = 'text', iif(typeof({n}) = 'text', CAST({n} AS BLOB), {n})" for n in names
        )
        return [_decoded(row) for row in connection.execute(f"SELECT {texts} FROM t")]
    path = folder / made.name
    path.write_bytes(made.content)
    found = imported(path, RECIPES[format_])
    return found.rows if not found.rejects else []


def _decoded(row: tuple) -> Row:
    values: list[Value] = []
    for text, value in zip(row[::2], row[1::2], strict=True):
        try:
            values.append(value.decode() if text else value)
        except UnicodeDecodeError:
            values.append(InvalidText(value))
    return tuple(values)


@pytest.mark.parametrize("format_", [*RECIPES, "insert"])
@settings(deadline=None)
@given(data=st.data())
def test_what_nothing_was_said_of_comes_back_as_it_was(
    engine: SqliteEngine, folder: Path, format_: str, data: st.DataObject
) -> None:
    rows = data.draw(tables())
    made = exported(engine, rows, format_)
    assert list(made.found) == made.foreseen
    if not made.said:
        assert same(taken_in(folder, made, format_), rows)


@settings(deadline=None)
@given(rows=tables())
def test_sql_holds_whatever_there_is(engine: SqliteEngine, folder: Path, rows: list[Row]) -> None:
    made = exported(engine, rows, "insert")
    assert made.foreseen == []
    assert same(taken_in(folder, made, "insert"), rows)


@settings(deadline=None)
@given(rows=tables())
def test_json_holds_all_but_texts_that_are_not_utf_8(
    engine: SqliteEngine, folder: Path, rows: list[Row]
) -> None:
    bad = sum(isinstance(value, InvalidText) for row in rows for value in row)
    for format_ in ("json", "objects", "ndjson"):
        made = exported(engine, rows, format_)
        assert sum(each.count for each in made.foreseen if each.kind == "invalid") == bad
        assert made.said == bool(bad)


@pytest.mark.parametrize(
    ("format_", "value", "kind"),
    [
        ("csv", b"\xca", "blob"),
        ("tsv", float("inf"), "infinite"),
        ("csv", InvalidText(b"a\xff"), "invalid"),
        ("csv", "12", "number_like"),
        ("tsv", -0.0, "odd_number"),
        ("csv", 1e-7, "odd_number"),
        ("xlsx", b"\xca", "blob"),
        ("xlsx", float("-inf"), "infinite"),
        ("xlsx", 10**15, "wide"),
        ("xlsx", None, "empty_row"),
        ("xlsx", InvalidText(b"a\xff"), "invalid"),
        ("json", InvalidText(b"a\xff"), "invalid"),
    ],
)
def test_what_is_said_to_become_another_does(
    engine: SqliteEngine, folder: Path, format_: str, value: Value, kind: str
) -> None:
    made = exported(engine, [(value,)], format_)
    assert [(each.column, each.kind, each.count) for each in made.foreseen] == [
        ("" if kind == "empty_row" else "c0", kind, 1)
    ]
    assert made.said
    assert not same(taken_in(folder, made, format_), [(value,)])


def test_numbers_in_a_column_of_texts_are_said_to_become_texts(engine: SqliteEngine, folder: Path) -> None:
    made = exported(engine, [(1,), ("x",), (2,)], "csv")
    assert [(each.kind, each.count) for each in made.foreseen] == [("mixed", 2)]
    assert taken_in(folder, made, "csv") == [("1",), ("x",), ("2",)]


def test_a_text_too_long_for_a_cell_is_said_to_be_refused_and_is(engine: SqliteEngine) -> None:
    wanted = Wanted(tables=("t",), format="xlsx")
    tally = Tally(wanted, "t", ["c0"])
    tally.see([("x" * 32_768,)])
    assert [KINDS[each.kind].how for each in tally.findings()] == ["refused"]
    with pytest.raises(TooLarge):
        exported(engine, [("x" * 32_768,)], "xlsx")

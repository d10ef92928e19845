"""What was exported and is imported again is the same, value for value and type for type."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.imports.files import imported, same
from workbench.exports.csv_rows import csv_rows
from workbench.exports.facts import Facts
from workbench.exports.json_stream import json_stream
from workbench.exports.ndjson import ndjson
from workbench.imports.recipe import Recipe
from workbench.results import Column, Row

_QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None

ODD = (
    "007", "1e5", " 12", "+1", "12345678901234567890", "2026-01-02", "NULL", "", '""', "a,b", "-0", "1.50",
    "0x1F", "inf", "nan", "\r\n", "\ufeff", "\0", "'", "9223372036854775807", "9223372036854775808", "1_000",
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(ODD)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=_QUICK) as made:
        yield Path(made)


def tables(values: st.SearchStrategy) -> st.SearchStrategy[list[Row]]:
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(st.tuples(*[values] * width), min_size=1, max_size=12)
    )


def columns(rows: list[Row]) -> tuple[Column, ...]:
    return tuple(Column(f"c{number}", None) for number, _ in enumerate(rows[0]))


def facts() -> Facts:
    return Facts({}, lambda: {}, lambda error: {"detail": error.message})


def in_folder(name: str, content: bytes) -> tuple[TemporaryDirectory, Path]:
    folder = TemporaryDirectory(dir=_QUICK)
    path = Path(folder.name) / name
    path.write_bytes(content)
    return folder, path


@given(tables(st.none() | TEXTS))
def test_texts_and_nulls_through_our_csv(rows: list[Row]) -> None:
    folder, path = in_folder("t.csv", b"".join(csv_rows(columns(rows), iter([rows]))))
    with folder:
        found = imported(path, Recipe(encoding="utf-8", delimiter=",", header=True))
    expected = [
        tuple(_as_taken(v, p.take) for v, p in zip(row, found.survey.proposals, strict=True)) for row in rows
    ]
    assert same(found.rows, expected)
    assert found.rejects == []


def _as_taken(text: str | None, take: str) -> object:
    """A text is a number only where it is written as SQLite writes that number."""
    if text is None or take == "TEXT":
        return text
    number = int(text) if take == "INTEGER" or text.lstrip("-").isdigit() else float(text)
    assert str(number) == text
    return number


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1), st.booleans())
def test_numbers_through_our_csv(whole: list[int], fractions: bool) -> None:
    values = [float(n) for n in whole] if fractions else whole
    rows = [(value,) for value in values]
    folder, path = in_folder("t.csv", b"".join(csv_rows(columns(rows), iter([rows]))))
    with folder:
        found = imported(path, Recipe(delimiter=",", header=True))
    texts = [str(value) for (value,) in found.rows]
    assert [type(v)(t) for t, v in zip(texts, values, strict=True)] == values


@given(tables(TEXTS), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]))
def test_texts_through_the_csv_of_others(rows: list[Row], delimiter: str, end: str) -> None:
    folder, path = in_folder("t.csv", b"")
    with folder:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
            writer.writerow([column.name for column in columns(rows)])
            writer.writerows(rows)
        found = imported(path, Recipe(encoding="utf-8", delimiter=delimiter, header=True, empty="text"))
    assert [[str(value) for value in row] for row in found.rows] == [list(row) for row in rows]


VALUES = (
    st.none() | TEXTS | NUMBERS | st.binary(max_size=8) | st.sampled_from([float("inf"), float("-inf"), -0.0])
)


@given(tables(VALUES))
def test_every_value_through_our_json(rows: list[Row]) -> None:
    for name, write in (("t.json", json_stream), ("t.ndjson", ndjson)):
        folder, path = in_folder(name, b"".join(write(columns(rows), iter([rows]), facts())))
        with folder:
            found = imported(path)
        assert same(found.rows, rows)
        assert found.rejects == []


@given(tables(VALUES))
def test_every_value_through_a_sqlite_file(rows: list[Row]) -> None:
    with TemporaryDirectory(dir=_QUICK) as folder:
        path = Path(folder) / "t.db"
        connection = apsw.Connection(str(path))
        connection.execute(f"CREATE TABLE t ({', '.join(c.name for c in columns(rows))})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
        connection.close()
        found = imported(path)
    assert same(found.rows, rows)


def test_numbers_of_json_are_kept_to_the_last_digit(folder: Path) -> None:
    path = folder / "t.json"
    path.write_text(
        '[{"a": 12345678901234567890, "b": 0.1000000000000000055511151231257827, "c": 1e400, "d": 1.50},'
        ' {"a": -9223372036854775808, "b": {"n": [12345678901234567890, 1.10, null]}, "e": true}]'
    )
    found = imported(path)
    assert found.rows == [
        ("12345678901234567890", "0.1000000000000000055511151231257827", "1E+400", 1.5, None),
        (-9223372036854775808, '{"n":[12345678901234567890,1.10,null]}', None, None, 1),
    ]


def test_a_workbook_keeps_numbers_texts_and_dates_as_text(folder: Path) -> None:
    path = folder / "t.xlsx"
    book = Workbook()
    sheet = book.active
    sheet.append(["id", "zip", "born", "rate", "yes"])
    sheet.append(
        [123456789012345, "007", datetime(2026, 1, 2, 3, 4, tzinfo=UTC).replace(tzinfo=None), 0.1, True]
    )
    sheet.append([None, "", "text", 2.5, None])
    book.create_sheet("other").append(["x"])
    book.save(path)
    found = imported(path)
    assert found.recipe.parts == ("Sheet", "other")
    assert found.rows == [
        (123456789012345, "007", "2026-01-02 03:04:00", 0.1, 1),
        (None, None, "text", 2.5, None),
    ]


def test_objects_of_others_with_missing_members(folder: Path) -> None:
    path = folder / "t.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in ({"a": 1}, {"b": "x", "a": None}, {"c": [1, {}]})))
    assert imported(path).rows == [(1, None, None), (None, "x", None), (None, None, "[1,{}]")]

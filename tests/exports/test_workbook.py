"""A workbook holds what it can exactly, says the rest as text, and is no workbook unless it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.exports.test_json_rows import VALUES
from workbench.errors import TooLarge
from workbench.exports import workbook as workbooks
from workbench.exports.csv_rows import BLOBS
from workbench.exports.workbook import Sheet, held, letters, titles_of, workbook, workbook_rows
from workbench.results import Column, InvalidText, Row, Value
from workbench.xstrings import unescaped

TWO = (Column("a", "TEXT"), Column("_x0041_ & <b>", None))
ODD = st.text(st.sampled_from("_x005F0d\r\n\t\0\x01 <>&'=\ufffe"), max_size=9)
ROWS = st.lists(st.tuples(VALUES | ODD, VALUES | ODD), min_size=1, max_size=30)


def read(content: bytes, sheet: int = 0) -> list[tuple]:
    """What openpyxl finds in it, texts as Excel understands them."""
    rows = load_workbook(BytesIO(content), read_only=True).worksheets[sheet].iter_rows(values_only=True)
    return [tuple(unescaped(v) if isinstance(v, str) else v for v in row) for row in rows]


def as_held(value: Value) -> Value:
    text = None if value is None or isinstance(value, str) else held(value, BLOBS["base64"])
    return value if text is None else text


def written(rows: list[Row]) -> bytes:
    return b"".join(workbook_rows(TWO, iter([rows[:2], rows[2:]])))


@settings(deadline=None)
@given(ROWS)
def test_numbers_of_15_digits_and_texts_come_back_as_they_are_and_all_else_as_its_text(
    rows: list[Row],
) -> None:
    names, *found = read(written(rows))
    assert names == ("a", "_x0041_ & <b>")
    wide = [tuple(row) + (None,) * (2 - len(row)) for row in found]
    wide += [(None, None)] * (len(rows) - len(found))
    assert repr(wide) == repr([tuple(map(as_held, row)) for row in rows])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**15 - 1, None),
        (10**15, "1000000000000000"),
        (-(2**63), "-9223372036854775808"),
        (float("-inf"), "-Infinity"),
        (0.1 + 0.2, None),
        (b"\xff", "/w=="),
        (InvalidText(b"\xff"), '{"$text_base64":"/w=="}'),
    ],
)
def test_what_is_no_number_of_a_workbook_is_a_text(value: object, text: str | None) -> None:
    assert read(written([(value, 0)]))[1][0] == (text or value)


def test_a_text_like_a_formula_is_marked_as_a_text_and_is_not_changed() -> None:
    sheet = load_workbook(BytesIO(written([("=1+1", "plain"), ("@x", "-1")]))).worksheets[0]
    assert [[c.value for c in row] for row in sheet["A2:B3"]] == [["=1+1", "plain"], ["@x", "-1"]]
    assert [[c.quotePrefix for c in row] for row in sheet["A2:B3"]] == [[True, False], [True, True]]
    assert {c.data_type for row in sheet["A2:B3"] for c in row} == {"s"}


def test_more_than_a_sheet_holds_is_refused_and_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="the text in cell B2 is longer than 32,767 characters"):
        written([("a", "x" * 32_768)])
    assert read(written([("a", "x" * 32_767)]))[1][1] == "x" * 32_767
    with pytest.raises(TooLarge, match="longer"):
        written([("a", "\N{GRINNING FACE}" * 16_384)])
    monkeypatch.setattr(workbooks, "ROWS", 3)
    assert len(read(written([(1, 2), (3, 4)]))) == 3
    with pytest.raises(TooLarge, match="3 rows, that of the names included, at most"):
        written([(1, 2), (3, 4), (5, 6)])


def test_what_breaks_off_is_no_workbook() -> None:
    def broken() -> Iterator[list[Row]]:
        yield [(n, "x") for n in range(50_000)]
        raise OSError("the disk")

    got: list[bytes] = []
    with pytest.raises(OSError, match="the disk"):
        got.extend(workbook_rows(TWO, broken()))
    with pytest.raises(Exception, match="not a zip file"):
        load_workbook(BytesIO(b"".join(got)))


def test_several_tables_are_several_sheets_each_with_a_title_that_excel_takes() -> None:
    names = ["a/b", "A:B", "w" * 40, "w" * 50, "history", "''", "straße"]
    titles = titles_of(names)
    assert titles[:2] == ["a_b", "A_B_2"]
    assert len({title.casefold() for title in titles}) == len(names)
    assert max(map(len, titles)) == 31
    content = b"".join(workbook(titles, [Sheet(TWO, iter([[(n, None)]])) for n, _ in enumerate(titles)]))
    assert load_workbook(BytesIO(content)).sheetnames == titles
    assert [read(content, n)[1][0] for n, _ in enumerate(titles)] == list(range(len(titles)))


def test_columns_have_the_letters_of_spreadsheets() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]

"""Rows written in pieces lose nothing, whatever is in them; and what is not whole never looks whole."""

from __future__ import annotations

import csv
import io
import json
from base64 import b64decode
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.test_json_rows import TEXT, VALUES, read_back
from workbench.errors import StatementError, TimeLimitReached
from workbench.exports.csv_rows import csv_rows
from workbench.exports.facts import Facts
from workbench.exports.json_stream import json_stream
from workbench.exports.ndjson import ndjson
from workbench.results import Column, InvalidText, Row

TWO = (Column("a", "TEXT"), Column("b", None))
TRICKY = st.text(st.sampled_from('a,"\r\n\\[]null ='), max_size=8) | st.sampled_from(
    ["],[", "null", "", '""']
)
ANY = VALUES | TRICKY | st.binary(max_size=4).map(InvalidText)
ROWS = st.lists(st.tuples(ANY, ANY), min_size=1, max_size=40)
PLAIN_TEXT = TEXT | TRICKY | st.none()


def batches(rows: list[Row], size: int = 16) -> Iterator[list[Row]]:
    return (rows[i : i + size] for i in range(0, len(rows), size))


def broken(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that are stopped after the first of them."""
    yield rows
    raise TimeLimitReached("it took too long")


def taken(pieces: Iterator[bytes]) -> bytes:
    """What a client has got when the error comes."""
    got = []
    with pytest.raises(TimeLimitReached):
        got.extend(iter(lambda: next(pieces), None))
    return b"".join(got)


def exactly(rows: list[Row]) -> list[list[tuple]]:
    return [[(type(v), v) for v in row] for row in rows]


class TestNdjson:
    """Arrays are rows, objects tell about them."""

    @given(ROWS)
    def test_every_value_comes_back_and_every_row_has_its_line(self, rows):
        lines = b"".join(ndjson(TWO, batches(rows), Facts({"request_id": "r"}, lambda: {"more": 1})))
        head, *between, last = map(json.loads, lines.splitlines())
        assert head["columns"] == [{"name": "a", "decltype": "TEXT"}, {"name": "b", "decltype": None}]
        assert exactly([[read_back(v) for v in row] for row in between]) == exactly(rows)
        assert (last["end"], last["row_count"], last["more"]) == (True, len(rows), 1)

    @given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), ANY), max_size=20))
    def test_integers_that_doubles_cannot_hold_are_counted(self, rows):
        last = json.loads(b"".join(ndjson(TWO, batches(rows), Facts())).splitlines()[-1])
        beyond = [v for row in rows for v in row if type(v) is int and abs(v) > 2**53 - 1]
        assert last["unsafe_integers"] == len(beyond)

    def test_integers_are_texts_for_those_who_ask(self):
        lines = b"".join(ndjson(TWO, iter([[(2**53, 1.0)]]), Facts(), integers_as_text=True)).splitlines()
        assert json.loads(lines[1]) == ["9007199254740992", 1.0]

    def test_progress_is_told_about_once_a_second_between_rows_for_those_who_ask(self, monkeypatch):
        clock = iter([0.0, 0.4, 1.1, 1.5, 2.2])  # at the start, and after each batch
        monkeypatch.setattr("workbench.exports.ndjson.monotonic", lambda: next(clock, 99.0))
        rows = [(i, None) for i in range(8)]
        lines = b"".join(ndjson(TWO, batches(rows, 2), Facts(), progress=True)).splitlines()
        told = [line["progress"] for line in map(json.loads, lines) if "progress" in line]
        assert told == [{"rows": 4, "ms": 1100}, {"rows": 8, "ms": 2200}]
        assert sum(line.startswith(b"[") for line in lines) == 8
        assert b"progress" not in b"".join(ndjson(TWO, batches(rows, 2), Facts()))

    def test_an_error_is_the_last_line_and_raised_too(self):
        lines = taken(ndjson(TWO, broken([(1, 2)]), Facts())).splitlines()
        assert json.loads(lines[1]) == [1, 2]
        assert json.loads(lines[2]) == {"error": {"code": "QUERY_TIMEOUT", "detail": "it took too long"}}

    def test_no_rows_have_a_first_and_a_last_line(self):
        assert len(b"".join(ndjson(TWO, iter([]), Facts())).splitlines()) == 2


class TestOneObject:
    """JSON whose counts come after its rows."""

    @given(ROWS)
    def test_every_value_comes_back(self, rows):
        found = json.loads(b"".join(json_stream(TWO, batches(rows), Facts({"request_id": "r"}))))
        assert exactly([[read_back(v) for v in row] for row in found["rows"]]) == exactly(rows)
        assert (found["row_count"], found["request_id"]) == (len(rows), "r")

    def test_what_breaks_off_is_not_json(self):
        with pytest.raises(json.JSONDecodeError):
            json.loads(taken(json_stream(TWO, broken([(1, 2)]), Facts())))


class TestCsv:
    """As Python's csv module reads it."""

    @given(st.lists(st.tuples(PLAIN_TEXT, PLAIN_TEXT), min_size=1, max_size=60))
    def test_every_text_comes_back(self, rows):
        _, *again = read_csv(b"".join(csv_rows(TWO, batches(rows, 50))))
        assert again == [["" if v is None else v for v in row] for row in rows]

    @given(ROWS)
    def test_every_value_is_written_the_same_whatever_stands_around_it(self, rows):
        _, *together = read_csv(b"".join(csv_rows(TWO, batches(rows))))
        alone = [read_csv(b"".join(csv_rows(TWO, iter([[row]]))))[1] for row in rows]
        assert together == alone

    @given(st.lists(st.tuples(st.none() | st.text("ab, ", max_size=3), st.just(1)), min_size=1, max_size=30))
    def test_null_is_told_from_empty_text(self, rows):
        _, *lines = b"".join(csv_rows(TWO, iter([rows]))).decode().split("\r\n")[:-1]
        assert [line == ",1" for line in lines] == [a is None for a, _ in rows]
        assert [line == '"",1' for line in lines] == [a == "" for a, _ in rows]

    def test_numbers_keep_all_their_digits(self):
        rows = [(2**63 - 1, 0.1), (-(2**63), 5e-324), (0, -9e999)]
        _, *again = read_csv(b"".join(csv_rows(TWO, iter([rows]))))
        assert [(int(a), float(b)) for a, b in again] == rows

    def test_an_infinity_among_many_rows_is_not_a_null(self):
        rows = [(1.5, None)] * 20 + [(float("inf"), "null")] + [(2.5, "x")] * 20
        _, *again = read_csv(b"".join(csv_rows(TWO, iter([rows]))))
        assert (again[19], again[20]) == (["1.5", ""], ["Infinity", "null"])

    def test_bytes_are_base64_or_hex(self):
        assert read_csv(b"".join(csv_rows(TWO, iter([[(b"\xde\xad", b"")]]))))[1] == ["3q0=", ""]
        assert read_csv(b"".join(csv_rows(TWO, iter([[(b"\xde\xad", 1)]]), blob="hex")))[1] == ["dead", "1"]

    def test_text_that_is_not_utf8_is_there_with_a_mark(self):
        ((cell, _),) = read_csv(b"".join(csv_rows(TWO, iter([[(InvalidText(b"\xfcA"), 1)]]))))[1:]
        assert b64decode(json.loads(cell)["$text_base64"]) == b"\xfcA"

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＠x"])
    @pytest.mark.parametrize("others", [0, 30])
    def test_formulas_are_texts_for_spreadsheets_when_asked(self, text, others):
        rows = [("plain", -1)] * others + [(text, -5)]
        assert read_csv(b"".join(csv_rows(TWO, iter([rows]), safe=True)))[-1] == ["'" + text, "-5"]
        assert read_csv(b"".join(csv_rows(TWO, iter([rows]))))[-1] == [text, "-5"]

    def test_names_of_columns_are_quoted_like_texts(self):
        columns = (Column('a,"b"', None), Column("", None))
        assert b"".join(csv_rows(columns, iter([]))) == b'"a,""b""",""\r\n'

    def test_nothing_is_written_about_an_error(self):
        assert taken(csv_rows(TWO, broken([(1, 2)]))) == b"a,b\r\n1,2\r\n"

    def test_a_statement_without_columns_has_no_csv(self):
        with pytest.raises(StatementError) as caught:
            next(csv_rows((), iter([])))
        assert caught.value.code == "NO_RESULT_SET"


def read_csv(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode(), newline=""), strict=True))

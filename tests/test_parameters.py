"""What is typed as a number is bound as exactly that number, or as the text that it is."""

from __future__ import annotations

from decimal import Decimal

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.parameters import Given, number_in

CONNECTION = apsw.Connection(":memory:")


def as_literal(text: str) -> object:
    """The value of `text` where SQLite reads it as a literal."""
    return CONNECTION.execute(f"SELECT {text}").fetchone()[0]


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_of_64_bits_is_itself(number: int) -> None:
    assert (number_in(str(number)), type(number_in(str(number)))) == (number, int)


@given(st.integers(2**63) | st.integers(max_value=-(2**63) - 1))
def test_a_larger_integer_is_a_text(number: int) -> None:
    assert number_in(str(number)) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_real_is_itself(real: float) -> None:
    assert repr(number_in(repr(real))) == repr(real)


@given(st.from_regex(r"[+-]?[0-9]{0,25}(\.[0-9]{0,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_what_is_taken_as_a_number_has_exactly_the_value_that_was_typed(text: str) -> None:
    number = number_in(text)
    if number is not None:
        assert Decimal(repr(number)) == Decimal(text)


@given(
    st.from_regex(
        r"[+-]?(0[xX][0-9a-fA-F_]{1,18}|[0-9_]{1,20}(\.[0-9_]{0,5})?([eE][+-]?[0-9_]{1,2})?)", fullmatch=True
    )
)
def test_what_is_taken_as_a_number_is_what_sqlite_reads(text: str) -> None:
    number = number_in(text)
    if number is not None:
        read = as_literal(text)
        assert (type(read), read) == (type(number), pytest.approx(number, rel=1e-15))


@given(st.text())
def test_what_is_no_number_is_the_text_as_it_was_typed(text: str) -> None:
    value = Given("x", text).value
    assert value == text or number_in(text) is not None


LOOKALIKES = [
    "", " 1", "1 ", "1\n", "- 1", "1__0", "_1", "1_", ".", "e1", "1e", "0x", "٣", "¹", "1,5", "NaN", "inf",
    "1e999", "1e-400", "0.1000000000000000055511151231257827", "0x1ffffffffffffffff",
    "-0x8000000000000000", "9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("0xFFFFFFFFFFFFFFFF", -1), ("-0x10", -16), ("1_000", 1000), ("+5", 5), ("5.", 5.0), ("007", 7)],
)
def test_every_way_to_write_a_number_is_read(text: str, number: float) -> None:
    assert (number_in(text), type(number_in(text))) == (number, type(number))


@given(st.binary())
def test_a_blob_is_every_byte_of_it(blob: bytes) -> None:
    assert Given("x", blob.hex(" "), "blob").value == blob

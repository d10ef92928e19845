"""Answers kept for their address come back exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.answers import pack, unpack
from workbench.errors import Position, StatementError, TimeLimitReached
from workbench.results import Column, InvalidText, Kind, Result, Run

VALUES = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(blacklist_categories=("Cs",)))
    | st.binary()
    | st.binary().map(InvalidText)
)


@given(st.lists(st.lists(VALUES, min_size=2, max_size=2).map(tuple)))
def test_every_value_survives_with_its_type(rows: list[tuple]) -> None:
    columns = (Column("a", "TEXT"), Column("a", None))
    run = Run("SELECT", [Result("SELECT", Kind.READ, columns, rows, len(rows), duration=0.25)], duration=0.5)
    again = unpack(pack(run), "SELECT")
    assert again == run
    assert [[type(v) for v in row] for row in again.results[0].rows] == [
        [type(v) for v in row] for row in rows
    ]


def test_an_error_survives_with_its_place() -> None:
    error = StatementError(
        "no such table: x", code="SQLITE_ERROR", hint="h", position=Position(7, 2, 3), suggestion="y"
    )
    again = unpack(pack(Run("SELECT", error=error, notices=["n"])), "SELECT")
    assert type(again.error) is StatementError
    assert vars(again.error) == vars(error)
    assert again.notices == ["n"]


def test_errors_without_a_place_survive_too() -> None:
    again = unpack(pack(Run("x", error=TimeLimitReached("too long"))), "x")
    assert type(again.error) is TimeLimitReached
    assert again.error.message == "too long"

"""A chart of an answer: what is drawn comes from the kept rows, in bounds that are said."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Visitor, see
from tests.web.test_rows import at, many, ran
from workbench.charts import MOST_POINTS, Choice, drawing, moment

ODD = (
    "SELECT 'a' AS \"<b>\", 9223372036854775807 AS n, '12' AS t UNION ALL SELECT NULL, NULL, '13'"
    " UNION ALL SELECT 'b', 9e999, '14' UNION ALL SELECT x'00ff', 'text', '15' UNION ALL SELECT 'b', -2.5, ''"
)


def drawn(visitor: Visitor, script: str, **asked: object) -> dict[str, Any]:
    answer = at(visitor, ran(visitor, script), "/chart.json", **({"chart": "auto"} | asked))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_first_choice_is_made_from_the_data(alice: Visitor) -> None:
    dated = "SELECT id, name, date('2024-01-01', id || ' days') AS day, nr, nr / 3.0 AS r FROM student"
    found = drawn(alice, dated)
    assert (found["kind"], found["scale"], found["name"]) == ("line", "time", "day")
    assert [each["name"] for each in found["series"]] == ["nr", "r"]
    found = drawn(alice, "SELECT name, 7 - id AS left FROM student")
    assert (found["kind"], found["x"]) == ("bar", ["Mark Twain", "John Doe", "Harry Potter"])
    found = drawn(alice, "SELECT id, -id AS minus FROM student")
    assert (found["scale"], found["x"], found["series"][0]["values"]) == ("number", [1, 2, 3], [-1, -2, -3])


def test_odd_values_are_exact_left_out_or_categories_and_told(alice: Visitor) -> None:
    found = drawn(alice, ODD, chart="line", x=1, y="2,3")
    assert found["x"] == ["a", "NULL", "b", "BLOB, 2 bytes", "b"]
    numbers, texts = found["series"]
    assert numbers["values"] == ["9223372036854775807", None, None, None, -2.5]
    assert texts["values"] == [None] * 5
    assert found["summary"][:2] == [
        "Line chart of n, t by <b>: 2 points.",
        "n: least -2.5, greatest 9223372036854775807; 1 NULL, not drawn; 2 that are no finite numbers,"
        " not drawn.",
    ]
    assert drawn(alice, ODD, chart="line", x=3, y=2)["scale"] == "category"


def test_a_chart_is_of_the_rows_that_are_shown(alice: Visitor) -> None:
    found = drawn(alice, "SELECT name, nr FROM student", chart="bar", sort=-2, f="2~lt~3000")
    assert found["x"] == ["John Doe", "Mark Twain"]


def test_many_rows_keep_their_extremes_in_bounds_that_are_said(alice: Visitor) -> None:
    spike = many(60_000, "x, iif(x = 31234, 1e9, x % 10) AS y, iif(x = 41234, NULL, x) AS z")
    found = drawn(alice, spike, chart="line", x=1, y="2,3")
    assert len(found["x"]) * 2 <= MOST_POINTS
    assert 1e9 in found["series"][0]["values"]
    assert None in found["series"][1]["values"]
    assert "more than can be drawn" in found["summary"][-1]
    bars = drawn(alice, spike, chart="bar", x=1, y=2)
    assert (len(bars["x"]), bars["summary"][-1][:22]) == (500, "The first 500 of 60,00")


def test_a_histogram_counts_every_number(alice: Visitor) -> None:
    found = drawn(alice, many(1000, "x % 100 AS y"), chart="histogram", y=1)
    assert found["x"][:2] == ["0 – 5", "5 – 10"]
    assert found["series"][0]["values"] == [50] * 20


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.floats() | st.none(), min_size=1, max_size=50))
def test_whatever_the_numbers_each_is_in_one_bin(values: list) -> None:
    found = drawing(Choice("histogram", None, (0,)), [[(value,) for value in values]])
    finite = [v for v in values if v is not None and math.isfinite(v)]
    assert sum(found.series[0].values if finite else []) == len(finite)
    assert len(found.x) <= 60


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("1970-01-02", 86_400_000), ("1970-01-01 00:00:01", 1000), ("1970-01-01T01:00:00.5+01:00", 500)],
)
def test_a_time_without_a_zone_is_in_utc(text: str, milliseconds: int) -> None:
    assert moment(text) == milliseconds
    assert moment("2024-13-01") is moment("20240101") is moment("1111") is None


@pytest.mark.parametrize(
    "wrong",
    [{"chart": "pie"}, {"y": "3"}, {"y": "0"}, {"x": "-1"}, {"y": "²"}, {"y": "1,x"}, {"f": "9~eq~1"}],
)
def test_what_there_is_not_is_refused(alice: Visitor, wrong: dict[str, str]) -> None:
    address = ran(alice, "SELECT 1, 2")
    answer = at(alice, address, "/chart.json", **({"chart": "line"} | wrong))
    assert (answer.status_code, bool(answer.json["problem"])) == (400, True)
    assert at(alice, address, **({"chart": "line"} | wrong)).status_code == 400


def test_another_persons_entry_has_no_chart(alice: Visitor, bob: Visitor) -> None:
    address = ran(alice, "SELECT 1")
    assert at(bob, address, "/chart.json", chart="auto").status_code == 404
    assert at(alice, address, "/chart.json").status_code == 404


def test_the_choice_is_a_form_and_stays_in_every_link(alice: Visitor) -> None:
    page = see(at(alice, ran(alice, "SELECT name, nr, id FROM student"), chart="line", x=1, y="2,3"))
    form = page.select_one(".chart-form")
    assert [each["value"] for each in form.select("option[selected]")] == ["line", "1"]
    assert [each["value"] for each in form.select("input[checked]")] == ["2", "3"]
    assert "chart=line&x=1&y=2%2C3" in page.select_one("th a.sort")["href"]
    plain = see(alice.client.get(form.find("a", string="Close chart")["href"]))
    assert not plain.select(".chart")
    assert "chart=auto" in plain.find("a", string="Chart")["href"]
    assert (
        see(at(alice, "/entries/1", chart="auto"))
        .select_one(".unscripted a")["href"]
        .startswith("/entries/1/")
    )

"""A person looks through the rows of an answer: all of it works by links and forms, and runs nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from urllib.parse import urlencode

import apsw
import orjson
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see
from workbench.exports.copies import insert_rows
from workbench.literals import literal_of, value_in
from workbench.results import Column, InvalidText, Value

EDGES = (
    "SELECT 9223372036854775807 AS big, 1e300 AS large, -0.0 AS minus, 9e999 AS up, -9e999 AS down,"
    " '' AS empty, NULL AS none, 'a' || char(0) || 'b' AS nul, CAST(x'ff41' AS TEXT) AS odd,"
    " x'00ff' AS octets, 'x' || char(9) || '|\"' AS marks, 1 AS \"<b>\"\"'\", 2 AS twice, 3 AS twice"
)
VALUES = (
    2**63 - 1, 1e300, -0.0, math.inf, -math.inf, "", None, "a\0b",
    InvalidText(b"\xffA"), b"\0\xff", 'x\t|"', 1, 2, 3,
)  # fmt: skip


def many(count: int, columns: str = "x, random() AS luck, x % 3 AS third") -> str:
    counted = f"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT {count})"
    return f"{counted} SELECT {columns} FROM c"


def ran(visitor: Visitor, script: str) -> str:
    """Run it; the address of its answer."""
    return visitor.run(script, follow=False).headers["Location"].partition("?")[0]


def at(visitor: Visitor, address: str, part: str = "", **asked: object) -> TestResponse:
    return visitor.client.get(f"{address}{part}?{urlencode({'result': 1} | asked, doseq=True)}")


def cells(page: BeautifulSoup) -> list[list[str]]:
    found = page.select("#run .scroll tbody:not(.more) tr")
    return [[cell.text for cell in row.select("td")] for row in found]


def test_rows_come_page_by_page_and_nothing_runs_twice(alice: Visitor) -> None:
    page = see(alice.run(many(2500)))
    found = cells(page)
    while following := page.select_one("tbody.more a"):
        page = see(alice.client.get(following["href"]))
        found += cells(page)
    assert [row[0] for row in found] == [str(x) for x in range(1, 2501)]
    address = following_address(page)
    table = see(at(alice, address, sort=-2)).select_one("#result-1")
    assert table.select_one("[aria-sort=descending]").text == "luck"
    luck = sorted((int(row[1]) for row in found), reverse=True)
    assert [int(row[1]) for row in cells(see(at(alice, address, sort=-2)))] == luck[:100]
    saved = at(alice, address, "/copy", format="csv").text.splitlines()[1:]
    assert saved == [",".join(row) for row in found]


def following_address(page: BeautifulSoup) -> str:
    return page.select_one("form.copies")["action"].removesuffix("/copy")


def test_whoever_scrolls_gets_the_next_forty(alice: Visitor) -> None:
    more = see(alice.run(many(180))).select_one("tbody.more")
    fragment = see(alice.client.get(more["hx-get"], headers={"HX-Request": "true"}))
    rows, rest = fragment.select("tbody")
    assert [row.td.text for row in rows.select("tr")] == [str(x) for x in range(101, 141)]
    last = see(alice.client.get(rest["hx-get"], headers={"HX-Request": "true"}))
    assert len(last.select("tbody:not(.more) tr")) == 40


def test_a_header_sorts_up_then_down_then_as_it_came(alice: Visitor) -> None:
    page = see(alice.run("SELECT * FROM student"))
    seen = []
    for _ in range(3):
        link = page.select("#run a.sort")[2]
        page = see(alice.client.get(link["href"]))
        seen.append([row[2] for row in cells(page)])
    assert seen == [["1111", "2222", "3333"], ["3333", "2222", "1111"], ["1111", "2222", "3333"]]


@pytest.mark.parametrize(
    ("test", "typed", "found"),
    [
        ("contains", "tw", ["42", "two"]),
        ("eq", "42", ["1"]),
        ("eq", "'42'", ["42"]),
        ("eq", "x'3432'", ["x"]),
        ("gt", "42", ["t", "42", "two", "x"]),
        ("null", "", ["null"]),
    ],
)
def test_a_form_filters_by_exact_values(alice: Visitor, test: str, typed: str, found: list[str]) -> None:
    values = "(42, '1'), ('t', 't'), ('42', '42'), ('a two', 'two'), (x'3432', 'x'), (NULL, 'null')"
    address = ran(alice, f"SELECT * FROM (VALUES {values})")
    form = see(at(alice, address, column=1)).select_one("form.filter-form")
    fields = {each["name"]: each.get("value", "") for each in form.select("input")}
    page = see(alice.client.get(form["action"], query_string=fields | {"test": test, "value": typed}))
    wanted = ["two"] if test == "contains" else found
    assert [row[1] for row in cells(page)] == wanted
    (told,) = page.select(".filters li")
    without = see(alice.client.get(told.a["href"]))
    assert len(cells(without)) == 6


def test_facets_count_and_lead_to_their_rows(alice: Visitor) -> None:
    address = ran(alice, many(2000))
    facets = see(at(alice, address, column=3)).select("table.facets tbody tr")
    assert [[cell.text.strip() for cell in row.select("td")] for row in facets] == [
        ["1", "667"],
        ["2", "667"],
        ["0", "666"],
    ]
    page = see(alice.client.get(facets[2].a["href"]))
    assert "666 rows found" in page.select_one("#run caption").text
    assert {row[2] for row in cells(page)} == {"0"}


def test_a_facet_of_any_value_leads_to_just_that(alice: Visitor) -> None:
    address = ran(alice, f"{EDGES} UNION ALL {EDGES}")
    for column in range(1, 15):
        (facet,) = see(at(alice, address, column=column)).select("table.facets tbody tr a")
        assert facet.text == "2"
        assert len(cells(see(alice.client.get(facet["href"])))) == 2


def test_copies_are_exact(alice: Visitor) -> None:
    address = ran(alice, EDGES)
    told = {
        name: at(alice, address, "/copy", format=name).text for name in ("json", "objects", "tsv", "insert")
    }
    assert orjson.loads(told["json"])["rows"][0][:3] == [2**63 - 1, 1e300, -0.0]
    (row,) = orjson.loads(told["objects"])
    assert (row["big"], row["up"], row["nul"], row["twice"], row["twice_2"]) == (
        2**63 - 1, {"$real": "Infinity"}, "a\0b", 2, 3,
    )  # fmt: skip
    assert row["odd"] == {"$text_base64": "/0E="}
    assert str(row["minus"]) == "-0.0"
    names, values = told["tsv"].split("\r\n")[:2]
    assert names.split("\t")[11] == '"<b>""\'"'
    assert values.startswith('9223372036854775807\t1e+300\t-0.0\tInfinity\t-Infinity\t""\t\ta\0b\t')
    connection = apsw.Connection(":memory:")
    columns = ", ".join(f"c{i}" for i in range(14))
    connection.execute(f"CREATE TABLE t ({columns})")
    connection.execute(f"INSERT INTO t ({columns}) VALUES {told['insert'].partition(' VALUES ')[2]}")
    back = connection.execute(f"SELECT {columns.replace('c8', 'CAST(c8 AS BLOB)')}, typeof(c8) FROM t")
    assert repr(back.fetchall()) == repr([(*VALUES[:8], b"\xffA", *VALUES[9:], "text")])


def test_chosen_rows_are_copied_alone_and_markdown_is_a_table(alice: Visitor) -> None:
    address = ran(alice, "SELECT id, name || '|' AS name FROM student")
    assert at(alice, address, "/copy", format="markdown", rows="3,1").text == (
        "| id | name |\n| --- | --- |\n| 1 | Mark Twain\\| |\n| 3 | Harry Potter\\| |\n"
    )
    told = at(alice, ran(alice, "SELECT * FROM student"), "/copy", format="insert", rows="2-9").text
    assert told.splitlines()[0] == "INSERT INTO student (id, name, nr) VALUES (2, 'John Doe', 2222);"


values = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.binary(max_size=4).filter(lambda b: b.decode(errors="replace").encode() != b).map(InvalidText),
    st.sampled_from([None, "42", "NULL", "x'00'", "9e999", "'", "CAST(x'41' AS TEXT)", math.inf, -0.0]),
)


@given(value=values)
def test_a_literal_is_its_value_to_sqlite_and_to_a_filter(value: Value) -> None:
    written = b"".join(insert_rows((Column("a", None),), iter([[(value,)]]))).decode()
    connection = apsw.Connection(":memory:")
    connection.execute(f"CREATE TABLE result (a); {written}")
    ((kind, back),) = connection.execute(
        "SELECT typeof(a), iif(typeof(a) = 'text', CAST(a AS BLOB), a) FROM result"
    )
    wanted = value.encode() if isinstance(value, str) else bytes(value) if isinstance(value, bytes) else value
    assert (kind == "text") == isinstance(value, (str, InvalidText))
    assert repr(back) == repr(wanted)
    if value is not None:
        assert repr(value_in(literal_of(value))) == repr(value)


def test_a_cell_of_five_megabytes_is_read_in_parts_and_saved_exactly(alice: Visitor) -> None:
    address = ran(alice, "SELECT 1, hex(zeroblob(2500000)) || 'END'")
    where = {"row": 1, "column": 2}
    page = see(at(alice, address, "/cell", **where))
    assert "5,000,003 characters" in page.text
    assert len(page.select_one(".full").text) == 100_000
    last = see(at(alice, address, "/cell", **where, **{"from": 4_999_990}))
    assert last.select_one(".full").text == "0" * 10 + "END"
    saved = at(alice, address, "/value", **where, save=1)
    assert (len(saved.data), saved.data[-3:]) == (5_000_003, b"END")
    assert saved.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        ("89504e470d0a1a0a", "image/png"),
        ("ffd8ffe0", "image/jpeg"),
        ("474946383961", "image/gif"),
        ("524946460000000057454250", "image/webp"),
    ],
)
def test_a_picture_is_shown_as_what_it_is_and_can_do_nothing(alice: Visitor, begin: str, kind: str) -> None:
    address = ran(alice, f"SELECT x'{begin}'")
    image = see(at(alice, address, "/cell", row=1, column=1)).select_one("img.picture")
    shown = alice.client.get(image["src"])
    assert (shown.content_type, shown.data.hex()) == (kind, begin)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_svg_and_what_is_no_picture_are_only_saved(alice: Visitor) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for value in (f'"{svg}"', f'CAST("{svg}" AS BLOB)', "x'00'"):
        address = ran(alice, f"SELECT {value}")
        assert not see(at(alice, address, "/cell", row=1, column=1)).select("#viewer img")
        answer = at(alice, address, "/value", row=1, column=1)
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_json_is_a_tree_in_which_every_digit_stays(alice: Visitor) -> None:
    json = '{"a": [1, 12345678901234567890, 1.50], "a": null, "<b>": "x"}'
    tree = see(at(alice, ran(alice, f"SELECT '{json}'"), "/cell", row=1, column=1)).select_one(".json")
    assert [each.text for each in tree.select(".json-number")] == ["1", "12345678901234567890", "1.50"]
    assert [each.text for each in tree.select(".key")] == ["a", "a", "<b>"]
    deep = see(at(alice, ran(alice, f"SELECT '{'[' * 5000}'"), "/cell", row=1, column=1))
    assert not deep.select(".json")


def test_a_row_is_a_page_with_each_of_its_values(alice: Visitor) -> None:
    address = see(alice.run(EDGES)).select_one("#run tbody th a")["href"]
    page = see(alice.client.get(address))
    assert [each.text for each in page.select("#viewer h3")][-3:] == ["<b>\"'", "twice", "twice"]
    assert "−" not in page.text
    assert "-0.0" in page.text
    assert "Infinity" in page.text


def test_two_thousand_columns_are_shown_sorted_and_saved(alice: Visitor) -> None:
    address = ran(alice, "SELECT " + ", ".join(f"{i} AS c{i}" for i in range(2000)))
    assert len(cells(see(at(alice, address, sort=2000)))[0]) == 2000
    assert at(alice, address, "/copy", format="csv").text.splitlines()[1].endswith(",1998,1999")


def test_statements_are_folded_and_lead_to_their_place(alice: Visitor) -> None:
    script = "SELECT 1;\n\nSELECT 1;\nDELETE FROM student WHERE id = 77;\nSELECT 2"
    page = see(alice.run(script))
    parts = page.select("#run details.result")
    assert [script[int(part.select_one("[data-go-to]")["data-go-to"]) :][:8] for part in parts] == [
        "SELECT 1",
        "SELECT 1",
        "SELECT 2",
    ]
    assert [int(part.select_one("[data-go-to]")["data-go-to"]) for part in parts][:2] == [0, 11]
    assert parts[2]["id"] == "result-4"


def test_bob_reaches_nothing_of_alices(alice: Visitor, bob: Visitor) -> None:
    address = ran(alice, many(1500))
    bob.open("/")
    for part in ("", "/rows", "/row", "/cell", "/value", "/copy"):
        assert at(bob, address, part, row=1, column=1, format="csv").status_code == 404


def test_rows_that_are_gone_say_so(alice: Visitor, serve: Callable[..., Flask]) -> None:
    address = ran(alice, many(1500))
    for each in serve().extensions["settings"].store.with_name("workbench.db-rows").iterdir():
        each.unlink()
    page = see(alice.client.get(address))
    assert (
        "First 1,000 of 1,500 rows: the others are not kept any more." in page.select_one("#run .below").text
    )
    assert page.select_one("#run form.export:not(.copies)")
    big = ran(alice, "SELECT hex(zeroblob(1000000))")
    for each in serve().extensions["settings"].store.with_name("workbench.db-rows").iterdir():
        each.unlink()
    assert at(alice, big, "/cell", row=1, column=1).status_code == 410


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": 9}, {"sort": "x"}, {"sort": 10**20}, {"from": -1}, {"f": "1~like~x"}, {"f": "x"},
        {"f": "9~eq~1"},
        {"column": 9}, {"test": "like", "column": 1}, {"result": "x"},
    ],
)  # fmt: skip
def test_what_there_is_not_is_told_on_the_page(alice: Visitor, asked: dict[str, object]) -> None:
    answer = at(alice, ran(alice, "SELECT 1"), **asked)
    assert answer.status_code == 400
    assert see(answer).select_one(".banner")


@pytest.mark.parametrize(
    ("part", "asked", "status"),
    [
        ("/row", {"row": 2}, 404),
        ("/row", {"row": 0}, 400),
        ("/cell", {"row": 1, "column": 2}, 400),
        ("/cell", {"row": 10**11, "column": 1}, 400),
        ("/copy", {"format": "parquet"}, 400),
        ("/copy", {"format": "csv", "rows": "1-x"}, 400),
        ("/rows", {"result": 2}, 404),
    ],
)
def test_and_elsewhere_with_a_status(
    alice: Visitor, part: str, asked: dict[str, object], status: int
) -> None:
    assert at(alice, ran(alice, "SELECT 1"), part, **asked).status_code == status


def test_beside_a_row_are_the_next_ones(alice: Visitor) -> None:
    address = ran(alice, "SELECT id, name FROM student")
    beside = see(at(alice, address, "/row", row=1)).select_one("#viewer nav")
    assert [each.text for each in beside.select("a")] == ["Next row"]
    second = see(alice.client.get(beside.select_one("a")["href"])).select_one("#viewer")
    assert second.select_one("h2").text == "Row 2"
    value = see(at(alice, address, "/cell", row=3, column=2)).select_one("#viewer nav")
    assert [each.text for each in value.select("a")] == ["Previous row"]
    assert "column=2" in value.select_one("a")["href"]

"""Explain, and trying an index, on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see

QUERY = "SELECT * FROM many WHERE a = :a ORDER BY b"
INDEX = "CREATE INDEX many_a_b ON many (a, b);"


@pytest.fixture
def student(student: Path) -> Path:
    """The sample with a table that is worth an index."""
    with apsw.Connection(str(student)) as made:
        made.execute(
            "CREATE TABLE many (a, b, c);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)"
            " INSERT INTO many SELECT i % 50, i, 'x' FROM n"
        )
    return student


def explain(person: Visitor, sql: str, **more: str) -> BeautifulSoup:
    return see(person.run(sql, action="explain", **more))


def details(page: BeautifulSoup) -> list[str]:
    return [code.text for code in page.select(".plan > .steps .step code")]


def press_try(person: Visitor, page: BeautifulSoup, **asked: bool) -> TestResponse:
    return person.press(page.select_one(".try-index button"), **asked)


def test_explain_shows_the_plan_in_words_and_runs_nothing(alice: Visitor) -> None:
    page = explain(alice, QUERY)
    assert details(page) == ["SCAN many", "USE TEMP B-TREE FOR ORDER BY"]
    scan, sort = page.select(".plan > .steps > li > .step")
    assert "Full scan" in scan.text
    assert "many has 500 rows" in scan.text
    assert "Temporary B-tree" in sort.text
    assert page.select_one("#query").text.strip() == QUERY
    assert page.select_one("#entries") is None


def test_the_fragment_is_the_pages_part(alice: Visitor) -> None:
    # The two differ in their tokens alone, which are drawn anew.
    fragment = see(alice.run(QUERY, action="explain", htmx=True)).select_one("#run")
    whole = explain(alice, QUERY).select_one("#run")
    for part in (fragment, whole):
        for token in part.select("[name=csrf_token]"):
            token["value"] = ""
    assert str(fragment) == str(whole)


def test_an_index_is_proposed_with_its_plan_and_a_way_into_the_editor(alice: Visitor) -> None:
    advice = explain(alice, QUERY).select_one(".advice")
    assert "no full scan of many, no temporary B-tree for ORDER BY" in advice.text
    assert advice.select_one("pre").text == INDEX
    assert [code.text for code in advice.select(".steps code")] == ["SEARCH many USING INDEX many_a_b (a=?)"]
    link = advice.select_one("a[data-sql]")
    assert link["data-sql"] == INDEX
    assert see(alice.open(link["href"])).select_one("#query").text.strip() == INDEX


@pytest.mark.parametrize("htmx", [True, False])
def test_trying_it_tells_both_sides_and_leaves_nothing(alice: Visitor, student: Path, htmx: bool) -> None:
    page = explain(alice, QUERY, p_a="7", as_a="auto")
    tried = see(press_try(alice, page, htmx=htmx)).select_one(".trial")
    without, with_it = tried.select(".sides > div")
    assert "SCAN many" in without.text
    assert "SEARCH many USING INDEX many_a_b (a=?)" in with_it.text
    assert "nothing of it is left" in tried.text
    assert (
        not apsw.Connection(str(student))
        .execute("SELECT 1 FROM sqlite_schema WHERE type = 'index'")
        .fetchall()
    )


def test_a_value_that_is_missing_is_asked_for_in_its_field(alice: Visitor) -> None:
    answer = press_try(alice, explain(alice, QUERY))
    page = see(answer)
    assert answer.status_code == 422
    assert "Give each parameter a value" in page.select_one("#run .banner").text
    assert page.select_one("#value-a")["aria-invalid"] == "true"


def test_a_write_is_told_that_triggers_are_in_no_plan(alice: Visitor) -> None:
    page = explain(alice, "DELETE FROM many WHERE a = 3; BEGIN")
    first, second = page.select(".plan")
    assert "What triggers and foreign keys would do is in no plan" in first.text
    assert "SQLite makes plans for" in second.text


def test_a_mistake_is_the_usual_banner(alice: Visitor) -> None:
    answer = alice.run("SELECT * FROM mny", action="explain")
    banner = see(answer).select_one("#run .banner")
    assert answer.status_code == 400
    assert "no such table: mny" in banner.text
    assert "Did you mean many?" in " ".join(banner.text.split())


@pytest.mark.parametrize(
    "sql", ["", "-- nothing", "\0", "SELECT '" + "x" * 1_100_000 + "'", "ATTACH 'x' AS y"]
)
def test_whatever_is_explained_is_answered(alice: Visitor, sql: str) -> None:
    answer = alice.run(sql, action="explain")
    assert answer.status_code < 500
    assert see(answer).select_one("#run")


def test_names_are_text_and_no_markup(alice: Visitor, student: Path) -> None:
    with apsw.Connection(str(student)) as made:
        made.execute('CREATE TABLE "<b>""\'" ("<i>")')
        made.execute('INSERT INTO "<b>""\'" SELECT a FROM many')
    page = explain(alice, 'SELECT * FROM "<b>""\'" WHERE "<i>" = 3')
    assert page.select_one(".advice pre").text == 'CREATE INDEX "<b>""\'_<i>" ON "<b>""\'" ("<i>");'
    assert page.select("#run i") == []


def test_a_forged_trial_makes_nothing(alice: Visitor, student: Path) -> None:
    page = explain(alice, QUERY)
    page.select_one(".try-index [name=index]")["value"] = "DROP TABLE many"
    assert press_try(alice, page).status_code in (400, 422)
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM many").fetchall() == [(500,)]
    assert alice.client.post("/try-index", data={"query": "SELECT 1"}).status_code == 400  # without its token


def test_the_bare_address_of_a_trial_leads_back_to_the_page(alice: Visitor) -> None:
    assert alice.client.get("/try-index").location == "/"


def test_where_nothing_may_be_written_advice_says_why_it_cannot_be_tried(serve: Callable[..., Flask]) -> None:
    page = explain(Visitor(serve(read_only=True).test_client()), QUERY)
    assert page.select_one(".try-index") is None
    assert "this workbench only reads" in page.select_one(".advice").text


def test_a_slow_run_offers_to_explain_itself(serve: Callable[..., Flask]) -> None:
    alice = Visitor(serve(debug=True).test_client())
    hint = see(alice.open("/gallery?page=slow")).select_one(".slow")
    assert "It took 2.4 s. Explain shows why." in hint.text
    button = hint.select_one("button")
    assert (button["form"], button["name"], button["value"]) == ("editor", "action", "explain")
    assert see(alice.run("SELECT 1", htmx=True)).select_one(".slow") is None

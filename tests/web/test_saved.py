"""Saved queries on the page: kept from an entry, opened with their values, renamed and deleted."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.conftest import Visitor, see
from tests.web.test_history import form_at, press, scripts


def saved(visitor: Visitor, address: str = "/history") -> list[str]:
    return [link.text for link in see(visitor.open(address)).select("#saved .told a")]


@pytest.fixture
def page(alice: Visitor) -> BeautifulSoup:
    """The history after Alice has run a query with a value, and saved it."""
    query = {"query": "SELECT name FROM student WHERE nr > :least", "p_least": "2000", "as_least": "auto"}
    alice.client.post("/query", data=query | {"csrf_token": alice.token()})
    return see(press(alice, form_at(alice, "/save"), name=" Good  students ", note="Those who pass"))


def test_an_entry_is_saved_under_a_name(alice: Visitor, page: BeautifulSoup) -> None:
    assert "Saved as Good students" in page.select_one("[role=status]").text
    assert saved(alice) == ["Good students"]
    assert "Those who pass" in page.select_one("#saved").text


def test_it_opens_in_the_editor_with_its_values_and_runs_nothing(alice: Visitor, page: BeautifulSoup) -> None:
    opened = see(alice.open(page.select_one("#saved .told a")["href"]))
    assert opened.select_one("textarea").text.strip() == "SELECT name FROM student WHERE nr > :least"
    assert opened.select_one("#value-least")["value"] == "2000"
    assert not opened.select("#run table")
    assert len(scripts(alice)) == 1


def test_it_is_beside_the_editor_too(alice: Visitor, page: BeautifulSoup) -> None:
    link = see(alice.open("/")).select_one("#history .kept a")
    assert link.text == "Good students"


def test_a_name_that_is_taken_or_missing_is_said_and_nothing_is_saved(
    alice: Visitor, page: BeautifulSoup
) -> None:
    for name, words in (("Good students", "another query with the name"), ("  ", "needs a name")):
        answer = press(alice, form_at(alice, "/save"), name=name)
        assert answer.status_code == 422
        assert words in see(answer).select_one("[role=alert]").text
    assert saved(alice) == ["Good students"]


def test_it_gets_another_name(alice: Visitor, page: BeautifulSoup) -> None:
    press(alice, form_at(alice, "/rename"), name="Better", note="")
    assert saved(alice) == ["Better"]
    assert press(alice, form_at(alice, "/rename"), name="").status_code == 422
    assert saved(alice) == ["Better"]


def test_deleting_it_leaves_the_history_and_the_other_way_round(alice: Visitor, page: BeautifulSoup) -> None:
    press(alice, see(alice.open("/history/delete")).select_one("form"))
    assert (saved(alice), scripts(alice)) == (["Good students"], [])
    alice.run("SELECT 1")
    press(alice, form_at(alice, "/delete"))
    assert (saved(alice), scripts(alice)) == ([], ["SELECT 1"])


def test_bob_reaches_nothing_of_alices(alice: Visitor, bob: Visitor, page: BeautifulSoup) -> None:
    address = page.select_one("#saved .told a")["href"]
    assert saved(bob) == []
    assert bob.open(address).status_code == 404
    rename = bob.client.post(f"{address}/rename", data={"name": "his", "csrf_token": bob.token()})
    assert rename.status_code == 404
    bob.client.post(f"{address}/delete", data={"csrf_token": bob.token()})
    entry = see(alice.open("/history")).select_one("#found .told a")["href"]
    assert bob.client.post(f"{entry}/save", data={"name": "x", "csrf_token": bob.token()}).status_code == 404
    assert saved(alice) == ["Good students"]

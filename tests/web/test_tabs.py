"""Tabs without JavaScript: links and forms, and every text that is sent is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see
from workbench.drafts import LENGTH


def form_of(page: BeautifulSoup) -> dict[str, str]:
    """What the editor's form would send: its own fields, and those of the tabs that belong to it."""
    found = page.select("#editor input[name]:not([disabled]), input[form=editor]")
    fields = {each["name"]: each.get("value", "") for each in found}
    return fields | {"query": text_of(page)}


def text_of(page: BeautifulSoup) -> str:
    return page.select_one("#query").text.removeprefix("\n")


def send(
    visitor: Visitor, query: str, address: str = "/query", page: BeautifulSoup | None = None, **more: str
) -> TestResponse:
    """Write `query` into the page and press a button."""
    form = form_of(page or see(visitor.open("/"))) | {"query": query} | more
    return visitor.client.post(address, data=form, follow_redirects=True)


def press(visitor: Visitor, page: BeautifulSoup, what: str, **typed: str) -> BeautifulSoup:
    """Press the button of the form at the address that ends so."""
    form = page.select_one(f"#tabs form[action$='/{what}']")
    fields = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    return see(visitor.client.post(form["action"], data=fields | typed, follow_redirects=True))


def names(page: BeautifulSoup) -> list[str]:
    return [each.text for each in page.select("#tabs > ul a")]


def current(page: BeautifulSoup) -> str:
    (tab,) = page.select("#tabs [aria-current]")
    return tab.text


@pytest.mark.parametrize("action", ["run", "preview"])
@pytest.mark.parametrize("query", ["SELECT 1 AS one", "SELECT * FROM studnet", "  SELECT '\t👩‍🚀 עברית'\n\n"])
def test_what_is_run_previewed_or_wrong_is_there_again(alice: Visitor, query: str, action: str) -> None:
    send(alice, query, action=action)
    assert text_of(see(alice.open("/"))) == query


def test_it_is_there_after_a_restart_of_the_server(alice: Visitor, serve: Callable[..., Flask]) -> None:
    send(alice, "SELECT 'kept'")
    later = serve().test_client()
    later._cookies = alice.client._cookies
    assert text_of(see(later.get("/"))) == "SELECT 'kept'"


def test_keep_needs_no_run(alice: Visitor) -> None:
    page = see(send(alice, "SELECT half writ", "/drafts"))
    assert text_of(page) == "SELECT half writ"
    assert not page.select("#run table, [role=alert]")
    assert not page.select("#entries li")


def test_tabs_are_opened_switched_renamed_closed_and_opened_again(alice: Visitor) -> None:
    send(alice, "SELECT 'first'", "/drafts")
    page = press(alice, see(alice.open("/")), "new")
    assert (names(page), current(page), text_of(page)) == (["Query 1", "Query 2"], "Query 2", "")
    page = see(send(alice, "SELECT 'second'", "/drafts", page))
    page = press(alice, page, "rename", name="Marks")
    assert current(page) == "Marks"
    page = see(alice.open(page.select_one("#tabs a")["href"]))
    assert (current(page), text_of(page)) == ("Query 1", "SELECT 'first'")
    page = press(alice, see(alice.open("/?tab=2")), "close")
    assert (names(page), text_of(page)) == (["Query 1"], "SELECT 'first'")
    assert "Closed Marks" in page.select_one("#tabs").text
    page = press(alice, page, "reopen")
    assert (current(page), text_of(page)) == ("Marks", "SELECT 'second'")


def test_an_answer_stays_in_its_tab(alice: Visitor) -> None:
    send(alice, "SELECT 'first'", "/drafts")
    page = press(alice, see(alice.open("/")), "new")
    alice.open("/?tab=1")
    page = see(send(alice, "SELECT 'second'", page=page))
    assert current(page) == "Query 2"
    assert text_of(see(alice.open("/?tab=1"))) == "SELECT 'first'"


def test_two_windows_do_not_overwrite_each_other_unseen(alice: Visitor) -> None:
    send(alice, "SELECT 1")
    one, two = see(alice.open("/")), see(alice.open("/"))
    send(alice, "SELECT 1, 'one'", "/drafts", one)
    page = see(send(alice, "SELECT 1, 'two'", "/drafts", two))
    assert text_of(page) == "SELECT 1, 'two'"
    earlier = see(alice.open(page.select_one("#tabs a[href*=earlier]")["href"]))
    assert text_of(earlier) == "SELECT 1, 'one'"
    assert text_of(see(alice.open("/"))) == "SELECT 1, 'two'"


def test_a_text_of_the_history_written_over_loses_nothing(alice: Visitor) -> None:
    send(alice, "SELECT 'ran'")
    send(alice, "SELECT 'never ran, and is of some length'", "/drafts")
    entry = see(alice.open("/entries/1"))
    assert text_of(entry) == "SELECT 'ran'"
    page = see(send(alice, "SELECT 'ran', 2", "/drafts", entry))
    earlier = see(alice.open(page.select_one("#tabs a[href*=earlier]")["href"]))
    assert text_of(earlier) == "SELECT 'never ran, and is of some length'"


def test_nobody_reaches_anothers_tabs(alice: Visitor, bob: Visitor) -> None:
    page = see(send(alice, "SELECT 'secret'", "/drafts"))
    assert text_of(see(bob.open("/?tab=1"))) == ""
    assert bob.open("/drafts/1/earlier/1").status_code == 404
    for what in ("rename", "close"):
        address = page.select_one(f"#tabs form[action$='/{what}']")["action"]
        answer = bob.client.post(address, data={"csrf_token": bob.token(), "name": "x"})
        assert answer.status_code == 404
    see(send(bob, "SELECT 'his'", "/drafts", tab="1"))
    assert text_of(see(alice.open("/"))) == "SELECT 'secret'"


def test_a_text_too_long_to_be_kept_is_said(alice: Visitor) -> None:
    page = see(send(alice, "x" * (LENGTH + 1)))
    assert "This text is not kept" in page.select_one("#tabs").text
    answer = send(alice, "x" * (LENGTH + 1), "/drafts")
    assert answer.status_code == 413
    assert "is not kept while you write" in see(answer).select_one("[role=alert]").text


def test_too_many_tabs_are_refused_in_words(alice: Visitor) -> None:
    page = see(alice.open("/"))
    for _ in range(21):
        page = press(alice, page, "new")
    assert "no more can be open" in page.select_one("[role=alert]").text
    assert len(names(page)) == 20


@pytest.mark.parametrize("address", ["/?tab=x", "/?tab=-1", f"/?tab={2**70}", "/?tab=77"])
def test_a_tab_that_is_not_there_is_the_page_all_the_same(alice: Visitor, address: str) -> None:
    assert alice.open(address).status_code == 200


def test_without_a_store_everything_else_works(serve: Callable[..., Flask], tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    alice = Visitor(serve(store=blocked / "workbench.db").test_client())
    page = see(send(alice, "SELECT 1 AS one"))
    assert page.select("#run table")
    assert "not kept" in page.select_one("#tabs").text
    assert send(alice, "SELECT 1", "/drafts").status_code == 503


def test_format_lays_the_text_out(alice: Visitor) -> None:
    page = see(send(alice, "select name from student where id=1", "/format"))
    assert text_of(page) == "SELECT name\nFROM student\nWHERE id=1"
    deep = "select " + "(" * 300 + "1" + ")" * 300
    page = see(send(alice, deep, "/format"))
    assert text_of(page) == deep
    assert "stayed as written" in page.select_one("#tabs").text


def test_the_names_to_complete_with_are_kept_by_the_browser_until_they_change(alice: Visitor) -> None:
    alice.run('CREATE TABLE "order" ("a b" TEXT)')
    answer = alice.client.get("/catalog.json")
    assert answer.json["tables"][0] == {
        "name": "order",
        "sql": '"order"',
        "kind": "table",
        "columns": [{"name": "a b", "sql": '"a b"', "type": "TEXT"}],
    }
    known = {"If-None-Match": answer.headers["ETag"]}
    assert alice.client.get("/catalog.json", headers=known).status_code == 304
    alice.run('DROP TABLE "order"', for_good="yes")
    assert alice.client.get("/catalog.json", headers=known).status_code == 200


PART = "SELECT '👩‍🚀';\nSELECT nmae\n  FROM student;\nSELECT 3;"


def test_a_part_is_run_and_its_mistake_is_where_it_is_in_the_whole(alice: Visitor) -> None:
    start = PART.index("SELECT nmae")
    end = PART.index("\nSELECT 3")
    page = see(alice.run(PART.replace("\n", "\r\n"), start=str(start), end=str(end)))
    alert = page.select_one("[role=alert]")
    assert "Line 2, column 8" in alert.text
    assert alert.select_one("[data-go-to]")["data-go-to"] == str(PART.index("nmae"))
    assert text_of(page) == PART
    assert "SELECT nmae FROM student;" in page.select_one("#entries").text


def test_a_part_that_waits_for_a_decision_is_committed_as_that_part(alice: Visitor) -> None:
    script = "SELECT 1; DELETE FROM student; SELECT 3;"
    page = see(alice.run(script, start="10", end="30"))
    page = see(alice.press(page.select_one("#commit-button")))
    assert "3 rows affected" in page.select_one("#run").text
    assert page.select_one("#entries .first-words").text.strip() == "DELETE FROM student;"


@pytest.mark.parametrize(("start", "end"), [("a", "1"), ("1", ""), ("5", "2"), ("0", "99"), ("-1", "2")])
def test_a_part_that_is_none_is_refused(alice: Visitor, start: str, end: str) -> None:
    assert alice.run("SELECT 1", start=start, end=end).status_code == 400

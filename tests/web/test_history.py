"""The history on the page: everything one ran, one's own alone, and a way back to each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from bs4 import Tag
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see
from workbench.memory import HISTORY_ENTRIES


def entries(visitor: Visitor, address: str = "/") -> list[str]:
    return [e.text for e in see(visitor.open(address)).select("#history .first-words")]


def scripts(visitor: Visitor, address: str = "/history") -> list[str]:
    """What the page of the history shows."""
    return [e.text for e in see(visitor.open(address)).select("#found .script")]


def press(visitor: Visitor, form: Tag, **typed: str) -> TestResponse:
    """Send a form of the page with what it holds and what was typed."""
    held = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    return visitor.client.post(form["action"], data=held | typed, follow_redirects=True)


def form_at(visitor: Visitor, ending: str, address: str = "/history") -> Tag:
    """The first form of the page that leads to an address with this ending."""
    return see(visitor.open(address)).select_one(f"form[action$='{ending}']")


def test_what_alice_ran_is_there_newest_first_with_its_outcome(alice: Visitor) -> None:
    alice.run("SELECT 1")
    alice.run("SELEC 2")
    alice.run("DELETE FROM student WHERE id = 3")
    assert entries(alice) == ["DELETE FROM student WHERE id = 3", "SELEC 2", "SELECT 1"]
    history = see(alice.open("/")).select_one("#history")
    assert [li["class"][-1] for li in history.select("li.entry")] == ["ok", "error", "ok"]
    assert "1 row" in history.select("li.entry")[0].text
    assert "failed" in history.select("li.entry")[1].text


def test_a_click_brings_the_text_back(alice: Visitor) -> None:
    alice.run("SELECT name FROM student -- all of them")
    alice.run("SELECT 2")
    link = see(alice.open("/")).select("#history li.entry a")[1]
    page = see(alice.open(link["href"]))
    assert page.select_one("textarea").text.strip() == "SELECT name FROM student -- all of them"
    assert "Mark Twain" in page.select_one("#run").text
    assert page.select_one("#history [aria-current=true] .first-words").text.startswith("SELECT name")


def test_an_error_in_the_history_shows_its_banner_again(alice: Visitor) -> None:
    alice.run("SELECT * FROM studnet")
    page = see(alice.open(see(alice.open("/")).select_one("#history li.entry a")["href"]))
    assert "studnet" in page.select_one("#run [role=alert]").text
    assert page.select_one("#run mark").text == "studnet"


def test_alice_and_bob_have_a_history_each(alice: Visitor, bob: Visitor) -> None:
    answer = alice.run("SELECT 'secret'", follow=False)
    assert entries(bob) == []
    assert bob.open(answer.headers["Location"]).status_code == 404
    assert entries(alice) == ["SELECT 'secret'"]


def test_it_survives_a_restart(alice: Visitor, serve) -> None:
    alice.run("SELECT 1")
    cookies = alice.client.get_cookie
    again = serve().test_client()
    name = next(iter(alice.client._cookies.values())).key
    again.set_cookie(name, cookies(name).value)
    assert entries(Visitor(again)) == ["SELECT 1"]


@pytest.mark.parametrize(("address", "part"), [("/history", "#found"), ("/history/column", "#remembered")])
def test_the_fragment_is_the_part_of_the_page(alice: Visitor, address: str, part: str) -> None:
    alice.run("SELECT 1")
    for asked in ("", "?q=select", "?q=nowhere", "?before=1"):
        fragment = see(alice.open(address + asked, **{"HX-Request": "true"}))
        page = see(alice.open(address + asked))
        assert [each.get("id") for each in fragment.find_all(recursive=False)] == [part[1:]]
        assert _bare(page.select_one(part)) == _bare(fragment.select_one(part))


def _bare(part: Tag) -> str:
    for token in part.select("[name=csrf_token]"):
        token.decompose()
    return "".join(part.prettify().split())


def test_older_entries_are_a_link_away(alice: Visitor) -> None:
    alice.open("/")
    for i in range(HISTORY_ENTRIES + 2):
        alice.client.get("/run", query_string={"query": f"SELECT {i}"})
    alice.run("SELECT 'last'")
    first = see(alice.open("/"))
    assert len(first.select("#history li.entry")) == HISTORY_ENTRIES
    older = first.select_one("#older a")
    assert entries(alice, older["hx-get"]) == ["SELECT 2", "SELECT 1", "SELECT 0"]
    assert scripts(alice, older["href"]) == ["SELECT 2", "SELECT 1", "SELECT 0"]


def test_an_empty_history_says_what_to_try(alice: Visitor) -> None:
    assert "SELECT * FROM student" in see(alice.open("/")).select_one("#history").text


def test_programs_do_not_show_up_in_a_persons_history(alice: Visitor, app) -> None:
    app.test_client(use_cookies=False).get("/run?query=SELECT+1")
    assert entries(alice) == []


def test_an_empty_run_is_not_remembered(alice: Visitor) -> None:
    alice.run("   ")
    assert entries(alice) == []


def test_a_result_too_large_to_keep_says_so_at_its_address(serve: Callable[..., Flask]) -> None:
    alice = Visitor(serve(snapshots_mb=0).test_client())
    answer = alice.run("SELECT printf('%.*c', 2000000, 'x')")
    page = see(answer)
    assert answer.status_code == 200
    assert "Run query" in page.select_one("#run").text
    assert "xxxxx" not in page.select_one("#run").text


def test_a_result_that_was_cut_says_so_in_the_history(
    alice: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.snapshots.MOST_ROWS", 1000)
    alice.run("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1001) SELECT x FROM c")
    assert "first 1,000 rows" in see(alice.open("/")).select_one("#history li.entry").text


def test_the_chosen_table_stays_chosen_after_a_run(alice: Visitor) -> None:
    alice.run("CREATE TABLE another (a)")
    form = {"query": "SELECT 1", "csrf_token": alice.token(), "table": "student"}
    page = see(alice.client.post("/query", data=form, follow_redirects=True))
    assert page.select_one("#editor [data-sql]")["data-sql"] == "SELECT * FROM student;"


def test_the_page_shows_each_entry_in_full(alice: Visitor) -> None:
    alice.run("SELECT *\n  FROM studnet")
    alice.run("UPDATE student SET nr = 5 WHERE id = 1")
    page = see(alice.open("/history"))
    assert scripts(alice) == ["UPDATE student SET nr = 5 WHERE id = 1", "SELECT *\n  FROM studnet"]
    wrote, failed = page.select("#found .entry")
    assert "1 row affected" in wrote.text
    assert "no such table: studnet" in failed.select_one(".message").text


def test_a_search_finds_words_and_says_what_it_shows(alice: Visitor) -> None:
    alice.run("SELECT student.id FROM student")
    alice.run("SELECT 'O''Brien'")
    alice.run("DELETE FROM student WHERE id = 99")
    assert scripts(alice, "/history?q=student.id") == ["SELECT student.id FROM student"]
    assert scripts(alice, "/history?q=o%27bri") == ["SELECT 'O''Brien'"]
    assert scripts(alice, "/history?kind=write") == ["DELETE FROM student WHERE id = 99"]
    assert scripts(alice, "/history?q=student&kind=read&outcome=ok&since=day&whose=mine") == [
        "SELECT student.id FROM student"
    ]
    page = see(alice.open("/history?q=student.id&kind=read"))
    assert page.select_one("#words")["value"] == "student.id"
    assert page.select_one("#of-kind [selected]")["value"] == "read"
    assert entries(alice, "/history/column?q=o%27bri") == ["SELECT 'O''Brien'"]


def test_what_is_found_goes_on_with_the_same_search(alice: Visitor) -> None:
    alice.open("/")
    for i in range(HISTORY_ENTRIES + 2):
        alice.client.get("/run", query_string={"query": f"SELECT {i}"})
    alice.run("DELETE FROM student WHERE id = 99")
    first = see(alice.open("/history?q=select&outcome=ok"))
    assert len(first.select("#found .entry")) == HISTORY_ENTRIES
    assert scripts(alice, first.select_one("#older a")["href"]) == ["SELECT 1", "SELECT 0"]


@pytest.mark.parametrize("asked", ["kind=everything", "since=yesterday", "whose=bob", "q=a&q=b", "q=%ff"])
def test_a_filter_that_there_is_not_is_said(alice: Visitor, asked: str) -> None:
    for address in ("/history", "/history/column", "/history/delete", "/history.ndjson"):
        answer = alice.open(f"{address}?{asked}")
        assert answer.status_code == 400
        assert see(answer).select_one("[role=alert]")


def test_where_nothing_is_found_the_page_says_what_to_do(alice: Visitor) -> None:
    assert "Write the first query" in see(alice.open("/history")).select_one("#found").text
    alice.run("SELECT 1")
    nothing = see(alice.open("/history?q=nowhere")).select_one("#found")
    assert nothing.select_one("a[href='/history']").text == "Show everything"


def test_the_address_follows_what_is_typed_and_chosen(alice: Visitor) -> None:
    def asked(at: str, address: str) -> dict[str, str]:
        told = {"HX-Request": "true", "HX-Source": "form#search", "HX-Current-URL": f"http://localhost{at}"}
        return dict(alice.open(address, **told).headers)

    empty = "&whose=mine&kind=&outcome=&since="
    assert asked("/history", f"/history?q=a{empty}")["HX-Replace-Url"] == "/history?q=a"
    assert asked("/history?q=a", f"/history?q=ab{empty}")["HX-Replace-Url"] == "/history?q=ab"
    assert asked("/history?q=ab", "/history?q=ab&kind=read")["HX-Push-Url"] == "/history?q=ab&kind=read"
    assert asked("/history?kind=read", f"/history?q={empty}")["HX-Push-Url"] == "/history"


def test_what_programs_ran_is_for_everyone_and_for_nobody_to_delete(alice: Visitor, app: Flask) -> None:
    app.test_client(use_cookies=False).get("/run?query=SELECT+'program'")
    alice.run("SELECT 'hers'")
    assert scripts(alice, "/history?whose=programs") == ["SELECT 'program'"]
    assert scripts(alice, "/history?whose=all") == ["SELECT 'hers'", "SELECT 'program'"]
    programs = see(alice.open("/history?whose=programs"))
    assert "by a program" in programs.select_one("#found .entry").text
    assert not programs.select("form[action$='/delete'], a[href^='/history/delete']")
    opened = alice.open(programs.select_one("#found .told a")["href"])
    assert see(opened).select_one("textarea").text.strip() == "SELECT 'program'"
    number = programs.select_one("#found .entry")["id"].removeprefix("entry-")
    alice.client.post(f"/entries/{number}/delete", data={"csrf_token": alice.token()})
    assert scripts(alice, "/history?whose=programs") == ["SELECT 'program'"]


def test_how_much_of_programs_is_kept_is_a_setting(serve) -> None:
    alice = Visitor(serve(api_history=0).test_client())
    serve(api_history=0).test_client(use_cookies=False).get("/run?query=SELECT+1")
    assert scripts(alice, "/history?whose=programs") == []


def test_what_read_runs_again_in_one_press_with_its_values(alice: Visitor) -> None:
    form = {"query": "SELECT name FROM student WHERE id = :id", "p_id": "2", "as_id": "auto"}
    alice.client.post("/query", data=form | {"csrf_token": alice.token()})
    again = press(alice, form_at(alice, "/query"))
    assert "John Doe" in see(again).select_one("#run").text
    assert len(scripts(alice)) == 2


@pytest.mark.parametrize(
    "script", ["UPDATE student SET nr = 1 WHERE id = 1", "CREATE TABLE t (a)", "SELEC", "DELETE FROM nowhere"]
)
def test_what_writes_or_failed_is_opened_first(alice: Visitor, script: str) -> None:
    alice.run(script)
    page = see(alice.open("/history"))
    assert not page.select("form[action='/query']")
    opened = next(a for a in page.select("#found .doings a") if a.text == "Open to run again")
    assert see(alice.open(opened["href"])).select_one("textarea").text.strip() == script


def test_alice_deletes_one_entry_with_its_answer(alice: Visitor) -> None:
    alice.run("SELECT 'kept'")
    gone = alice.run("SELECT 'gone'", follow=False).headers["Location"]
    page = see(press(alice, form_at(alice, "/delete")))
    assert "The entry was deleted" in page.select_one("[role=status]").text
    assert scripts(alice) == ["SELECT 'kept'"]
    assert alice.open(gone).status_code == 404


def test_alice_deletes_what_she_found_and_is_told_how_many_first(alice: Visitor, bob: Visitor) -> None:
    bob.run("SELECT 'gone'")
    for script in ("SELECT 'gone'", "SELECT 'kept'", "SELECT 'gone', 2"):
        alice.run(script)
    link = next(a for a in see(alice.open("/history?q=gone")).select("#found a") if a.text == "Delete these…")
    page = see(alice.open(link["href"]))
    assert page.select_one("h1").text == "Delete 2 entries?"
    assert scripts(alice) == ["SELECT 'gone', 2", "SELECT 'kept'", "SELECT 'gone'"]
    alice.run("SELECT 'gone', but later")
    deleted = press(alice, page.select_one("form[action='/history/delete']"))
    assert "2 entries were deleted" in deleted.text
    assert scripts(alice) == ["SELECT 'gone', but later", "SELECT 'kept'"]
    assert scripts(bob) == ["SELECT 'gone'"]


def test_alice_deletes_everything_but_not_bobs(alice: Visitor, bob: Visitor, tmp_path: Path) -> None:
    bob.run("SELECT 'his'")
    alice.run("SELECT 'secret'")
    page = see(alice.open("/history/delete"))
    assert page.select_one("h1").text == "Delete 1 entry?"
    press(alice, page.select_one("form[action='/history/delete']"))
    assert scripts(alice) == []
    assert scripts(bob) == ["SELECT 'his'"]
    assert "There is nothing to delete" in alice.open("/history/delete").text


def test_what_takes_long_to_delete_is_asked_for_again(
    alice: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.open("/")
    for i in range(250):
        alice.client.get("/run", query_string={"query": f"SELECT {i}"})
    monkeypatch.setattr("workbench.web.history._SECONDS", 0.0)
    page = see(press(alice, see(alice.open("/history/delete?q=select")).select_one("form")))
    assert page.select_one("[role=status]").text == "200 entries were deleted."
    assert page.select_one("h1").text == "Delete 50 entries?"
    assert "50 entries were deleted" in press(alice, page.select_one("form")).text
    assert scripts(alice) == []


def test_nothing_is_deleted_without_a_token(alice: Visitor) -> None:
    location = alice.run("SELECT 1", follow=False).headers["Location"]
    for address in ("/history/delete", f"{location}/delete", f"{location}/save", "/saved/1/delete"):
        answer = alice.client.post(address, data={"up_to": 99, "name": "a"})
        assert answer.status_code == 400
        assert "Nothing was changed" in see(answer).select_one("[role=alert]").text
    assert scripts(alice) == ["SELECT 1"]


def test_bob_deletes_nothing_of_alices(alice: Visitor, bob: Visitor) -> None:
    location = alice.run("SELECT 1", follow=False).headers["Location"]
    bob.client.post(f"{location}/delete", data={"csrf_token": bob.token()})
    bob.client.post("/history/delete", data={"csrf_token": bob.token(), "up_to": 99, "whose": "all"})
    assert scripts(alice) == ["SELECT 1"]


def test_the_export_is_lines_of_json_that_end_with_their_number(alice: Visitor) -> None:
    alice.run("SELEC")
    alice.client.post(
        "/query",
        data={"query": "DELETE FROM student WHERE id = :id", "p_id": "2", "csrf_token": alice.token()},
    )
    answer = alice.open("/history.ndjson")
    assert answer.mimetype == "application/x-ndjson"
    assert "history.ndjson" in answer.headers["Content-Disposition"]
    wrote, failed, end = map(orjson.loads, answer.data.splitlines())
    assert end == {"end": True, "entries": 2}
    assert (wrote["sql"], wrote["kind"], wrote["outcome"]) == (
        "DELETE FROM student WHERE id = :id",
        "write",
        "ok",
    )
    assert (wrote["rows_affected"], wrote["by"], failed["outcome"]) == (1, "you", "error")
    assert wrote["params"] == [{"name": "id", "text": "2", "as": "auto"}]
    assert failed["error"] == 'near "SELEC": syntax error'
    assert datetime.fromisoformat(wrote["at"]).tzinfo
    assert wrote["number"] > failed["number"]


def test_the_export_has_all_that_was_found_and_no_more(alice: Visitor, bob: Visitor) -> None:
    bob.run("SELECT 'his'")
    alice.open("/")
    for i in range(250):
        alice.client.get("/run", query_string={"query": f"SELECT {i}"})
    alice.run("DELETE FROM student")
    *told, end = map(orjson.loads, alice.open("/history.ndjson?kind=read").data.splitlines())
    assert end == {"end": True, "entries": 250}
    assert [each["sql"] for each in told] == [f"SELECT {i}" for i in reversed(range(250))]
    assert orjson.loads(alice.open("/history.ndjson?q=nowhere").data) == {"end": True, "entries": 0}


def test_without_a_store_the_page_says_that_the_history_is_off(serve, tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    carol = Visitor(serve(store=tmp_path / "folder.db").test_client())
    assert "The history is off" in see(carol.open("/history")).select_one("#found").text
    for address in ("/history.ndjson", "/history/delete", "/saved/1"):
        answer = carol.open(address)
        assert answer.status_code == 503
        assert see(answer).select_one("[role=alert]")


def test_data_in_the_history_is_never_markup(alice: Visitor) -> None:
    alice.run("SELECT '<script>alert(1)</script>{{ 7 * 7 }}' AS \"<img src=x>\"")
    press(alice, form_at(alice, "/save"), name="<b>bold</b>", note="<img src=y>")
    for address in ("/history", "/", "/history?q=<script>"):
        page = see(alice.open(address))
        assert not page.select("script:not([src]), img[src=x], img[src=y], b:-soup-contains('bold')")
        assert "49" not in page.select_one("#entries").text

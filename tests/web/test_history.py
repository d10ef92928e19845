"""The history on the page: everything one ran, one's own alone, and a way back to each."""

from __future__ import annotations

from tests.conftest import Visitor, see
from workbench.bench import HISTORY_ENTRIES


def entries(visitor: Visitor, address: str = "/") -> list[str]:
    return [e.text for e in see(visitor.open(address)).select("#history .first-words")]


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


def test_the_fragment_is_the_part_of_the_page(alice: Visitor) -> None:
    alice.run("SELECT 1")
    fragment = alice.open("/history", **{"HX-Request": "true"})
    page = see(alice.open("/history"))
    assert page.select_one("#editor")
    assert "".join(page.select_one("#history").prettify().split()) == "".join(
        see(fragment).select_one("#history").prettify().split()
    )


def test_older_entries_are_a_link_away(alice: Visitor) -> None:
    alice.open("/")
    for i in range(HISTORY_ENTRIES + 2):
        alice.client.get("/run", query_string={"query": f"SELECT {i}"})
    alice.run("SELECT 'last'")
    first = see(alice.open("/"))
    assert len(first.select("#history li.entry")) == HISTORY_ENTRIES
    older = first.select_one("#older a")["href"]
    assert entries(alice, older) == ["SELECT 2", "SELECT 1", "SELECT 0"]


def test_an_empty_history_says_what_to_try(alice: Visitor) -> None:
    assert "SELECT * FROM student" in see(alice.open("/")).select_one("#history").text


def test_programs_do_not_show_up_in_a_persons_history(alice: Visitor, app) -> None:
    app.test_client(use_cookies=False).get("/run?query=SELECT+1")
    assert entries(alice) == []


def test_an_empty_run_is_not_remembered(alice: Visitor) -> None:
    alice.run("   ")
    assert entries(alice) == []


def test_a_result_too_large_to_keep_says_so_at_its_address(alice: Visitor) -> None:
    answer = alice.run("SELECT printf('%.*c', 2000000, 'x')")
    page = see(answer)
    assert answer.status_code == 200
    assert "Run query" in page.select_one("#run").text
    assert "xxxxx" not in page.select_one("#run").text


def test_a_result_that_was_cut_says_so_in_the_history(alice: Visitor) -> None:
    alice.run("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1001) SELECT x FROM c")
    assert "first 1,000 rows" in see(alice.open("/")).select_one("#history li.entry").text


def test_the_chosen_table_stays_chosen_after_a_run(alice: Visitor) -> None:
    alice.run("CREATE TABLE another (a)")
    form = {"query": "SELECT 1", "csrf_token": alice.token(), "table": "student"}
    page = see(alice.client.post("/query", data=form, follow_redirects=True))
    assert page.select_one("#editor [data-sql]")["data-sql"] == "SELECT * FROM student;"

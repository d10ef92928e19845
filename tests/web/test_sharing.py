"""What Alice hands on to Bob: links to queries and to results, and what he cannot do with them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see
from tests.web.test_history import press, scripts
from workbench import frozen, snapshots

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def counted(count: int, columns: str = "x") -> str:
    """Rows numbered up to `count`."""
    numbers = f"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {count})"
    return f"{numbers} SELECT {columns} FROM c"


READ = "SELECT name FROM student WHERE nr > :least"
WRITE = "DELETE FROM student WHERE id = 1"
HOSTILE = "SELECT '<script>alert(1)</script>' AS \"<img src=x onerror=alert(1)>\", x'ff' AS b"


UNFIT = {
    "SELECT printf('%.*c', 2500000, 'x')": "more than 2 MiB",
    counted(2500, "x, printf('%.*c', 1000, 'x')"): "more than 2 MiB",
    counted(200_001): "more rows than the 200,000 that are kept",
    "CREATE TABLE made (x)": "no rows to share",
}


def send(visitor: Visitor, address: str, query: str, *, htmx: bool = False, **more: str) -> TestResponse:
    """Press a button of the editor that leads to `address`."""
    form = {"query": query, "csrf_token": visitor.token()} | more
    return visitor.client.post(address, data=form, headers=HTMX if htmx else {})


def share(visitor: Visitor, query: str, span: str = "week", **more: str) -> str:
    """Run `query`, share what came back, and give the link."""
    address = visitor.run(query, follow=False, **more).headers["Location"]
    form = see(visitor.open(address)).select_one("form[action$='/share']")
    fields = {each["name"]: each["value"] for each in form.select("input[name]")}
    return visitor.client.post(form["action"], data=fields | {"for": span}).headers["Location"]


def count(visitor: Visitor) -> str:
    return see(visitor.run("SELECT count(*) FROM student")).select_one("#run tbody td").text


def test_bob_gets_the_text_and_its_values_and_nothing_is_run(alice: Visitor, bob: Visitor) -> None:
    address = send(alice, "/q", READ, p_least="2000", as_least="text").headers["Location"]
    page = see(bob.open(address))
    assert page.select_one("#query").text.strip() == READ
    assert page.select_one("#value-least")["value"] == "2000"
    assert page.select_one("#run-button").has_attr("autofocus")
    assert not page.select("#run table")
    assert (scripts(alice), scripts(bob)) == ([], [])


def test_a_link_that_writes_is_shown_and_not_run(alice: Visitor, bob: Visitor) -> None:
    address = send(alice, "/q", WRITE).headers["Location"]
    page = see(bob.open(address))
    assert page.select_one("#query").text.strip() == WRITE
    assert not page.select_one("#run-button").has_attr("autofocus")
    assert "may change the data" in page.select_one("#given").text
    assert count(bob) == "3"


@pytest.mark.parametrize("text", ["SELEC 1", "SELECT 1; DROP TABLE student", "ATTACH 'x' AS y"])
def test_what_is_not_known_to_read_is_not_offered_to_be_run(alice: Visitor, text: str) -> None:
    page = see(alice.open(send(alice, "/q", text).headers["Location"]))
    assert not page.select_one("#run-button").has_attr("autofocus")


def test_the_fragment_holds_the_link_and_it_is_always_the_same(alice: Visitor) -> None:
    links = [see(send(alice, "/q", READ, htmx=True)).select_one("#link-address")["value"] for _ in "12"]
    assert links == [send(alice, "/q", READ).headers["Location"]] * 2
    empty = send(alice, "/q", " ", htmx=True)
    assert (empty.status_code, "no text" in see(empty).select_one("#link").text) == (400, True)


def test_bob_cannot_list_or_end_alices_links(alice: Visitor, bob: Visitor) -> None:
    query, result = send(alice, "/q", READ).headers["Location"], share(alice, "SELECT 1")
    ends = [form["action"] for form in see(alice.open("/history")).select("#links form")]
    assert len(ends) == 2
    assert not see(bob.open("/history")).select("#links li")
    assert not see(bob.open(result)).select("form")
    for address in ends:
        bob.client.post(address, data={"csrf_token": bob.token()})
    assert [bob.open(each).status_code for each in (query, result)] == [200, 200]
    for address in ends:
        said = alice.client.post(address, data={"csrf_token": alice.token()}, follow_redirects=True)
        assert "has ended" in see(said).select_one("[role=status]").text
    assert [bob.open(each).status_code for each in (query, result)] == [404, 410]


def test_no_link_is_made_or_ended_by_get_or_without_a_token(alice: Visitor) -> None:
    address = share(alice, "SELECT 1")
    for ending in ("/q", "/saved/new", "/saved", "/saved/1/text"):
        assert alice.client.get(ending).status_code == 405
    for ending in ("/q", "/entries/1/share", "/shared/x/end", "/saved", "/running/abcdefgh/stop"):
        assert alice.client.post(ending, data={"query": "SELECT 1"}).status_code == 400
    assert alice.open(address).status_code == 200


def test_bob_sees_the_rows_as_they_were_and_no_history(alice: Visitor, bob: Visitor) -> None:
    address = share(alice, READ, p_least="2000", as_least="auto")
    alice.run("DELETE FROM student")
    press(alice, see(alice.open("/history/delete")).select_one("form"))
    page = see(bob.open(address))
    assert [td.text for td in page.select("#rows td")] == ["John Doe", "Harry Potter"]
    assert READ in page.text
    assert "least" in page.select_one(".bound").text
    assert not bob.client._cookies
    assert "You made this link" not in page.text
    assert scripts(bob) == []


def test_what_was_changed_is_not_shown_with_what_was_shared(alice: Visitor, bob: Visitor) -> None:
    address = share(alice, "UPDATE student SET name = 'secret' WHERE id = 2; SELECT 1 AS one")
    page = see(bob.open(address))
    assert "John Doe" not in page.text
    assert page.select_one("#rows td").text == "1"


def test_hostile_rows_and_names_are_inert_on_the_page_and_whole_in_the_files(
    alice: Visitor, bob: Visitor
) -> None:
    address = share(alice, HOSTILE)
    page = see(bob.open(address))
    assert [script.get("src", "").startswith("/static/") for script in page.select("script")] == [True]
    assert not page.select("#rows img")
    assert page.select_one("#rows td").text == "<script>alert(1)</script>"
    as_csv = bob.open(f"{address}/1.csv")
    assert list(csv.reader(io.StringIO(as_csv.text)))[1] == ["<script>alert(1)</script>", "/w=="]
    assert as_csv.headers["Content-Disposition"].startswith('attachment; filename="student.csv"')
    as_json = bob.open(f"{address}/1.json").json
    assert as_json["rows"] == [["<script>alert(1)</script>", {"$base64": True, "encoded": "/w=="}]]
    assert as_json["columns"][0]["name"] == "<img src=x onerror=alert(1)>"
    for wrong in ("/0.csv", "/2.csv", "/1.html", "/x.csv"):
        assert bob.open(address + wrong).status_code == 404


def test_a_tampered_link_is_none_and_an_expired_one_says_so(
    alice: Visitor, bob: Visitor, monkeypatch
) -> None:
    address = share(alice, "SELECT 1")
    assert bob.open(address[:-1]).status_code == 404
    assert bob.open(f"{address[:-1]}/1.csv").status_code == 404
    monkeypatch.setitem(frozen.SPANS, "day", timedelta(seconds=-2))
    gone = bob.open(share(alice, "SELECT 1", "day"))
    assert gone.status_code == 410
    assert "This link has ended" in see(gone).select_one("h2").text
    assert not see(gone).select("[role=alert]")


def test_what_cannot_be_shared_says_why(alice: Visitor, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "SECONDS", 60.0)  # the rows that are kept end at their most, not in time
    for number, (query, reason) in enumerate(UNFIT.items(), 1):
        alice.run(query)
        form = {"for": "day", "csrf_token": alice.token()}
        answer = alice.client.post(f"/entries/{number}/share", data=form)
        assert (answer.status_code, reason in answer.text) == (422, True), query
        assert len(see(answer).select("#run tbody:not(.more) tr")) <= 100
    assert "cannot hold" in press(alice, see(alice.run("SELECT 1")).select_one("form[action$=share]")).text


def test_bob_cannot_share_what_alice_ran(alice: Visitor, bob: Visitor) -> None:
    alice.run("SELECT 'secret'")
    form = {"for": "day", "csrf_token": bob.token()}
    assert bob.client.post("/entries/1/share", data=form).status_code == 404
    assert bob.open("/entries/1/compare?with=1").status_code == 404


def test_a_query_is_saved_from_the_editor_and_saved_over(alice: Visitor) -> None:
    asked = see(send(alice, "/saved/new", READ, p_least="1", as_least="text"))
    page = see(press(alice, asked.select_one("#save"), name="Good students"))
    assert page.select_one("#query").text.strip() == READ
    assert page.select_one("#value-least")["value"] == "1"
    (number,) = [each["value"] for each in page.select("#opened [name=saved]")]
    ran = see(alice.run("SELECT 7", saved=number))
    assert "Good students" in ran.select_one("#opened").text
    over = ran.select_one("#opened button")["formaction"]
    send(alice, over, "SELECT 7")
    assert see(alice.open(f"/saved/{number}")).select_one("#query").text.strip() == "SELECT 7"


def test_a_name_that_is_taken_keeps_text_and_name(alice: Visitor) -> None:
    for text in ("SELECT 1", "SELECT 2"):
        answer = send(alice, "/saved", text, name="mine", note="kept")
    assert answer.status_code == 422
    form = see(answer).select_one("#save")
    held = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    assert (held["query"], held["name"], held["note"]) == ("SELECT 2", "mine", "kept")


def test_bob_saves_over_nothing_of_alices(alice: Visitor, bob: Visitor) -> None:
    address = send(alice, "/saved", "SELECT 'hers'", name="hers").headers["Location"]
    assert send(bob, f"{address}/text", "SELECT 'his'").status_code == 404
    assert "hers" not in see(bob.open(f"/?saved={address.rsplit('/')[-1]}")).select_one("#opened").text
    assert see(alice.open(address)).select_one("#query").text.strip() == "SELECT 'hers'"


def compared(visitor: Visitor, query: str, between: str, **more: str) -> str:
    """What is different after `between`, in words."""
    visitor.run(query, **more)
    visitor.run(between)
    link = see(visitor.run(query, **more)).select_one(".aside a")
    return " ".join(see(visitor.open(link["href"])).select_one("#compared").text.split())


def test_a_result_is_compared_with_the_run_before_by_its_key(alice: Visitor) -> None:
    change = "UPDATE student SET nr = 5 WHERE id = 2; DELETE FROM student WHERE id = 3"
    words = compared(alice, "SELECT * FROM student", change)
    assert "1 changed 1 removed" in words
    assert "told apart by id" in words
    assert "Different in nr (1 row)" in words


def test_without_its_key_rows_are_compared_as_wholes(alice: Visitor) -> None:
    words = compared(alice, "SELECT name, nr FROM student", "UPDATE student SET nr = 5 WHERE id = 2")
    assert "1 added 1 removed" in words
    assert "compared as wholes" in words


def test_columns_that_came_are_told(alice: Visitor) -> None:
    words = compared(alice, "SELECT * FROM student", "ALTER TABLE student ADD COLUMN email")
    assert "Columns that came: email." in words


def test_a_large_result_is_compared_to_its_last_row(alice: Visitor) -> None:
    last = counted(20_000, "iif(x = 20000, (SELECT nr FROM student WHERE id = 2), x) AS x")
    words = compared(alice, last, "UPDATE student SET nr = 5 WHERE id = 2")
    assert "1 added 1 removed" in words
    assert "Only the first" not in words


def test_a_part_of_a_large_result_is_called_that(alice: Visitor) -> None:
    words = compared(alice, counted(50_001), "SELECT 1")
    assert "Only the first 50,000 rows before and 50,000 here were compared" in words


def test_a_large_result_is_shared_to_its_last_row(alice: Visitor, bob: Visitor) -> None:
    address = share(alice, counted(5000))
    press(alice, see(alice.open("/history/delete")).select_one("form"))
    page = see(bob.open(address))
    assert len(page.select("#rows tbody tr")) == 1000
    assert "First 1,000 of 5,000 rows. The files have all of them." in page.text
    assert len(bob.open(f"{address}/1.json").json["rows"]) == 5000


def test_only_a_run_of_the_same_text_and_values_is_offered(alice: Visitor) -> None:
    alice.run(READ, p_least="1", as_least="auto")
    other = see(alice.run(READ, p_least="2", as_least="auto"))
    assert not other.select(".aside a")
    same = see(alice.run(READ, p_least="1", as_least="auto"))
    assert same.select_one(".aside a")["href"] == "/entries/3/compare?with=1"
    alice.run("SELECT 1")
    assert alice.open("/entries/4/compare?with=1").status_code == 400
    assert alice.open("/entries/4/compare?with=x").status_code == 404


def test_the_fragments_are_parts_of_their_pages(alice: Visitor) -> None:
    for _ in "12":
        alice.run("SELECT * FROM student")
    for address, part in (("/entries/2/compare?with=1", "#compared"), ("/running", "#running")):
        fragment = see(alice.open(address, **HTMX))
        page = see(alice.open(address)).select_one(part)
        assert page.prettify().split() == fragment.select_one(part).prettify().split()


def test_what_runs_is_a_page_and_an_unknown_run_is_over(alice: Visitor) -> None:
    assert "Nothing of yours is running" in see(alice.open("/running")).text
    form = {"csrf_token": alice.token()}
    said = alice.client.post("/running/abcdefgh1234/stop", data=form, follow_redirects=True)
    assert "over already" in see(said).select_one("[role=status]").text


def test_three_things_to_try_go_away_when_something_ran(alice: Visitor) -> None:
    first = see(alice.open("/")).select_one("#run")
    assert [link["data-sql"].split()[0] for link in first.select("a.button")] == [
        "SELECT",
        "UPDATE",
        "INSERT",
    ]
    alice.run("SELECT 1")
    assert "Three things" not in see(alice.open("/")).select_one("#run").text


def test_the_saved_are_found_where_the_store_is_gone_too(serve, tmp_path) -> None:
    visitor = Visitor(serve(store=tmp_path / "student.db" / "no" / "store.db").test_client())
    assert visitor.run("SELECT 1").status_code == 200
    assert send(visitor, "/q", "SELECT 1", htmx=True).status_code == 503
    assert visitor.open("/history").status_code == 200


def test_no_hidden_address_is_shown(alice: Visitor, bob: Visitor) -> None:
    """A link that is not known, or no link at all, tells nothing of whether there is one."""
    send(alice, "/q", READ)
    unknown = bob.open("/q/" + "A" * 12)
    assert unknown.status_code == 404
    assert "No such link" in unknown.text

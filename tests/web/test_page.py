"""A person at the workbench: types SQL, sees tables and errors, and finds what they ran."""

from __future__ import annotations

from collections.abc import Callable

import apsw
import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from tests.conftest import Visitor, see


def run_part(document: BeautifulSoup) -> Tag:
    return document.select_one("#run")


def test_the_page_greets_with_an_editor_presets_and_the_schema(alice: Visitor) -> None:
    page = see(alice.open("/"))
    form = page.select_one("form#editor")
    assert (form["method"], form["action"]) == ("post", "/query")
    assert form.select_one("textarea[name=query]").text.strip() == ""
    assert [a.text.strip() for a in form.select("[data-sql]")] == ["Select all", "Insert", "Update", "Delete"]
    assert "student" in page.select_one("#schema").text
    assert "student.db" in page.text


def test_a_select_shows_a_captioned_table(alice: Visitor) -> None:
    page = see(alice.run("SELECT * FROM student"))
    (table,) = run_part(page).select("table")
    assert "3 rows" in table.caption.text
    assert [th.text.strip() for th in table.select("thead th[scope=col]")] == ["id", "name", "nr"]
    assert "Harry Potter" in table.text
    assert page.select_one("textarea").text.strip() == "SELECT * FROM student"


def test_every_statement_gets_a_table(alice: Visitor) -> None:
    page = see(alice.run("SELECT 1 AS a; SELECT 2 AS b; SELECT 3 AS c"))
    assert len(run_part(page).select("table caption")) == 3


def test_a_write_tells_how_many_rows_it_changed(alice: Visitor) -> None:
    assert "2 rows affected" in run_part(see(alice.run("UPDATE student SET nr = 0 WHERE id > 1"))).text


SCRIPTS = [
    "SELECT * FROM student",
    "SELECT 1; SELECT 2",
    "SELECT NULL, '', x'00ff', '  a', 9e999, CAST(x'ff' AS TEXT), 9007199254740993",
    "INSERT INTO student (name, nr) VALUES ('Eve', 5) RETURNING *",
    "SELECT * FROM studnet",
    "SELECT 1; SELEC 2",
    "DELETE FROM student; INSERT INTO student VALUES (1, NULL, 1)",
    "-- nothing",
    "   ",
    "ATTACH 'x' AS y",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_part_of_the_page_is_the_fragment(serve: Callable[..., Flask], script: str) -> None:
    """Whoever asks, the answer is made by the same file; only its times differ from run to run."""
    alice = Visitor(serve().test_client())
    fragment = alice.run(script, htmx=True)
    number = fragment.headers.get("HX-Push-Url")
    asked_again = see(alice.open(number)) if number else see(alice.run(script))
    from_page = run_part(asked_again)
    for note in from_page.select(".frozen"):
        note.decompose()
    assert _bare(from_page) == _bare(run_part(see(fragment)))


def _bare(part: Tag) -> str:
    for token in part.select("[name=csrf_token]"):
        del token["value"]
    return "".join(part.prettify().split())


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_fragment_is_one_element_and_a_page_is_a_page(alice: Visitor, script: str) -> None:
    fragment = alice.run(script, htmx=True)
    elements = [e for e in see(fragment).children if isinstance(e, Tag)]
    assert [e.get("id") for e in elements] == ["run"]
    page = alice.run(script, follow=False)
    assert page.status_code == 303 or "<html" in page.text
    assert "HX-Request" in fragment.headers["Vary"]


def test_the_address_of_an_answer_shows_it_again_without_running_it(alice: Visitor, app: Flask) -> None:
    first = alice.run("INSERT INTO student (name, nr) VALUES ('Eve', 5) RETURNING id", follow=False)
    assert first.status_code == 303
    for _ in range(2):
        page = see(alice.open(first.headers["Location"]))
        assert "Eve" in page.select_one("textarea").text
        assert len(run_part(page).select(".result:not(.changed) tbody tr")) == 1
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[4]]


def test_the_fragment_says_which_address_shows_it(alice: Visitor) -> None:
    fragment = alice.run("SELECT 41 + 1", htmx=True)
    address = fragment.headers["HX-Push-Url"]
    assert "42" in run_part(see(alice.open(address))).text
    assert "history-changed" in fragment.headers["HX-Trigger"]
    assert "schema-changed" not in fragment.headers["HX-Trigger"]
    made = alice.run("CREATE TABLE t (a)", htmx=True)
    assert "schema-changed" in made.headers["HX-Trigger"]


def test_an_error_is_a_banner_with_its_place_and_keeps_the_text(alice: Visitor) -> None:
    script = "SELECT name,\n       nmae\nFROM student"
    answer = alice.run(script)
    page = see(answer)
    banner = run_part(page).select_one("[role=alert]")
    assert answer.status_code == 400
    assert "no such column: nmae" in banner.text
    assert banner.select_one("mark").text == "nmae"
    assert "line 2" in banner.text.lower()
    assert "column 8" in banner.text.lower()
    assert "did you mean" in banner.text.lower()
    assert "name" in banner.text
    assert page.select_one("textarea").text.strip() == script


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("SELEC 1", 400),
        ("", 400),
        ("  \n ", 400),
        ("-- only a comment", 200),
        ("INSERT INTO student VALUES (1, 'x', 1)", 409),
        ("INSERT INTO student VALUES (9, NULL, 1)", 422),
        ("ATTACH 'x' AS y", 403),
        ("SELECT '\0'", 400),
    ],
)
def test_each_failure_has_its_status_and_changes_nothing(alice: Visitor, script: str, status: int) -> None:
    for htmx in (False, True):
        answer = alice.run(script, htmx=htmx)
        assert answer.status_code == status
        assert bool(see(answer).select("[role=alert]")) is (status >= 400)
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[3]]


def test_what_takes_too_long_is_stopped_and_said(serve: Callable[..., Flask]) -> None:
    alice = Visitor(serve(time_limit=0.2).test_client())
    answer = alice.run("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c")
    assert answer.status_code == 504
    assert "0.2 s" in see(answer).select_one("[role=alert]").text


def test_more_rows_than_are_kept_are_cut_and_said(alice: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.snapshots.MOST_ROWS", 1000)
    page = see(
        alice.run("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 1001) SELECT x FROM c")
    )
    table = run_part(page).select_one("table")
    assert len(table.select("tbody:not(.more) tr")) == 100
    assert "first 1,000 rows of more" in table.caption.text.lower()


def test_values_that_look_alike_are_told_apart(alice: Visitor) -> None:
    cells = run_part(see(alice.run("SELECT NULL, '', 'NULL', x'00', 9e999, 'Infinity', 1, '1'"))).select(
        "tbody td"
    )
    assert len({str(c) for c in cells}) == len(cells) == 8
    assert all(c.text.strip() for c in cells)


@pytest.mark.parametrize(
    "value",
    ["<script>alert(1)</script>", "{{ 7 * 7 }}", '"><img src=x>', "a' hx-get='/run?query=x", "</textarea>"],
)
def test_data_is_never_markup(alice: Visitor, value: str) -> None:
    quoted, name = value.replace("'", "''"), value.replace('"', '""')
    for script in (
        f"SELECT '{quoted}' AS \"{name}\"",
        f'SELECT * FROM "{name}"',
        f'CREATE TABLE "{name}" (a)',
    ):
        for answer in (alice.run(script), alice.run(script, htmx=True), alice.open("/")):
            document = see(answer)
            assert "49" not in document.select_one("#run").text
            assert not document.select("script:not([src]), img:not([src^='/static/built/']), [onclick]")
            assert not [e for e in document.select("[hx-get]") if "query=x" in e["hx-get"]]
    assert alice.run(f"SELECT '{quoted}'").status_code == 200


def test_a_preset_in_the_address_fills_the_editor_and_runs_nothing(alice: Visitor) -> None:
    page = see(alice.open("/?table=student&preset=delete"))
    assert page.select_one("textarea").text.strip() == "DELETE FROM student WHERE id = 1;"
    assert (
        see(alice.open("/?query=DELETE+FROM+student")).select_one("textarea").text.strip()
        == "DELETE FROM student"
    )
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[3]]


@pytest.mark.parametrize(
    "address", ["/?table=none&preset=select", "/?preset=x", "/?table=student&preset=drop"]
)
def test_an_unknown_preset_leaves_the_editor_empty(alice: Visitor, address: str) -> None:
    answer = alice.open(address)
    assert answer.status_code == 200
    assert see(answer).select_one("textarea").text.strip() == ""


def test_presets_follow_the_chosen_table(alice: Visitor) -> None:
    alice.run('CREATE TABLE "odd ""name" (a TEXT, "b c" INTEGER)')
    page = see(alice.open('/?table=odd "name'))
    assert page.select_one("#editor [data-sql]")["data-sql"] == 'SELECT * FROM "odd ""name";'


def test_it_begins_with_a_table_though_a_view_comes_first(alice: Visitor) -> None:
    alice.run("CREATE VIEW a_view AS SELECT 1 AS one")
    assert "INSERT INTO student" in alice.open("/?preset=insert").get_data(as_text=True)


def test_an_empty_database_says_how_to_begin(alice: Visitor) -> None:
    alice.run("DROP TABLE student", for_good="yes")
    assert "CREATE TABLE" in see(alice.open("/")).select_one("#schema").text


def test_line_ends_of_a_form_are_plain_line_ends(alice: Visitor) -> None:
    answer = alice.run("SELECT 'a\r\nb';\r\nSELECT nope")
    assert "line 3" in see(answer).select_one("[role=alert]").text.lower()


def test_the_bare_address_of_the_form_leads_to_the_page(alice: Visitor) -> None:
    assert see(alice.open("/query")).select_one("#editor")


def test_a_database_opened_for_reading_says_so(serve: Callable[..., Flask]) -> None:
    alice = Visitor(serve(read_only=True).test_client())
    assert "read only" in see(alice.open("/")).text.lower()
    answer = alice.run("DELETE FROM student")
    assert answer.status_code == 403
    assert "only reading" in see(answer).select_one("[role=alert]").text


def test_a_database_that_is_gone_is_said_on_every_answer(alice: Visitor, student: object) -> None:
    alice.open("/")
    token = alice.token()
    student.rename(student.with_name("moved.db"))
    page = alice.open("/")
    assert page.status_code == 200
    assert "is gone" in page.text
    answer = alice.client.post("/query", data={"query": "SELECT 1", "csrf_token": token})
    assert answer.status_code == 503
    ready = alice.client.get("/readyz")
    assert (ready.status_code, ready.json["ready"]) == (503, False)
    assert "is gone" in ready.json["reasons"][0]


def test_health_touches_no_database(alice: Visitor, student: object) -> None:
    student.unlink()
    assert alice.client.get("/healthz").json == {"alive": True}


def test_ready_when_the_database_answers(alice: Visitor) -> None:
    assert alice.client.get("/readyz").json == {"ready": True, "reasons": []}


@pytest.mark.parametrize("address", ["/nothing", "/entries/999999", "/entries/x", "/%00", "/entries/-1"])
def test_an_unknown_address_is_a_page_with_a_way_back(alice: Visitor, address: str) -> None:
    answer = alice.open(address)
    assert answer.status_code == 404
    assert see(answer).select_one("a[href='/']")


def test_a_reader_of_history_numbers_beyond_sqlites_is_told_there_is_nothing(alice: Visitor) -> None:
    assert alice.open(f"/entries/{2**70}").status_code == 404
    assert alice.open(f"/history?before={2**70}").status_code == 200


def test_an_answer_can_be_kept_with_every_kind_of_value(alice: Visitor) -> None:
    answer = alice.run("SELECT 9e999, CAST(x'ff' AS TEXT), x'00', NULL, 9223372036854775807")
    assert answer.status_code == 200
    assert "9223372036854775807" in run_part(see(answer)).text


def test_the_page_shows_the_file_as_another_program_left_it(alice: Visitor, student: object) -> None:
    alice.open("/")
    apsw.Connection(str(student)).execute("CREATE TABLE elsewhere (a)")
    assert "elsewhere" in see(alice.open("/")).select_one("#schema").text


def test_what_the_page_is_made_of_is_asked_for_once_and_never_again(alice: Visitor) -> None:
    page = see(alice.open("/"))
    sources = {tag.get("src") or tag["href"] for tag in page.select("script[src], link[href], img[src]")}
    assert len(sources) == 3
    for address in sources:
        answer = alice.open(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert alice.open("/static/built/none-0.js").headers["Cache-Control"] == "no-store"

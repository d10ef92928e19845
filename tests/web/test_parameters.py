"""A person gives values for the parameters of a text: as fields of the form, exact, and found again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see

LEAST = "SELECT name FROM student WHERE nr > :least"


Typed = str | tuple[str, str]
"""What is typed into a field, alone or with the kind it is to be taken as."""


def run(visitor: Visitor, script: str, *, htmx: bool = False, **values: Typed) -> TestResponse:
    """Send the editor's form with `values`."""
    return send(visitor, "/query", script, values, htmx=htmx)


def send(
    visitor: Visitor, address: str, script: str, values: dict[str, Typed], *, htmx: bool = False
) -> TestResponse:
    form = {"query": script, "csrf_token": visitor.token()}
    for name, typed in values.items():
        text, kind = (typed, "auto") if isinstance(typed, str) else typed
        form |= {f"p_{name}": text, f"as_{name}": kind}
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
    return visitor.client.post(address, data=form, headers=headers, follow_redirects=True)


def fields(page: BeautifulSoup) -> dict[str, tuple[str, str]]:
    """For each field by its label: its value, and what is said of it."""
    found = {}
    for each in page.select("#parameters .parameter"):
        found[each.label.text.strip()] = (each.input["value"], each.select_one(".taken").text.strip())
    return found


def cells(answer: TestResponse) -> list[str]:
    return [td.text.strip() for td in see(answer).select("#run .result:not(.changed) td:not(.row)")]


def test_a_text_without_its_values_is_answered_with_a_field_for_each(alice: Visitor) -> None:
    answer = run(alice, "UPDATE student SET nr = :nr WHERE id = @id AND name <> $name")
    page = see(answer)
    assert answer.status_code == 422
    assert page.select_one("#run .banner.calm h2").text == "Give values for :nr, @id and $name and run again"
    assert "Nothing was run." in page.select_one("#run .banner").text
    assert list(fields(page)) == [":nr", "@id", "$name"]
    assert page.select_one("#parameters input[autofocus]")["name"] == "p_nr"
    assert not page.select("#entries li")


def test_the_values_are_taken_by_the_next_run_and_stay_in_their_fields(alice: Visitor) -> None:
    answer = run(alice, LEAST, least="2000")
    assert cells(answer) == ["John Doe", "Harry Potter"]
    assert fields(see(answer)) == {":least": ("2000", "integer")}
    assert see(answer).select_one("#run .bound").text.split() == ["With", ":least", "=", "2000", "integer"]


def test_one_value_that_is_missing_is_asked_for_and_the_others_stay(alice: Visitor) -> None:
    page = see(run(alice, "SELECT :x, :y", x=" kept ", y=""))
    assert page.select_one("#run h2").text == "Give a value for :y and run again"
    assert fields(page) == {":x": (" kept ", "text"), ":y": ("", "no value yet")}
    (invalid,) = page.select("[aria-invalid]")
    assert (invalid["name"], invalid.has_attr("autofocus")) == ("p_y", True)


def test_a_number_is_compared_as_a_number_and_a_text_as_a_text(alice: Visitor) -> None:
    script = "SELECT typeof(:v), nr + 0 > :v FROM student WHERE id = 1"
    assert cells(run(alice, script, v="800")) == ["integer", "1"]
    assert cells(run(alice, script, v=("800", "text"))) == ["text", "0"]


@pytest.mark.parametrize(
    ("text", "kind", "value", "told"),
    [
        ("9223372036854775807", "auto", "9223372036854775807", "integer"),
        ("9223372036854775808", "auto", "'9223372036854775808'", "text: no number here is exactly this one"),
        ("0.1", "auto", "0.1", "real"),
        (".5e1", "auto", "5.0", "real 5.0"),
        ("0xff", "auto", "255", "integer 255"),
        ("NULL", "auto", "'NULL'", "text"),
        ("", "text", "''", "empty text"),
        ("anything", "null", "NULL", "NULL"),
        ("00 FF", "blob", "X'00FF'", "BLOB, 2 bytes"),
        ("", "blob", "X''", "BLOB, 0 bytes"),
    ],
)
def test_what_is_bound_is_told_and_exact(alice: Visitor, text: str, kind: str, value: str, told: str) -> None:
    answer = run(alice, "SELECT quote(:v)", v=(text, kind))
    assert cells(answer) == [value]
    assert fields(see(answer)) == {":v": (text, told)}


def test_a_blob_that_is_not_hexadecimal_is_a_mistake_at_its_field(alice: Visitor) -> None:
    answer = run(alice, "SELECT :v", v=("0g", "blob"))
    page = see(answer)
    assert answer.status_code == 422
    assert "the value of v is not hexadecimal" in page.select_one("#run [role=alert]").text
    assert page.select_one("[aria-invalid][autofocus]")["value"] == "0g"


def test_a_kind_that_there_is_not_is_refused(alice: Visitor) -> None:
    assert run(alice, "SELECT :v", v=("1", "date")).status_code == 400


def test_statements_share_a_name_and_a_place(alice: Visitor) -> None:
    assert cells(run(alice, "SELECT :a; SELECT @a, :b", a="1", b="2")) == ["1", "1", "2"]
    assert cells(send(alice, "/query", "SELECT ?, ?; SELECT ?2", {"?1": "1", "?2": "x"})) == ["1", "x", "x"]


@pytest.mark.parametrize("name", ["a::b(c)", 'a::(")', "a::(<script>)", "é", "p_x", "0", "9" * 5000, "٣"])
def test_the_strangest_names_work(alice: Visitor, name: str) -> None:
    script = f"SELECT ${name}"
    assert list(fields(see(run(alice, script)))) == [f"${name}"]
    assert cells(send(alice, "/query", script, {name: "7"})) == ["7"]


def test_a_parameter_in_a_text_or_a_comment_is_none(alice: Visitor) -> None:
    assert cells(run(alice, "SELECT ':no' -- :neither ?\n")) == [":no"]


def test_a_statement_that_waits_for_an_earlier_one_gets_its_field_too(alice: Visitor) -> None:
    script = "CREATE TABLE t (a); INSERT INTO t VALUES (:x); SELECT a FROM t"
    page = see(run(alice, script))
    assert list(fields(page)) == [":x"]
    assert cells(run(alice, script, x="5")) == ["5"]


def test_a_mistake_elsewhere_loses_no_value(alice: Visitor) -> None:
    page = see(run(alice, "SELECT :a; SELEC :b", a="1", b="2"))
    assert fields(page) == {":a": ("1", "integer"), ":b": ("2", "integer")}


def test_more_parameters_than_there_can_be_fields_are_refused_in_words(alice: Visitor) -> None:
    answer = run(alice, "SELECT ?30000")
    assert answer.status_code == 413
    assert "30,000 parameters" in see(answer).select_one("#run [role=alert]").text
    assert len(fields(see(answer))) == 200


def test_a_value_that_the_text_has_no_place_for_goes(alice: Visitor) -> None:
    assert fields(see(run(alice, "SELECT :a", a="1", old="2"))) == {":a": ("1", "integer")}


def test_the_history_brings_text_answer_and_values_back(alice: Visitor) -> None:
    run(alice, "SELECT :a, :b", a=("1", "text"), b="x")
    run(alice, "SELECT 2")
    entry = see(alice.open("/")).select("#entries a")[1]["href"]
    page = see(alice.open(entry))
    assert fields(page) == {":a": ("1", "text"), ":b": ("x", "text")}
    assert page.select_one("[name=as_a] option[selected]")["value"] == "text"
    assert page.select_one("#run .frozen")
    assert "= 1 text" in page.select_one("#run .bound").text


def test_a_failed_runs_values_come_back_too(alice: Visitor) -> None:
    run(alice, "SELECT :a, nothing", a="1")
    entry = see(alice.open("/")).select_one("#entries a")["href"]
    assert fields(see(alice.open(entry))) == {":a": ("1", "integer")}


def test_an_address_that_fills_the_editor_shows_the_fields(alice: Visitor) -> None:
    page = see(alice.open("/?query=SELECT+:a,+?"))
    assert list(fields(page)) == [":a", "?2"]
    assert page.select_one("#parameters")["role"] == "group"
    assert see(alice.open("/")).select_one("#parameters").has_attr("hidden")


def test_the_fields_for_a_text_are_told_without_running_it(alice: Visitor) -> None:
    answer = send(alice, "/parameters", "DELETE FROM student WHERE id = :id", {"id": "1"}, htmx=True)
    (element,) = [e for e in see(answer).children if e.name]
    assert element["id"] == "parameters"
    assert fields(see(answer)) == {":id": ("1", "integer")}
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[3]]


@pytest.mark.parametrize("half", ["SELECT :a FRO", "SELECT :a; SELECT :b, (", "SELECT '\0' :a", ""])
def test_a_half_written_text_loses_no_value_and_is_no_failure(alice: Visitor, half: str) -> None:
    answer = send(alice, "/parameters", half, {"a": "1"} if half else {}, htmx=True)
    assert answer.status_code == 200
    assert fields(see(answer)) == ({":a": ("1", "integer")} if half else {})


def test_whoever_asks_for_the_fields_as_a_page_gets_the_page(alice: Visitor) -> None:
    page = see(send(alice, "/parameters", LEAST, {}))
    assert page.select_one("textarea").text.strip() == LEAST
    assert list(fields(page)) == [":least"]


def test_the_part_of_the_page_is_the_fragment(alice: Visitor) -> None:
    fragment = see(send(alice, "/parameters", LEAST, {"least": "1"}, htmx=True)).select_one("#parameters")
    page = see(run(alice, LEAST, least="1")).select_one("#parameters")
    assert "".join(str(page).split()) == "".join(str(fragment).split())


def test_what_programs_send_is_not_taken_for_what_was_typed(app: Flask) -> None:
    app.test_client(use_cookies=False).post("/run", json={"sql": "SELECT :a", "params": {"a": "secret"}})
    (entry,) = app.extensions["bench"].remembered("program").entries
    assert (entry.script, entry.given) == ("SELECT :a", ())


def test_a_page_with_scripts_is_told_to_ask_for_the_fields(alice: Visitor) -> None:
    answer = run(alice, LEAST, htmx=True)
    assert answer.headers["HX-Trigger"] == "values-wanted"
    assert see(answer).select_one("#run")["data-problem"] == "VALUE_MISSING"


def test_a_form_that_got_too_old_keeps_its_values(alice: Visitor) -> None:
    answer = alice.client.post("/query", data={"query": LEAST, "p_least": "5"})
    assert answer.status_code == 400
    assert fields(see(answer)) == {":least": ("5", "integer")}


def test_values_of_a_database_opened_for_reading(serve: Callable[..., Flask]) -> None:
    carol = Visitor(serve(read_only=True).test_client())
    assert cells(run(carol, LEAST, least="3000")) == ["Harry Potter"]
    assert run(carol, "DELETE FROM student WHERE id = :id", id="1").status_code == 403

"""The page of maintenance: what it tells of a file, what it does for it, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.conftest import Visitor, see
from tests.web.test_going import Meanwhile
from workbench import upkeep


def press(visitor: Visitor, chore: str, *, htmx: bool = False, value: str | None = None) -> BeautifulSoup:
    """Press the button of `chore` on the page, with `value` in its field if it has one."""
    form = see(visitor.open("/maintenance")).select_one(f".chore:has([value={chore}])")
    fields = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
    sent = fields if value is None else fields | {"value": value}
    return see(visitor.client.post(form["action"], data=sent, headers=headers, follow_redirects=True))


def told(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("#told").text.split())


def test_the_page_tells_how_the_file_is(alice: Visitor) -> None:
    page = see(alice.open("/maintenance"))
    words = page.select_one("#maintenance").text
    for name in ("application_id", "user_version", "encoding", "page_size", "journal_mode", "synchronous"):
        assert name in words
    assert "UTF-8" in words
    assert "2 pages" in page.select_one(".sizes").text
    assert "cannot be undone" in page.select_one(".chore:has([value=vacuum])").text


@pytest.mark.parametrize("htmx", [True, False])
def test_each_does_its_work_and_says_so(alice: Visitor, htmx: bool) -> None:
    for chore in upkeep.CHORES:
        words = told(press(alice, chore.name, htmx=htmx))
        assert words.startswith(f"{chore.title}:")
        assert "Done" in words or "nothing wrong" in words or "Every reference" in words


def test_it_is_a_run_in_the_history_and_a_reload_does_not_do_it_again(alice: Visitor) -> None:
    page = press(alice, "vacuum")
    entry = page.select_one("#told a")["href"]
    assert "VACUUM" in alice.open(entry).text
    history = see(alice.open("/history")).select("#entries .entry")
    assert len(history) == 1
    number = entry.rsplit("/", 1)[1]
    assert told(see(alice.open(f"/maintenance?entry={number}"))) == told(page)


def test_an_entry_of_something_else_is_not_told_here(alice: Visitor, bob: Visitor) -> None:
    alice.run("SELECT 1")
    assert not see(alice.open("/maintenance?entry=1")).select("#told")
    press(alice, "quick_check")
    assert see(alice.open("/maintenance?entry=2")).select("#told")
    for odd in ("/maintenance?entry=2", "/maintenance?entry=x", "/maintenance?entry=99999999999999999999"):
        assert not see(bob.open(odd)).select("#told")


def test_rows_that_refer_to_nothing_are_named(alice: Visitor, student: Path) -> None:
    connection = apsw.Connection(str(student))
    connection.execute("PRAGMA foreign_keys = 0")
    connection.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, of REFERENCES student (id))")
    connection.execute("INSERT INTO mark VALUES (7, 99)")
    connection.close()
    words = told(press(alice, "foreign_key_check"))
    assert "mark, row 7: no such row of student" in words


def test_damage_is_told_with_what_to_do(alice: Visitor, student: Path) -> None:
    connection = apsw.Connection(str(student))
    connection.execute("CREATE INDEX by_nr ON student (nr)")
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    connection.execute("PRAGMA writable_schema = 1")
    connection.execute(
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX by_nr ON student (name)' WHERE name = 'by_nr'"
    )
    connection.close()
    words = told(press(alice, "integrity_check"))
    assert "The file is damaged" in words
    assert "by_nr" in words


def test_numbers_that_programs_keep_in_the_file_can_be_set(alice: Visitor) -> None:
    assert "user_version is 42." in told(press(alice, "user_version", value="42"))
    assert "application_id is -7." in told(press(alice, "application_id", value="-7", htmx=True))
    field = see(alice.open("/maintenance")).select_one("#set-user_version")
    assert field["value"] == "42"


def test_what_is_no_such_number_changes_nothing(alice: Visitor) -> None:
    for value in ("", "x", "1; DROP TABLE student", "2147483648", "1.5", "٣", "--1", "1\n"):
        page = press(alice, "user_version", value=value)
        assert (value, "whole number" in page.select_one("#maintenance").text) == (value, True)
    assert see(alice.open("/maintenance")).select_one("#set-user_version")["value"] == "0"


def test_reading_only_checks_and_changes_nothing(serve: Callable[..., Flask]) -> None:
    carol = Visitor(serve(read_only=True).test_client())
    page = see(carol.open("/maintenance"))
    offered = {each["value"] for each in page.select(".chore [name=chore]")}
    assert offered == {"quick_check", "integrity_check", "foreign_key_check"}
    assert "reading only" in page.select_one("#maintenance").text
    token = page.select_one("[name=csrf_token]")["value"]
    for chore in ("vacuum", "analyze", "optimize", "checkpoint", "user_version"):
        sent = {"chore": chore, "value": "1", "csrf_token": token}
        assert carol.client.post("/maintenance", data=sent).status_code == 403


def test_nothing_is_done_without_the_forms_token_or_by_a_link(alice: Visitor) -> None:
    assert alice.client.post("/maintenance", data={"chore": "vacuum"}).status_code == 400
    alice.open("/maintenance?chore=vacuum")
    assert "VACUUM" not in see(alice.open("/history")).select_one("#found").text


def test_what_is_not_on_the_list_is_not_done(alice: Visitor) -> None:
    token = see(alice.open("/maintenance")).select_one("[name=csrf_token]")["value"]
    answer = alice.client.post(
        "/maintenance", data={"chore": "journal_mode", "value": "1", "csrf_token": token}
    )
    assert answer.status_code == 400
    assert "no such thing" in answer.text


def test_a_checkpoint_that_others_would_wait_for_stays_forbidden(alice: Visitor) -> None:
    for mode in ("FULL", "RESTART", "TRUNCATE", "truncate"):
        assert "not allowed" in alice.run(f"PRAGMA wal_checkpoint({mode})").text


def test_a_checkpoint_tells_what_a_reader_keeps_back(alice: Visitor, student: Path) -> None:
    reader = apsw.Connection(str(student))
    reader.execute("BEGIN; SELECT * FROM student").fetchall()
    alice.run("UPDATE student SET nr = 5 WHERE id = 1")
    assert "somebody still reads" in told(press(alice, "checkpoint"))
    reader.close()
    assert "everything in the log" in told(press(alice, "checkpoint"))


def test_what_goes_on_is_stopped_by_the_pages_own_button(app: Flask, alice: Visitor) -> None:
    page = see(alice.open("/maintenance"))
    form = page.select_one(".chore:has([value=integrity_check])")
    stop = page.select_one("form[action$='/stop']")
    token = {"csrf_token": stop.select_one("[name=csrf_token]")["value"]}

    def press_stop() -> tuple[list[str], int]:
        listed = alice.client.get("/run/active").json["active"]
        return [run["first_words"] for run in listed], alice.client.post(
            stop["action"], data=token
        ).status_code

    with Meanwhile(app.extensions["bench"]).does(press_stop) as given:
        fields = {each["name"]: each["value"] for each in form.select("input[name]")}
        answer = alice.client.post(form["action"], data=fields)
    assert given == [(["PRAGMA integrity_check"], 303)]
    assert answer.status_code == 409
    assert "Stopped by you" in answer.text


def test_a_run_cannot_take_the_name_of_something_odd(alice: Visitor) -> None:
    token = see(alice.open("/maintenance")).select_one("[name=csrf_token]")["value"]
    for odd in ("", "x", "a b" * 5, "y" * 200, "<script>-----"):
        sent = {"chore": "quick_check", "run_id": odd, "csrf_token": token}
        assert alice.client.post("/maintenance", data=sent).status_code == 303

"""Second thoughts: seeing what a write would change, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see

STUDENTS = [(1, "Mark Twain", 1111), (2, "John Doe", 2222), (3, "Harry Potter", 3333)]


def rows(path: Path, sql: str = "SELECT * FROM student ORDER BY 1") -> list[tuple]:
    """What another program sees in the file."""
    return apsw.Connection(str(path)).execute(sql).fetchall()


def change(path: Path, sql: str) -> None:
    """Somebody else writes."""
    apsw.Connection(str(path)).execute(sql)


def preview(alice: Visitor, sql: str, **more: str) -> BeautifulSoup:
    return see(alice.run(sql, action="preview", **more))


def heading(page: BeautifulSoup) -> str:
    return page.select_one(".decision h2").text.strip()


def shown(page: BeautifulSoup) -> list[list[str]]:
    """The rows of the tables of changes, each with what happens to it."""
    found = page.select(".changed tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.select("th, td")] for row in found]


def commit(alice: Visitor, page: BeautifulSoup) -> TestResponse:
    return alice.press(page.select_one("#commit-button"))


def undo(alice: Visitor, answer: TestResponse) -> TestResponse:
    """Press Undo, or Redo, below the results."""
    return alice.press(see(answer).select_one("#run > .second-thoughts button"))


# --- preview -------------------------------------------------------------------------------------


def test_a_preview_shows_rows_before_and_after_and_changes_nothing(alice: Visitor, student: Path) -> None:
    page = preview(alice, "UPDATE student SET nr = 800 WHERE id = 2; DELETE FROM student WHERE id = 3")
    assert shown(page) == [
        ["changed: was", "2", "John Doe", "2222"],
        ["becomes", "2", "John Doe", "800"],
        ["removed: − removed", "3", "Harry Potter", "3333"],
    ]
    assert heading(page) == "2 changes waiting"
    assert rows(student) == STUDENTS
    assert not see(alice.open("/history")).select(".entry")


def test_what_triggers_and_keys_do_is_told_apart(alice: Visitor, student: Path) -> None:
    change(student, "CREATE TABLE log (said); CREATE TABLE mark (of REFERENCES student ON DELETE CASCADE)")
    change(student, "INSERT INTO mark VALUES (1), (1)")
    change(
        student,
        "CREATE TRIGGER t AFTER DELETE ON student BEGIN INSERT INTO log VALUES ('gone ' || old.name); END",
    )
    page = preview(alice, "DELETE FROM student WHERE id = 1")
    captions = [" ".join(c.text.split()) for c in page.select(".changed caption")]
    assert sorted(captions) == [
        "log 1 added 1 of them not named by the statement",
        "mark 2 removed 2 of them not named by the statement",
        "student 1 removed",
    ]
    assert page.text.count("by a trigger or key") == 3


def test_rows_that_replace_and_upsert_touch_are_told_apart(alice: Visitor) -> None:
    page = preview(
        alice,
        "INSERT OR REPLACE INTO student VALUES (1, 'New', 1);"
        " INSERT INTO student VALUES (2, 'x', 2) ON CONFLICT DO UPDATE SET nr = 0",
    )
    assert [row[0] for row in shown(page) if "becomes" in row[0]] == [
        "becomes replaced",
        "becomes on conflict",
    ]


def test_a_change_of_the_schema_is_shown_as_sql_before_and_after(alice: Visitor, student: Path) -> None:
    page = preview(alice, "ALTER TABLE student ADD COLUMN email TEXT; CREATE INDEX by_nr ON student (nr)")
    assert "email" not in page.select_one(".object .old").text
    assert "email TEXT" in page.select_one(".object .new").text
    assert [tally.text for tally in page.select(".object .tally")] == ["table altered", "index made"]
    assert rows(student, "SELECT count(*) FROM sqlite_schema") == [(1,)]


def test_a_commit_does_what_was_shown_and_can_be_undone_and_made_again(alice: Visitor, student: Path) -> None:
    done = commit(alice, preview(alice, "UPDATE student SET nr = nr + 1"))
    changed = [(i, name, nr + 1) for i, name, nr in STUDENTS]
    assert rows(student) == changed
    undone = undo(alice, done)
    assert rows(student) == STUDENTS
    assert see(undone).select_one("#run > .second-thoughts").text.strip() == "Redo"
    again = undo(alice, undone)
    assert rows(student) == changed
    undo(alice, again)
    assert rows(student) == STUDENTS
    assert len(see(alice.open("/history")).select(".entry")) == 4


def test_what_moved_in_between_is_shown_anew(alice: Visitor, student: Path) -> None:
    page = preview(alice, "UPDATE student SET nr = 0 WHERE nr > 2000")
    change(student, "UPDATE student SET nr = 1 WHERE id = 3")
    answer = commit(alice, page)
    assert answer.status_code == 409
    assert "no longer what was shown" in see(answer).text
    assert shown(see(answer)) == [
        ["changed: was", "2", "John Doe", "2222"],
        ["becomes", "2", "John Doe", "0"],
    ]
    commit(alice, see(answer))
    assert [nr for *_, nr in rows(student)] == [1111, 0, 1]


def test_what_the_clock_and_chance_gave_is_committed_as_it_was_shown(alice: Visitor, student: Path) -> None:
    change(student, "CREATE TABLE ticket (id INTEGER PRIMARY KEY, code, at DEFAULT (julianday('now')))")
    page = preview(
        alice, "INSERT INTO ticket (code) VALUES (hex(randomblob(8))); UPDATE student SET nr = random()"
    )
    told = shown(page)
    assert commit(alice, page).status_code == 200
    ((number, code, at),) = rows(student, "SELECT * FROM ticket")
    assert [str(number), code, str(at)] == [cell.strip("“”") for cell in told[0][1:]]
    assert [str(nr) for *_, nr in rows(student)] == [row[3] for row in told if row[0] == "becomes"]


def test_the_values_of_parameters_go_with_the_preview(alice: Visitor, student: Path) -> None:
    page = preview(alice, "UPDATE student SET nr = :nr WHERE id = :id", p_nr="7", p_id="1")
    commit(alice, page)
    assert rows(student)[0] == (1, "Mark Twain", 7)


def test_a_preview_tells_what_would_fail_at_the_commit(alice: Visitor, student: Path) -> None:
    change(student, "CREATE TABLE mark (of REFERENCES student DEFERRABLE INITIALLY DEFERRED)")
    page = preview(alice, "INSERT INTO mark VALUES (99)")
    assert "could not be committed" in page.text
    assert not page.select("#commit-button")


def test_a_preview_of_what_only_reads_shows_its_rows(alice: Visitor) -> None:
    page = preview(alice, "SELECT name FROM student WHERE id = 1")
    assert "Mark Twain" in page.select_one("#run").text
    assert not page.select("#commit-button")


# --- when it asks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM student",
        "UPDATE student SET nr = 0",
        "DROP TABLE student",
        "ALTER TABLE student DROP COLUMN nr",
    ],
)
def test_what_is_risky_is_shown_before_it_is_done(alice: Visitor, student: Path, sql: str) -> None:
    answer = alice.run(sql)
    assert answer.status_code == 409
    assert rows(student) == STUDENTS
    commit(alice, see(answer))
    assert rows(student, "SELECT group_concat(sql) FROM sqlite_schema") != STUDENTS
    last = alice.open(see(alice.open("/")).select_one(".entry a")["href"])
    undo(alice, last)
    assert rows(student) == STUDENTS


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM student WHERE id = 1",
        "UPDATE student SET nr = 0 WHERE id < 3",
        "INSERT INTO student SELECT id + 10, name, nr FROM student",
        "CREATE TABLE t (a); DROP TABLE t",
    ],
)
def test_what_is_not_risky_is_just_done(alice: Visitor, sql: str) -> None:
    assert alice.run(sql).status_code == 200


def test_alice_chooses_when_she_is_asked(alice: Visitor, bob: Visitor, student: Path) -> None:
    def choose(when: str) -> None:
        alice.client.post("/ask-first", data={"ask_first": when, "csrf_token": alice.token()})

    choose("always")
    assert alice.run("UPDATE student SET nr = 0 WHERE id = 1").status_code == 409
    assert bob.run("UPDATE student SET nr = 0 WHERE id = 1").status_code == 200
    choose("never")
    assert alice.run("UPDATE student SET nr = 0").status_code == 200
    choose("nonsense")
    assert alice.run("DELETE FROM student").status_code == 200
    assert rows(student) == []


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("VACUUM", "runs outside transactions"),
        ("BEGIN; UPDATE student SET nr = 0 WHERE id = 1; COMMIT", "commits by itself"),
        ("INSERT INTO loose VALUES (NULL, 1)", "NULL in their primary key"),
        ("CREATE VIRTUAL TABLE words USING fts5 (a)", "virtual table"),
    ],
)
def test_what_cannot_be_undone_says_so_before(alice: Visitor, student: Path, sql: str, why: str) -> None:
    change(student, "CREATE TABLE loose (k PRIMARY KEY, v)")
    answer = alice.run(sql)
    assert answer.status_code == 409
    assert why in see(answer).select_one(".decision").text
    done = commit(alice, see(answer))
    assert done.status_code == 200
    assert not see(done).select("#run .second-thoughts")


# --- taking back ---------------------------------------------------------------------------------


def test_a_row_that_changed_since_is_shown_three_ways_and_the_others_are_taken_back(
    alice: Visitor, student: Path
) -> None:
    done = alice.run("UPDATE student SET nr = nr + 1 WHERE id < 3")
    change(student, "UPDATE student SET nr = 5 WHERE id = 1")
    answer = undo(alice, done)
    assert answer.status_code == 409
    assert heading(see(answer)) == "1 conflict"
    assert shown(see(answer)) == [
        ["then, as it was left", "1", "Mark Twain", "1112"],
        ["now", "1", "Mark Twain", "5"],
        ["would become", "1", "Mark Twain", "1111"],
    ]
    assert [nr for *_, nr in rows(student)] == [5, 2223, 3333]
    commit(alice, see(answer))
    assert [nr for *_, nr in rows(student)] == [5, 2222, 3333]


def test_a_row_that_is_as_it_would_become_is_no_conflict(alice: Visitor, student: Path) -> None:
    done = alice.run("UPDATE student SET nr = 0 WHERE id = 1")
    change(student, "UPDATE student SET nr = 1111 WHERE id = 1")
    assert undo(alice, done).status_code == 200


def test_an_undo_that_would_leave_orphans_is_refused(alice: Visitor, student: Path) -> None:
    change(student, "CREATE TABLE mark (of REFERENCES student)")
    done = alice.run("INSERT INTO student VALUES (9, 'Eve', 9)")
    change(student, "INSERT INTO mark VALUES (9)")
    answer = undo(alice, done)
    assert answer.status_code == 409
    assert "refer to others which are not there" in see(answer).select_one("[role=alert]").text
    assert rows(student)[-1] == (9, "Eve", 9)


def test_one_statement_of_a_script_can_be_taken_back(alice: Visitor, student: Path) -> None:
    answer = alice.run("UPDATE student SET nr = 0 WHERE id = 1; UPDATE student SET nr = 0 WHERE id = 2")
    first, second = see(answer).select("#run .of-statement .second-thoughts button")
    assert alice.press(second).status_code == 200
    assert [nr for *_, nr in rows(student)] == [0, 2222, 3333]
    assert alice.press(second).status_code == 404
    assert alice.press(first).status_code == 200
    assert rows(student) == STUDENTS


def test_nobody_else_takes_back_what_alice_did(alice: Visitor, bob: Visitor, student: Path) -> None:
    address = see(alice.run("DELETE FROM student WHERE id = 1")).select_one("#run .second-thoughts")["action"]
    assert bob.client.post(address, data={"csrf_token": bob.token()}).status_code == 404
    assert len(rows(student)) == 2


def test_what_is_taken_back_is_not_taken_back_again(alice: Visitor, student: Path) -> None:
    done = alice.run("DELETE FROM student WHERE id = 1")
    undo(alice, done)
    again = undo(alice, done)
    assert again.status_code == 404
    assert "taken back already" in see(again).select_one("[role=alert]").text
    assert rows(student) == STUDENTS


def test_without_a_history_a_write_is_done_and_says_that_it_stays(
    serve: Callable[..., Flask], tmp_path: Path, student: Path
) -> None:
    (tmp_path / "folder").mkdir()
    alice = Visitor(serve(store=tmp_path / "folder").test_client())
    answer = alice.run("DELETE FROM student WHERE id = 1")
    assert answer.status_code == 200
    assert "cannot be undone" in see(answer).select_one("#run").text
    assert len(rows(student)) == 2


# --- for programs --------------------------------------------------------------------------------


def test_a_dry_run_tells_programs_what_would_change(app: Flask, student: Path) -> None:
    change(student, "INSERT INTO student VALUES (4, CAST(x'ff' AS TEXT), 9e999)")
    body = {"sql": "UPDATE student SET nr = -nr WHERE id > 3", "dry_run": True}
    ((table,),) = (told["tables"] for told in app.test_client().post("/run", json=body).json["changes"])
    text = {"$text_base64": "/w=="}
    assert (table["updated"], table["truncated"]) == (1, False)
    assert table["rows"][0]["old"] == [4, text, {"$real": "Infinity"}]
    assert table["rows"][0]["new"] == [4, text, {"$real": "-Infinity"}]
    body = {"statements": [{"sql": "SELECT 1"}, {"sql": "DELETE FROM student WHERE id = 1"}], "dry_run": True}
    (change_,) = app.test_client().post("/run", json=body).json["changes"]
    assert change_["statement"] == 1
    assert change_["tables"][0]["rows"] == [
        {"op": "delete", "cause": "named", "old": [1, "Mark Twain", 1111], "new": None}
    ]
    assert len(rows(student, "SELECT id FROM student")) == 4


def test_what_programs_write_is_recorded_where_that_is_wanted(
    serve: Callable[..., Flask], student: Path
) -> None:
    alice = Visitor(serve(undo="all").test_client())
    alice.open("/")
    answer = alice.client.post("/run", json={"sql": "DELETE FROM student WHERE id = 1"})
    assert answer.json["applied"] == "all"
    entry = see(alice.open(see(alice.open("/history")).select_one(".entry a")["href"]))
    alice.press(entry.select_one("#run > .second-thoughts button"))
    assert rows(student) == STUDENTS


def test_nothing_is_recorded_where_nobody_wants_it(serve: Callable[..., Flask]) -> None:
    alice = Visitor(serve(undo="off").test_client())
    done = alice.run("DELETE FROM student")
    assert done.status_code == 200
    assert not see(done).select("#run .second-thoughts")


def test_what_programs_write_is_certain_also_where_their_runs_are_not_kept(
    serve: Callable[..., Flask], tmp_path: Path
) -> None:
    program = serve(undo="all", api_history=0).test_client(use_cookies=False)
    assert program.post("/run", json={"sql": "DELETE FROM student WHERE id = 1"}).json["applied"] == "all"
    assert rows(tmp_path / "workbench.db", "SELECT certain, undo FROM entry") == [(1, "can")]


def test_the_page_of_the_history_takes_back_too(alice: Visitor, student: Path) -> None:
    alice.run("DELETE FROM student WHERE id = 1")
    answer = alice.press(see(alice.open("/history")).select_one("#found .second-thoughts button"))
    assert answer.status_code == 200
    assert rows(student) == STUDENTS
    (buttons, *_) = see(alice.open("/history")).select("#found .entry .doings")
    assert buttons.select_one(".second-thoughts").text.strip() == "Redo"


def test_discarding_a_preview_keeps_a_long_text_and_its_values(alice: Visitor, student: Path) -> None:
    script = "UPDATE student SET nr = :nr WHERE id = :id; " + "-- why, at length\n" * 2_000
    page = preview(alice, script, p_nr="7", p_id="1")
    back = see(alice.press(page.select_one(".decision button[value=discard]")))
    assert back.select_one("#query").text.strip() == script.strip()
    assert [back.select_one(f"#parameters [name=p_{name}]")["value"] for name in ("nr", "id")] == ["7", "1"]
    assert not back.select(".decision")
    assert rows(student) == STUDENTS

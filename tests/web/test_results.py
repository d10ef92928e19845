"""What a run shows stays true and of a size that a browser can show, whatever came back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Visitor, see

MOST_HTML = 8 << 20


def test_rows_of_unseen_characters_make_a_page_that_can_be_shown(alice: Visitor) -> None:
    forty = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 40)"
    answer = alice.run(f"{forty} SELECT replace(hex(zeroblob(40000)), '0', char(1)) FROM n", htmx=True)
    assert len(answer.data) < MOST_HTML
    assert "80,000 characters" in see(answer).select_one("#run tbody td").text


def test_what_is_left_of_a_value_on_a_full_page_is_said(alice: Visitor) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000)"
    part = see(alice.run(f"{many} SELECT printf('%.*c', 9000, '<') FROM n", htmx=True))
    last = part.select("#run tbody:not(.more) td")[-1]
    assert "9,000 characters" in last.text
    assert not last.select("details")
    assert "shown by their beginning only" in part.text


def test_a_usual_page_says_nothing_of_being_full(alice: Visitor) -> None:
    assert "beginning only" not in see(alice.run("SELECT * FROM student", htmx=True)).text


def test_of_very_many_statements_the_first_hundred_are_shown_and_the_rest_summed_up(alice: Visitor) -> None:
    script = "SELECT 1, 2;" * 20_000 + "UPDATE student SET nr = nr;"
    answer = alice.run(script, htmx=True)
    part = see(answer)
    assert len(part.select("#run table")) == 100
    assert "and 19,901 more statements, all done · 19,900 rows · 3 rows affected" in part.text
    assert "20,001 statements" in part.select_one(".total").text
    assert len(answer.data) < MOST_HTML


def test_a_hundred_statements_are_all_shown(alice: Visitor) -> None:
    part = see(alice.run("SELECT 1;" * 100, htmx=True))
    assert len(part.select("#run table")) == 100
    assert "more statement" not in part.text


def test_a_column_whose_name_cannot_be_seen_is_named(alice: Visitor) -> None:
    (header,) = see(alice.run('SELECT 1 AS "\u3164"', htmx=True)).select("#run thead th")
    assert header.text == "U+3164"
    assert header.select_one("[title]")["title"] == "hangul filler"


TOO_MANY = "SELECT hex(randomblob(400000)) AS a UNION ALL SELECT hex(randomblob(400000))"


def test_rows_that_were_not_kept_can_be_asked_for_again(serve: Callable[..., Flask]) -> None:
    alice = Visitor(serve(snapshots_mb=0).test_client())
    assert alice.run(TOO_MANY, follow=False).status_code == 303
    shown = see(alice.run(TOO_MANY))
    assert "These rows were too many to keep. Run query gets them again." in shown.select_one("#run").text


def test_nobody_is_told_to_write_again_to_see_what_was_written(serve: Callable[..., Flask]) -> None:
    alice = Visitor(serve(snapshots_mb=0).test_client())
    alice.run("CREATE TABLE t (a)")
    shown = see(alice.run(f"INSERT INTO t {TOO_MANY} RETURNING a")).select_one("#run")
    assert "These rows were too many to keep." in shown.text
    assert "gets them again" not in shown.text
    assert "asks again" not in shown.text
    assert "writes again" in shown.select_one(".frozen").text


@pytest.mark.parametrize(
    ("script", "marked", "instead"),
    [
        ("SELECT nme FROM student", "nme", "name"),
        ("SELECT s.nme FROM student s", "nme", "name"),
        ("SELECT s . /* which? */ nme FROM student s", "nme", "name"),
        ("SELECT s.\n  nme FROM student s", "nme", "name"),
        ('SELECT s."nme" FROM student s', '"nme"', "name"),
        ("SELECT s.[nme] FROM student s", "[nme]", "name"),
        ("SELECT `nme` FROM student", "`nme`", "name"),
        ('SELECT * FROM "stud net"', '"stud net"', "student"),
        ("SELECT * FROM main.studnet", "studnet", "student"),
        ("SELECT * FROM ordre", "ordre", '"order"'),
        ('SELECT * FROM "ordre"', '"ordre"', '"order"'),
        ("SELECT two_wrds FROM 'order'", "two_wrds", '"two words"'),
        ('SELECT * FROM "odd ""tble"', '"odd ""tble"', '"odd ""table"'),
    ],
)
def test_the_misspelt_name_is_marked_whole_and_the_right_one_is_ready(
    alice: Visitor, script: str, marked: str, instead: str
) -> None:
    alice.run('CREATE TABLE "order" ("two words"); CREATE TABLE "odd ""table" (a)')
    banner = see(alice.run(script, htmx=True)).select_one("[role=alert]")
    button = banner.select_one("[data-use]")
    assert banner.select_one("mark").text == marked
    assert button["data-use"] == instead
    assert script[int(button["data-go-to"]) :].startswith(marked)


@pytest.mark.parametrize(
    ("script", "marked"),
    [
        ("SELEC 1", "SELEC"),
        ("SELECT a b c.d FROM student", "c"),
        ("SELECT x.name FROM student", "x"),
        ("SELECT 1 + * 2", "*"),
        ("SELECT xyzzy FROM student", "xyzzy"),
    ],
)
def test_without_a_better_name_the_place_is_marked_and_nothing_offered(
    alice: Visitor, script: str, marked: str
) -> None:
    banner = see(alice.run(script, htmx=True)).select_one("[role=alert]")
    assert banner.select_one("mark").text == marked
    assert not banner.select("[data-use]")

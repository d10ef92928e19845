"""What people write is kept in their tabs, and what is overwritten can be found again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.drafts import CLOSED, EARLIER, LENGTH, OPEN, Drafts, _loses_much
from workbench.errors import BadRequest, TooLarge
from workbench.store import Store


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    store = Store(tmp_path / "workbench.db")
    store.prepare()
    return Drafts(store, "student.db")


def texts(drafts: Drafts, number: int) -> list[str]:
    """What a tab of Alice's held before, newest first."""
    return [each.script for each in drafts.earlier("alice", number)]


def test_a_text_is_kept_exactly(drafts: Drafts) -> None:
    script = "SELECT '\t\0 👩‍🚀 עברית \r \u2028';\n"
    kept = drafts.keep("alice", None, script)
    assert drafts.find("alice", kept.number).script == script
    assert drafts.find("bob", kept.number) is None


def test_going_on_writing_keeps_no_earlier_text(drafts: Drafts) -> None:
    kept = drafts.keep("alice", None, "SEL")
    for script in ("SELECT", "SELECT 1", "SELECT 12"):
        kept = drafts.keep("alice", kept.number, script, seen=kept.version)
        assert kept.overwritten is None
    assert texts(drafts, kept.number) == []


def test_of_two_windows_the_last_wins_and_the_others_text_is_kept(drafts: Drafts) -> None:
    first = drafts.keep("alice", None, "SELECT 1", writer="one")
    drafts.keep("alice", first.number, "SELECT 1 -- one", seen=first.version, writer="one")
    second = drafts.keep("alice", first.number, "SELECT 1 -- two", seen=first.version, writer="two")
    assert second.overwritten == first.version + 1
    assert drafts.find("alice", first.number).script == "SELECT 1 -- two"
    assert texts(drafts, first.number) == ["SELECT 1 -- one"]


def test_a_page_whose_answer_got_lost_does_not_cross_itself(drafts: Drafts) -> None:
    first = drafts.keep("alice", None, "SELECT 1", writer="one")
    drafts.keep("alice", first.number, "SELECT 12", seen=first.version, writer="one")
    again = drafts.keep("alice", first.number, "SELECT 123", seen=first.version, writer="one")
    assert again.overwritten is None


def test_a_text_that_is_replaced_altogether_is_kept(drafts: Drafts) -> None:
    kept = drafts.keep("alice", None, "SELECT * FROM a JOIN b USING (id);")
    drafts.keep("alice", kept.number, "DELETE", seen=kept.version)
    assert texts(drafts, kept.number) == ["SELECT * FROM a JOIN b USING (id);"]


def test_so_many_earlier_texts_are_kept_and_so_long(drafts: Drafts) -> None:
    number = drafts.keep("alice", None, "a" * 20).number
    for letter in "bcdefghijklmnop":
        drafts.keep("alice", number, letter * 20)
    assert [text[0] for text in texts(drafts, number)] == list("onmlkjihgf")
    assert len(texts(drafts, number)) == EARLIER
    for letter in "xyz":
        drafts.keep("alice", number, letter * LENGTH)
    drafts.keep("alice", number, "")
    assert [text[0] for text in texts(drafts, number)] == ["z", "y"]


def test_a_text_that_is_too_long_is_refused_and_the_old_one_stays(drafts: Drafts) -> None:
    kept = drafts.keep("alice", None, "SELECT 1")
    with pytest.raises(TooLarge):
        drafts.keep("alice", kept.number, "x" * (LENGTH + 1))
    assert drafts.find("alice", kept.number).script == "SELECT 1"


def test_so_many_tabs_are_open_and_so_many_closed_ones_kept(drafts: Drafts) -> None:
    numbers = [drafts.new("alice") for _ in range(OPEN)]
    with pytest.raises(BadRequest):
        drafts.new("alice")
    for number in numbers:
        drafts.close("alice", number)
    assert [each.number for each in drafts.all("alice")] == numbers[-CLOSED:]
    drafts.reopen("alice", numbers[-1])
    assert [each.number for each in drafts.all("alice") if not each.closed] == numbers[-1:]


def test_new_tabs_take_the_first_free_name(drafts: Drafts) -> None:
    one, two = drafts.new("alice"), drafts.new("alice")
    drafts.rename("alice", one, "  Marks\n of 2026 ")
    drafts.new("alice")
    assert [each.name for each in drafts.all("alice")] == ["Marks of 2026", "Query 2", "Query 1"]
    drafts.rename("bob", two, "not his")
    assert drafts.find("alice", two).name == "Query 2"


def test_writing_in_a_tab_that_another_window_closed_opens_it(drafts: Drafts) -> None:
    kept = drafts.keep("alice", None, "SELECT 1")
    drafts.close("alice", kept.number)
    drafts.keep("alice", kept.number, "SELECT 1", seen=kept.version)
    assert not drafts.find("alice", kept.number).closed


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_typing_in_the_middle_loses_nothing(begin: str, typed: str, end: str) -> None:
    assert not _loses_much(begin + end, begin + typed + end)

"""Queries under a name: kept, renamed and dropped by their owner alone."""

from __future__ import annotations

import pytest

from tests.disk import files_of_at_most
from workbench.errors import BadRequest, StoreTrouble
from workbench.parameters import Given
from workbench.saved import MOST, NAME_LENGTH, SavedQueries
from workbench.store import Store


@pytest.fixture
def saved(store: Store) -> SavedQueries:
    return SavedQueries(store, "student.db")


def names(saved: SavedQueries, person: str = "alice") -> list[str]:
    return [each.name for each in saved.all(person)]


def test_a_query_is_kept_with_its_note_and_its_values(saved: SavedQueries) -> None:
    given = (Given("least", "2000"), Given("name", "", "null"))
    saved.keep("alice", "  Good\n students ", " who pass ", "SELECT :least, :name", given)
    (kept,) = saved.all("alice")
    assert (kept.name, kept.note, kept.script, kept.given) == (
        "Good students",
        "who pass",
        "SELECT :least, :name",
        given,
    )
    assert saved.find("alice", kept.number) == kept


def test_they_are_listed_by_name(saved: SavedQueries) -> None:
    for name in ("b", "A", "c"):
        saved.keep("alice", name, "", "SELECT 1")
    assert names(saved) == ["A", "b", "c"]


def test_a_name_belongs_to_one_query_of_a_person(saved: SavedQueries, store: Store) -> None:
    saved.keep("alice", "mine", "", "SELECT 1")
    with pytest.raises(BadRequest, match="another query with the name mine"):
        saved.keep("alice", "mine", "", "SELECT 2")
    saved.keep("bob", "mine", "", "SELECT 3")
    SavedQueries(store, "other.db").keep("alice", "mine", "", "SELECT 4")
    assert [each.script for each in saved.all("alice")] == ["SELECT 1"]


def test_a_query_gets_another_name_unless_it_is_taken(saved: SavedQueries) -> None:
    saved.keep("alice", "one", "", "SELECT 1")
    saved.keep("alice", "two", "", "SELECT 2")
    one, two = saved.all("alice")
    saved.rename("alice", one.number, "first", "a note")
    saved.rename("alice", one.number, "first", "another note")
    with pytest.raises(BadRequest):
        saved.rename("alice", two.number, "first", "")
    assert names(saved) == ["first", "two"]
    assert saved.find("alice", one.number).note == "another note"


def test_bob_reaches_nothing_of_alices(saved: SavedQueries) -> None:
    saved.keep("alice", "hers", "", "SELECT 1")
    (hers,) = saved.all("alice")
    assert saved.find("bob", hers.number) is None
    saved.drop("bob", hers.number)
    with pytest.raises(BadRequest):
        saved.rename("bob", hers.number, "his", "")
    assert names(saved) == ["hers"]
    saved.drop("alice", hers.number)
    assert names(saved) == []


@pytest.mark.parametrize("name", ["", "  ", "\n", "x" * (NAME_LENGTH + 1)])
def test_a_name_is_there_and_not_too_long(saved: SavedQueries, name: str) -> None:
    with pytest.raises(BadRequest, match="name"):
        saved.keep("alice", name, "", "SELECT 1")


def test_there_is_a_most(saved: SavedQueries) -> None:
    for number in range(MOST):
        saved.keep("alice", str(number), "", "SELECT 1")
    with pytest.raises(BadRequest, match="no more"):
        saved.keep("alice", "one more", "", "SELECT 1")


def test_a_query_gets_another_text_and_other_values(saved: SavedQueries) -> None:
    number = saved.keep("alice", "mine", "a note", "SELECT :a", (Given("a", "1"),))
    saved.rewrite("bob", number, "SELECT 'his'")
    saved.rewrite("alice", number, "SELECT :b", (Given("b", "2"),))
    found = saved.find("alice", number)
    assert (found.name, found.note, found.script, found.given) == (
        "mine",
        "a note",
        "SELECT :b",
        (Given("b", "2"),),
    )


def test_what_a_full_disk_did_not_take_is_not_told_as_saved(saved: SavedQueries, store: Store) -> None:
    saved.keep("alice", "first", "", "SELECT 1")
    log = store.path.with_name(f"{store.path.name}-wal")
    with files_of_at_most(log.stat().st_size), pytest.raises(StoreTrouble):
        saved.keep("alice", "second", "", "SELECT 2")
    assert names(saved) == ["first"]

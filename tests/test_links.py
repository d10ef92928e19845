"""Links to queries and to results: who opens them, who ends them, and when they end by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from workbench import frozen, links
from workbench.entries import Entry
from workbench.errors import BadRequest
from workbench.frozen import FrozenResults
from workbench.history import History
from workbench.links import QueryLinks
from workbench.parameters import Given
from workbench.results import Column, InvalidText, Kind, Result, Run
from workbench.store import Store

GIVEN = (Given("least", "2000"),)
ODD = [(2**63 - 1, None, "", b"\xff", InvalidText(b"\xe9"), float("-inf"), "<b>")]


@pytest.fixture
def to_queries(store: Store) -> QueryLinks:
    return QueryLinks(store, "student.db", most_bytes=1 << 20)


@pytest.fixture
def to_results(store: Store) -> FrozenResults:
    return FrozenResults(store, "student.db", b"a key", most_bytes=1 << 20)


@pytest.fixture
def answer(store: Store) -> tuple[Entry, Run]:
    """A run that Alice remembers."""
    columns = tuple(Column(name, None) for name in "abcdefg")
    run = Run("SELECT 1", [Result("SELECT 1", Kind.READ, columns, ODD, row_count=1)], applied="all")
    history = History(store, "student.db")
    return history.find("alice", history.record("alice", run, keep_answer=True, given=GIVEN)), run


def test_a_link_is_short_and_gives_text_and_values_to_whoever_has_it(to_queries: QueryLinks) -> None:
    text = "SELECT :least " + "-- long " * 20_000
    link_id = to_queries.make("alice", text, GIVEN)
    assert link_id.isalnum()
    assert len(link_id) == links.LENGTH
    found = to_queries.find(link_id)
    assert (found.script, found.given, found.person) == (text, GIVEN, "alice")


def test_the_same_text_and_values_of_a_person_have_one_link(to_queries: QueryLinks) -> None:
    first = to_queries.make("alice", "SELECT :least", GIVEN)
    assert to_queries.make("alice", "SELECT :least", GIVEN) == first
    others = {to_queries.make("alice", "SELECT :least"), to_queries.make("bob", "SELECT :least", GIVEN)}
    assert len(others - {first}) == 2


def test_a_link_is_listed_and_ended_by_its_maker_alone(to_queries: QueryLinks) -> None:
    link_id = to_queries.make("alice", "SELECT 1")
    to_queries.drop("bob", link_id)
    assert to_queries.all("bob") == []
    assert [each.id for each in to_queries.all("alice")] == [link_id]
    to_queries.drop("alice", link_id)
    assert to_queries.find(link_id) is None


def test_a_link_grows_old_unless_it_is_made_again(to_queries: QueryLinks, monkeypatch) -> None:
    link_id = to_queries.make("alice", "SELECT 1")
    monkeypatch.setattr(links, "LASTS", timedelta(seconds=-1))
    assert (to_queries.find(link_id), to_queries.all("alice")) == (None, [])


def test_there_is_a_most_of_links_and_of_their_text(to_queries: QueryLinks, monkeypatch) -> None:
    with pytest.raises(BadRequest, match="no room"):
        to_queries.make("alice", "x" * (1 << 20) + "x")
    monkeypatch.setattr(links, "MOST", 2)
    first = to_queries.make("alice", "SELECT 1")
    to_queries.make("alice", "SELECT 2")
    with pytest.raises(BadRequest, match="no room"):
        to_queries.make("alice", "SELECT 3")
    assert to_queries.make("alice", "SELECT 1") == first
    to_queries.make("bob", "SELECT 3")


def test_frozen_rows_are_exact_and_outlive_their_entry(
    to_results: FrozenResults, answer: tuple[Entry, Run], store: Store
) -> None:
    made = to_results.freeze("alice", *answer, "student.db", "day")
    History(store, "student.db").forget("alice", answer[0].number)
    found, run = to_results.open(to_results.token(made))
    assert (found.script, found.given, found.database) == ("SELECT 1", GIVEN, "student.db")
    assert list(map(repr, run.results[0].rows)) == list(map(repr, ODD))
    assert found.until - found.at <= timedelta(days=1)


def test_a_tampered_token_opens_nothing(to_results: FrozenResults, answer, store: Store) -> None:
    made = to_results.freeze("alice", *answer, "student.db", "day")
    token = to_results.token(made)
    body, _, signature = token.rpartition(".")
    forged = FrozenResults(store, "student.db", b"another key", 1 << 20).token(made)
    for wrong in (token[:-2], token + "A", f"A{token}", body, f"{body}.", f".{signature}", "", "é", forged):
        with pytest.raises(BadRequest) as caught:
            to_results.open(wrong)
        assert caught.value.code == "LINK_UNKNOWN"


def test_a_link_ends_by_its_time_and_by_its_maker(to_results: FrozenResults, answer, monkeypatch) -> None:
    monkeypatch.setitem(frozen.SPANS, "day", timedelta(seconds=-2))
    late = to_results.freeze("alice", *answer, "student.db", "day")
    ended = to_results.freeze("alice", *answer, "student.db", "week")
    to_results.end("bob", ended.id)
    assert to_results.open(to_results.token(ended))
    assert [each.id for each in to_results.all("alice")] == [ended.id]
    to_results.end("alice", ended.id)
    for each in (late, ended):
        with pytest.raises(BadRequest) as caught:
            to_results.open(to_results.token(each))
        assert caught.value.code == "LINK_ENDED"


def test_what_ended_makes_room_and_there_is_a_most(to_results: FrozenResults, answer, monkeypatch) -> None:
    monkeypatch.setattr(frozen, "MOST", 1)
    monkeypatch.setitem(frozen.SPANS, "day", timedelta(seconds=-2))
    to_results.freeze("alice", *answer, "student.db", "day")
    to_results.freeze("alice", *answer, "student.db", "week")
    with pytest.raises(BadRequest, match="no room"):
        to_results.freeze("alice", *answer, "student.db", "week")
    monkeypatch.setattr(frozen, "BYTES", 10)
    with pytest.raises(BadRequest, match="too large"):
        to_results.freeze("bob", *answer, "student.db", "week")


def test_only_rows_that_are_all_there_can_be_shared(to_results: FrozenResults, answer) -> None:
    entry, run = answer
    with pytest.raises(BadRequest, match="no rows to share"):
        to_results.freeze("alice", entry, Run("UPDATE", [Result("UPDATE", Kind.WRITE)]), "student.db", "day")
    with pytest.raises(BadRequest, match="cannot hold"):
        to_results.freeze("alice", entry, run, "student.db", "ever")
    for told in ({"row_count": 9}, {"truncated": True}):
        (result,) = run.results
        part = replace(run, results=[replace(result, **told)])
        with pytest.raises(BadRequest) as caught:
            to_results.freeze("alice", entry, part, "student.db", "day")
        assert caught.value.code == "NOT_WHOLE"

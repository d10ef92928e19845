"""The list of databases: what is on it, under which names, and how seldom it opens a file."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import listing
from workbench.listing import Listing


def make(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    return path


def rested(folder: Path) -> None:
    """Let the folder look as if nothing had changed in it for long."""
    os.utime(folder, (1, 1))


def test_files_come_as_they_were_named_and_once(tmp_path: Path) -> None:
    one, other = make(tmp_path / "b.db"), make(tmp_path / "a.db")
    (tmp_path / "again.db").symlink_to(one)
    found = Listing((one, other, one, tmp_path / "again.db")).all()
    assert sorted(each.path.resolve() for each in found) == sorted([one, other])


def test_a_file_that_is_served_is_never_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another handle that is closed would drop SQLite's locks on it."""
    opened: list[str] = []
    looks = listing._begins_as_one
    monkeypatch.setattr(listing, "_begins_as_one", lambda path: (opened.append(path), looks(path))[1])
    named, inside = make(tmp_path / "named.db"), make(tmp_path / "inside.db")
    os.link(named, tmp_path / "hard.db")
    found = Listing((named,), (tmp_path,))
    for number in range(3):
        make(tmp_path / f"new{number}.db")
        found.all()
    assert sorted(opened) == sorted([str(inside), *(str(tmp_path / f"new{n}.db") for n in range(3))])


def test_a_folder_at_rest_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "a.db")
    rested(tmp_path)
    found = Listing((), (tmp_path,))
    before = found.all()
    monkeypatch.setattr(listing.os, "scandir", lambda _: pytest.fail("it was read"))
    assert found.all() is before


def test_a_folder_that_went_away_has_nothing(tmp_path: Path) -> None:
    assert Listing((), (tmp_path / "gone",)).all() == ()


NAMES = st.text(st.sampled_from("ab-_. %ÜĀ日'\"main"), min_size=1, max_size=6).filter(lambda n: n.strip(". "))


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True), st.text("ab. _-", min_size=1, max_size=4))
def test_every_file_has_a_name_of_its_own_that_no_added_file_takes(names: list[str], added: str) -> None:
    paths = [Path("/folder") / f"{name}.db" for name in names]
    before = {each.name: each.path for each in Listing(paths).all()}
    assert len({name.lower() for name in before}) == len(paths)
    assert not {"main", "temp", ""} & {name.lower() for name in before}
    after = {each.name: each.path for each in Listing([*paths, Path("/folder") / f"{added}.x"]).all()}
    assert all(before.get(name, path) == path for name, path in after.items() if path in paths)

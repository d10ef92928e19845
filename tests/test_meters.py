"""Where processes count together."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prometheus_client import values

from tests.disk import files_of_at_most
from workbench import meters


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is temporary; nothing of it is left for other tests."""
    monkeypatch.setattr(meters.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(meters, "_MEMORY", tmp_path)
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv(meters._FOLDER, "")
    return tmp_path


def test_what_is_counted_in_has_its_room_before_anybody_counts(apart: Path) -> None:
    meters.share("127.0.0.1:1", lambda: 0, 2)
    files = list(Path(os.environ[meters._FOLDER]).iterdir())
    assert len(files) == 6
    assert all(each.stat().st_blocks * 512 >= meters._ROOM for each in files)


def test_without_room_each_process_counts_by_itself_and_that_is_said(
    apart: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with files_of_at_most(1000):
        meters.share("127.0.0.1:1", lambda: 0, 2)
    assert os.environ[meters._FOLDER] == ""
    assert "/metrics tells of one process only" in caplog.text


def test_how_many_runs_go_on_is_told_once_and_counted_nowhere(apart: Path) -> None:
    meters.share("127.0.0.1:1", lambda: 1, 2)
    for running in (3, 2):
        told = meters.Meters().text(running).decode()
        assert [line for line in told.splitlines() if line.startswith("workbench_running")] == [
            f"workbench_running {running}.0"
        ]
    assert not list(Path(os.environ[meters._FOLDER]).glob("gauge*"))

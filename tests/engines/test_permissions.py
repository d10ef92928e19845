"""Why a database cannot be written: which file, whose, and what mends it."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from workbench.engines.sqlite.explaining.permissions import explain_permissions

ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("student.db", f"student.db belongs to {ME}"),
        ("student.db-wal", f"student.db-wal belongs to {ME}"),
        ("student.db-shm", f"student.db-shm belongs to {ME}"),
        ("", f"The folder of student.db belongs to {ME}"),
    ],
)
def test_the_file_that_refuses_is_named(student: Path, refused: str, told: str) -> None:
    for ending in ("-wal", "-shm"):
        Path(f"{student}{ending}").touch()
    hindrance = os.path.realpath(student.parent / refused)
    text = explain_permissions(student, writable=lambda path: path != hindrance).text
    assert text.startswith(f"{told}, and it is served by {ME}, who may not write it.")
    assert f"chmod u+w {refused or 'that folder'}; or start the workbench with --read-only" in text


def test_a_file_of_somebody_else_is_to_be_given(student: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(student, 12345, -1)
    text = explain_permissions(student, writable=lambda path: path != os.path.realpath(student)).text
    assert text.startswith("student.db belongs to 12345, and it is served by root")
    assert "chown root student.db" in text


def test_there_is_nothing_to_say_when_all_can_be_written(student: Path) -> None:
    assert explain_permissions(student, writable=lambda _: True) is None

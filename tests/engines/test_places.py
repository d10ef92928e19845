"""Where an error is when SQLite does not say: at the name that is missing, if that stands once."""

from __future__ import annotations

import pytest

from workbench.errors import Position, StatementError
from workbench.jobs import Job
from workbench.runner import Handling, Runner, first_rows


def place_in(runner: Runner, script: str) -> str | None:
    """What stands at the error's place, to the end of the script."""
    error = runner.run(Job.of(script), Handling(first_rows(10))).error
    assert isinstance(error, StatementError), error
    position = error.position
    if position is None:
        return None
    assert position == Position.at(script, position.offset)
    return script[position.offset :]


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ("INSERT INTO student (nme, nr) VALUES ('x', 1)", "nme, nr) VALUES ('x', 1)"),
        ("SELECT 1; INSERT INTO student (name, n\u00e4r) VALUES ('x', 1)", "n\u00e4r) VALUES ('x', 1)"),
        ('INSERT INTO student ("two wrds") VALUES (1)', 'two wrds") VALUES (1)'),
        ("INSERT INTO student ([a b]) VALUES (1)", "a b]) VALUES (1)"),
        ("INSERT INTO student (`a``b`) VALUES (1)", "a``b`) VALUES (1)"),
        ("UPDATE student SET nme = 1", "nme = 1"),
        ("UPDATE student SET NME = 1", "NME = 1"),
        ('UPDATE student SET "two wrds" = 1', 'two wrds" = 1'),
        ("UPDATE student SET (name, nme) = (1, 2)", "nme) = (1, 2)"),
        ('SELECT * FROM "stud net"', 'stud net"'),
        ('SELECT * FROM "odd ""tble" WHERE 1', 'odd ""tble" WHERE 1'),
        ('SELECT * FROM main."stud net"', 'stud net"'),
        ('SELECT * FROM "a.b"', 'a.b"'),
        ('SELECT * FROM main."a.b"', 'a.b"'),
        ("DROP INDEX missing", "missing"),
        ("DROP TRIGGER main.missing", "missing"),
        ("ROLLBACK TO missing", "missing"),
    ],
)
def test_a_missing_name_that_stands_once_is_the_place(runner: Runner, script: str, place: str) -> None:
    assert place_in(runner, script) == place


@pytest.mark.parametrize(
    "script",
    [
        "INSERT INTO student (nme) VALUES ('nme')",
        'SELECT "stud net" FROM "stud net"',
        "SELECT 'studnet' FROM studnet",
    ],
)
def test_a_name_that_stands_twice_is_no_place(runner: Runner, script: str) -> None:
    assert place_in(runner, script) is None


def test_a_part_of_another_name_does_not_count(runner: Runner) -> None:
    assert place_in(runner, "INSERT INTO student (nme, nme2, xnme) VALUES (1, 2, 3)").startswith("nme, nme2")

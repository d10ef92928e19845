"""A table is altered by the steps of https://sqlite.org/lang_altertable.html#otheralter, in one run."""

from __future__ import annotations

import pytest

from tests.engines.files import a_file
from workbench.errors import StatementError

SCHEMA = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, p INT REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1, '007'), (2, NULL); INSERT INTO child VALUES (10, 1), (11, 2);
"""
STEPS = """
PRAGMA foreign_keys = OFF;
CREATE TABLE altered (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'none', more ANY) STRICT;
INSERT INTO altered (id, name) SELECT id, name FROM parent WHERE {};
DROP TABLE parent;
ALTER TABLE altered RENAME TO parent;
CREATE INDEX by_name ON parent (name);
PRAGMA foreign_key_check{};
"""


def test_the_steps_keep_rows_and_references_and_are_taken_back() -> None:
    with a_file(SCHEMA) as file:
        before = file.look()
        done, _ = file.run(STEPS.format("true", ""))
        after = file.look()
        assert after.rows["child"] == before.rows["child"]
        assert ("index", "by_name") in after.schema
        file.take_back(done)
        assert file.look() == before


@pytest.mark.parametrize("which", ["", "('child')"])
def test_a_check_that_finds_rows_which_refer_to_nothing_undoes_the_steps(which: str) -> None:
    with a_file(SCHEMA) as file:
        before = file.look()
        with pytest.raises(StatementError) as refused:
            file.run(STEPS.format("id = 1", which))
        assert refused.value.code == "SQLITE_CONSTRAINT_FOREIGNKEY"
        assert refused.value.explanation.evidence[0].rows == (("child", 11, "parent"),)
        assert file.look() == before


def test_a_check_of_another_table_or_with_foreign_keys_on_only_tells() -> None:
    with a_file(SCHEMA) as file:
        file.run(STEPS.format("id = 1", "('parent')"))
        file.run("UPDATE parent SET name = 'x'; PRAGMA foreign_key_check")
        assert file.look().rows["parent"].total() == 1


def test_with_foreign_keys_switched_on_a_check_only_tells_of_what_was_wrong_before() -> None:
    with a_file(SCHEMA) as file:
        file.run("PRAGMA foreign_keys = OFF; DELETE FROM parent WHERE id = 2")
        file.run("PRAGMA foreign_keys = ON; UPDATE parent SET name = 'x'; PRAGMA foreign_key_check")
        assert file.look().rows["parent"].total() == 1
        file.run("INSERT INTO parent VALUES (3, 'kept')")
        assert file.look().rows["parent"].total() == 2

"""Whatever table is altered to whatever design: it is as the form said, or as before, and is taken back."""

from __future__ import annotations

from dataclasses import replace

import apsw
from hypothesis import HealthCheck, assume, event, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from tests.engines.altered import design_of, finds, plan, rows, words
from tests.engines.files import File, a_file
from workbench.designs.alteration import Alteration
from workbench.designs.design import Column, Parent, TableDesign
from workbench.designs.writing import create_table
from workbench.errors import BadRequest, WorkbenchError
from workbench.sql import quoted

names = st.sampled_from(["a", "b", "c", "d", "e", 'x "y', "order"])
types = st.sampled_from(["", "INTEGER", "TEXT", "REAL", "ANY", "BLOB"])
defaults = st.sampled_from(["", "", "0", "'x'", "(1 + 1)", "CURRENT_TIMESTAMP"])
PARENTS = [None, None, None, Parent("other"), Parent("other", "id", "SET NULL", "CASCADE")]


@st.composite
def columns_of(draw: st.DrawFn) -> Column:
    name, generated = draw(names), draw(st.sampled_from(["", "", "", "", "1 + 1"]))
    return Column(
        name,
        draw(types),
        not_null=draw(st.sampled_from([False, False, True])),
        unique=draw(st.sampled_from([False, False, True])),
        key=not generated and draw(st.sampled_from([False, False, True])),
        default="" if generated else draw(defaults),
        check=draw(st.sampled_from(["", "", f"{quoted(name)} IS NOT 7"])),
        generated=generated,
        stored=bool(generated) and draw(st.booleans()),
        parent=draw(st.sampled_from(PARENTS)),
        more=draw(st.sampled_from(["", "", "COLLATE NOCASE"])),
    )


columns = columns_of()
literals = st.sampled_from(["NULL", "1", "2", "'1'", "'x'", "2.5", "x'00'", "7"])
OTHERS = (
    "CREATE TABLE log (said); CREATE TABLE other (id INTEGER PRIMARY KEY); INSERT INTO other VALUES (1), (7)"
)
HANGING = (
    "CREATE INDEX hangs_i ON t ({0})",
    "CREATE VIEW hangs_v AS SELECT {0} FROM t",
    "CREATE VIEW hangs_w AS SELECT count(*) FROM t",
    "CREATE TRIGGER hangs_t AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.{0}); END",
    "CREATE TRIGGER hangs_u AFTER INSERT ON log BEGIN UPDATE t SET {0} = {0}; END",
)


@st.composite
def tables(draw: st.DrawFn) -> TableDesign:
    found = draw(st.lists(columns, min_size=1, max_size=4, unique_by=lambda c: c.name))
    return TableDesign("t", tuple(found), strict=draw(st.booleans()), without_rowid=draw(st.booleans()))


@st.composite
def alterations(draw: st.DrawFn, old: TableDesign) -> TableDesign:
    found = []
    for column in draw(st.permutations(old.columns)) if draw(st.booleans()) else old.columns:
        what = draw(st.sampled_from(["same", "same", "same", "other", "gone", "renamed"]))
        if what == "other":
            found.append(replace(draw(columns), name=column.name, was=column.name))
        elif what != "gone":
            name = draw(names) if what == "renamed" else column.name
            found.append(replace(column, name=name, was=column.name))
    found += draw(st.lists(columns, max_size=2))
    assume(len({c.name.lower() for c in found}) == len(found))
    options = {"strict": old.strict, "without_rowid": old.without_rowid}
    if draw(st.booleans()):
        options = {"strict": draw(st.booleans()), "without_rowid": draw(st.booleans())}
    return replace(old, columns=tuple(found), **options)


@tries(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.data(), tables())
def test_any_alteration_does_what_it_says_and_can_be_undone(data: st.DataObject, old: TableDesign) -> None:
    with a_file(_schema(data, old)) as file:
        _fill(file, data, old)
        before, told_apart = file.look(), rowids(file)
        wanted = data.draw(alterations(design_of(file, "t")))
        try:
            found = plan(file, "t", wanted)
        except WorkbenchError:
            event("refused before")
            return
        promised = not any(question.bad and finds(file, question) for question in found.questions)
        try:
            done, _ = file.run(found.script)
        except (WorkbenchError, AssertionError):
            event("refused")
            assert file.look() == before
            return
        event("made anew" if "CREATE TABLE" in found.script else "altered")
        _is_as_wanted(file, before, wanted, found, promised)
        assume(not any(record.irreversible for record in done))
        file.take_back(done)
        assert file.look() == before
        assert old.key or rowids(file) == told_apart


def _schema(data: st.DataObject, old: TableDesign) -> str:
    """The table, one that refers to it, and what hangs on it."""
    hung = data.draw(st.lists(st.sampled_from(HANGING), max_size=3, unique=True))
    named = [sql.format(quoted(data.draw(st.sampled_from(old.columns)).name)) for sql in hung]
    child = f"CREATE TABLE child (p{' REFERENCES t' if len(old.key) == 1 else ''})"
    try:
        schema = ";\n".join([create_table(old), child, OTHERS, *named])
        apsw.Connection(":memory:").execute(schema)
    except (BadRequest, apsw.Error):
        assume(False)
    return schema


def rowids(file: File) -> list[tuple] | None:
    try:
        return rows(file, "SELECT rowid, * FROM t")
    except apsw.SQLError:
        return None


def _fill(file: File, data: st.DataObject, old: TableDesign) -> None:
    other = apsw.Connection(str(file.path))
    other.execute("PRAGMA foreign_keys = ON")
    for number in range(data.draw(st.integers(0, 4))):
        values = ", ".join(data.draw(literals) for column in old.columns if not column.generated)
        try:
            other.execute(f"INSERT INTO t VALUES ({values})")
            other.execute(f"INSERT INTO log VALUES ({number})")
            if len(old.key) == 1:
                other.execute(f"INSERT INTO child SELECT {quoted(old.key[0])} FROM t")
        except apsw.Error:
            continue


def _is_as_wanted(file: File, before, wanted: TableDesign, found: Alteration, promised: bool) -> None:
    """The table is as the form said; what hangs on it is there unless it was told; rows are all there."""
    made = design_of(file, "t")
    assert [_apart_from_names(c) for c in made.columns] == [_apart_from_names(c) for c in wanted.columns]
    assert (made.strict, made.without_rowid) == (wanted.strict, wanted.without_rowid)
    after, told = file.look(), words(found)
    for kind, name in before.schema:
        assert (kind, name) in after.schema or f"The {kind} {name} goes" in told
    assert after.rows["t"].total() == before.rows["t"].total()
    assert after.rows["child"] == before.rows["child"]
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]
    other = apsw.Connection(str(file.path))
    for (kind, name), _ in after.schema.items():
        if kind == "view" and f"The view {name} would no longer work" not in told:
            other.execute(f"SELECT * FROM {name}").fetchall()
    if promised and "would lead to no key" not in told:
        assert rows(file, "PRAGMA foreign_key_check") == []


def _apart_from_names(column: Column) -> Column:
    """A column without the names that a rename changes in it, or that say where it comes from."""
    check = column.check and column.check.split()[-1]
    return replace(column, was="", check=check)

"""Files that nobody here made are imported, looked through and exported, and not a value is another then."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from shutil import copyfile
from zipfile import ZipFile

import apsw
import pytest
from flask import Flask

from tests.conftest import Visitor, see
from tests.web import test_tables as tables
from tests.web.test_design import press
from tests.web.test_exports import Export
from tests.web.test_imports import Import

AIRPORTS = (files("airportsdata") / "airports.csv").read_bytes()
PROJ = files("pyproj") / "proj_dir" / "share" / "proj" / "proj.db"


@pytest.fixture
def proj(serve: Callable[..., Flask], tmp_path: Path) -> tuple[Visitor, Path]:
    """Alice at a workbench that serves PROJ's own database: the world's coordinate systems."""
    path = tmp_path / "proj.db"
    copyfile(str(PROJ), path)
    return Visitor(serve(database=path).test_client()), path


def rows_of(path: str | Path, table: str) -> list[tuple]:
    name = '"' + table.replace('"', '""') + '"'
    with closing(apsw.Connection(str(path))) as connection:
        return sorted(connection.execute(f"SELECT * FROM main.{name}"), key=repr)


def schema_of(path: str | Path) -> dict[tuple[str, str], str]:
    query = "SELECT type, name, sql FROM sqlite_schema"
    with closing(apsw.Connection(str(path))) as connection:
        return {(kind, name): sql for kind, name, sql in connection.execute(query)}


def tables_of(path: str | Path) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    with closing(apsw.Connection(str(path))) as connection:
        return [name for (name,) in connection.execute(query)]


def test_airports_of_the_world_come_in_are_looked_at_and_go_out_as_they_came(
    alice: Visitor, student: Path
) -> None:
    Import(alice, AIRPORTS, name="airports.csv").send("run")
    names, *lines = csv.reader(io.StringIO(AIRPORTS.decode()))
    assert len(lines) > 25_000
    page = see(alice.open("/tables/airports"))
    assert f"{len(lines):,} rows" in page.text
    last = page.find("a", string="Last")["href"]
    assert lines[-1][0] in see(alice.open(last)).text
    file = Export(alice, table="airports").press().file()
    assert file.headers["X-Row-Count"] == str(len(lines))
    told, *exported = csv.reader(io.StringIO(file.get_data(as_text=True)))
    assert told == names
    numbers = [names.index(name) for name in ("elevation", "lat", "lon")]
    for line, again in zip(lines, exported, strict=True):
        for place, (text, other) in enumerate(zip(line, again, strict=True)):
            assert text == other or (place in numbers and float(text) == float(other))


def test_what_is_taken_out_and_in_again_is_the_same_table(alice: Visitor, student: Path) -> None:
    some = b"".join(AIRPORTS.splitlines(keepends=True)[:3000])
    Import(alice, some, name="airports.csv").send("run")
    for format_, ending in (("json", "json"), ("ndjson", "ndjson"), ("xlsx", "xlsx")):
        export = Export(alice, table="airports", format=format_)
        assert not export.page.select(".findings .changed, .findings .refused")
        content = export.press().file().get_data()
        Import(alice, content, name=f"again_{format_}.{ending}").send("run")
        assert rows_of(student, f"again_{format_}") == rows_of(student, "airports")


def test_proj_is_browsed_and_its_script_makes_it_again(proj: tuple[Visitor, Path], tmp_path: Path) -> None:
    visitor, path = proj
    for table in ("unit_of_measure", "crs_view"):
        assert visitor.open(f"/tables/{table}").status_code == 200
    again = tmp_path / "again.db"
    with closing(apsw.Connection(str(again))) as connection:
        connection.execute(Export(visitor, what="all", format="insert").press().file().get_data(as_text=True))
    assert len(tables_of(path)) > 30
    assert tables_of(again) == tables_of(path)
    for table in tables_of(path):
        assert rows_of(again, table) == rows_of(path, table)


def test_all_tables_of_proj_are_files_with_their_rows(proj: tuple[Visitor, Path]) -> None:
    visitor, path = proj
    export = Export(visitor, what="all", format="ndjson").press()
    archive = ZipFile(io.BytesIO(export.file().get_data()))
    total = 0
    for table in tables_of(path):
        head, *rows, end = map(json.loads, archive.read(f"{table}.ndjson").splitlines())
        assert sorted(map(tuple, rows), key=repr) == rows_of(path, table)
        assert end["row_count"] == len(rows)
        total += len(rows)
        assert head["columns"]
    assert export.file().headers["X-Row-Count"] == str(total)


def test_a_copy_of_proj_is_proj(proj: tuple[Visitor, Path], tmp_path: Path) -> None:
    visitor, path = proj
    copy = tmp_path / "copy.db"
    copy.write_bytes(Export(visitor, what="database").press().file().get_data())
    assert [rows_of(copy, table) for table in tables_of(path)] == [
        rows_of(path, table) for table in tables_of(path)
    ]


def test_proj_is_drawn_with_its_keys(proj: tuple[Visitor, Path]) -> None:
    visitor, path = proj
    page = see(visitor.open("/schema/picture"))
    assert sorted(each["data-table"] for each in page.select("[data-table]")) == tables_of(path)
    found = [each["data-parent"] for each in page.select("[data-table=ellipsoid] [data-parent]")]
    assert found == ["celestial_body", "unit_of_measure"]


def test_a_row_of_proj_is_edited_and_put_back(proj: tuple[Visitor, Path]) -> None:
    visitor, path = proj
    rows = rows_of(path, "ellipsoid")
    before = next(row for row in rows if row[:2] == ("EPSG", 7001))
    page = tables.press(visitor, tables.row(visitor, "ellipsoid", *before[:2]), "save", v_2="Airy, 1830")
    edited = {*rows} ^ {*rows_of(path, "ellipsoid")}
    assert edited == {before, (*before[:2], "Airy, 1830", *before[3:])}
    visitor.press(page.select_one("button.undo"))
    assert rows_of(path, "ellipsoid") == rows


def test_a_table_of_proj_is_altered_by_form_among_its_triggers_and_put_back(
    proj: tuple[Visitor, Path],
) -> None:
    visitor, path = proj
    rows, schema = rows_of(path, "ellipsoid"), schema_of(path)
    form = see(visitor.open("/schema/alter?was=ellipsoid"))
    shown = press(visitor, press(visitor, form, "up-2"), "show", **{"0.type": "VARCHAR(20)", "2.name": "id"})
    assert not shown.select(".designed-notes .bad")
    done = see(visitor.press(press(visitor, shown, "preview").select_one("#commit-button")))
    order = [0, 2, 1, *range(3, len(rows[0]))]
    assert rows_of(path, "ellipsoid") == sorted((tuple(row[i] for i in order) for row in rows), key=repr)
    assert schema_of(path).keys() == schema.keys()
    visitor.press(next(each for each in done.select("button.undo") if each.text == "Undo"))
    assert (rows_of(path, "ellipsoid"), schema_of(path)) == (rows, schema)

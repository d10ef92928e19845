"""Files that are not what they should be: each is told, with its place, and nothing is changed on the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from tests.imports.files import imported
from workbench.errors import BadRequest, TooLarge
from workbench.imports import workbooks
from workbench.imports.recipe import Recipe


def made(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_ragged_lines_are_rejected_with_their_numbers(tmp_path: Path) -> None:
    found = imported(made(tmp_path, "t.csv", b'a,b\n1,"x\ny"\n2\n\n3,y,z\n4,w\n'))
    assert found.rows == [(1, "x\ny"), (4, "w")]
    assert [(r.line, r.reason) for r in found.rejects] == [
        (4, "1 field where there should be 2"),
        (6, "3 fields where there should be 2"),
    ]


def test_a_quotation_mark_that_is_not_closed_is_said_where_it_opens(tmp_path: Path) -> None:
    found = imported(made(tmp_path, "t.csv", b'a,b\n1,x\n2,"y\n3,z\n'))
    assert found.rows == [(1, "x")]
    assert [(r.line, "cannot be told into fields" in r.reason) for r in found.rejects] == [(3, True)]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    for content in (
        "\ufeffa,b\n1,ü\n".encode(),
        "a,b\n1,ü\n".encode("utf-16"),
        "a,b\n1,ü\n".encode("utf-16-le"),
    ):
        found = imported(made(tmp_path, "t.csv", content))
        assert found.survey.names == ("a", "b")
        assert found.rows == [(1, "ü")]


def test_another_encoding_is_guessed_and_said(tmp_path: Path) -> None:
    text = "name,town\nJürgen,Köln\nFrançois,Orléans\nŻółć\n".replace("Żółć\n", "") * 20
    found = imported(made(tmp_path, "t.csv", text.encode("cp1252")))
    assert found.rows[0] == ("Jürgen", "Köln")
    assert "is a guess" in found.recipe.notes[0]
    assert "byte 11" in found.recipe.notes[0]


def test_of_mixed_encodings_the_lines_that_are_not_utf_8_are_rejected(tmp_path: Path) -> None:
    content = "a,b\n1,Köln\n".encode() + "2,Köln\n".encode("cp1252") + b"3,x\n"
    found = imported(made(tmp_path, "t.csv", content))
    assert found.rows == [(1, "Köln"), (3, "x")]
    assert [r.line for r in found.rejects] == [3]
    assert "lines that are not UTF-8 are rejected" in found.recipe.notes[0]


def test_nul_characters_are_kept_and_said(tmp_path: Path) -> None:
    found = imported(made(tmp_path, "t.csv", b"a,b\n1,x\0y\n" + b"2,plain text\n" * 20))
    assert found.rows[0] == (1, "x\0y")
    assert any("NUL" in note for note in found.recipe.notes)


def test_a_line_of_ten_megabytes_is_a_line(tmp_path: Path) -> None:
    found = imported(
        made(tmp_path, "t.csv", b"a,b\n1," + b"x" * (10 << 20) + b'\n2,"' + b"y\n" * (5 << 20) + b'"\n')
    )
    assert [(a, len(b)) for a, b in found.rows] == [(1, 10 << 20), (2, 10 << 20)]


def test_names_that_are_there_twice_or_missing_get_others(tmp_path: Path) -> None:
    found = imported(made(tmp_path, "t.csv", b"a,A,,a_2\n1,2,3,4\n"), Recipe(header=True))
    assert found.survey.names == ("a", "A_2", "column_3", "a_2_2")
    assert found.survey.renamed


def test_without_a_header_the_first_line_is_a_row(tmp_path: Path) -> None:
    found = imported(made(tmp_path, "t.csv", b"1,x\n2,y\n"))
    assert (found.survey.names, found.rows) == (("column_1", "column_2"), [(1, "x"), (2, "y")])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.csv", b"", "holds no line"),
        ("t.json", b'{"a": 1}', "holds no rows"),
        ("t.json", b"", "This is no JSON"),
        ("t.json", b"42", "holds no rows"),
        ("t.json", b"[]", "holds no rows"),
        ("t.json", b'[{"a": 1}, {"a": ', "This is no JSON, before byte"),
        ("t.json", b'[{"a": NaN}]', "This is no JSON"),
        ("t.json", b'[{"a": ' + b"9" * 5_000 + b"}]", "more than 4,300 digits in a row"),
        (
            "t.json",
            b'[{"a": "' + b"x" * 4_000 + b'"}, {"a": -' + b"9" * 5_000 + b"}]",
            "more than 4,300 digits in a row",
        ),
        ("t.json", b'[{"a": 1e' + b"9" * 30 + b"}]", "This is no JSON"),
        ("t.xlsx", b"PK\x03\x04 and no more", "workbook cannot be read"),
        ("t.db", b"SQLite format 3\0 and no more", "no SQLite database"),
        ("t.ndjson", b'{"columns":[{"name":"a"}]}\n[1]\n', "was broken off"),
        ("t.ndjson", b'{"columns":[{"name":"a"}]}\n[1]\n{"error":{}}\n', "says that this export failed"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        imported(made(tmp_path, name, content))


def test_json_that_is_partly_rows(tmp_path: Path) -> None:
    found = imported(made(tmp_path, "t.ndjson", b'{"a": 1}\n{"a": \n3\n\n{"a": NaN}\n{"a": 5}\n'))
    assert found.rows == [(1,), (5,)]
    assert [r.line for r in found.rejects] == [2, 3, 5]


def test_numbers_beyond_all_measure_are_kept_as_text(tmp_path: Path) -> None:
    long = "9" * 5_000
    found = imported(made(tmp_path, "t.ndjson", f'{{"a": {long}}}\n{{"a": "x"}}\n'.encode()))
    assert found.rows == [(long,), ("x",)]
    found = imported(made(tmp_path, "t.ndjson", f'{{"a": 1e{"9" * 30}}}\n{{"a": "x"}}\n'.encode()))
    assert (found.rows, [r.line for r in found.rejects]) == ([("x",)], [1])


@pytest.mark.parametrize("depth", [600, 5_000])
@pytest.mark.parametrize("name", ["t.json", "t.ndjson"])
def test_a_row_that_is_nested_without_end_is_rejected(tmp_path: Path, name: str, depth: int) -> None:
    nested = '{"a": ' + "[" * depth + "]" * depth + "}"
    rows = f'{nested}\n{{"a": 1}}\n' if name == "t.ndjson" else f'[{nested}, {{"a": 1}}]'
    found = imported(made(tmp_path, name, rows.encode()))
    assert found.rows[-1] == (1,) or found.rows[-1] == ("1",)
    assert len(found.rows) + len(found.rejects) == 2


def workbook(folder: Path) -> Path:
    path = folder / "t.xlsx"
    book = Workbook()
    book.active.append(["a"])
    book.active.append([1])
    book.save(path)
    return path


def with_part(path: Path, name: str, content: bytes) -> Path:
    """The workbook with one part in another's place."""
    changed = path.with_name("changed.xlsx")
    with ZipFile(path) as old, ZipFile(changed, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return changed


def test_a_workbook_that_inflates_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_part(workbook(tmp_path), "xl/worksheets/sheet1.xml", b" " * (17 << 20))
    with pytest.raises(TooLarge, match="larger when it is unpacked"):
        imported(bomb)
    monkeypatch.setattr(workbooks, "INFLATED", 1000)
    with pytest.raises(TooLarge):
        imported(workbook(tmp_path))


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    with pytest.raises(BadRequest, match="workbook cannot be read") as refused:
        imported(with_part(workbook(tmp_path), "xl/worksheets/sheet1.xml", entities))
    assert str(tmp_path) not in refused.value.message


def test_a_damaged_workbook_and_a_damaged_database(tmp_path: Path) -> None:
    whole = workbook(tmp_path).read_bytes()
    with pytest.raises(BadRequest, match="workbook cannot be read"):
        imported(made(tmp_path, "half.xlsx", whole[: len(whole) // 2]))
    path = tmp_path / "t.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 50,)] * 5000)
        connection.commit()
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    with pytest.raises(BadRequest, match=r"damaged|no SQLite database"):
        imported(made(tmp_path, "damaged.db", bytes(content)))


def test_of_a_hostile_database_only_rows_of_tables_are_read(tmp_path: Path) -> None:
    path = tmp_path / "hostile.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            CREATE TABLE "a ""quoted"" name; DROP TABLE x; --" (
              id INTEGER PRIMARY KEY, "we""ird" TEXT, "<b>" AS (printf('%0*d', 900000000, id)),
              kept TEXT AS ('k') STORED);
            INSERT INTO "a ""quoted"" name; DROP TABLE x; --" (id, "we""ird") VALUES (1, 'x');
            CREATE VIEW loop AS
              WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT * FROM n;
            CREATE VIRTUAL TABLE words USING fts5(body);
            CREATE TRIGGER t BEFORE DELETE ON "a ""quoted"" name; DROP TABLE x; --" BEGIN SELECT 1; END;
            CREATE TABLE bad (a); INSERT INTO bad VALUES (CAST(x'ff' AS TEXT)), ('fine');""")
    found = imported(path)
    assert [name for name in found.recipe.parts if not name.startswith("words")] == [
        'a "quoted" name; DROP TABLE x; --',
        "bad",
    ]
    assert found.survey.names == ("id", 'we"ird', "kept")
    assert found.rows == [(1, "x", "k")]
    bad = imported(path, Recipe(part="bad"))
    assert bad.rows == [("fine",)]
    assert [(r.line, r.reason) for r in bad.rejects] == [(1, "it holds a text that is not UTF-8")]

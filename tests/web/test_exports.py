"""A person takes tables or a whole database away as a file, and knows before what it cannot hold."""

from __future__ import annotations

import hashlib
import io
from base64 import b64decode
from pathlib import Path
from zipfile import ZipFile

import apsw
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from tests.conftest import Visitor, see

ODD = """
CREATE TABLE odd (id INTEGER PRIMARY KEY, code TEXT, big INTEGER, bytes BLOB);
INSERT INTO odd VALUES (1, '007', 9007199254740993, x'cafe'), (2, '=1+1', 5, NULL), (3, 'plain', NULL, NULL);
CREATE VIEW few AS SELECT id, code FROM odd WHERE id < 3;
CREATE INDEX odd_code ON odd (code);
"""


@pytest.fixture
def odd(student: Path) -> Path:
    apsw.Connection(str(student)).execute(ODD)
    return student


class Export:
    """What a person chose, the page that says what it will be, and the one that says what came of it."""

    def __init__(self, visitor: Visitor, **wanted: object) -> None:
        self.visitor = visitor
        self.show(visitor.client.get("/exports", query_string=wanted))

    def show(self, answer: TestResponse) -> None:
        self.answer, self.page = answer, see(answer)

    def press(self, action: str = "/exports") -> Export:
        """Press the button of the form that leads there."""
        form = self.page.select_one(f'form[method=post][action$="{action}"]')
        fields: dict[str, list[str]] = {}
        for each in form.select("input[name]"):
            fields.setdefault(each["name"], []).append(each["value"])
        answer = self.visitor.client.post(form["action"], data=fields)
        answer.close()  # it is made when the answer is out
        self.show(self.visitor.open(answer.location) if answer.status_code == 303 else answer)
        return self

    def words(self, selector: str) -> str:
        """The text of an element."""
        return " ".join(self.page.select_one(selector).text.split())

    @property
    def address(self) -> str:
        """Where the export is shown."""
        return self.answer.request.path

    def file(self) -> TestResponse:
        """The file."""
        return self.visitor.client.get(self.page.select_one("a.primary[download]")["href"])


def test_a_table_becomes_a_file_with_what_says_that_it_is_whole(alice: Visitor) -> None:
    export = Export(alice, table="student").press()
    assert "3 rows exported" in export.words("h2")
    file = export.file()
    content = file.get_data()
    assert content.decode().splitlines() == [
        "id,name,nr", "1,Mark Twain,1111", "2,John Doe,2222", "3,Harry Potter,3333",
    ]  # fmt: skip
    assert file.headers["X-Row-Count"] == "3"
    assert file.headers["Content-Disposition"].startswith('attachment; filename="student-student.csv"')
    digest = hashlib.sha256(content)
    algorithm, _, told = file.headers["Repr-Digest"].partition("=")
    assert (algorithm, b64decode(told.strip(":"))) == ("sha-256", digest.digest())
    assert digest.hexdigest() in export.words(".whole")
    line = alice.client.get(f"{export.address}/file.sha256").get_data(as_text=True)
    assert line == f"{digest.hexdigest()}  student-student.csv\n"
    part = alice.client.get(f"{export.address}/file", headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.get_data()) == (206, b"id")


def test_what_a_format_cannot_hold_is_said_before_and_again_with_the_file(alice: Visitor, odd: Path) -> None:
    export = Export(alice, table="odd", format="xlsx")
    found = [" ".join(row.text.split()) for row in export.page.select(".findings tbody tr")]
    assert found == [
        "1 BLOBs are written as base64, and read as texts. odd.bytes 1",
        "1 Whole numbers have more than 15 digits: they become texts, with all their digits. odd.big 1",
    ]
    export.press()
    assert [" ".join(row.text.split()) for row in export.page.select(".findings tbody tr")] == found
    sheet = load_workbook(io.BytesIO(export.file().get_data())).worksheets[0]
    assert list(sheet.values)[1] == (1, "007", "9007199254740993", "yv4=")


def test_a_spreadsheet_finds_no_formulas_if_she_says_so(alice: Visitor, odd: Path) -> None:
    export = Export(alice, table="odd")
    assert "begin like formulas" in export.words(".findings")
    assert "=1+1" in export.press().file().get_data(as_text=True)
    export = Export(alice, table="odd", safe="1")
    assert "get an apostrophe" in export.words(".findings")
    assert ",'=1+1," not in export.press().file().get_data(as_text=True).replace("2,'=1+1,", "")
    assert "2,'=1+1,5," in export.file().get_data(as_text=True)


def test_what_is_held_as_it_is_says_so(alice: Visitor, odd: Path) -> None:
    assert "each is held as it is" in Export(alice, table="student", format="insert").words("#foresight")
    assert "each is held as it is" not in Export(alice, table="odd", format="csv").words("#foresight")


@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "ndjson", "markdown", "objects"])
def test_several_tables_are_files_of_an_archive(alice: Visitor, odd: Path, format_: str) -> None:
    export = Export(alice, table=["student", "few"], format=format_).press()
    assert "student 3 · few 2" in export.words(".whole")
    archive = ZipFile(io.BytesIO(export.file().get_data()))
    assert archive.testzip() is None
    assert [name.partition(".")[0] for name in archive.namelist()] == ["student", "few"]
    assert b"Mark Twain" in archive.read(archive.namelist()[0])


def test_several_tables_are_sheets_of_a_workbook(alice: Visitor, odd: Path) -> None:
    book = load_workbook(io.BytesIO(Export(alice, what="all", format="xlsx").press().file().get_data()))
    assert book.sheetnames == ["odd", "student"]
    assert len(list(book["student"].values)) == 4


def test_sql_makes_the_same_tables_again(alice: Visitor, odd: Path, tmp_path: Path) -> None:
    script = Export(alice, what="all", format="insert").press().file().get_data(as_text=True)
    again = apsw.Connection(str(tmp_path / "again.db"))
    again.execute(script)
    there = apsw.Connection(str(odd))
    for query in ("SELECT * FROM odd", "SELECT * FROM student"):
        assert list(again.execute(query)) == list(there.execute(query))
    assert list(again.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")) == [("odd_code",)]


def test_the_schema_is_sql_without_rows(alice: Visitor, odd: Path) -> None:
    export = Export(alice, what="schema")
    assert "4 statements" in export.words("#foresight")
    script = export.press().file().get_data(as_text=True)
    assert "X-Row-Count" not in export.file().headers
    again = apsw.Connection(":memory:")
    again.execute(script)
    names = "SELECT type, name, sql FROM sqlite_schema ORDER BY 2"
    assert list(again.execute(names)) == list(apsw.Connection(str(odd)).execute(names))
    assert list(again.execute("SELECT * FROM odd")) == []


def test_the_whole_database_is_a_sqlite_file(alice: Visitor, odd: Path, tmp_path: Path) -> None:
    export = Export(alice, what="database").press()
    copy = tmp_path / "copy.db"
    copy.write_bytes(export.file().get_data())
    assert export.file().headers["Content-Disposition"].startswith('attachment; filename="student.db"')
    found = apsw.Connection(str(copy))
    assert list(found.execute("PRAGMA integrity_check")) == [("ok",)]
    assert list(found.execute("SELECT * FROM odd")) == list(
        apsw.Connection(str(odd)).execute("SELECT * FROM odd")
    )


def test_a_generated_column_is_computed_again_by_the_script(alice: Visitor, student: Path) -> None:
    apsw.Connection(str(student)).execute(
        "CREATE TABLE g (a INTEGER PRIMARY KEY AUTOINCREMENT, b AS (a * 2) STORED, c AS (a + 1));"
        "INSERT INTO g (a) VALUES (1), (7); DELETE FROM g WHERE a = 7"
    )
    script = Export(alice, table="g", format="insert").press().file().get_data(as_text=True)
    again = apsw.Connection(":memory:")
    again.execute(script)
    assert list(again.execute("SELECT * FROM g")) == [(1, 2, 2)]
    assert list(again.execute("SELECT seq FROM sqlite_sequence")) == [(7,)]
    assert Export(alice, table="g").press().file().get_data() == b"a,b,c\r\n1,2,2\r\n"


def test_a_view_is_exported_by_its_rows(alice: Visitor, odd: Path) -> None:
    script = Export(alice, table="few", format="insert").press().file().get_data(as_text=True)
    assert "INSERT INTO few (id, code) VALUES (1, '007');" in script


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"what": "tables"}, "No table is chosen"),
        ({"table": "nowhere"}, "There is no table nowhere to export"),
        ({"table": "student", "format": "parquet"}, "This form says what there is not"),
        ({"what": "everything"}, "This form says what there is not"),
    ],
)
def test_what_cannot_be_meant_is_told_on_the_page(alice: Visitor, asked: dict[str, str], words: str) -> None:
    export = Export(alice, **asked)
    assert words in export.words("[role=alert]")
    assert export.answer.status_code in (400, 422)
    assert alice.client.post("/exports", data=asked | {"csrf_token": alice.token()}).status_code in (400, 422)


def test_a_view_that_cannot_be_read_is_told_so(alice: Visitor, student: Path) -> None:
    apsw.Connection(str(student)).execute("CREATE VIEW broken AS SELECT * FROM student; DROP TABLE student")
    assert "broken cannot be read" in Export(alice, table="broken").words("[role=alert]")


def test_an_error_half_way_leaves_no_file_and_says_why(alice: Visitor, student: Path, app: Flask) -> None:
    apsw.Connection(str(student)).execute(
        "CREATE TABLE n (i); INSERT INTO n VALUES (1), (2);"
        "CREATE VIEW breaks AS SELECT abs(-9223372036854775807 - (i > 1)) AS v FROM n"
    )
    export = Export(alice, table="student")
    alice.client.post("/exports", data={"table": "breaks", "csrf_token": alice.token()}).close()
    export = Export(alice)
    export.show(alice.open(export.page.select_one("ul.in-full a")["href"]))
    assert "integer overflow" in export.words("[role=alert]")
    assert alice.client.get(f"{export.address}/file").status_code == 404
    folder = app.extensions["settings"].outbox
    assert [path.suffix for path in folder.iterdir()] == [".json"]


def test_more_than_a_workbook_holds_is_refused_before_it_is_made(alice: Visitor, student: Path) -> None:
    apsw.Connection(str(student)).execute(
        "CREATE TABLE long (t); INSERT INTO long VALUES (printf('%.40000c', 'x'))"
    )
    export = Export(alice, table="long", format="xlsx")
    assert "No XLSX can be made of this" in export.words("#foresight")
    assert not export.page.select("#foresight button")
    answer = alice.client.post(
        "/exports", data={"table": "long", "format": "xlsx", "csrf_token": alice.token()}
    )
    answer.close()
    export.show(alice.open(answer.location))
    assert (export.answer.status_code, "longer than 32,767 characters" in export.words("[role=alert]")) == (
        413,
        True,
    )


def test_nobody_else_reaches_her_files(alice: Visitor, bob: Visitor) -> None:
    export = Export(alice, table="student").press()
    for path in ("", "/file", "/file.sha256"):
        assert bob.open(export.address + path).status_code == 404
    for path in ("/cancel", "/drop"):
        answer = bob.client.post(export.address + path, data={"csrf_token": bob.token()})
        assert answer.status_code == 404
    assert "student-student.csv" not in bob.open("/exports").get_data(as_text=True)
    assert alice.open(f"{export.address}/file").status_code == 200


def test_she_finds_her_files_again_and_deletes_them(alice: Visitor, app: Flask) -> None:
    export = Export(alice, table="student").press()
    listed = Export(alice)
    assert listed.page.select_one("ul.in-full a")["href"] == export.address
    folder = app.extensions["settings"].outbox
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    export.press("/drop")
    assert "student-student.csv was deleted" in export.words("[role=status]")
    assert list(folder.iterdir()) == []


def test_the_page_of_a_table_leads_there(alice: Visitor) -> None:
    link = see(alice.open("/tables/student")).find("a", string="Export rows")
    export = Export(alice)
    export.show(alice.open(link["href"]))
    assert export.page.select_one("input[name=table][value=student]").has_attr("checked")
    assert "student · 3 rows" in export.words("#foresight .facts")


def test_a_workbench_that_only_reads_exports_too(serve) -> None:
    visitor = Visitor(serve(read_only=True).test_client())
    assert Export(visitor, table="student").press().file().status_code == 200


def test_a_name_is_no_way_out_of_the_folder(alice: Visitor, student: Path) -> None:
    apsw.Connection(str(student)).execute('CREATE TABLE "../x/""y" (a); CREATE TABLE "_x_y" (a)')
    export = Export(alice, table='../x/"y').press()
    assert 'filename="student-.._x_y.csv"' in export.file().headers["Content-Disposition"]
    archive = ZipFile(io.BytesIO(Export(alice, what="all").press().file().get_data()))
    assert sorted(archive.namelist()) == ["_x_y.csv", "_x_y_2.csv", "student.csv"]


def test_the_fragment_is_a_part_of_the_page(alice: Visitor, app: Flask) -> None:
    export = Export(alice, table="student").press()
    box = app.extensions["desks"].of(None).exporter.outbox
    kept = box.find(box.read(export.address.split("/")[-1]).person, export.address.split("/")[-1])
    kept.state, kept.at = "running", kept.at + 1000
    box.save(kept)
    whole = see(alice.open(export.address)).select_one("#export")
    part = alice.client.get(f"{export.address}?going=1", headers={"HX-Request": "true"})
    assert str(BeautifulSoup(part.get_data(as_text=True), "html.parser").select_one("#export")) == str(whole)

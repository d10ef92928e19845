"""Databases whose texts are UTF-16 are like any other, also where one of them is no text at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from flask.testing import FlaskClient

from tests.conftest import Visitor, see
from workbench.app import create_app
from workbench.engines.sqlite import ready_file
from workbench.settings import Settings


@pytest.fixture(params=["UTF-16le", "UTF-16be"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database in this encoding, with a table of two texts."""
    path = tmp_path / "wide.db"
    made = apsw.Connection(str(path))
    made.pragma("encoding", request.param)
    made.execute("CREATE TABLE tëxt (id INTEGER PRIMARY KEY, a TEXT)")
    made.execute("INSERT INTO tëxt VALUES (1, 'abc'), (2, 'héé😀')")
    made.close()
    ready_file(path, read_only=False)
    return path


@pytest.fixture
def half(file: Path) -> Path:
    """The same with half of a surrogate pair in a third row."""
    other = apsw.Connection(str(file))
    codec = other.pragma("encoding").lower().replace("16", "16-")
    other.execute("INSERT INTO tëxt VALUES (3, CAST(? AS TEXT))", ("x\ud83d".encode(codec, "surrogatepass"),))
    other.close()
    return file


@pytest.fixture
def client(file: Path, tmp_path: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(database=file, store=tmp_path / "workbench.db"))
    yield app.test_client()
    app.extensions["bench"].close()


def test_its_tables_have_their_names_and_are_browsed(client: FlaskClient) -> None:
    assert [table["name"] for table in client.get("/catalog.json").json["tables"]] == ["tëxt"]
    page = see(client.get("/tables/tëxt"))
    assert [cell.text for cell in page.select("#table .scroll tbody td")] == ["1", "abc", "2", "héé😀"]


def test_texts_beside_one_that_is_none_stay_what_they_are(half: Path, client: FlaskClient) -> None:
    broken = {"$text_base64": "eO2gvQ=="}
    rows = [[1, "abc"], [2, "héé😀"], [3, broken]]
    assert client.post("/run", data={"query": "SELECT * FROM tëxt"}).json == rows
    told = client.post("/v1/run", json={"sql": "SELECT * FROM tëxt", "format": "ndjson"}).text
    assert '[2,"héé😀"]' in told
    page = see(client.get("/tables/tëxt"))
    assert [row.select("td")[1].text for row in page.select("#table .scroll tbody tr")][:2] == [
        "abc",
        "héé😀",
    ]


def test_a_change_is_shown_with_its_texts_and_undone(half: Path, client: FlaskClient) -> None:
    alice = Visitor(client)
    done = alice.run("UPDATE tëxt SET a = a || '!' WHERE id = 2")
    assert done.status_code == 200
    alice.press(see(done).select_one("#run > .second-thoughts button"))
    assert client.post("/run", data={"query": "SELECT a FROM tëxt WHERE id < 3"}).json == [["abc"], ["héé😀"]]

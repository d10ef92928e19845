"""Several databases at one workbench: each is a place of its own, and none is mistaken for another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Visitor, see


def make(path: Path, script: str = "CREATE TABLE note (text); INSERT INTO note VALUES ('here')") -> Path:
    """A small database at `path`."""
    path.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


class At(Visitor):
    """Someone at the page of the database called `name`."""

    def __init__(self, client: FlaskClient, name: str) -> None:
        super().__init__(client)
        self._at = f"/d/{name}"

    def token(self) -> str:
        return see(self.client.get(f"{self._at}/")).select_one("#editor [name=csrf_token]")["value"]

    def run(self, query: str, **more: str):
        form = {"query": query, "csrf_token": self.token()} | more
        return self.client.post(f"{self._at}/query", data=form, follow_redirects=True)


@pytest.fixture
def two(serve: Callable[..., Flask], tmp_path: Path) -> Iterator[Flask]:
    """The sample, and `shop.db` beside it."""
    app = serve(further=(make(tmp_path / "shop.db"),))
    yield app
    app.extensions["desks"].close()


@pytest.fixture
def folder(serve: Callable[..., Flask], tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Serve the sample and all of the folder ``data``, as it is by then."""
    (tmp_path / "data").mkdir()
    made: list[Flask] = []

    def start(**changed: object) -> Flask:
        made.append(serve(further=(tmp_path / "data",), **changed))
        return made[-1]

    yield start
    for app in made:
        app.extensions["desks"].close()


def ask(client: FlaskClient, path: str, query: str) -> object:
    return client.post(f"{path}/run", data={"query": query}).json


def names(client: FlaskClient, path: str = "/") -> list[str]:
    return [b.text for b in see(client.get(path)).select("#databases a b")]


def test_one_database_has_nothing_to_choose(alice: Visitor) -> None:
    page = see(alice.open("/"))
    assert not page.select("#databases")
    assert page.select_one("p.database strong").text == "student.db"


def test_the_bar_offers_the_others_and_says_which_this_is(two: Flask) -> None:
    client = two.test_client()
    page = see(client.get("/"))
    links = {a.b.text: a["href"] for a in page.select("#databases a:has(b)")}
    assert links == {"student": "/", "shop": "/d/shop/"}
    assert page.select_one("#databases [aria-current=page] b").text == "student"
    there = see(client.get(links["shop"]))
    assert there.select_one("#databases [aria-current=page] b").text == "shop"
    assert there.select_one("#databases summary strong").text == "shop.db"
    assert "note" in there.select_one("#schema").text
    assert there.select_one("form#editor")["action"] == "/d/shop/query"


def test_programs_reach_each_by_its_name(two: Flask) -> None:
    client = two.test_client()
    assert ask(client, "", "SELECT count(*) FROM student") == [[3]]
    assert ask(client, "/d/student", "SELECT count(*) FROM student") == [[3]]
    assert ask(client, "/d/shop", "SELECT * FROM note") == [["here"]]
    assert ask(client, "/d/shop", "INSERT INTO note VALUES ('two')") == "Done - Rows affected: 1"
    assert client.get("/d/shop/v1/run?sql=SELECT+count(*)+FROM+note").json["rows"] == [[2]]
    assert ask(client, "", "SELECT * FROM note") == "Error - no such table: note"


def test_the_short_way_never_serves_another(two: Flask) -> None:
    client = two.test_client(use_cookies=False)
    for _ in range(3):
        assert ask(client, "", "SELECT count(*) FROM student") == [[3]]
        assert ask(client, "/d/shop", "SELECT count(*) FROM note") == [[1]]


def test_each_has_a_history_drafts_and_saved_queries_of_its_own(two: Flask) -> None:
    client = two.test_client()
    here, there = Visitor(client), At(client, "shop")
    here.run("SELECT 'of the sample'")
    there.run("SELECT 'of the shop'")
    sample, shop = client.get("/history").text, client.get("/d/shop/history").text
    assert ("of the sample" in sample, "of the shop" in sample) == (True, False)
    assert ("of the sample" in shop, "of the shop" in shop) == (False, True)
    entry = see(client.get("/history")).select_one("#entries a")["href"]
    assert client.get(entry).status_code == 200
    assert client.get(f"/d/shop{entry}").status_code == 404


def test_what_is_undone_is_undone_where_it_was_done(two: Flask) -> None:
    alice = At(two.test_client(), "shop")
    page = see(alice.run("DELETE FROM note"))
    undo = page.select_one("form[action$='/undo'] button")
    assert undo.find_parent("form")["action"].startswith("/d/shop/entries/")
    alice.press(undo)
    assert ask(alice.client, "/d/shop", "SELECT * FROM note") == [["here"]]


def test_a_name_that_there_is_not_is_told(two: Flask) -> None:
    client = two.test_client()
    for name in ("nobody", "..", "%2e%2e", "shop%00", "SHOP", "a%ff", "<b>", "student.db"):
        page = client.get(f"/d/{name}/")
        assert (name, page.status_code) == (name, 404)
        assert "There is no database called" in page.text
        assert see(page).select_one("a.button")["href"] == "/"
        told = client.get(f"/d/{name}/v1/run?sql=SELECT+1")
        assert (told.status_code, told.json["code"]) == (404, "NO_SUCH_DATABASE")
        assert client.post(f"/d/{name}/run", data={"query": "SELECT 1"}).status_code == 404


def test_an_address_without_its_last_slash_is_the_page_too(two: Flask) -> None:
    assert two.test_client().get("/d/shop").status_code == 200


def test_who_has_no_password_is_not_told_which_there_are(serve: Callable[..., Flask], tmp_path: Path) -> None:
    app = serve(further=(make(tmp_path / "shop.db"),), password="s3cret")
    client = app.test_client()
    assert [client.get(f"/d/{name}/").status_code for name in ("shop", "nobody")] == [401, 401]


def test_another_site_cannot_write_to_any(two: Flask) -> None:
    sent = two.test_client().post(
        "/d/shop/run", data={"query": "DELETE FROM note"}, headers={"Origin": "http://evil.example"}
    )
    assert sent.status_code == 403
    assert two.test_client().post("/d/shop/query", data={"query": "DELETE FROM note"}).status_code == 400
    assert ask(two.test_client(), "/d/shop", "SELECT count(*) FROM note") == [[1]]


def test_reading_only_holds_for_all(serve: Callable[..., Flask], tmp_path: Path) -> None:
    app = serve(further=(make(tmp_path / "shop.db"),), read_only=True)
    assert "Error" in ask(app.test_client(), "/d/shop", "DELETE FROM note")
    assert "read only" in app.test_client().get("/d/shop/").text
    app.extensions["desks"].close()


def test_a_folder_serves_what_begins_as_a_database_does(folder: Callable[[], Flask], tmp_path: Path) -> None:
    data = tmp_path / "data"
    make(data / "b.sqlite")
    make(data / "Übung 日本.data")
    (data / "notes.txt").write_text("not one")
    (data / "empty.db").touch()
    make(data / ".hidden.db")
    (data / "link.db").symlink_to(make(tmp_path / "elsewhere" / "secret.db"))
    os.mkfifo(data / "pipe.db")
    (data / "sub").mkdir()
    client = folder().test_client()
    assert names(client) == ["student", "b", "Übung_日本"]
    page = see(client.get("/"))
    address = page.select("#databases a:has(b)")[-1]["href"]
    assert ask(client, address.rstrip("/"), "SELECT * FROM note") == [["here"]]
    assert see(client.get(address)).select_one("form#editor")["action"].endswith("/query")


def test_a_file_that_comes_into_the_folder_is_there_and_one_that_goes_is_not(
    folder: Callable[[], Flask], tmp_path: Path
) -> None:
    client = folder().test_client()
    assert names(client) == []
    made = make(tmp_path / "data" / "new.db")
    assert names(client) == ["student", "new"]
    made.unlink()
    assert client.get("/d/new/").status_code == 404


def test_names_never_pass_from_one_file_to_another(folder: Callable[[], Flask], tmp_path: Path) -> None:
    data = tmp_path / "data"
    make(data / "x.db", "CREATE TABLE first (a)")
    client = folder().test_client()
    assert client.get("/d/x/").status_code == 200
    make(data / "x.a", "CREATE TABLE second (a)")
    assert client.get("/d/x/").status_code == 404
    assert ask(client, "/d/x_db", "SELECT * FROM first") == []
    assert ask(client, "/d/x_a", "SELECT * FROM second") == []


def test_the_workbench_never_offers_its_own_file(serve: Callable[..., Flask], settings) -> None:
    app = serve(further=(settings.store.parent,))
    assert names(app.test_client()) == []


def test_a_damaged_file_says_so_and_harms_no_other(folder: Callable[[], Flask], tmp_path: Path) -> None:
    (tmp_path / "data" / "bad.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    client = folder().test_client()
    page = client.get("/d/bad/")
    assert (page.status_code, "bad.db" in page.text) == (503, True)
    assert "Error" in ask(client, "/d/bad", "SELECT 1")
    assert client.get("/").status_code == 200


def test_no_more_than_a_few_are_open_at_once(
    folder: Callable[[], Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.desks.MOST", 2)
    for number in range(4):
        make(tmp_path / "data" / f"n{number}.db")
    app = folder()
    for number in (0, 1, 2, 3, 0, 1):
        assert ask(app.test_client(), f"/d/n{number}", "SELECT * FROM note") == [["here"]]
    assert len(app.extensions["desks"]._made) == 2


def found(app: Flask, name: str, **more: str):
    """Send the form for a new database."""
    client = app.test_client()
    token = see(client.get("/databases")).select_one("[name=csrf_token]")["value"]
    return client.post("/databases", data={"name": name, "csrf_token": token} | more, follow_redirects=True)


def test_a_new_database_is_made_in_the_folder_and_opened(
    folder: Callable[..., Flask], tmp_path: Path
) -> None:
    app = folder(new_databases=True)
    answer = found(app, "orders")
    assert answer.request.path == "/d/orders/"
    assert "orders.db is made" in answer.text
    assert ask(app.test_client(), "/d/orders", "CREATE TABLE line (n)") == "Done - Rows affected: -1"
    with sqlite3.connect(tmp_path / "data" / "orders.db") as made:
        assert made.execute("PRAGMA journal_mode").fetchone() == ("wal",)


ODD = (
    "", " ", "../out", "..", ".", ".hidden", "a/b", "/etc/x", "a\\b", "a\0b", "a\nb", "a?b", "x" * 101, "-rf",
    "a.", "con:x", "file:x?mode=memory", ":memory:", "~/x", "$HOME", "a%2fb",
)  # fmt: skip


def test_a_name_that_leads_elsewhere_makes_nothing(folder: Callable[..., Flask], tmp_path: Path) -> None:
    app = folder(new_databases=True)
    before = set(tmp_path.rglob("*"))
    for name in ODD:
        answer = found(app, name)
        assert (name, answer.status_code, "Nothing was made" in answer.text) == (name, 422, True)
    made = set(tmp_path.rglob("*")) - before
    assert not [path for path in made if not path.name.startswith("workbench.db")]


@pytest.mark.parametrize("taken", ["x.db", "x"])
def test_what_is_there_is_never_written_over(
    folder: Callable[..., Flask], tmp_path: Path, taken: str
) -> None:
    app = folder(new_databases=True)
    there = tmp_path / "data" / "x.db"
    there.write_text("mine")
    answer = found(app, taken)
    assert (answer.status_code, there.read_text()) == (422, "mine")
    assert "There is a file called x.db" in answer.text
    there.unlink()
    there.symlink_to(tmp_path / "outside.db")
    assert found(app, taken).status_code == 422
    assert not (tmp_path / "outside.db").exists()


def test_none_is_made_where_that_is_not_allowed(folder: Callable[..., Flask], tmp_path: Path) -> None:
    for app in (folder(), folder(new_databases=True, read_only=True)):
        page = see(app.test_client().get("/databases"))
        assert not page.select("#new-database")
        client = app.test_client()
        token = see(client.get("/")).select_one("#editor [name=csrf_token]")["value"]
        assert client.post("/databases", data={"name": "x", "csrf_token": token}).status_code == 403
    assert list((tmp_path / "data").iterdir()) == []


def test_another_folder_than_those_served_cannot_be_named(
    folder: Callable[..., Flask], tmp_path: Path
) -> None:
    app = folder(new_databases=True)
    for odd in ("1", "-1", "99999999999999999999"):
        assert found(app, "x", folder=odd).status_code == 403
    assert list((tmp_path / "data").iterdir()) == []


def test_with_a_folder_one_database_already_offers_more(folder: Callable[..., Flask]) -> None:
    page = see(folder(new_databases=True).test_client().get("/"))
    assert "a new one" in page.select_one("#databases").text


def test_of_very_many_the_bar_offers_some_and_a_page_all(
    folder: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.web.databases._OFFERED", 2)
    for letter in "abcd":
        make(tmp_path / "data" / f"{letter}.db")
    client = folder().test_client()
    assert names(client) == ["student", "a"]
    assert names(client, "/d/c/") == ["student", "a", "c"]
    assert len(see(client.get("/databases")).select("#all-databases a")) == 5


def test_a_page_that_is_not_there_says_what_is_missing_and_keeps_the_bar(alice: Visitor) -> None:
    for address, words in {
        "/nowhere": "There is no page at this address.",
        "/entries/77": "You have no entry 77 here.",
        "/saved/77": "You have no such saved query here.",
        "/tables/studnet": "There is no table or view called studnet here.",
        "/schema/table?name=studnet": "There is no table or view called studnet here.",
    }.items():
        answer = alice.open(address)
        assert answer.status_code == 404
        page = see(answer)
        assert words in page.select_one("[role=alert]").text
        assert page.select_one(".bar strong").text == "student.db"


def test_of_a_database_that_is_not_there_the_others_are_named(two: Flask) -> None:
    page = see(Visitor(two.test_client()).open("/d/nowhere/"))
    assert [each["href"] for each in page.select("main li a")] == ["/", "/d/shop/"]
    assert not page.select(".bar")

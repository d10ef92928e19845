"""One query across several databases: the others are read, and never written, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from flask import Flask

from tests.conftest import Visitor, see

OTHER = (
    "CREATE TABLE note (id INTEGER PRIMARY KEY, text)",
    "INSERT INTO note VALUES (1, 'of the shop')",
    "CREATE TABLE only_here (a)",
    "CREATE VIEW told AS SELECT text FROM note",
    "CREATE VIRTUAL TABLE place USING rtree (id, least, most)",
    "INSERT INTO place VALUES (1, 2, 3)",
    "CREATE VIRTUAL TABLE word USING fts5 (text)",
    "INSERT INTO word VALUES ('hello')",
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Another database, in WAL mode."""
    path = tmp_path / "shop.db"
    connection = apsw.Connection(str(path))
    for statement in ("PRAGMA journal_mode = WAL", *OTHER):
        connection.execute(statement).fetchall()
    connection.close()
    return path


@pytest.fixture
def two(serve: Callable[..., Flask], shop: Path, tmp_path: Path) -> Iterator[Flask]:
    """The sample, the shop, and `mine-2.db`, which is one more."""
    third = tmp_path / "mine-2.db"
    apsw.Connection(str(third)).execute("CREATE TABLE t (a)").fetchall()
    app = serve(further=(shop, third))
    yield app
    app.extensions["desks"].close()


def ask(app: Flask, sql: str, attach: str = "shop", **more: object):
    return app.test_client().post("/v1/run", json={"sql": sql, "attach": attach} | more)


def tick(client, query: str, *names: str, **more: str):
    """Run `query` from the page with these databases ticked."""
    token = see(client.get("/")).select_one("#editor [name=csrf_token]")["value"]
    form = {"query": query, "csrf_token": token, "attaching": "1", "attach": list(names)} | more
    return see(client.post("/query", data=form, follow_redirects=True))


def test_a_query_reads_across(two: Flask) -> None:
    wanted = {
        "SELECT text FROM shop.note": [["of the shop"]],
        "SELECT name, text FROM student JOIN shop.note USING (id)": [["Mark Twain", "of the shop"]],
        "SELECT text FROM shop.told": [["of the shop"]],
        "SELECT most FROM shop.place": [[3.0]],
        "SELECT text FROM shop.word WHERE word MATCH 'hello'": [["hello"]],
        "PRAGMA shop.integrity_check": [["ok"]],
    }
    assert {sql: ask(two, sql).json["rows"] for sql in wanted} == wanted


def test_what_is_attached_is_so_for_its_run_alone(two: Flask) -> None:
    assert ask(two, "SELECT 1 FROM shop.note").status_code == 200
    assert "no such table" in ask(two, "SELECT 1 FROM shop.note", attach="").json["detail"]
    assert ask(two, "SELECT 1 FROM shop.note", attach="mine-2").status_code == 400
    assert ask(two, 'SELECT 1 FROM "mine-2".t, shop.note', attach="mine-2, shop").status_code == 200


WRITES = [
    "INSERT INTO shop.note VALUES (2, 'x')", "UPDATE shop.note SET text = 'x'", "DELETE FROM shop.note",
    "DELETE FROM only_here", "INSERT INTO only_here VALUES (1)", "REPLACE INTO shop.note VALUES (1, 'x')",
    "INSERT INTO shop.note SELECT 9, name FROM student", "CREATE TABLE shop.t (a)", "DROP TABLE shop.note",
    "CREATE INDEX shop.i ON note (text)", "ALTER TABLE shop.note RENAME TO other", "DROP VIEW shop.told",
    "CREATE VIEW shop.v AS SELECT 1", "ANALYZE shop", "ANALYZE", "PRAGMA shop.user_version = 4",
    "PRAGMA shop.application_id = 4", "PRAGMA shop.journal_mode = DELETE",
    "PRAGMA shop.wal_checkpoint(TRUNCATE)",
    "PRAGMA shop.wal_checkpoint", "PRAGMA shop.incremental_vacuum", "VACUUM shop", "VACUUM shop INTO 'x.db'",
    "INSERT INTO shop.place VALUES (2, 3, 4)", "INSERT INTO shop.word (word) VALUES ('optimize')",
    "DETACH shop", "ATTACH 'y.db' AS y", "ATTACH 'file:shop.db?mode=rw' AS y",
    "CREATE TRIGGER shop.t AFTER INSERT ON note BEGIN SELECT 1; END",
    "INSERT INTO student (name, nr) VALUES ('a', 1); DELETE FROM shop.note",
    "BEGIN; DELETE FROM shop.note; COMMIT", "PRAGMA query_only = 0; DELETE FROM shop.note",
    "PRAGMA shop.writable_schema = 1", "WITH x AS (SELECT 1) DELETE FROM shop.note",
]  # fmt: skip


def test_nothing_writes_to_what_is_attached(two: Flask, shop: Path) -> None:
    client, before = two.test_client(), contents(shop)
    for sql in WRITES:
        page = tick(client, sql, "shop", commit="1")
        assert (sql, page.select_one("#run")["data-outcome"]) == (sql, "error")
        assert (sql, contents(shop)) == (sql, before)


def contents(path: Path) -> list[list[tuple]]:
    """All that a file holds, as a stranger sees it."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    tables = ("sqlite_schema", "note", "place", "only_here", "word_data")
    asked = [f"SELECT * FROM {name}" for name in tables]
    asked += [f"PRAGMA {name}" for name in ("user_version", "application_id", "journal_mode", "page_count")]
    found = [connection.execute(each).fetchall() for each in asked]
    connection.close()
    return found


def test_what_is_read_there_is_written_here_and_can_be_undone(two: Flask) -> None:
    client = two.test_client()
    page = tick(client, "INSERT INTO student (name, nr) SELECT text, 7 FROM shop.note", "shop")
    assert "1 row" in page.select_one("#run").text
    count = "SELECT count(*) FROM student"
    assert client.post("/run", data={"query": count}).json == [[4]]
    undo = page.select_one("form[action$='/undo'] button")
    Visitor(client).press(undo)
    assert client.post("/run", data={"query": count}).json == [[3]]


def test_a_preview_with_what_is_attached_is_committed_with_it(two: Flask) -> None:
    client = two.test_client()
    sql = "UPDATE student SET name = (SELECT text FROM shop.note) WHERE id = 1"
    page = tick(client, sql, "shop", action="preview")
    assert "of the shop" in page.select_one("#run").text
    commit = page.select_one("form.choices button")
    form = commit.find_parent("form")
    fields = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    client.post(
        form["action"], data=fields | ({commit["name"]: commit["value"]} if commit.get("name") else {})
    )
    names = client.post("/run", data={"query": "SELECT name FROM student WHERE id = 1"}).json
    assert names == [["of the shop"]]


def test_ticks_stay_until_they_are_taken_away(two: Flask) -> None:
    client = two.test_client()
    tick(client, "SELECT 1 FROM shop.note", "shop")
    ticks = {each["value"]: each.has_attr("checked") for each in see(client.get("/")).select("[name=attach]")}
    assert ticks == {"student": False, "shop": True, "mine-2": False}
    tick(client, "SELECT 1")
    assert not see(client.get("/")).select("[name=attach][checked]")
    assert "no such table" in tick(client, "SELECT 1 FROM shop.note").select_one("#run").text


def test_a_missing_table_of_another_database_is_offered(two: Flask) -> None:
    client = two.test_client()
    page = tick(client, "SELECT text FROM shop.note")
    button = page.select_one("#run button[name=attach]")
    assert (button["value"], button["form"]) == ("shop", "editor")
    assert (
        "of the shop" in tick(client, "SELECT text FROM shop.note", button["value"]).select_one("#run").text
    )
    assert not tick(client, "SELECT 1 FROM nobody.note").select("#run button[name=attach]")


NOT_THERE = ("nobody", "main", "temp", "../shop", "shop'; --", "/etc/passwd", "file:x", "SHOP", "shop.db")


def test_only_listed_databases_are_attached(two: Flask) -> None:
    many = ",".join(f"n{i}" for i in range(11))
    codes = dict.fromkeys(NOT_THERE, "NO_SUCH_DATABASE") | {
        "student": "NOT_TOGETHER",
        many: "TOO_MANY_ATTACHED",
    }
    for attach, code in codes.items():
        assert (attach, ask(two, "SELECT 1", attach=attach).json["code"]) == (attach, code)
        assert code in tick(two.test_client(), "SELECT 1", *attach.split(",")).select_one("#run").text


def test_a_stream_a_description_and_a_plan_see_it_too(two: Flask) -> None:
    client = two.test_client()
    sql = "SELECT text FROM shop.note"
    assert (
        '"of the shop"'
        in client.get("/run", query_string={"sql": sql, "attach": "shop", "format": "ndjson"}).text
    )
    assert "note" in ask(two, sql, describe=True).text
    assert "note" in tick(client, sql, "shop", action="explain").select_one("#run").text


def test_a_file_that_is_none_is_told_by_its_name(two: Flask, shop: Path) -> None:
    for each in (shop, *shop.parent.glob("shop.db-*")):
        each.unlink()
    shop.write_bytes(b"no database at all" * 100)
    answer = ask(two, "SELECT 1 FROM shop.note")
    assert (answer.status_code, answer.json["code"]) == (503, "NOT_ATTACHED")
    assert "shop" in answer.json["detail"]
    assert ask(two, "SELECT 1", attach="mine-2").status_code == 200


def test_reading_only_attaches_too_and_changes_nothing(serve: Callable[..., Flask], shop: Path) -> None:
    app = serve(further=(shop,), read_only=True)
    assert ask(app, "SELECT text FROM shop.note").json["rows"] == [["of the shop"]]
    assert ask(app, "DELETE FROM shop.note").status_code == 403
    app.extensions["desks"].close()


def test_a_query_across_ends_at_its_time_like_any_other(serve: Callable[..., Flask], shop: Path) -> None:
    app = serve(further=(shop,), time_limit=0.2)
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n, shop.note"
    )
    assert ask(app, endless).status_code == 504
    assert ask(app, "SELECT text FROM shop.note").json["rows"] == [["of the shop"]]
    app.extensions["desks"].close()


def test_the_editor_completes_with_what_is_ticked(two: Flask) -> None:
    client = two.test_client()
    asked = client.get("/catalog.json?attach=shop&attach=mine-2&attach=nobody").json["tables"]
    assert asked[0]["name"] == "student"
    assert {each["sql"] for each in asked if each.get("within") == "shop"} >= {"shop.note", "shop.told"}
    (other,) = (each for each in asked if each.get("within") == "mine-2")
    assert (other["own"], other["sql"]) == ("t", '"mine-2".t')
    assert len(client.get("/catalog.json").json["tables"]) == 1

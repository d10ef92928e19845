"""A program asks again for what it has, and gets it again only when it is another."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import apsw
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SELECT = "SELECT * FROM student"


def get(program: FlaskClient, query: str = SELECT, etag: str | None = None, **fields: Any) -> TestResponse:
    headers = {} if etag is None else {"If-None-Match": etag}
    return program.get("/run", query_string={"query": query, "cache": "true", **fields}, headers=headers)


def test_the_same_answer_is_not_sent_twice(program: FlaskClient) -> None:
    first = get(program)
    assert first.json["rows"][0] == [1, "Mark Twain", 1111]
    assert first.headers["ETag"].startswith('W/"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = get(program, etag=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Type" not in again.headers


def test_another_answer_is_sent(program: FlaskClient, student: Path) -> None:
    first = get(program)
    apsw.Connection(str(student)).execute("UPDATE student SET nr = 5 WHERE id = 1")
    again = get(program, etag=first.headers["ETag"])
    assert (again.status_code, again.json["rows"][0]) == (200, [1, "Mark Twain", 5])
    assert again.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("SELECT id, name, nr AS number FROM student", {}),
        ("SELECT * FROM student ORDER BY id DESC", {}),
        (SELECT, {"limit": 2}),
        (SELECT, {"format": "objects"}),
        (SELECT, {"int64": "string"}),
    ],
)
def test_whatever_differs_in_the_answer_differs_in_its_tag(program, query: str, fields: dict) -> None:
    assert get(program, query, **fields).headers["ETag"] != get(program).headers["ETag"]


def test_one_of_several_tags_or_any_will_do(program: FlaskClient) -> None:
    tag = get(program).headers["ETag"]
    for given in (f'"other", {tag}', tag.removeprefix("W/"), "*"):
        assert get(program, etag=given).status_code == 304
    for given in ('"other"', "W/other", ""):
        assert get(program, etag=given).status_code == 200


def test_a_compressed_answer_has_the_same_tag(program: FlaskClient) -> None:
    many = f"{SELECT} a, student b, student c"
    plain = get(program, many)
    asked = {"query": many, "cache": "true"}
    packed = program.get("/run", query_string=asked, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data).startswith(plain.data[:100])
    assert packed.headers["ETag"] == plain.headers["ETag"]


def test_a_query_with_a_body_may_be_cached_too(program: FlaskClient) -> None:
    batch = {"statements": [{"sql": "SELECT 1"}, {"sql": SELECT}], "cache": True}
    first = program.open("/v1/run", method="QUERY", json=batch)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert program.open("/v1/run", method="QUERY", json=batch, headers=tag).status_code == 304
    batch["statements"][1]["sql"] += " WHERE id = 1"
    assert program.open("/v1/run", method="QUERY", json=batch, headers=tag).status_code == 200


def test_post_and_streams_are_not_cached(program: FlaskClient) -> None:
    for answer in (
        program.post("/run", json={"sql": SELECT, "cache": True}),
        program.post("/run", data={"query": "DELETE FROM student", "cache": "true"}),
        get(program, format="ndjson"),
        get(program, format="csv"),
        get(program, cache="perhaps"),
    ):
        assert answer.status_code == 400
        assert answer.json["code"] in ("BAD_REQUEST", "NOT_TOGETHER")
        assert answer.headers["Cache-Control"] == "no-store"
    assert get(program, "SELECT count(*) FROM student").json["rows"] == [[3]]


def test_an_error_is_not_kept_and_a_write_is_refused(program: FlaskClient) -> None:
    for query, status in (("SELEC", 400), ("DELETE FROM student", 405)):
        answer = get(program, query, etag="*")
        assert answer.status_code == status
        assert (answer.headers["Cache-Control"], "ETag" in answer.headers) == ("no-store", False)


def test_who_does_not_ask_for_it_gets_nothing_to_keep(program: FlaskClient) -> None:
    for address in ("/run?query=SELECT+1", "/v1/run?query=SELECT+1", "/v1/run?query=SELECT+1&cache=false"):
        answer = program.get(address, headers={"If-None-Match": "*"})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in answer.headers

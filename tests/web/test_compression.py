"""Programs send and get compressed bodies."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from pathlib import Path

import apsw
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.web.test_stream import BREAKS
from workbench.web.limits import REQUEST_BYTES

MANY = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900) SELECT i, 'row ' || i FROM n"
)
DELETE = b'{"sql": "DELETE FROM student"}'


def send(program: FlaskClient, body: bytes, coding: str = "gzip", path: str = "/run", **more) -> TestResponse:
    """`body`, which is compressed already, as JSON."""
    return program.post(
        path, **({"content_type": "application/json"} | more), data=body, headers={"Content-Encoding": coding}
    )


def get(program: FlaskClient, query: str, accept: str | None = "gzip", **fields: str) -> TestResponse:
    headers = {} if accept is None else {"Accept-Encoding": accept}
    return program.get("/run", query_string={"query": query, **fields}, headers=headers)


# --- what comes in ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("GZip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
    ],
)
@pytest.mark.parametrize("path", ["/run", "/v1/run"])
def test_a_compressed_body_means_what_is_in_it(program: FlaskClient, path, coding, compress) -> None:
    assert send(program, compress(b'{"sql": "SELECT 7"}'), coding, path).json["rows"] == [[7]]


def test_a_compressed_form_gets_the_bare_value(program: FlaskClient) -> None:
    form = gzip.compress(b"query=SELECT+%27%C3%A9%27")
    kind = "application/x-www-form-urlencoded"
    assert send(program, form, content_type=kind).json == [["é"]]
    assert "UTF-8" in send(program, gzip.compress(b"query=%FF"), content_type=kind).json


@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@tries(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_as_it_was_sent_both_ways(program: FlaskClient, text: str) -> None:
    body = json.dumps({"sql": "SELECT ?, hex(zeroblob(900))", "params": [text]}).encode()
    answer = program.post(
        "/run",
        data=gzip.compress(body),
        content_type="application/json",
        headers={"Content-Encoding": "gzip", "Accept-Encoding": "gzip"},
    )
    assert json.loads(gzip.decompress(answer.data))["rows"][0][0] == text


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (gzip.compress(DELETE)[:-1], "its end is missing"),
        (gzip.compress(DELETE)[:12], "its end is missing"),
        (b"", "its end is missing"),
        (DELETE, "it is damaged"),
        (gzip.compress(DELETE)[:-6] + b"\0\0\0\0\0\0", "it is damaged"),
        (gzip.compress(DELETE) + b" ", "something follows its end"),
        (gzip.compress(b'{"sql": ') + gzip.compress(b'"DELETE FROM student"}'), "something follows its end"),
        (gzip.compress(DELETE) + b"\0" * 200_000, "something follows its end"),
        (zlib.compress(DELETE), "it is damaged"),
    ],
)
def test_a_body_that_is_not_one_whole_gzip_runs_nothing(
    program: FlaskClient, student: Path, body: bytes, why: str
) -> None:
    answer = send(program, body)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert (answer.json["code"], answer.json["applied"]) == ("BAD_REQUEST", "none")
    assert why in answer.json["detail"]
    assert apsw.Connection(str(student)).execute("SELECT count(*) FROM student").get == 3


@given(at=st.integers(0, 46), bit=st.integers(0, 7))
@tries(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_bit_never_runs_something_else(program: FlaskClient, at: int, bit: int) -> None:
    body = bytearray(gzip.compress(b'{"sql": "SELECT 7"}', mtime=0))
    body[at % len(body)] ^= 1 << bit
    answer = send(program, bytes(body))
    assert answer.status_code == 400 or answer.json["rows"] == [[7]]


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", ""])
def test_another_coding_is_refused_with_those_that_are_taken(program: FlaskClient, coding: str) -> None:
    answer = send(program, b"whatever", coding)
    assert (answer.status_code, answer.json["code"]) == (415, "UNSUPPORTED_CODING")
    assert answer.headers["Accept-Encoding"] == "gzip, deflate"
    assert "gzip, deflate" in answer.json["hint"]


def test_a_bomb_is_refused_before_it_grows(program: FlaskClient) -> None:
    bomb = gzip.compress(b" " * (48 << 20))
    tracemalloc.start()
    try:
        answer = send(program, bomb)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (answer.status_code, answer.json["code"]) == (413, "BODY_TOO_LARGE")
    assert answer.json["limit"] == REQUEST_BYTES
    assert most < 3 * REQUEST_BYTES


def test_the_limits_hold_for_what_is_sent_and_for_what_is_in_it(program: FlaskClient) -> None:
    sent = send(program, b"\0" * (REQUEST_BYTES + 1))
    assert (sent.status_code, sent.json["code"], sent.json["limit"]) == (413, "BODY_TOO_LARGE", REQUEST_BYTES)
    inside = send(program, gzip.compress(b" " * (1 << 20) + DELETE))
    assert (inside.status_code, inside.json["code"], inside.json["limit"]) == (413, "BODY_TOO_LARGE", 1 << 20)


def test_as_much_as_may_be_sent_may_be_compressed(program: FlaskClient) -> None:
    form, kind = b"query=SELECT+1" + b"&" * (REQUEST_BYTES - 14), "application/x-www-form-urlencoded"
    assert send(program, gzip.compress(form), content_type=kind).json == [[1]]
    assert send(program, gzip.compress(form + b"&"), content_type=kind).status_code == 413


# --- what goes out ---------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["gzip", "gzip, deflate, br, zstd", "GZIP;q=0.1", "*", "identity, gzip"])
def test_who_takes_gzip_gets_it(program: FlaskClient, accept: str) -> None:
    plain, answer = get(program, MANY, None), get(program, MANY, accept)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == plain.data
    assert answer.content_length == len(answer.data) < len(plain.data)


@pytest.mark.parametrize(
    "accept", [None, "", "identity", "br", "gzip;q=0", "gzip;q=0, *", "identity, gzip;q=0.9", "*;q=0"]
)
def test_who_does_not_gets_it_plain_and_caches_are_told(program: FlaskClient, accept: str | None) -> None:
    answer = get(program, MANY, accept)
    assert "Content-Encoding" not in answer.headers
    assert len(answer.json) == 900
    assert {"Accept", "Accept-Encoding", "Authorization"} <= set(answer.vary)


def test_an_answer_of_less_than_a_kilobyte_stays_as_it_is(program: FlaskClient) -> None:
    query = "SELECT printf('%.*c', {}, 'x')"
    assert "Content-Encoding" not in get(program, query.format(1017)).headers
    assert get(program, query.format(1018)).headers["Content-Encoding"] == "gzip"


def test_a_problem_and_what_has_no_body_are_whole(program: FlaskClient) -> None:
    problem = get(program, f"SELECT '{'x' * 2000}' FROM nowhere", format="arrays")
    assert problem.status_code == 400
    head = program.head("/run?query=SELECT+1", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in head.headers


def test_a_compressed_answer_is_not_the_same_bytes_and_its_tag_says_so(app: Flask) -> None:
    def tagged() -> Response:
        answer = Response("x" * 2000)
        answer.set_etag("of-these-bytes")
        return answer

    app.add_url_rule("/run/tagged/answer", "tagged", tagged)
    program = app.test_client(use_cookies=False)
    assert program.get("/run/tagged/answer").headers["ETag"] == '"of-these-bytes"'
    packed = program.get("/run/tagged/answer", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["ETag"] == 'W/"of-these-bytes"'


def test_a_page_is_never_compressed(program: FlaskClient) -> None:
    for path in ("/", "/history", "/healthz", "/nothing"):
        answer = program.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers
        assert "Accept-Encoding" not in answer.vary


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_a_stream_can_be_read_as_it_comes(program: FlaskClient, form: str) -> None:
    """Each piece that is sent holds whole rows of its own, the first of them too."""
    plain = get(program, MANY.replace("900", "9000"), None, format=form)
    answer = get(program, MANY.replace("900", "9000"), format=form)
    reader, seen = zlib.decompressobj(31), []
    for piece in answer.response:
        seen.append(reader.decompress(piece))
    assert len(seen) > 3
    assert seen[0].startswith(b'{"columns":' if form == "ndjson" else b"i,")
    assert all(rows.endswith(b"\n") for rows in seen[:-1])
    assert reader.eof
    assert b"".join(seen).count(b"\n") == plain.data.count(b"\n")


def test_a_stream_that_breaks_off_has_its_last_line_but_no_end(program: FlaskClient) -> None:
    answer, pieces = get(program, BREAKS, format="ndjson"), []
    with pytest.raises(Exception, match="integer overflow"):
        pieces.extend(iter(lambda: next(answer.response), None))
    reader = zlib.decompressobj(31)
    seen = reader.decompress(b"".join(pieces))
    assert json.loads(seen.splitlines()[-1])["error"]["detail"] == "integer overflow"
    assert not reader.eof

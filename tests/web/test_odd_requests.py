"""Requests as careless clients and broken ones send them: each gets an answer that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Visitor

PLACES = ["/", "/run", "/v1/run", "/history", "/schema", "/tables/student", "/catalog.json", "/nothing"]


def sent(visitor: Visitor, address: str, **environ: str) -> TestResponse:
    """What is answered when the server has read the request like this."""
    return visitor.client.get(address, environ_overrides=environ)


@pytest.mark.parametrize("place", PLACES)
def test_an_address_with_bytes_that_nobody_encoded_is_answered(alice: Visitor, place: str) -> None:
    """A shell whose letters are not UTF-8 sends them as they are."""
    answer = sent(
        alice, place, QUERY_STRING="query=SELECT+'\xff'", REQUEST_URI=f"{place}?query=SELECT+'\xff'"
    )
    assert answer.status_code < 500


@pytest.mark.parametrize("place", ["/run", "/v1/run"])
def test_sql_in_an_address_of_another_encoding_is_not_run(alice: Visitor, place: str) -> None:
    answer = sent(
        alice, place, QUERY_STRING="query=SELECT+'\xe9'", REQUEST_URI=f"{place}?query=SELECT+'\xe9'"
    )
    assert answer.status_code == 400
    assert "not valid UTF-8" in answer.text


def test_letters_that_nobody_encoded_are_read_when_they_are_utf8(alice: Visitor) -> None:
    plain = "query=SELECT+'é'".encode().decode("latin-1")
    assert sent(alice, "/run", QUERY_STRING=plain, REQUEST_URI=f"/run?{plain}").json == [["é"]]


@pytest.mark.parametrize("place", PLACES)
def test_credentials_that_nobody_can_read_are_none(serve: Callable[..., Flask], place: str) -> None:
    odd = {"HTTP_AUTHORIZATION": "Basic \xff\xfe"}
    assert serve().test_client().get(place, environ_overrides=odd).status_code < 500
    guarded = serve(password="s3cret").test_client()
    assert guarded.get(place, environ_overrides=odd).status_code == 401


@pytest.mark.parametrize("form", ["application/json", "application/sql", "application/x-www-form-urlencoded"])
def test_a_body_whose_length_is_not_told_is_refused_and_not_taken_for_an_empty_one(
    alice: Visitor, form: str
) -> None:
    answer = alice.client.post("/run", content_type=form, headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411
    assert "Content-Length" in answer.text


def test_a_request_of_the_first_http_is_answered(app: Flask) -> None:
    """``GET /`` and no more: the server has read next to nothing then."""
    told: list[Any] = []
    least = {"REQUEST_METHOD": "GET", "PATH_INFO": "", "wsgi.url_scheme": "http", "SERVER_NAME": "localhost"}
    least |= {"SERVER_PORT": "80", "SERVER_PROTOCOL": "", "SCRIPT_NAME": ""}
    list(app(least, lambda status, headers, *_: told.append(status)))
    assert not told[0].startswith("5")


@pytest.mark.parametrize("raw", [r'"\ud800"', r'{"a": ["\udfff"]}', "[1e999]", "[-1e999]"])
def test_a_raw_value_that_json_cannot_hold_is_refused_before_it_is_bound(alice: Visitor, raw: str) -> None:
    body = '{"sql": "INSERT INTO student (name) VALUES (?)", "params": [{"$raw": %s}]}' % raw
    answer = alice.client.post("/run", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["applied"]) == (400, "none")


def test_one_parameter_named_in_two_ways_is_refused(alice: Visitor) -> None:
    """Whichever of the two were taken, somebody would have meant the other."""
    answer = alice.client.post("/run", json={"sql": "SELECT :a", "params": {"a": 1, ":a": 2}})
    assert (answer.status_code, answer.json["code"]) == (400, "PARAM_COUNT")
    assert "a is given more than once" in answer.json["detail"]


def test_a_number_of_thousands_of_digits_is_told_in_words_of_ours(alice: Visitor) -> None:
    body = '{"sql": "SELECT ?", "params": [%s]}' % ("9" * 5_000)
    answer = alice.client.post("/run", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "64 bits" in answer.json["detail"]

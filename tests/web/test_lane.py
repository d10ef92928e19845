"""Most programs' requests take a short way: they cannot tell it from the long one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, TestResponse

from tests.web.test_run import AS_EVER
from workbench.web import lane

FORM = "application/x-www-form-urlencoded"


class Ways:
    """The same request the short way, where it can be taken, and the long way; each has its own database."""

    def __init__(self, short: Flask, long: Flask) -> None:
        long.wsgi_app = long.wsgi_app._long_way
        self.short, self.long = short.test_client(use_cookies=False), long.test_client(use_cookies=False)
        self.taken = 0
        answer = short.wsgi_app._answer

        def counted(*asked: object) -> object:
            self.taken += 1
            return answer(*asked)

        short.wsgi_app._answer = counted
        for method in ("GET", "POST"):
            self.agree(method, "SELECT 1")

    def agree(self, method: str, text: str, **headers: str) -> TestResponse:
        """Ask for `text` both ways; the answers are the same."""
        where = {"query_string" if method == "GET" else "data": {"query": text}}
        return self.ask_both(lambda: EnvironBuilder("/run", method=method, headers=headers, **where))

    def ask_both(self, build: Callable[[], EnvironBuilder]) -> TestResponse:
        """Send what `build` makes both ways; the answers are the same."""
        one, other = told(self.short, build()), told(self.long, build())
        assert facts(one) == facts(other)
        return one


def told(client: FlaskClient, request: EnvironBuilder) -> TestResponse:
    return client.open(request, buffered=True)


def facts(response: TestResponse) -> tuple[object, ...]:
    """All of an answer but the name of its request, and how long it took."""
    assert len(response.headers.getlist("X-Request-Id")) == 1
    assert response.content_length in (None, len(response.data))
    body = re.sub(rb'"(request_id|time_ms)":[^,}]+', b"", response.data)
    told = sorted(h for h in response.headers if h[0] not in ("X-Request-Id", "Content-Length"))
    return response.status, body, told


@pytest.fixture
def ways(serve: Callable[..., Flask], student: Path, tmp_path: Path) -> Iterator[Ways]:
    other = shutil.copy(student, tmp_path / "other.db")
    return Ways(serve(), serve(database=Path(other), store=tmp_path / "other-store.db"))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("text", AS_EVER)
def test_a_query_is_answered_alike(ways: Ways, method: str, text: str) -> None:
    ways.agree(method, text)
    assert ways.taken == (1 if text else 0)


@pytest.mark.parametrize("rows", [10, 100, 1000])
def test_a_large_answer_is_compressed_alike(ways: Ways, rows: int) -> None:
    text = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows}) SELECT i, 'row' FROM n"
    )
    ways.agree("POST", text, Accept_Encoding="gzip")
    ways.agree("POST", text)
    assert ways.taken == 2


def test_what_a_program_ran_the_short_way_is_in_the_history(ways: Ways, serve) -> None:
    ways.agree("POST", "SELECT 'by the short way'")
    assert ways.taken == 1
    found = ways.short.get("/history.ndjson?whose=programs").text
    assert found.count("by the short way") == 1


@pytest.mark.parametrize(
    "header",
    [
        {"Cookie": "a=b"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
        {"X-Request-Id": "mine-12345678"}, {"Idempotency-Key": "0123456789abcdef"}, {"Accept": "text/csv"},
        {"Prefer": "tx=rollback"}, {"Host": "evil.example"}, {"Authorization": "Basic eDp5"},
        {"Purpose": "prefetch"},
    ],
    ids=lambda h: next(iter(h)),
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_says_more_is_heard(ways: Ways, method: str, header: dict[str, str]) -> None:
    text, where = "SELECT 1", "query_string" if method == "GET" else "data"
    ways.ask_both(lambda: EnvironBuilder("/run", method=method, headers=header, **{where: {"query": text}}))
    assert ways.taken == 0


def test_many_names_of_this_host_take_no_memory(ways: Ways) -> None:
    for port in range(lane._HOSTS + 10):
        ways.agree("GET", "SELECT 1", Host=f"localhost:{port + 1}")
    assert len(ways.short.application.wsgi_app._headers) == lane._HOSTS


def test_an_error_of_our_own_is_told_as_ever(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    for client in (ways.short, ways.long):
        monkeypatch.setattr(client.application.extensions["bench"], "call", broken)
    assert ways.agree("POST", "SELECT 1").status_code == 500
    assert ways.taken == 1


QUERIES = st.text(st.sampled_from("SELECT 12'\";%&=+ä\0\n\ud7ff?x"), max_size=20)

RAW = st.one_of(
    QUERIES.map(lambda t: b"query=" + t.encode()),
    st.binary(max_size=30).map(lambda b: b"query=" + b),
    st.text("query=%&;+1SELECT 0aF", max_size=30).map(str.encode),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RAW)
@example(b"query=SELECT+1&query=SELECT+2")
@example(b"query=SELECT%20%FF")
@example(b"query=SELECT+1;x=2")
@example(b"query=SELECT 1 %3D 1")
@example(b"query=%zz")
def test_whatever_a_form_or_an_address_holds_is_understood_alike(ways: Ways, raw: bytes) -> None:
    ways.ask_both(lambda: EnvironBuilder("/run", method="POST", data=raw, content_type=FORM))
    visible = raw.decode("latin-1").replace("\n", "%0A").replace("#", "%23")
    ways.ask_both(lambda: EnvironBuilder("/run", query_string=visible))

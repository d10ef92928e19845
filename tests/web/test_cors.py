"""Pages of other origins call /run: those that may, and all the others."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Visitor
from workbench.environment import from_environment
from workbench.errors import SettingsError

OURS = "https://app.example"
CROSS = {"Origin": OURS, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
ASKS = {**CROSS, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
COUNT = "/run?query=SELECT+count(*)+FROM+student"


@pytest.fixture
def browser(serve: Callable[..., Flask]) -> FlaskClient:
    """A browser that has a page of an allowed origin open."""
    return serve(cors_origins=(OURS, "http://localhost:3000")).test_client()


@pytest.mark.parametrize("path", ["/run", "/v1/run", "/run/active", "/run/some-other-id", "/openapi.json"])
def test_an_allowed_page_is_told_what_it_may_send(browser: FlaskClient, path: str) -> None:
    answer = browser.options(path, headers=ASKS)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, QUERY, DELETE"
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Max-Age"] == "7200"


def test_to_be_told_runs_nothing(browser: FlaskClient) -> None:
    asked = {"query": "DELETE FROM student"}
    assert browser.options("/run", data=asked, query_string=asked, headers=ASKS).status_code == 204
    assert browser.get(COUNT).json == [[3]]


def test_an_allowed_page_reads_and_writes(browser: FlaskClient) -> None:
    for answer in (
        browser.post("/run", json={"sql": "DELETE FROM student WHERE id = 1"}, headers=CROSS),
        browser.post("/run", data={"query": "DELETE FROM student WHERE id = 2"}, headers=CROSS),
        browser.get(COUNT, headers=CROSS),
        browser.get("/run?query=SELECT+1&format=csv", headers=CROSS),
        browser.post("/v1/run", json={"sql": "SELEC"}, headers=CROSS),
        browser.delete("/run/no-such-run", headers=CROSS),
    ):
        assert answer.status_code in (200, 400, 404)
        assert answer.get_data()
        assert answer.headers["Access-Control-Allow-Origin"] == OURS
        assert answer.headers["Access-Control-Expose-Headers"] == (
            "X-Request-Id, X-Sql-Code, Retry-After, ETag, Idempotency-Replayed, Link, X-Run-Api"
        )
        assert "Origin" in answer.vary
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert browser.get(COUNT).json == [[1]]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://app.example.evil.example",
        "https://app.example:8443",
        "http://app.example",
        "https://APP.example",
        "https://app.example/",
        "https://app.example, https://evil.example",
        "null",
        "",
    ],
)
def test_another_page_gets_what_it_always_gets(browser: FlaskClient, origin: str) -> None:
    answer = browser.post("/run", data={"query": "DELETE FROM student"}, headers=CROSS | {"Origin": origin})
    asked = browser.options("/run", headers=ASKS | {"Origin": origin})
    assert answer.status_code == 403
    for each in (answer, asked):
        assert not [name for name, _ in each.headers if name.startswith("Access-Control-")]
        assert "Origin" in each.vary
    assert browser.get(COUNT).json == [[3]]


def test_an_allowed_page_cannot_use_our_own(browser: FlaskClient) -> None:
    for path in ("/query", "/", "/history", "/entries/1", "/healthz"):
        for answer in (browser.get(path, headers=CROSS), browser.options(path, headers=ASKS)):
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Origin" not in answer.vary
    form = {"query": "DELETE FROM student", "csrf_token": Visitor(browser).token()}
    assert browser.post("/query", data=form, headers=CROSS).status_code == 403
    assert browser.get(COUNT).json == [[3]]


def test_a_browser_that_looks_ahead_writes_nothing_for_anybody(browser: FlaskClient) -> None:
    ahead = CROSS | {"Sec-Purpose": "prefetch"}
    assert browser.get("/run?query=DELETE+FROM+student", headers=ahead).status_code == 403
    assert browser.get("/run?query=DELETE+FROM+student", headers=CROSS).json == "Done - Rows affected: 3"


def test_a_picture_on_an_allowed_page_writes_nothing(browser: FlaskClient) -> None:
    """Browsers send no Origin with it, and so no CORS is in play."""
    answer = browser.get("/run?query=DELETE+FROM+student", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["Cross-Origin-Resource-Policy"]) == (403, "same-origin")


@pytest.mark.parametrize(
    "headers", [CROSS, {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}]
)
def test_a_cookie_names_nobody_to_another_origins_page(browser: FlaskClient, headers: dict[str, str]) -> None:
    browser.get("/")  # draws a person, whose cookie comes along from now on
    bench = browser.application.extensions["bench"]
    browser.get("/run?query=SELECT+'theirs'", headers=headers)
    browser.get("/run?query=SELECT+'mine'")
    assert [entry.script for entry in bench.remembered("program").entries] == ["SELECT 'theirs'"]


def test_the_password_is_asked_of_a_page_too_but_not_before_it_may_send_it(
    serve: Callable[..., Flask],
) -> None:
    browser = serve(cors_origins=(OURS,), password="s3cret").test_client()
    assert browser.options("/run", headers=ASKS).status_code == 204
    refused = browser.get(COUNT, headers=CROSS)
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, OURS)
    known = {"Authorization": "Basic " + base64.b64encode(b"any:s3cret").decode()}
    assert browser.get(COUNT, headers=CROSS | known).json == [[3]]


def test_a_name_that_is_not_ours_gets_nothing_with_an_allowed_origin_either(browser: FlaskClient) -> None:
    assert browser.options("/run", headers=ASKS | {"Host": "evil.example"}).status_code == 400


def test_by_default_there_is_none_of_this(app: Flask) -> None:
    browser = app.test_client()
    assert browser.post("/run", data={"query": "SELECT 1"}, headers=CROSS).status_code == 403
    asked = browser.options("/run", headers=ASKS)
    assert "Access-Control-Allow-Origin" not in asked.headers
    assert "Origin" not in asked.vary


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "app.example",
        "https://*.example",
        "https://app.example/",
        "https://app.example:443",
        "http://app.example:80",
        "https://App.example",
        "https://user@app.example",
        "https://äpp.example",
        "file://",
        "https://app.example https://b.example",
    ],
)
def test_what_no_browser_would_send_as_an_origin_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(SettingsError, match="WORKBENCH_CORS_ORIGINS"):
        from_environment({"WORKBENCH_CORS_ORIGINS": f"https://first.example, {origin}"})


def test_origins_may_have_ports_and_addresses_for_names() -> None:
    told = "https://app.example, http://localhost:3000,http://[::1]:5173, https://b.example:80"
    assert from_environment({"WORKBENCH_CORS_ORIGINS": told}).cors_origins == (
        "https://app.example",
        "http://localhost:3000",
        "http://[::1]:5173",
        "https://b.example:80",
    )

"""Who may enter, and what every answer says about itself."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Visitor, see

EVERY_ANSWER = [
    "/",
    "/run?query=SELECT+1",
    "/healthz",
    "/readyz",
    "/history",
    "/schema",
    "/nothing",
    "/run/x",
]


@pytest.mark.parametrize("address", EVERY_ANSWER)
def test_every_answer_carries_the_strict_policy(alice: Visitor, address: str) -> None:
    headers = alice.client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(alice: Visitor) -> None:
    cookie = alice.client.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_no_page_holds_a_script_or_a_style_of_its_own(alice: Visitor) -> None:
    page = see(alice.run("SELECT * FROM student"))
    assert all(s.get("src", "").startswith("/static/built/") for s in page.select("script"))
    assert not page.select("style, [style], [onclick], [onload], [hx-on]")
    linked = [e.get("src") or e.get("href") for e in page.select("[src], link[href]")]
    assert all(address.startswith(("/", "data:")) for address in linked)


def test_every_form_that_changes_something_has_a_token(alice: Visitor) -> None:
    page = see(alice.open("/"))
    forms = page.select("form[method=post]")
    assert forms
    assert all(form.select_one("input[name=csrf_token]")["value"] for form in forms)


@pytest.mark.parametrize("token", ["", "wrong", None])
@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_without_its_token_runs_nothing_and_keeps_the_text(
    alice: Visitor, token: str | None, htmx: bool
) -> None:
    form = {"query": "DELETE FROM student"} | ({"csrf_token": token} if token is not None else {})
    headers = {"HX-Request": "true"} if htmx else {}
    answer = alice.client.post("/query", data=form, headers=headers)
    assert answer.status_code == 400
    document = see(answer)
    assert "Nothing was run" in document.select_one("#run [role=alert]").text
    if not htmx:
        assert document.select_one("textarea").text.strip() == "DELETE FROM student"
        assert document.select_one("[name=csrf_token]")["value"]
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[3]]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_form_is_refused_even_with_a_token(alice: Visitor, site: str) -> None:
    form = {"query": "DELETE FROM student", "csrf_token": alice.token()}
    answer = alice.client.post("/query", data=form, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert see(answer).select_one("[role=alert]")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.nip.io", "localhost.", "", "localhost@evil.example"]
)
def test_a_name_that_is_not_ours_gets_nothing(alice: Visitor, host: str) -> None:
    for address in ("/", "/run?query=SELECT+1"):
        answer = alice.client.get(address, headers={"Host": host})
        assert answer.status_code == 400
        assert "[[1]]" not in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:9000", "[::1]", "[::1]:80"]
)
def test_the_loopbacks_names_are_ours(alice: Visitor, host: str) -> None:
    assert alice.client.get("/run?query=SELECT+1", headers={"Host": host}).json == [[1]]


def test_a_name_from_the_settings_is_ours_too(serve: Callable[..., Flask]) -> None:
    client = serve(hosts=("sql.example",)).test_client()
    assert client.get("/run?query=SELECT+1", headers={"Host": "sql.example:80"}).json == [[1]]
    assert client.get("/run?query=SELECT+1", headers={"Host": "other.example"}).status_code == 400


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()}


def test_with_a_password_nobody_enters_without(serve: Callable[..., Flask]) -> None:
    client = serve(password="pass phräse").test_client()
    for address in ("/", "/run?query=SELECT+1", "/readyz", "/history", "/schema", "/nothing"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert client.get("/run?query=SELECT+1", headers=basic("wrong")).status_code == 401
    assert client.get("/run?query=SELECT+1", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/run?query=SELECT+1", headers=basic("pass phräse")).json == [[1]]
    assert client.get("/healthz").status_code == 200


def test_styles_come_with_the_question_for_the_password(serve: Callable[..., Flask]) -> None:
    """Else the page that asks for it would be bare."""
    client = serve(password="s3cret").test_client()
    address = see(client.get("/")).select_one("link[rel=stylesheet]")["href"]
    assert client.get(address, headers=basic("s3cret")).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/", "/query", "/history", "/entries/1"])
def test_other_methods_are_refused_as_a_page(alice: Visitor, method: str, address: str) -> None:
    answer = getattr(alice.client, method)(address)
    assert answer.status_code in (400, 405)  # the form's token is asked for first
    assert see(answer).select_one("[role=alert]")


def test_a_form_without_the_field_is_refused(alice: Visitor) -> None:
    answer = alice.client.post("/query", data={"csrf_token": alice.token()})
    assert answer.status_code == 400
    assert "no field named query" in see(answer).select_one("[role=alert]").text


def test_a_form_that_is_not_utf8_is_refused(alice: Visitor) -> None:
    body = f"csrf_token={alice.token()}&query=SELECT+%FF".encode()
    answer = alice.client.post("/query", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "UTF-8" in see(answer).select_one("[role=alert]").text


@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_that_is_too_large_is_refused(alice: Visitor, htmx: bool) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    form = {"csrf_token": alice.token(), "query": "x" * 5_000_000}
    answer = alice.client.post("/query", data=form, headers=headers)
    assert answer.status_code == 413
    assert "4 MB" in see(answer).select_one("[role=alert]").text


def test_an_error_of_our_own_is_a_page_without_its_inside(alice: Visitor, app: Flask, caplog) -> None:
    app.extensions["bench"].catalog = lambda: 1 / 0
    answer = alice.open("/")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "division by zero" in caplog.text

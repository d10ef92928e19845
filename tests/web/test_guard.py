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


def test_a_style_may_be_added_by_the_page_it_was_drawn_for_alone(alice: Visitor) -> None:
    answers = [alice.client.get("/") for _ in range(2)]
    nonces = [see(each).select_one("script[nonce]")["nonce"] for each in answers]
    assert nonces[0] != nonces[1]
    for nonce, answer in zip(nonces, answers, strict=True):
        assert f"style-src 'self' 'nonce-{nonce}';" in answer.headers["Content-Security-Policy"]
    assert "nonce" not in alice.client.get("/history").headers["Content-Security-Policy"]


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


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_form_with_nothing_in_it_is_told_that_nothing_was_run(
    alice: Visitor, headers: dict[str, str]
) -> None:
    answer = alice.client.post(
        "/query", data="", content_type="application/x-www-form-urlencoded", headers=headers
    )
    assert answer.status_code == 400
    assert "Nothing was run" in see(answer).select_one("#run [role=alert]").text


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "", "http://evil.example"])
@pytest.mark.parametrize("address", ["/query", "/run"])
def test_an_origin_that_is_not_ours_or_no_address_at_all_is_foreign(
    alice: Visitor, origin: str, address: str
) -> None:
    form = {"query": "DELETE FROM student", "csrf_token": alice.token()}
    assert alice.client.post(address, data=form, headers={"Origin": origin}).status_code == 403
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[3]]


@pytest.mark.parametrize("address", ["/", "/run", "/healthz"])
def test_an_address_whose_query_was_lost_on_the_way_runs_nothing_and_says_so(
    alice: Visitor, address: str
) -> None:
    """uWSGI leaves out a QUERY_STRING that its buffer has no room for."""
    lost = {"REQUEST_URI": f"{address}?query=SELECT+1", "QUERY_STRING": ""}
    answer = alice.client.get(address, environ_overrides=lost)
    assert answer.status_code == 414
    assert "Nothing was run" in answer.text
    assert "by POST" in answer.text


def test_an_address_that_ends_in_a_question_mark_has_lost_nothing(alice: Visitor) -> None:
    assert alice.client.get("/run?").json == "Warning: Empty query string!"


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


def test_a_hosts_name_may_be_written_in_capitals(serve: Callable[..., Flask]) -> None:
    client = serve(hosts=("sql.example",)).test_client()
    for host in ("LocalHost:8080", "SQL.Example"):
        assert client.get("/run?query=SELECT+1", headers={"Host": host}).json == [[1]]


@pytest.mark.parametrize("host", ["127.0.0.2", "127.1.2.3"])
def test_the_address_that_it_printed_is_ours(serve: Callable[..., Flask], host: str) -> None:
    client = serve(host=host).test_client()
    assert client.get("/run?query=SELECT+1", headers={"Host": f"{host}:8080"}).json == [[1]]
    assert client.get("/run?query=SELECT+1", headers={"Host": "127.9.9.9:8080"}).status_code == 400


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()}


def test_with_a_password_nobody_enters_without(serve: Callable[..., Flask]) -> None:
    client = serve(password="pass phräse").test_client()
    for address in ("/", "/run?query=SELECT+1", "/history", "/schema", "/nothing"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert client.get("/run?query=SELECT+1", headers=basic("wrong")).status_code == 401
    assert client.get("/run?query=SELECT+1", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/run?query=SELECT+1", headers=basic("pass phräse")).json == [[1]]


def test_who_asks_whether_it_is_well_needs_no_password(serve: Callable[..., Flask]) -> None:
    client = serve(password="s3cret").test_client()
    assert client.get("/healthz").json == {"alive": True}
    assert client.get("/readyz").json == {"ready": True, "reasons": []}


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


def test_a_form_in_parts_that_is_not_utf8_is_refused(alice: Visitor) -> None:
    form = in_parts(csrf_token=alice.token().encode(), query=b"SELECT '\xff'")
    answer = alice.client.post("/query", **form)
    assert answer.status_code == 400
    assert "UTF-8" in see(answer).select_one("[role=alert]").text


def test_a_form_in_parts_means_what_it_says(alice: Visitor) -> None:
    query = "SELECT 'é%FF', 1"
    answer = alice.client.post("/query", **in_parts(csrf_token=alice.token().encode(), query=query.encode()))
    assert answer.status_code == 303
    assert alice.client.post("/run", **in_parts(query=query.encode())).json == [["é%FF", 1]]


def in_parts(**fields: bytes) -> dict[str, object]:
    """A multipart form of these very bytes."""
    parts = [
        b'--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields.items()
    ]
    return {"data": b"".join(parts) + b"--edge--\r\n", "content_type": "multipart/form-data; boundary=edge"}


@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_that_is_too_large_is_refused(alice: Visitor, htmx: bool) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    form = {"csrf_token": alice.token(), "query": "x" * 5_000_000}
    answer = alice.client.post("/query", data=form, headers=headers)
    assert answer.status_code == 413
    assert "4 MB" in see(answer).select_one("[role=alert]").text


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/", "text/html"),
        ("/run?query=SELECT+1", "application/json"),
        ("/v1/run?query=SELECT+1", "application/problem+json"),
    ],
)
def test_an_answer_for_which_there_is_no_memory_is_told_in_its_own_form(
    alice: Visitor, app: Flask, address: str, form: str
) -> None:
    def too_much(*_: object, **__: object) -> None:
        raise MemoryError

    app.extensions["bench"].catalog = app.extensions["bench"].call = too_much
    answer = alice.client.get(address)
    assert answer.status_code == 413
    assert "The answer is too large to show; what was run is in the history" in answer.text
    assert answer.mimetype == form


def test_a_program_is_not_told_that_nothing_was_applied_when_only_its_answer_failed(
    alice: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("workbench.web.api._show", too_much)
    answer = alice.client.post("/v1/run", data={"query": "DELETE FROM student"})
    assert (answer.status_code, answer.json["applied"]) == (413, "unknown")


def test_an_error_of_our_own_is_a_page_without_its_inside(alice: Visitor, app: Flask, caplog) -> None:
    app.extensions["bench"].catalog = lambda: 1 / 0
    answer = alice.open("/")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "division by zero" in caplog.text

"""What Nginx serves from disk, and what it lets through."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from tests.deployment.client import ask
from tests.deployment.servers import HOME, Nginx, Workbench


@pytest.fixture(scope="module")
def front(tmp_path_factory, stopped_at_the_end) -> Nginx:
    """Nginx whose workbench is not running: what it answers comes from disk."""
    folder = tmp_path_factory.mktemp("static")
    return stopped_at_the_end(Nginx(folder, Workbench(folder, behind_nginx=True))).start()


@pytest.fixture(scope="module", params=["main.js", "main.css"])
def asset(request) -> str:
    """The hashed name of an asset."""
    return json.loads((HOME / "static" / "built" / "manifest.json").read_text())[request.param]


def test_an_asset_is_kept_for_ever_under_its_hashed_name(front, asset):
    answer = ask(f"{front.url}/static/built/{asset}")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.match(r"(application/javascript|text/css); charset=utf-8$", answer.headers["content-type"])
    assert answer.body == (HOME / "static" / "built" / asset).read_bytes()


def test_an_asset_comes_compressed_from_disk(front, asset):
    answer = ask(f"{front.url}/static/built/{asset}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.body == (HOME / "static" / "built" / f"{asset}.gz").read_bytes()
    assert gzip.decompress(answer.body) == (HOME / "static" / "built" / asset).read_bytes()


def test_the_page_names_the_assets_that_nginx_serves(tmp_path, stopped_at_the_end):
    workbench = stopped_at_the_end(Workbench(tmp_path, behind_nginx=True)).start()
    front = stopped_at_the_end(Nginx(tmp_path / "front", workbench)).start()
    named = re.findall(r'(?:src|href)="(/static/built/[^"]+)"', ask(f"{front.url}/").text)
    assert named
    for address in named:
        assert "immutable" in ask(front.url + address).headers["cache-control"], address


@pytest.mark.parametrize(
    "address",
    [
        "/static/built/manifest.json",
        "/static/built/../../nginx.conf",
        "/static/built/%2e%2e/%2e%2e/nginx.conf",
        "/static/build.mjs",
        "/static/errors/problem.html",
        "/nginx.conf",
        "/stopped",
        "/interrupted",
    ],
)
def test_nothing_else_comes_from_disk(front, address):
    answer = ask(front.url + address)
    assert answer.status in (400, 404, 503)
    assert b"The workbench did not answer" in answer.body


def test_what_a_client_claims_to_have_forwarded_does_not_pass(tmp_path, stopped_at_the_end):
    workbench = stopped_at_the_end(Workbench(tmp_path, behind_nginx=True)).start()
    front = stopped_at_the_end(Nginx(tmp_path / "front", workbench)).start()
    assert ask(f"{front.url}/", headers={"Host": "evil.example", "X-Forwarded-Host": "localhost"}).status in (
        400,
        403,
        421,
    )
    assert ask(f"{front.url}/", headers={"X-Forwarded-Host": "evil.example"}).status == 200

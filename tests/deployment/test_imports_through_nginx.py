"""A large file through Nginx and uWSGI: it goes to the disk, and is imported once its page was answered."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from tests.deployment.servers import Nginx, Workbench, eventually

LINES = 300_000
FILE = b"id,words\n" + b"".join(b"%d,some words that fill the line %d\n" % (n, n) for n in range(LINES))


@pytest.fixture(scope="module")
def workbench(tmp_path_factory, stopped_at_the_end) -> Workbench:
    """A workbench on a unix socket, which takes files of 20 MB."""
    made = Workbench(tmp_path_factory.mktemp("behind"), behind_nginx=True, WORKBENCH_UPLOAD_MB=20)
    return stopped_at_the_end(made).start()


@pytest.fixture(scope="module")
def front(tmp_path_factory, workbench, stopped_at_the_end) -> Nginx:
    """Nginx before it."""
    return stopped_at_the_end(Nginx(tmp_path_factory.mktemp("front"), workbench)).start()


@pytest.fixture
def browser() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


def send(browser: OpenerDirector, front: Nginx, content: bytes) -> tuple[str, str]:
    """The address and the page that sending a file leads to."""
    page = browser.open(f"{front.url}/import").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    parts = (("csrf_token", "", token.encode()), ("file", '; filename="long.csv"', content))
    body = b"".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
        for name, more, value in parts
    )
    form = {"Content-Type": "multipart/form-data; boundary=cut"}
    answer = browser.open(Request(f"{front.url}/import", body + b"--cut--\r\n", form))
    return answer.url, answer.read().decode()


def test_a_file_larger_than_any_other_request_is_imported_in_little_memory(
    browser: OpenerDirector, front: Nginx, workbench: Workbench
) -> None:
    before = workbench.memory()
    address, page = send(browser, front, FILE)
    assert f"{LINES:,} rows · 2 columns" in page
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1]
    order = {f"{what}_{at}": value for at in (0, 1) for what, value in (("keep", "1"), ("name", f"c{at}"))}
    order |= {"csrf_token": token, "table": "long", "take_0": "INTEGER", "take_1": "TEXT"}
    browser.open(Request(f"{address}/run", urlencode(order).encode()))
    eventually(lambda: f"{LINES:,} rows imported" in browser.open(address).read().decode(), "the import")
    assert workbench.memory() - before < 40_000
    eventually(lambda: not list(workbench.folder.glob("*-imports/*.data")), "the file to be let go")


def test_one_that_is_too_large_is_told_so(browser: OpenerDirector, front: Nginx) -> None:
    with pytest.raises(HTTPError) as told:
        send(browser, front, FILE * 3)
    assert told.value.code == 413
    assert "may have 20 MB" in told.value.read().decode()

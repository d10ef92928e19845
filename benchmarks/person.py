"""Somebody who presses buttons of the page and waits for what comes of it, with a browser's cookies."""

from __future__ import annotations

import re
import time
from functools import partial
from http.cookiejar import CookieJar
from itertools import chain
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from benchmarks.book import Lacking

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_PATIENCE = 600.0
_PAUSE = 0.05


class Person:
    """At the workbench at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def read(self, address: str) -> str:
        """A page, also one that tells of an error."""
        try:
            return self._browser.open(self._full(address)).read().decode()
        except HTTPError as error:
            return error.read().decode()

    def press(self, address: str, on: str, **fields: str) -> str:
        """Send a form whose token is `on` that page; gives the address that it leads to."""
        form = fields | {"csrf_token": self._token(on)}
        return self._browser.open(self._full(address), urlencode(form, doseq=True).encode()).url

    def send(self, address: str, file: Path) -> str:
        """Send a file by the form at `address`; gives the address that it leads to."""
        token = (
            f'--cut\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self._token(address)}\r\n'
        )
        head = f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        first, last = (token + head).encode(), b"\r\n--cut--\r\n"
        size = len(first) + file.stat().st_size + len(last)
        form = {"Content-Type": "multipart/form-data; boundary=cut", "Content-Length": str(size)}
        with file.open("rb") as rows:
            body = chain([first], iter(partial(rows.read, 1 << 20), b""), [last])
            return self._browser.open(Request(self._full(address), body, form)).url

    def wait(self, address: str, words: str) -> None:
        """Wait until that page has these words. Raises Lacking when it tells of an error instead."""
        until = time.monotonic() + _PATIENCE
        while words not in (page := self.read(address)):
            if 'role="alert"' in page or time.monotonic() > until:
                raise Lacking(f"{address} never said “{words}”")
            time.sleep(_PAUSE)

    def _token(self, address: str) -> str:
        return _TOKEN.search(self.read(address))[1]

    def _full(self, address: str) -> str:
        return address if "://" in address else f"{self._url}{address}"

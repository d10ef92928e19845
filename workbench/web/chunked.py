"""Answers whose length nobody knows yet, sent so that their client can tell a whole one from a broken one.

uWSGI leaves that to the application: without a length, the end of the connection would be the
end of the answer, however it came about. So they are sent in chunks (RFC 9112, section 7.1), of
which only a whole answer has the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Response, request
from werkzeug.wsgi import ClosingIterator

from workbench.errors import WorkbenchError

_LAST = b"0\r\n\r\n"


def understood() -> bool:
    """Whether the client knows chunks: HTTP/1.0 has none. Nginx tells which version its client speaks."""
    spoken = request.headers.get("X-Client-Protocol") or request.environ.get("SERVER_PROTOCOL")
    return spoken != "HTTP/1.0"


def chunk(piece: bytes) -> bytes:
    """`piece` with its length before it; nothing for nothing, since that would be the end."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""


class Chunked(Response):
    """An answer made of pieces. When one of ours is raised among them, it stays without its end.

    `encode` is what becomes of a piece by the answer's Content-Encoding.
    """

    encode: Callable[[bytes], bytes] = staticmethod(bytes)

    def next_chunk(self, piece: bytes) -> bytes:
        """`piece` as it is sent after all that was sent before, by whoever sends it past the server."""
        return chunk(self.encode(piece))

    def get_wsgi_response(
        self, environ: dict[str, Any]
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """In chunks under uWSGI; other servers do that themselves."""
        pieces, status, headers = super().get_wsgi_response(environ)
        if "uwsgi.version" in environ:
            pieces = ClosingIterator(_in_chunks(pieces), self.close)
            headers.append(("Transfer-Encoding", "chunked"))
        return pieces, status, headers


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        for piece in pieces:
            yield chunk(piece)
    except WorkbenchError:
        return
    yield _LAST

"""Answers to programs, compressed for those that ask for it (RFC 9110, section 12.5.3).

Never a page: it holds a secret beside what others may have written, and the length of both
together, compressed, tells of it (BREACH).

Rows that are sent while they are read go out piece by piece, each flushed, so that the first
are there at once; when they break off, the stream is left without its end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from flask import Flask, Response, request

from workbench.web.chunked import Chunked
from workbench.web.respond import depends_on, is_for_programs

LEAST = 1024
"""Bytes below which an answer is sent as it is."""

_LEVEL = 1
"""The quickest. On rows, level 6 takes seven times as long for nine tenths of the length."""


def install(app: Flask) -> None:
    """Compress what views of `app` answer to programs."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not is_for_programs():
        return response
    depends_on(response, "Accept-Encoding")
    if not (_is_worth_it(response) and _is_wanted()):
        return response
    if isinstance(response, Chunked):
        stream = _Stream()
        response.encode = stream.piece
        response.response = stream.whole(response.response)
    else:
        response.set_data(zlib.compress(response.get_data(), _LEVEL, _Stream.WINDOW))
    response.headers["Content-Encoding"] = "gzip"
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(tag, weak=True)  # other bytes that mean the same: RFC 9110, section 8.8.1
    return response


def _is_worth_it(response: Response) -> bool:
    if isinstance(response, Chunked):
        return True
    return response.is_sequence and response.calculate_content_length() >= LEAST


def _is_wanted() -> bool:
    """Whether the client takes gzip, and does not like plain bytes better."""
    asked = request.accept_encodings
    return asked.quality("gzip") > 0 and asked.quality("gzip") >= asked.quality("identity")


class _Stream:
    """One gzip stream (RFC 1952), made of pieces that can be read as they come."""

    WINDOW = 16 + zlib.MAX_WBITS

    def __init__(self) -> None:
        self._stream = zlib.compressobj(_LEVEL, wbits=self.WINDOW)

    def piece(self, plain: bytes) -> bytes:
        """`plain` as the next piece; nothing for nothing."""
        return self._stream.compress(plain) + self._stream.flush(zlib.Z_SYNC_FLUSH) if plain else b""

    def whole(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """All of `pieces` and the end, which is missing when an error comes between them."""
        for plain in pieces:
            yield self.piece(plain)
        yield self._stream.flush()

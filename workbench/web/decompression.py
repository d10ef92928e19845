"""Bodies of /run that come compressed (RFC 9110, section 8.4): opened before anything reads them.

The limit holds for the body as it is sent and for what comes out of it, while it comes out: a
small body that would grow without end takes no more memory than a large one.
"""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import IO

from flask import Response, after_this_request, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from workbench.errors import BadRequest, TooLarge
from workbench.web.limits import REQUEST_BYTES

_BLOCK = 1 << 16

_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""What zlib calls each coding: deflate has the frame of RFC 1950."""

_TAKEN = "gzip, deflate"


def open_body() -> None:
    """Put the plain body in the place of one that `Content-Encoding` says is compressed.

    Raises:
        BadRequest: when the coding is another one, or the body is not whole or not only that.
        TooLarge: when the body, or what is in it, has more than `REQUEST_BYTES`.
    """
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding == "identity":
        return
    if coding not in _WINDOWS:
        _refuse(coding)
    body = _opened(_sent(), coding)
    request.environ["wsgi.input"] = BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))
    del request.environ["HTTP_CONTENT_ENCODING"]


def _refuse(coding: str) -> None:
    """Name what is taken for people and, as RFC 9110 has it in section 15.5.16, for programs."""

    @after_this_request
    def name(response: Response) -> Response:
        response.headers["Accept-Encoding"] = _TAKEN
        return response

    raise BadRequest(
        f"a body with the Content-Encoding {coding} is not understood",
        code="UNSUPPORTED_CODING",
        hint=f"Nothing was run. There are {_TAKEN}.",
    )


def _sent() -> IO[bytes]:
    try:
        return get_input_stream(request.environ, max_content_length=REQUEST_BYTES)
    except RequestEntityTooLarge as error:
        raise _too_large("the compressed body") from error


def _opened(sent: IO[bytes], coding: str) -> bytes:
    """What is in the one compressed stream that `sent` must be, no less and no more."""
    stream, body = zlib.decompressobj(_WINDOWS[coding]), bytearray()
    try:
        while block := sent.read(_BLOCK):
            if stream.eof:
                raise _broken(coding, "something follows its end")
            body += stream.decompress(block, REQUEST_BYTES + 1 - len(body))
            if len(body) > REQUEST_BYTES:
                raise _too_large("what is in the compressed body")
    except RequestEntityTooLarge as error:
        raise _too_large("the compressed body") from error
    except zlib.error as error:
        raise _broken(coding, "it is damaged") from error
    if stream.unused_data:
        raise _broken(coding, "something follows its end")
    if not stream.eof:
        raise _broken(coding, "its end is missing")
    return bytes(body)


def _broken(coding: str, why: str) -> BadRequest:
    return BadRequest(f"the body is not whole {coding}: {why}", hint="Nothing was run. Send it again.")


def _too_large(what: str) -> TooLarge:
    return TooLarge(
        f"{what} has more than {REQUEST_BYTES:,} bytes, which are the most there may be",
        code="BODY_TOO_LARGE",
        hint="Nothing was run.",
        limit=REQUEST_BYTES,
    )

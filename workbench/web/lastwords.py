"""A complete answer from a process that is about to end: straight to the client's socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context

from flask import Response, current_app

from workbench.waiting import Answer

_SEND_SECONDS = 1.0


def last_words(render: Callable[[Answer], Response | bytes]) -> Callable[[Answer], None] | None:
    """A function that sends what `render` makes of an answer, from another thread; None outside uWSGI.

    Bytes are sent as they are, to end an answer that has begun.
    """
    try:
        import uwsgi  # noqa: PLC0415 - there is such a module inside uWSGI only
    except ImportError:
        return None
    connection = uwsgi.connection_fd()
    context = copy_context()

    def speak(answer: Answer) -> None:
        _send(connection, context.run(lambda: _raw(render(answer))))

    return speak


def hang_up() -> Callable[[], None]:
    """A function that breaks the client's connection, from another thread; nothing outside uWSGI.

    The process goes on: its attempt to send fails, and so ends what made it send.
    """
    try:
        import uwsgi  # noqa: PLC0415 - there is such a module inside uWSGI only
    except ImportError:
        return lambda: None
    connection = uwsgi.connection_fd()

    def cut() -> None:
        with socket.socket(fileno=os.dup(connection)) as client, suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    return cut


def as_sent(response: Response) -> bytes:
    """A finished response as the bytes that its client gets."""
    response.headers["Connection"] = "close"
    response.headers["Content-Length"] = str(len(response.get_data()))
    lines = [f"HTTP/1.1 {response.status}", *(f"{name}: {value}" for name, value in response.headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + response.get_data()


def _raw(rendered: Response | bytes) -> bytes:
    return rendered if isinstance(rendered, bytes) else as_sent(current_app.process_response(rendered))


def _send(connection: int, answer: bytes) -> None:
    """Send all of it, but do not wait for a client that does not read."""
    with socket.socket(fileno=os.dup(connection)) as client:
        client.settimeout(_SEND_SECONDS)
        try:
            client.sendall(answer)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the client has gone: there is nobody to tell

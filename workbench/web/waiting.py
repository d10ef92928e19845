"""Who waits for the answer of this request, and whether that one is still there."""

from __future__ import annotations

import select
from collections.abc import Callable
from functools import partial

from flask import Response

from workbench.waiting import Answer, Waiting
from workbench.web.here import request_id
from workbench.web.lastwords import last_words

_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR


def waiting(render: Callable[[Answer], Response], *, may_leave: bool = False) -> Waiting:
    """Whoever made this request; `render` is how an answer is shown to them.

    `may_leave`: their run goes on when they close their connection.
    """
    return Waiting(request_id(), None if may_leave else has_left(), last_words(render))


def has_left() -> Callable[[], bool] | None:
    """A function that tells whether the client closed its connection; None outside uWSGI.

    Nginx closes its own to us when its client goes. `uwsgi.is_connected` does not notice.
    """
    try:
        import uwsgi  # noqa: PLC0415 - there is such a module inside uWSGI only
    except ImportError:
        return None
    return partial(_is_gone, uwsgi.connection_fd())


def _is_gone(connection: int) -> bool:
    poller = select.poll()
    poller.register(connection, select.POLLRDHUP)
    return any(events & _GONE for _, events in poller.poll(0))

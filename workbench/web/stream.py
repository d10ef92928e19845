"""Rows sent while their statement runs: NDJSON, CSV, or one JSON object.

The first rows are there before the answer begins, so that most errors have a status of their
own. A statement that writes is done, and durable, before its answer begins: it has a length, and
nobody who reads slowly keeps others from writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from time import perf_counter
from typing import Any

from flask import Response, g

from workbench.errors import BadRequest, WorkbenchError
from workbench.exports.facts import Facts
from workbench.exports.formats import FORMATS, Format
from workbench.exports.json_rows import refuse_over
from workbench.exports.ndjson import error_line
from workbench.jobs import Job
from workbench.results import Kind, Run
from workbench.streams import Listener
from workbench.waiting import Answer
from workbench.web.chunked import Chunked, understood
from workbench.web.documents import document_of
from workbench.web.failures import problem_of
from workbench.web.here import bench, caller, settings
from workbench.web.lastwords import hang_up
from workbench.web.waiting import waiting

Failure = Callable[[Run, Job], Response]
"""Makes the answer that tells of `run.error`."""


def stream(job: Job, name: str, show_failure: Failure, *, may_write: bool, **options: Any) -> Response:
    """Run the one statement of `job`, and answer with its rows in the format `name`.

    `options` are the writer's own, such as ``integers_as_text`` or ``safe``.
    """
    form = FORMATS[name]
    sending = _Sending(job, form, show_failure, options)
    pieces = sending.pieces(may_write)
    try:
        _refuse_unfit(job)
        first = next(pieces)
        if sending.writes or not understood():
            return _whole(form, _gathered(chain([first], pieces), sending))
    except WorkbenchError as error:
        with suppress(WorkbenchError):
            pieces.throw(error)  # where it is not known yet, its statement is undone and remembered with it
        sending.run.error = error
        return show_failure(sending.run, job)
    sending.begun = Chunked(chain([first], pieces), content_type=form.content_type)
    sending.begun.call_on_close(pieces.close)
    return _named(sending.begun, form)


class _Sending:
    """One statement on its way to a client; `begun` is the answer, when the client has got a part of it."""

    def __init__(self, job: Job, form: Format, show_failure: Failure, options: dict[str, Any]) -> None:
        self.run = Run(job.script)
        self.begun: Chunked | None = None
        self._job, self._form, self._show_failure, self._options = job, form, show_failure, options
        self._began = perf_counter()
        request_id = g.request_id
        self._facts = Facts({"request_id": request_id}, self._tail, lambda e: self._problem(e, request_id))

    @property
    def writes(self) -> bool:
        """Whether the statement changes anything; known when the first piece is there."""
        return any(r.kind is not Kind.READ for r in self.run.results)

    def pieces(self, may_write: bool) -> Iterator[bytes]:
        """What there is to send. It holds the statement until it is over or closed."""
        listener = Listener(hang_up(), may_write=may_write)
        with bench().stream(caller(), self.run, self._job, listener, waiting(self._last)) as flow:
            yield from self._form.write(flow.result.columns, flow.batches, self._facts, **self._options)

    def _tail(self) -> dict[str, Any]:
        (result,) = self.run.results
        dry = {"dry_run": True, "would_fail_at_commit": self.run.fails_at_commit} if self._job.dry_run else {}
        return dry | {
            "rows_affected": result.rows_affected or 0,
            "last_insert_rowid": result.last_rowid,
            "readonly": result.kind is Kind.READ,
            "applied": self.run.applied,
            "time_ms": round((perf_counter() - self._began) * 1000, 3),
        }

    def _problem(self, error: WorkbenchError, request_id: str) -> dict[str, Any]:
        script = self._job.asks[0].sql
        problem = problem_of(error, script)
        return document_of(problem, applied=self.run.applied, request_id=request_id, script=script)

    def _last(self, answer: Answer) -> Response | bytes:
        """What a process sends that is about to end: a whole answer, or the line that ends one."""
        if self.begun is None:
            return self._show_failure(answer.run, self._job)
        return self.begun.next_chunk(error_line(self._facts, answer.run.error)) if self._form.tells else b""


def _refuse_unfit(job: Job) -> None:
    if len(job.asks) != 1 or job.asks[0].many is not None:
        raise BadRequest(
            "this format is for one statement",
            code="NOT_TOGETHER",
            hint="Ask for arrays, objects or typed values.",
        )


def _gathered(pieces: Iterator[bytes], sending: _Sending) -> list[bytes]:
    """All pieces. Raises TooLarge before what was written is durable, never after."""
    found, size = [], 0
    for piece in pieces:
        if sending.run.applied == "none":
            refuse_over(settings().result_bytes, size)
        found.append(piece)
        size += len(piece)
    return found


def _whole(form: Format, pieces: list[bytes]) -> Response:
    return _named(Response(b"".join(pieces), content_type=form.content_type), form)


def _named(response: Response, form: Format) -> Response:
    if form.saved:
        response.headers["Content-Disposition"] = f'attachment; filename="result.{form.ending}"'
    return response

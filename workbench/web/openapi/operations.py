"""The addresses of /run and their methods, as OpenAPI."""

from __future__ import annotations

from workbench.web.openapi.requests import bodies, fields
from workbench.web.openapi.responses import (
    ANYWHERE,
    RUNS,
    UNCHANGED,
    Headers,
    answered,
    empty,
    failed,
    of_front,
    ran,
)
from workbench.web.values import Schema

_ID = {
    "name": "X-Request-Id",
    "in": "header",
    "description": "Names this run, so that it can be stopped: 8 to 100 letters, digits and `_.:-`. "
    "Anything else is passed over and a name is drawn.",
    "schema": {"type": "string"},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes a retry harmless: for a day, the same key runs once and answers the same. "
    "Not for streams.",
    "schema": {"type": "string", "pattern": '^"?[!#-~]{16,255}"?$'},
    "example": '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "`tx=rollback` asks for a dry run, as `dry_run` does.",
    "schema": {"type": "string"},
}
_WHICH = {
    "name": "request_id",
    "in": "path",
    "required": True,
    "description": "The `X-Request-Id` of the run.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{8,100}$"},
    "example": "5b0c2f0e-4a1b-4a91",
}

_DOCUMENT = {
    "200": {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}}
}

_METRICS = {
    "200": {"description": "Counts.", "content": {"text/plain": {"schema": {"type": "string"}}}},
}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "description": "With `cache`: the `ETag` of the answer that the client has.",
    "schema": {"type": "string"},
}


def paths() -> dict[str, Schema]:
    """Every address with what may be done there."""
    return {
        "/run": _running(bare=True),
        "/v1/run": _running(bare=False),
        "/run/{request_id}": {"delete": _stopping()},
        "/run/active": _telling("active", "What of yours is running now", "Problem", answered("Active")),
        "/run/limits": _telling("limits", "What a request may be and take", "Problem", answered("Limits")),
        "/healthz": _telling("healthz", "Is it alive?", "Failure", answered("Alive")),
        "/readyz": _telling("readyz", "Can it serve?", "Failure", answered("Ready"), answered("Ready", 503)),
        "/openapi.json": _telling("openapi", "This document", "Failure", _DOCUMENT),
        "/metrics": _telling("metrics", "How all of it does, for Prometheus", "Failure", _METRICS),
    }


def _running(*, bare: bool) -> Schema:
    """The methods of an address that runs SQL; `bare` where it may answer with a bare value."""
    body = {"requestBody": bodies(bare=bare)}
    return {
        "get": _run(
            "get", "Run what reads", bare, RUNS - {415}, parameters=[_ID, _KNOWN, *fields(bare=bare)]
        ),
        "post": _run(
            "post", "Run what reads or writes", bare, RUNS - {405}, parameters=[_ID, _KEY, _PREFER], **body
        ),
        "x-query": _run(
            "query", "Run what reads, sent as a body", bare, RUNS, parameters=[_ID, _KNOWN], **body
        ),
        "head": _operation(_name("head", bare), "Run nothing", _nothing(bare, {})),
        "options": _operation(
            _name("options", bare), "Ask which methods there are", _nothing(bare, _METHODS)
        ),
    }


def _run(method: str, summary: str, bare: bool, bad: frozenset[int], **members: object) -> Schema:
    headers = _HEADERS.get(method, {}) if bare or method == "post" else {}
    answers = (*(("BareValue",) if bare else ()), "Answer", "Batch", "Described", "DescribedBatch")
    error = {"X-Sql-Code": "The code of an error of SQL that a bare value tells."} if bare else {}
    told = (
        {"200": ran(answers, error | headers)}
        | (UNCHANGED if method != "post" else {})
        | of_front()
        | failed(bad, *_kinds(bare))
    )
    return _operation(_name(method, bare), summary, told, **members)


_HEADERS = {
    "get": {"Deprecation": "A GET that wrote: that will end (RFC 9745)."},
    "post": {"Idempotency-Replayed": "`true` where the key has got this answer before."},
}


_METHODS = {"Allow": "The methods.", "Accept-Query": "What the body of QUERY may be."}


def _nothing(bare: bool, headers: Headers) -> Schema:
    return empty("Nothing was run.", headers) | failed(ANYWHERE, *_kinds(bare))


def _kinds(bare: bool) -> tuple[str, ...]:
    return ("Failure", "Problem") if bare else ("Problem",)


def _name(method: str, bare: bool) -> str:
    return f"{'run' if bare else 'v1'}_{method}"


def _stopping() -> Schema:
    told = answered("Cancelling", 202) | failed(ANYWHERE | {403, 404}, "Problem")
    return _operation("cancel", "Stop a run of yours", told, parameters=[_WHICH])


def _telling(name: str, summary: str, kind: str, *told: dict[str, Schema]) -> Schema:
    known = {status: response for each in told for status, response in each.items()}
    return {"get": _operation(name, summary, known | failed(ANYWHERE, kind))}


def _operation(name: str, summary: str, responses: Schema, **members: object) -> Schema:
    return {"operationId": name, "summary": summary, **members, "responses": responses}

"""What a program is answered by /run, member by member: the other half of the OpenAPI document.

The answers themselves are made in `api`, `failures`, `going`, `limits` and `health`; a test holds
them to this. Members may be added at any time, so clients ignore what they do not know.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from workbench.web.values import Row

Applied = Annotated[
    Literal["none", "all", "some", "unknown"],
    Meta(
        description="what is in the database now: `some` is a batch of transactions that stopped on its way"
    ),
]
RequestId = Annotated[str, Meta(description="names this request; the same as in `X-Request-Id`")]
Milliseconds = Annotated[float, Meta(ge=0, description="how long it took, in milliseconds")]
Number = Annotated[int, Meta(ge=0)]
DryRun = Annotated[bool | UnsetType, Meta(description="there, and true, when everything was rolled back")]
Broken = Annotated[
    list[list[Any]] | UnsetType,
    Meta(description="foreign keys that a commit would have met broken: table, rowid, parent"),
]


class Column(Struct):
    """A column of a result."""

    name: str
    decltype: Annotated[str | None, Meta(description="as it was declared; null for an expression")]
    table: Annotated[str | UnsetType | None, Meta(description="where it is from; for `typed`")] = UNSET
    origin: Annotated[str | UnsetType | None, Meta(description="its name there; for `typed`")] = UNSET


class Result(Struct):
    """What one statement gave back. All members are always there; null does not apply."""

    columns: Annotated[list[Column], Meta(description="empty when the statement gives back no rows")]
    rows: Annotated[list[Row], Meta(description="in the shape that was asked for")]
    row_count: Annotated[Number, Meta(description="rows in this answer")]
    truncated: Annotated[bool, Meta(description="whether there are more rows")]
    next: Annotated[str | None, Meta(description="send it as `next` for the page after this one")]
    rows_affected: Annotated[Number, Meta(description="rows inserted, updated and deleted")]
    last_insert_rowid: Annotated[int | None, Meta(description="of the last row this statement inserted")]
    readonly: Annotated[bool, Meta(description="whether the statement only read")]
    unsafe_integers: Annotated[Number, Meta(description="integers beyond 2⁵³−1, which doubles do not hold")]
    time_ms: Milliseconds


class Answer(Result):
    """What a request with `sql` is answered."""

    applied: Applied
    request_id: RequestId
    dry_run: DryRun = UNSET
    would_fail_at_commit: Broken = UNSET


class Batch(Struct):
    """What a request with `statements` is answered: everything happened, or nothing."""

    results: Annotated[list[Result], Meta(description="one for each statement")]
    committed: Annotated[bool, Meta(description="whether anything was written, and is durable")]
    applied: Applied
    request_id: RequestId
    time_ms: Milliseconds
    dry_run: DryRun = UNSET
    would_fail_at_commit: Broken = UNSET


class Tables(Struct):
    """The tables that a statement touches, also through views and triggers."""

    read: list[str]
    written: list[str]


class Description(Struct):
    """What a statement is; it was not run."""

    parameters: Annotated[list[str | None], Meta(description="their names in order, null for one without")]
    columns: list[Column]
    readonly: Annotated[bool, Meta(description="whether it would only read")]
    is_explain: Annotated[bool, Meta(description="whether it is an EXPLAIN itself")]
    tables: Annotated[Tables, Meta(description="`read` and `written`, also through views and triggers")]


class Described(Description):
    """What a request with `sql` and `describe` is answered."""

    applied: Applied
    request_id: RequestId
    time_ms: Milliseconds


class DescribedBatch(Struct):
    """What a request with `statements` and `describe` is answered."""

    results: Annotated[list[Description], Meta(description="one for each statement")]
    applied: Applied
    request_id: RequestId
    time_ms: Milliseconds


class Place(Struct):
    """Where in the text of its statement an error is."""

    byte: Annotated[Number, Meta(description="counted from 0, in UTF-8")]
    line: Annotated[int, Meta(ge=1)]
    column: Annotated[int, Meta(ge=1, description="in characters")]


class Problem(Struct):
    """What went wrong (RFC 9457)."""

    type: Annotated[str, Meta(description="the kind of problem, as a relative address")]
    title: Annotated[str, Meta(description="the kind of problem in words")]
    status: Annotated[int, Meta(ge=400, le=599, description="the same as HTTP's")]
    detail: Annotated[str, Meta(description="what happened")]
    code: Annotated[str, Meta(description="names the kind of problem for a program")]
    retryable: Annotated[bool, Meta(description="nothing was started: the same may be sent again")]
    applied: Applied
    request_id: RequestId
    extended_code: Annotated[int | UnsetType, Meta(description="SQLite's extended result code")] = UNSET
    statement: Annotated[Number | UnsetType, Meta(description="which statement it was, from 0")] = UNSET
    position: Annotated[Place | UnsetType, Meta(description="`byte` from 0, `line` and `column` from 1")] = (
        UNSET
    )
    suggestion: Annotated[str | UnsetType, Meta(description="the name that seems to be meant")] = UNSET
    hint: Annotated[str | UnsetType, Meta(description="what to do next")] = UNSET
    limit: Annotated[float | UnsetType, Meta(description="the limit that was passed")] = UNSET
    actual: Annotated[float | UnsetType, Meta(description="by how much there is")] = UNSET


class Going(Struct):
    """A run that goes on now."""

    request_id: RequestId
    started: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
    seconds: Annotated[float, Meta(ge=0, description="for how long already")]
    rows: Annotated[Number, Meta(description="how many it has taken so far")]
    first_words: Annotated[str, Meta(description="how its SQL begins")]


class Active(Struct):
    """The caller's own runs that go on now, the oldest first."""

    active: Annotated[list[Going], Meta(description="each with `request_id`, `started`, `seconds`, `rows`")]


class Cancelling(Struct):
    """The run was asked to stop; it answers its own client with 409."""

    request_id: RequestId
    state: Literal["cancelling"]


class Limits(Struct):
    """What a request may be and take."""

    request_bytes: Annotated[Number, Meta(description="a whole request")]
    body_bytes: Annotated[Number, Meta(description="a body of JSON or SQL")]
    answer_bytes: Annotated[Number, Meta(description="an answer that is not a stream")]
    json_depth: Annotated[Number, Meta(description="objects and arrays in one another")]
    statements: Annotated[Number, Meta(description="of a batch")]
    parameters: Annotated[Number, Meta(description="of a statement")]
    params_seq: Annotated[Number, Meta(description="how often one statement may be run for it")]
    rows_of_a_page: Annotated[Number, Meta(description="the most that `limit` may be")]
    sql_bytes: Annotated[Number, Meta(description="the text of a statement")]
    value_bytes: Annotated[Number, Meta(description="one value, and one row")]
    memory_bytes: Annotated[Number, Meta(description="what SQLite may take for a run")]
    time_limit_seconds: Annotated[float, Meta(description="after which a run is stopped")]
    wait_for_slot_seconds: Annotated[
        float, Meta(description="for one of `runs_at_once`; `wait_ms` says less")
    ]
    wait_to_write_seconds: Annotated[float, Meta(description="for the write lock; `wait_ms` says less")]
    runs_at_once: Annotated[Number, Meta(description="beyond them: 503, at once")]
    read_only: Annotated[bool, Meta(description="whether nobody may write")]
    get_writes: Annotated[bool, Meta(description="whether GET may, for bare values")]
    api: Annotated[int, Meta(description="the version of this contract")]


class Alive(Struct):
    """The process answers."""

    alive: bool


class Ready(Struct):
    """Whether the database can be read and there is room on its disk."""

    ready: bool
    reasons: Annotated[list[str], Meta(description="why not")]


ANSWERS = (Answer, Batch, Described, DescribedBatch, Problem, Active, Cancelling, Limits, Alive, Ready)
"""Every kind of answer; what they are made of comes along."""

BARE = {
    "description": "A bare value, as the tutorial's server answered it: the rows of the last statement as "
    "arrays; for what writes a sentence with the number of rows, −1 where that has no meaning; for SQL "
    "that fails its error, with its code in `X-Sql-Code`.",
    "anyOf": [
        {"type": "array", "items": {"type": "array", "items": {"$ref": "#/components/schemas/Value"}}},
        {"type": "string", "pattern": "^(Done - Rows affected: -?[0-9]+$|Error - |Warning: )"},
    ],
}
"""What /run answers a request that asks for nothing special."""

FAILURE = {
    "description": "What went wrong, in words.",
    "type": "string",
    "pattern": "^Error - ",
}
"""How an address without problem documents tells an error."""

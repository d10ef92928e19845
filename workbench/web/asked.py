"""What a program asks of /run: one description of it that reads requests and makes the OpenAPI document.

An unknown member, a wrong type or a value out of range is refused: a misspelt `dry_run` must
not run the write.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from time import monotonic
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from workbench.errors import BadRequest, TooLarge
from workbench.exports.formats import FORMATS
from workbench.jobs import Ask, Expect, Job, Values
from workbench.results import Value
from workbench.web.values import Bound

DEPTH = 32
"""How deep objects and arrays may be nested."""

PARAMETERS = 999
STATEMENTS = 1000
MANY = 100_000
"""How many times one statement may be run for values of `params_seq`."""

MILLISECONDS = 24 * 3600 * 1000
"""The longest time that may be named, a day; the server's own limits are shorter."""

USUAL_ROWS = 1000
ROWS = 10_000
"""How many rows a page has when nothing is said, and at most."""

_OVER = re.compile(r"<= (\d+) - at `\$\.(\w+)`\Z")

Shape = Literal[
    "seed", "arrays", "objects", "typed", "ndjson", "csv", "json", "tsv", "xlsx", "markdown", "insert"
]
Count = Annotated[int, Meta(ge=0)]
Sql = Annotated[str, Meta(extra_json_schema={"format": "sql"})]
Parameters = (
    Annotated[list[Bound], Meta(extra_json_schema={"maxItems": PARAMETERS})]
    | Annotated[dict[str, Bound], Meta(extra_json_schema={"maxProperties": PARAMETERS})]
)
Params = Annotated[
    Parameters | None, Meta(description="values for its parameters: a list by place, an object by name")
]
ParamsSeq = Annotated[
    Annotated[list[Parameters], Meta(max_length=MANY)] | None,
    Meta(description="many such values: one statement that writes is run once for each"),
]


class Expectation(Struct, forbid_unknown_fields=True):
    """What a statement must do, or everything is rolled back and the answer is 412."""

    affected: Annotated[Count | None, Meta(description="rows it inserts, updates or deletes")] = None
    min_affected: Annotated[Count | None, Meta(description="at least so many")] = None
    max_affected: Annotated[Count | None, Meta(description="at most so many")] = None
    rows: Annotated[Count | None, Meta(description="rows it gives back")] = None
    min_rows: Annotated[Count | None, Meta(description="at least so many")] = None
    max_rows: Annotated[Count | None, Meta(description="at most so many")] = None


Expecting = Annotated[
    Expectation | None, Meta(description="what it must do, or everything is rolled back (412)")
]


class OneStatement(Struct, forbid_unknown_fields=True):
    """A statement of a batch, with its values and what it must do."""

    sql: Annotated[Sql, Meta(description="one statement")]
    params: Params = None
    params_seq: ParamsSeq = None
    expect: Expecting = None


class Asked(Struct, forbid_unknown_fields=True):
    """The body of a request: `sql`, or `statements` in one transaction."""

    sql: Annotated[Sql | None, Meta(description="one statement")] = None
    statements: Annotated[
        Annotated[list[OneStatement], Meta(min_length=1, max_length=STATEMENTS)] | None,
        Meta(description="a batch: several statements in one transaction"),
    ] = None
    params: Params = None
    params_seq: ParamsSeq = None
    expect: Expecting = None
    max_affected: Annotated[
        Count | None, Meta(description="the same for every statement: rows it affects at most")
    ] = None
    transaction: Annotated[
        Literal["auto", "immediate", "deferred", "none"],
        Meta(description="`deferred` is a snapshot for reading; `none` makes each statement its own"),
    ] = "auto"
    attach: Annotated[
        str | None,
        Meta(description="short names of other databases to read beside, `b,c`: their tables are `b.t`"),
    ] = None
    dry_run: Annotated[
        bool, Meta(description="run, tell what would change and what would fail at the commit, roll back")
    ] = False
    describe: Annotated[
        bool, Meta(description="do not run it, tell what it is: parameters, columns, tables")
    ] = False
    format: Annotated[Shape | None, Meta(description="the shape of the answer; or by `Accept`")] = None
    limit: Annotated[
        Annotated[int, Meta(ge=1, le=ROWS)] | None,
        Meta(description="rows of a page, 1,000 if nothing is said"),
    ] = None
    next: Annotated[str | None, Meta(description="where the page before this one says that it goes on")] = (
        None
    )
    int64: Annotated[
        Literal["number", "string"],
        Meta(description="`string` sends every integer as text, for readers that lose digits"),
    ] = "number"
    blob: Annotated[Literal["base64", "hex"], Meta(description="how files for spreadsheets write a BLOB")] = (
        "base64"
    )
    csv_safe: Annotated[
        bool,
        Meta(
            description="CSV and TSV: an apostrophe before each text that a spreadsheet would take for a"
            " formula; XLSX needs none, as its texts are marked as such"
        ),
    ] = False
    cache: Annotated[
        bool, Meta(description="the answer has an `ETag`, and is 304 for a client that has it already")
    ] = False
    timeout_ms: Annotated[
        Annotated[int, Meta(ge=1, le=MILLISECONDS)] | None,
        Meta(description="less time than the server's limit, in milliseconds"),
    ] = None
    wait_ms: Annotated[
        Annotated[int, Meta(ge=0, le=MILLISECONDS)] | None,
        Meta(description="how long to wait for a free place and for the write lock, in milliseconds"),
    ] = None
    progress: Annotated[bool, Meta(description="NDJSON tells every second how far it is")] = False
    on_disconnect: Annotated[
        Literal["cancel", "continue"], Meta(description="whether it goes on when its client has left")
    ] = "cancel"

    @property
    def page_rows(self) -> int:
        """How many rows a page has."""
        return self.limit or USUAL_ROWS

    @property
    def attached(self) -> list[str]:
        """The names of the databases that it reads beside its own."""
        return [name.strip() for name in (self.attach or "").split(",") if name.strip()]

    def writing(self, shape: str) -> dict[str, Any]:
        """How the rows are to be written in a format that is sent while the statement runs.

        Raises:
            BadRequest: when something is asked for that a stream has not.
        """
        if self.next is not None or self.limit is not None:
            raise BadRequest(
                f"{shape} has all rows, and no pages", code="NOT_TOGETHER", hint="Write LIMIT into the SQL."
            )
        if self.on_disconnect == "continue":
            raise BadRequest(
                f"{shape} ends when nobody takes it any more, so on_disconnect is not for it",
                code="NOT_TOGETHER",
            )
        return FORMATS[shape].taking(
            blob=self.blob,
            safe=self.csv_safe,
            integers_as_text=self.int64 == "string",
            progress=self.progress,
        )

    def refuse_unfit(self, shape: str) -> None:
        """Raise BadRequest when `shape` has no place for something that is asked for."""
        if self.progress and shape != "ndjson":
            raise BadRequest(
                f"progress is told in ndjson, and {shape} has no place for it", code="NOT_TOGETHER"
            )
        if self.describe and shape not in ("arrays", "objects", "typed"):
            raise BadRequest(f"describe gives one object, and {shape} is for rows", code="NOT_TOGETHER")

    def job(self) -> Job:
        """What there is to run. Raises BadRequest when the members do not go together."""
        if self.sql is None and self.statements is None:
            raise BadRequest("there is nothing to run: give either sql or statements", code="EMPTY")
        if self.sql is not None and self.statements is not None:
            raise BadRequest("give either sql or statements", code="NOT_TOGETHER")
        if self.statements is not None and any(getattr(self, name) is not None for name in OF_ONE):
            raise BadRequest("params, params_seq, expect and next belong to each of the statements")
        asks = tuple(self._ask(one) for one in self.statements or [self._only()])
        if self.transaction == "none" and len(asks) > 1 and any(ask.expect for ask in asks):
            raise BadRequest(
                "expect and max_affected need a transaction that can be rolled back", code="NOT_TOGETHER"
            )
        return Job(
            asks,
            self.transaction if len(asks) > 1 or self.transaction != "none" else "auto",
            self.dry_run,
            time_limit=self.timeout_ms / 1000 if self.timeout_ms else None,
            give_up=monotonic() + self.wait_ms / 1000 if self.wait_ms is not None else None,
            record=self.dry_run,
        )

    def _only(self) -> OneStatement:
        return OneStatement(self.sql, self.params, self.params_seq, self.expect)

    def _ask(self, one: OneStatement) -> Ask:
        if one.params is not None and one.params_seq is not None:
            raise BadRequest("give either params or params_seq", code="PARAM_COUNT")
        many = tuple(values_of(p) for p in one.params_seq) if one.params_seq is not None else None
        return Ask(_whole(one.sql), values_of(one.params), many, single=True, expect=self._expect(one.expect))

    def _expect(self, expect: Expectation | None) -> Expect | None:
        if expect is None and self.max_affected is None:
            return None
        wanted = msgspec.structs.asdict(expect or Expectation())
        if wanted["max_affected"] is None:
            wanted["max_affected"] = self.max_affected
        return Expect(**wanted)


OF_ONE = ("params", "params_seq", "expect", "next")
"""What belongs to one statement, and so to each of `statements` by itself."""

STRUCTURED = ("params", "params_seq", "expect", "statements")
"""What is more than a word, and so JSON in a field of an address or a form."""

OPTIONS = frozenset(Asked.__struct_fields__)
"""The names of what may be asked beside `query`: whoever uses one wants more than a bare value."""


def from_json(body: bytes) -> Asked:
    """The request that a JSON body holds. Raises BadRequest, naming the member that is wrong."""
    try:
        found = json.loads(body, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {_why_not(error)}") from error
    _refuse_depth(found, DEPTH)
    return _converted(_with_integers(found), strict=True)


def from_fields(fields: dict[str, str]) -> Asked:
    """The request that the fields of an address or a form hold: `query` is the SQL, `p_name` a text."""
    found: dict[str, Any] = {k: v for k, v in fields.items() if not k.startswith("p_")}
    named = {k.removeprefix("p_"): v for k, v in fields.items() if k.startswith("p_")}
    _refuse_null(found)
    if "query" in found:
        if "sql" in found:
            raise BadRequest("give either query or sql")
        found["sql"] = found.pop("query")
    for name in STRUCTURED:
        if name in found:
            found[name] = _member(name, found[name])
    if named and "params" in found:
        raise BadRequest("give either params or fields that begin with p_", code="PARAM_COUNT")
    if named:
        found["params"] = named
    return _converted(found, strict=False)


def values_of(parameters: Parameters | None) -> Values:
    """Values as SQLite has them. Raises BadRequest for one it has not."""
    if parameters is None:
        return None
    if len(parameters) > PARAMETERS:
        raise BadRequest(
            f"{len(parameters)} values are more than the {PARAMETERS} there may be",
            code="PARAM_COUNT",
            limit=PARAMETERS,
            actual=len(parameters),
        )
    if isinstance(parameters, dict):
        return _named(parameters)
    return tuple(value_of(v) for v in parameters)


def _named(parameters: dict[str, Any]) -> dict[str, Value]:
    found = {name.lstrip(":@$"): value_of(v) for name, v in parameters.items()}
    if len(found) < len(parameters):
        names = [name.lstrip(":@$") for name in parameters]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"{twice} is given more than once", code="PARAM_COUNT", hint="Nothing was run.")
    return found


def value_of(found: Any) -> Value:
    """One value of JSON as SQLite has it; what JSON has no word for is an object with a `$` member."""
    if isinstance(found, bool):
        return int(found)
    if isinstance(found, int) and not -(2**63) <= found < 2**63:
        raise BadRequest(f"the integer {found} does not fit into 64 bits", hint="Send it as text.")
    if isinstance(found, str):
        return _whole(found)
    if isinstance(found, dict):
        return _tagged(found)
    if isinstance(found, list):
        raise BadRequest(
            "a list is not a value that SQLite has", hint='Send {"$raw": […]} to bind it as JSON text.'
        )
    return found


def _tagged(found: dict[str, Any]) -> Value:
    try:
        match found:
            case {"$base64": True, "encoded": str(text), **rest} if not rest:
                return b64decode(text, validate=True)
            case {"$text_base64": str(text), **rest} if not rest:
                return _text(b64decode(text, validate=True))
            case {"$real": "Infinity" | "-Infinity" as text, **rest} if not rest:
                return float(text)
            case {"$raw": raw, **rest} if not rest:
                return _whole(_json_of(raw))
    except ValueError as error:
        raise BadRequest(f"a value is not base64: {error}") from error
    raise BadRequest(
        "an object is not a value that SQLite has",
        hint='Tag it as {"$base64": true, "encoded": …}, {"$real": "Infinity"} or {"$raw": …}.',
    )


def _json_of(raw: Any) -> str:
    try:
        return json.dumps(raw, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise BadRequest(
            "a number in $raw is beyond what a REAL can hold", hint="Send it as text."
        ) from error


def _whole(text: str) -> str:
    """`text`, unless it holds half of a surrogate pair, which no UTF-8 can."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _half_a_character() from error
    return text


def _half_a_character() -> BadRequest:
    return BadRequest("a text holds half of a surrogate pair, which is not Unicode text")


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(
            "a text that is not UTF-8 cannot be bound", hint="Send it as a BLOB and write CAST(? AS TEXT)."
        ) from error


def _converted(found: Any, *, strict: bool) -> Asked:
    try:
        return msgspec.convert(found, Asked, strict=strict)
    except msgspec.ValidationError as error:
        limit, actual = _passed(str(error), found)
        raise BadRequest(f"the request is not understood: {error}", limit=limit, actual=actual) from error
    except UnicodeEncodeError as error:
        raise _half_a_character() from error


def _passed(words: str, found: dict[str, Any]) -> tuple[int | None, int | None]:
    """The limit that a member of `found` passed, and by what, as msgspec's `words` tell."""
    over = _OVER.search(words)
    if not over:
        return None, None
    value = found[over[2]]
    actual = len(value) if isinstance(value, list) else int(value)
    return int(over[1]), actual if actual < 2**63 else None


def _with_integers(found: Any) -> Any:
    """`found` with 5.0 as 5, which is an integer in JSON Schema too; a value for SQL stays a REAL."""
    if isinstance(found, dict):
        return {k: v if k in ("params", "params_seq") else _with_integers(v) for k, v in found.items()}
    if isinstance(found, list):
        return [_with_integers(each) for each in found]
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _refuse_null(fields: dict[str, str]) -> None:
    """A field of a form is text; what is not meant is left out."""
    for name in fields.keys() - {"query", "sql", "next"}:
        if fields[name].lower() == "null":
            raise BadRequest(f"{name} is null, which a form has no word for", hint="Leave it out.")


def _member(name: str, text: str) -> Any:
    try:
        found = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise BadRequest(f"{name} is not JSON: {_why_not(error)}") from error
    _refuse_depth(found, DEPTH - 1)
    return found


def _why_not(error: ValueError) -> str:
    """What Python says, but where that is about a setting of its own: it reads 4,300 digits at most."""
    return "an integer does not fit into 64 bits" if "int_max_str_digits" in str(error) else str(error)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f'{name} is no JSON; send {{"$real": "Infinity"}}')


def _refuse_depth(found: Any, left: int) -> None:
    if left < 0:
        raise _too_deep()
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for each in inner:
        if isinstance(each, (dict, list)):
            _refuse_depth(each, left - 1)


def _too_deep() -> TooLarge:
    return TooLarge(f"the body is nested more than {DEPTH} deep", code="BODY_TOO_DEEP", limit=DEPTH)

"""Values of JSON as SQLite has them: what a program binds to the parameters of its SQL."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

from workbench.errors import BadRequest
from workbench.jobs import Values
from workbench.results import Value

PARAMETERS = 999
"""How many values one statement may have."""


def values_of(parameters: list | dict | None) -> Values:
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
        return whole_text(found)
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
                return whole_text(_json_of(raw))
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


def whole_text(text: str) -> str:
    """`text`, unless it holds half of a surrogate pair, which no UTF-8 can."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise half_a_character() from error
    return text


def half_a_character() -> BadRequest:
    """Half of a surrogate pair is no text."""
    return BadRequest("a text holds half of a surrogate pair, which is not Unicode text")


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(
            "a text that is not UTF-8 cannot be bound", hint="Send it as a BLOB and write CAST(? AS TEXT)."
        ) from error

"""Requests of /run as they come: a body of JSON, read strictly, or the fields of an address or a form."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from workbench.errors import BadRequest, TooLarge
from workbench.web.asked import STRUCTURED, Asked
from workbench.web.bound import half_a_character

DEPTH = 32
"""How deep objects and arrays may be nested."""

_OVER = re.compile(r"<= (\d+) - at `\$\.(\w+)`\Z")


def from_json(body: bytes) -> Asked:
    """The request that a JSON body holds. Raises BadRequest, naming the member that is wrong."""
    found = _json("the body", body, DEPTH)
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
            found[name] = _json(name, found[name], DEPTH - 1)
    if named and "params" in found:
        raise BadRequest("give either params or fields that begin with p_", code="PARAM_COUNT")
    if named:
        found["params"] = named
    return _converted(found, strict=False)


def _converted(found: Any, *, strict: bool) -> Asked:
    try:
        return msgspec.convert(found, Asked, strict=strict)
    except msgspec.ValidationError as error:
        limit, actual = _passed(str(error), found)
        raise BadRequest(f"the request is not understood: {error}", limit=limit, actual=actual) from error
    except UnicodeEncodeError as error:
        raise half_a_character() from error


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


def _json(what: str, text: bytes | str, deep: int) -> Any:
    """`text` as JSON, nested at most so `deep`; `what` it is called in words."""
    try:
        found = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise BadRequest(f"{what} is not JSON: {_why_not(error)}") from error
    _refuse_depth(found, deep)
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

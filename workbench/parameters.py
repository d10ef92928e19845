"""What people type for the parameters of a statement, and which value that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from workbench.errors import BadRequest
from workbench.results import Value

KINDS = ("auto", "text", "null", "blob")
"""What a field may be taken as; ``auto`` is a number where it reads as one, else text."""

# A numeric literal of SQLite with a sign before it: https://sqlite.org/syntax/numeric-literal.html
_DIGITS = r"[0-9](?:_?[0-9])*"
_EXPONENT = rf"(?:[eE][+-]?{_DIGITS})"
_INTEGER = re.compile(rf"[+-]?{_DIGITS}\Z")
_HEXADECIMAL = re.compile(r"([+-]?)0[xX]([0-9a-fA-F](?:_?[0-9a-fA-F])*)\Z")
_REAL = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?{_EXPONENT}?|\.{_DIGITS}{_EXPONENT}?)\Z")
_LONGEST = 400  # characters; no double needs more


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed for the parameter `name`, and the one of `KINDS` that it is to be taken as."""

    name: str
    text: str = ""
    kind: str = "auto"

    @property
    def missing(self) -> bool:
        """Whether nothing was given. Empty text, an empty BLOB and NULL are chosen by their kind."""
        return self.kind == "auto" and not self.text

    @property
    def value(self) -> Value:
        """The value to bind. Raises BadRequest for an unknown kind, or a BLOB that is not hexadecimal."""
        if self.kind not in KINDS:
            raise BadRequest(f"{self.kind} is no kind of value", hint=f"There are {', '.join(KINDS)}.")
        if self.kind == "null":
            return None
        if self.kind == "blob":
            return _blob(self)
        number = number_in(self.text) if self.kind == "auto" else None
        return self.text if number is None else number


def reads_as_number(text: str) -> bool:
    """Whether `text` is a numeric literal of SQLite, whatever its size."""
    return bool(_HEXADECIMAL.match(text) or _REAL.match(text))


def number_in(text: str) -> int | float | None:
    """The number that `text` is as a literal of SQLite, None unless it is exactly that number.

    Integers are those of 64 bits; a REAL must say the same when it is written out again.
    """
    hexadecimal = _HEXADECIMAL.match(text)
    if hexadecimal:
        return _of_hexadecimal(*hexadecimal.groups())
    plain = text.replace("_", "")
    if len(text) > _LONGEST or not _REAL.match(text):
        return None
    if _INTEGER.match(text):
        return _within_64_bits(int(plain))
    real = float(plain)
    return real if Decimal(plain) == Decimal(repr(real)) else None


def values_of(given: Iterable[Given]) -> dict[str, Value]:
    """The values by name, without those that are missing. Raises BadRequest, naming the parameter."""
    return {each.name: each.value for each in given if not each.missing}


def filled(names: Iterable[str], given: Iterable[Given], *, all_known: bool) -> list[Given]:
    """One for each of `names`, as it was given or empty; unless those are all, also the others of `given`."""
    by_name = {each.name: each for each in given}
    found = {name: by_name.get(name, Given(name)) for name in names}
    return list((found if all_known else found | by_name).values())


def as_written(name: str, script: str) -> str:
    """A parameter's name with the mark that stands before it in `script`; ``?2`` has its own."""
    if name.startswith("?"):
        return name
    return next((mark + name for mark in ":@$" if mark + name in script), f":{name}")


def _of_hexadecimal(sign: str, digits: str) -> int | None:
    """Up to 16 digits are 64 bits in two's complement (https://sqlite.org/lang_expr.html#hexadecimal)."""
    number = int(digits, 16)
    if number >= 2**64:
        return None
    number -= 2**64 if number >= 2**63 else 0
    return _within_64_bits(-number if sign == "-" else number)


def _within_64_bits(number: int) -> int | None:
    return number if -(2**63) <= number < 2**63 else None


def _blob(given: Given) -> bytes:
    try:
        return bytes.fromhex(given.text)
    except ValueError as error:
        raise BadRequest(
            f"the value of {given.name} is not hexadecimal",
            code="NOT_HEXADECIMAL",
            hint="Write two digits for each byte, such as 00 ff, or choose another kind.",
        ) from error

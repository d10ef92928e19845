"""What each column of a file holds: a type is proposed, with a reason, and never at a value's expense."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workbench.imports.numbers import all_real, all_whole, comes_back_as, looks_like_one, plain
from workbench.results import Value

TAKES = ("TEXT", "INTEGER", "REAL", "ANY", "BASE64", "HEX")
"""How a column may be taken: as text, whole numbers, numbers with a fraction, each value as it is
(numbers where they come back as they were written), or BLOBs that are written as text.
"""

DECLARED = {"TEXT": "TEXT", "INTEGER": "INTEGER", "REAL": "REAL", "ANY": "", "BASE64": "BLOB", "HEX": "BLOB"}
"""The type that such a column gets in a new table. One without any leaves each value as it is."""

_SHOWN = 40


class Proposal(msgspec.Struct, frozen=True):
    """How a column is best taken, and why where that needs a word; `nulls` of its values are NULL."""

    take: str
    why: str = ""
    nulls: int = 0


class ColumnSurvey:
    """Looks at the values of one column; `texts` says that they are texts which may be meant as numbers."""

    def __init__(self, texts: bool) -> None:
        self._texts = texts
        self._kinds: set[type] = set()
        self._numeric = texts
        self._why = ""
        self._nulls = 0

    def look(self, values: Sequence[Value], lines: Sequence[int]) -> None:
        """Look at some more values; `lines` are their places in the file."""
        if not self._texts:
            self._kinds.update(map(type, values))
            if 0.0 in values and any(str(value) == "-0.0" for value in values):
                self._kinds.add(str)  # a column of numbers would lose the sign
            self._nulls += values.count(None)
        elif self._numeric:
            self._look_for_numbers(values, lines)
        else:
            self._nulls += values.count(None)

    def _look_for_numbers(self, values: Sequence[Value], lines: Sequence[int]) -> None:
        texts = [value for value in values if value is not None]
        self._nulls += len(values) - len(texts)
        if all_whole(texts):
            self._kinds.update([int] if texts else [])
            return
        if all_real(texts):
            self._kinds.add(float)
            return
        for value, line in zip(values, lines, strict=True):
            if value is not None and not self._is_number(value, line):
                return

    def _is_number(self, text: str, line: int) -> bool:
        number = plain(text)
        if number is not None:
            self._kinds.add(type(number))
            return True
        if looks_like_one(text):
            short = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
            self._why = f"“{short}” in line {line:,} {comes_back_as(text)}"
        elif self._kinds:
            self._why = f"line {line:,} holds another text than a number"
        self._numeric = False
        return False

    def proposal(self) -> Proposal:
        """How the column is best taken, after all that was seen."""
        if self._texts and not self._numeric:
            return Proposal("TEXT", self._why, self._nulls)
        kinds = self._kinds - {type(None)}
        if kinds == {int}:
            return Proposal("INTEGER", "", self._nulls)
        if kinds == {float}:
            return Proposal("REAL", "", self._nulls)
        if kinds <= {str}:
            return Proposal("TEXT", "", self._nulls)
        return Proposal("ANY", f"{_listed(kinds)}, each kept as it is", self._nulls)


_WORDS = {int: "whole numbers", float: "numbers with a fraction", str: "texts", bytes: "BLOBs"}


def _listed(kinds: set[type]) -> str:
    words = [word for kind, word in _WORDS.items() if kind in kinds]
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)

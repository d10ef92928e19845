"""What a column's definition says after its type, cut into its clauses.

See https://sqlite.org/syntax/column-constraint.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from workbench.tokens import Token


class Clause(NamedTuple):
    """A clause: its tokens, of which the first says what it is unless it has a name of its own."""

    tokens: list[Token]

    def text(self, sql: str) -> str:
        """It as it is written in `sql`."""
        return sql[self.tokens[0].start() : self.tokens[-1].end()]

    def closes_at(self, opening: int) -> int:
        """The number of the token that closes the bracket opened by this one."""
        return _closing(self.tokens, opening)

    def inside(self, sql: str, opening: int) -> str:
        """What stands in the brackets that open there."""
        return sql[self.tokens[opening].end() : self.tokens[self.closes_at(opening)].start()].strip()


def clauses(tokens: list[Token]) -> Iterator[Clause]:
    """The clauses that follow one another in `tokens`."""
    words = [(token["word"] or token[0]).upper() for token in tokens]
    at = 0
    while at < len(words):
        end = max(at + 1, _end(tokens, words, at))
        yield Clause(tokens[at:end])
        at = end


def _end(tokens: list[Token], words: list[str], at: int) -> int:
    """Where the clause ends that begins there."""
    return _ENDS.get(words[at], _after_deferring)(tokens, words, at)


def _after_name(tokens: list[Token], words: list[str], at: int) -> int:
    return _end(tokens, words, at + 2) if at + 2 < len(words) else len(words)


def _after_key(_tokens: list[Token], words: list[str], at: int) -> int:
    at = _after_conflict(words, at + 2 + (words[at + 2 : at + 3] in (["ASC"], ["DESC"])))
    return at + (words[at : at + 1] == ["AUTOINCREMENT"])


def _after_not(tokens: list[Token], words: list[str], at: int) -> int:
    if words[at + 1 : at + 2] == ["NULL"]:
        return _after_conflict(words, at + 2)
    return _after_deferring(tokens, words, at)


def _after_check(tokens: list[Token], words: list[str], at: int) -> int:
    return _after_conflict(words, _closing(tokens, at + 1) + 1)


def _after_default(tokens: list[Token], words: list[str], at: int) -> int:
    if words[at + 1 : at + 2] == ["("]:
        return _closing(tokens, at + 1) + 1
    return at + (3 if words[at + 1 : at + 2] in (["+"], ["-"]) else 2)


def _after_generated(tokens: list[Token], words: list[str], at: int) -> int:
    at = _closing(tokens, words.index("(", at)) + 1
    return at + (words[at : at + 1] in (["STORED"], ["VIRTUAL"]))


def _after_reference(tokens: list[Token], words: list[str], at: int) -> int:
    at += 2
    if words[at : at + 1] == ["("]:
        at = _closing(tokens, at) + 1
    while words[at : at + 1] in (["ON"], ["MATCH"]):
        longer = words[at + 2 : at + 3] in (["SET"], ["NO"])
        at += 2 if words[at] == "MATCH" else 4 if longer else 3
    return _after_deferring(tokens, words, at)


def _after_deferring(_tokens: list[Token], words: list[str], at: int) -> int:
    """After ``[NOT] DEFERRABLE [INITIALLY …]``, if that is there."""
    start = at + (words[at : at + 1] == ["NOT"])
    if words[start : start + 1] != ["DEFERRABLE"]:
        return at
    return start + (3 if words[start + 1 : start + 2] == ["INITIALLY"] else 1)


_ENDS: dict[str, Callable[[list[Token], list[str], int], int]] = {
    "CONSTRAINT": _after_name,
    "PRIMARY": _after_key,
    "NOT": _after_not,
    "NULL": lambda _tokens, words, at: _after_conflict(words, at + 1),
    "UNIQUE": lambda _tokens, words, at: _after_conflict(words, at + 1),
    "CHECK": _after_check,
    "DEFAULT": _after_default,
    "COLLATE": lambda _tokens, _words, at: at + 2,
    "REFERENCES": _after_reference,
    "GENERATED": _after_generated,
    "AS": _after_generated,
}


def _after_conflict(words: list[str], at: int) -> int:
    return at + 3 if words[at : at + 2] == ["ON", "CONFLICT"] else at


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for place, token in enumerate(tokens[opening:], opening):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return place
    return len(tokens) - 1

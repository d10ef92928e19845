"""The pieces that SQLite cuts SQL into, and names without their quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The tokens of SQLite's tokenize.c.
TOKEN = re.compile(
    r"""
    (?P<white>[ \t\n\f\r]+)
  | (?P<comment>--[^\n]* | /\*.*?(?:\*/|\Z))
  | [xX]'[^']*'? | '(?:[^']|'')*'? | "(?:[^"]|"")*"? | `(?:[^`]|``)*`? | \[[^\]]*\]?
  | (?:0[xX][0-9a-fA-F_]+ | (?:[0-9][0-9_]*(?:\.[0-9_]*)? | \.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?)[\w$]*
  | \?[0-9]* | [:@\#$](?:[\w$]|::|\([^)\s]*\))+
  | (?P<word>[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*)
  | ->> | -> | \|\| | <= | >= | <> | << | >> | == | != | .
    """,
    re.VERBOSE | re.DOTALL,
)

Token = re.Match[str]


def tokens_in(sql: str) -> Iterator[Token]:
    """The tokens of `sql` that mean something: neither white space nor comments."""
    return (each for each in TOKEN.finditer(sql) if not each["white"] and not each["comment"])


def bare(name: str) -> str:
    """A name without its quotation marks (https://sqlite.org/lang_keywords.html)."""
    closing = {"[": "]"}.get(name[:1], name[:1])
    if closing not in "'\"`]" or len(name) < 2:
        return name
    return name[1:-1] if closing == "]" else name[1:-1].replace(closing * 2, closing)

"""Requests that show what /run can do: for the OpenAPI document and for the page that explains it.

Each runs on the sample database as it is made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from shlex import quote
from typing import Any

Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A request: `body` has the members of `asked.Asked`; one that is `bare` has a query and nothing else.

    `writes`: the data are other ones afterwards.
    """

    name: str
    title: str
    body: Members
    bare: bool = False
    writes: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """The same as fields of a form."""
        shape = {} if self.bare else {"format": "arrays"}
        return shape | {
            ("query" if name == "sql" else name): _as_text(value) for name, value in self.body.items()
        }

    def command(self, origin: str) -> str:
        """A line for a shell that asks the workbench at `origin`."""
        address = f"curl {origin}/run"
        if self.bare:
            return f"{address} --data-urlencode {quote('query=' + self.body['sql'])}"
        return f"{address} --json {quote(json.dumps(self.body, ensure_ascii=False))}"


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


EXAMPLES = (
    Example("value", "A bare value, for the simplest client", {"sql": "SELECT * FROM student"}, bare=True),
    Example(
        "parameters",
        "Values for parameters, by name",
        {"sql": "SELECT id, name FROM student WHERE nr > :least", "params": {"least": 2000}},
    ),
    Example("objects", "Rows as objects", {"sql": "SELECT * FROM student", "format": "objects"}),
    Example(
        "typed",
        "Every value with its type",
        {"sql": "SELECT NULL, 9007199254740993, 0.5, 'text', x'cafe'", "format": "typed"},
    ),
    Example("page", "The first page of many", {"sql": "SELECT * FROM student ORDER BY id", "limit": 2}),
    Example("ndjson", "Rows as lines of JSON", {"sql": "SELECT * FROM student", "format": "ndjson"}),
    Example("csv", "Rows for a spreadsheet", {"sql": "SELECT * FROM student", "format": "csv"}),
    Example("insert", "Rows as INSERTs", {"sql": "SELECT * FROM student", "format": "insert"}),
    Example(
        "dry-run",
        "What a write would do",
        {"sql": "DELETE FROM student WHERE nr > 2000", "dry_run": True, "max_affected": 10},
    ),
    Example(
        "write",
        "A write that must touch one row",
        {"sql": "UPDATE student SET nr = nr + 1 WHERE id = ?", "params": [1], "expect": {"affected": 1}},
        writes=True,
    ),
    Example(
        "batch",
        "Several statements, all or none",
        {
            "statements": [
                {
                    "sql": "UPDATE student SET nr = nr - 5 WHERE id = ?",
                    "params": [2],
                    "expect": {"affected": 1},
                },
                {"sql": "INSERT INTO student (name, nr) VALUES (?, ?) RETURNING id", "params": ["Eve", 5]},
            ]
        },
        writes=True,
    ),
    Example("problem", "An error with its place", {"sql": "SELECT name FROM studnet"}),
)
"""In the order in which one learns them."""

"""/openapi.json says what holds: schemathesis asks all that it allows, and much that it does not.

The document is read as OpenAPI 3.2 here, where QUERY is a method like the others: so that it is asked too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from flask import Flask
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

from workbench.errors import WorkbenchError
from workbench.settings import HOME
from workbench.web.asked import OPTIONS
from workbench.web.examples import EXAMPLES, Example
from workbench.web.openapi import document

load_all_checks()
positive_data_acceptance = CHECKS.get_one("positive_data_acceptance")

CODE = re.compile(r'code="([A-Z_]+)"')

READS = (
    "SELECT * FROM student",
    "SELECT NULL, -9e999, x'00ff', 'ä', 9007199254740993 AS id",
    "VALUES (1), (2.5)",
)
WRITES = (
    "UPDATE student SET nr = nr + 1 WHERE id = 2",
    "INSERT INTO student (name, nr) VALUES ('Eve', 5) RETURNING *",
    "DELETE FROM student WHERE id > 50",
)
BOUND = ("SELECT :a", "SELECT ?", "INSERT INTO student (name, nr) VALUES (?, ?)")
WRONG = ("SELEC", "SELECT nothing FROM student", "INSERT INTO student VALUES (1, 'twice', 1)")

JSON = {
    "params": ("[]", "[1]", '{"a": null}', '["Eve", 5]'),
    "params_seq": ("[]", '[["Eve", 5], ["Ann", 6]]'),
    "expect": ("{}", '{"rows": 3}', '{"max_affected": 1}'),
    "statements": ('[{"sql": "SELECT 1"}]', '[{"sql": "SELECT 1"}, {"sql": "VALUES (?)", "params": [5]}]'),
}
for name, texts in JSON.items():
    schemathesis.openapi.format(f"json-{name}", st.sampled_from(texts))

SQL = st.sampled_from(READS * 3 + WRITES * 2 + BOUND + WRONG) | st.text(max_size=20)
schemathesis.openapi.format("sql", SQL)


@schemathesis.serializer("application/sql")
def as_sql(_context: Any, value: Any) -> str:
    """A text as it is; what is none as something that SQLite does not run either."""
    return value if isinstance(value, str) else json.dumps(value)


@schemathesis.serializer("application/x-www-form-urlencoded")
def as_a_form(_context: Any, value: Any) -> str:
    """Fields as texts: true, 5, and what is no text as JSON."""
    if not isinstance(value, dict):
        return str(value)
    return urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in value.items()})


class Connection:
    """Ends an answer that breaks off as a server does; asks for none that has to be unpacked."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        pieces: list[bytes] = []
        with closing(self.app(environ, start_response)) as answer, suppress(WorkbenchError):
            pieces.extend(answer)
        return pieces


# A fault of the workbench is 500 or 502; these are answers that its contract foresees.
FORESEEN = ["2xx", "3xx", "4xx", "501", "503", "504", "507"]

# What is wrong with the form of a request, rather than with its SQL, its values or the data.
OF_FORM = {"BAD_REQUEST", "UNSUPPORTED_MEDIA", "NOT_ACCEPTABLE", "BODY_TOO_DEEP", "BODY_TOO_LARGE"}

CONFIG = {
    "seed": 7,
    "continue-on-failure": True,
    "generation": {"max-examples": 25, "deterministic": True},
    "phases": {"stateful": {"enabled": False}},
    "checks": {
        "not_a_server_error": {"expected-statuses": FORESEEN},
        "positive_data_acceptance": {"enabled": False},  # well_formed_requests_are_taken asks it
    },
}


@schemathesis.check
def well_formed_requests_are_taken(context: CheckContext, response: Response, case: Case) -> None:
    """positive_data_acceptance, but for what no schema can tell: which SQL is right and what it meets."""
    code = response.headers.get("x-sql-code", [""])[0]
    if not code or code in OF_FORM:
        positive_data_acceptance(context, response, case)


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    raw_schema["openapi"] = "3.2.0"
    for address in raw_schema["paths"].values():
        if "x-query" in address:
            address["query"] = address.pop("x-query")
    for form in ("OneForm", "BatchForm"):
        for name, member in raw_schema["components"]["schemas"][form]["properties"].items():
            if "contentSchema" in member:
                member["format"] = f"json-{name}"


OPERATIONS = [
    (path, method.removeprefix("x-").upper())
    for path, methods in document()["paths"].items()
    for method in methods
]


def faults(app: Flask, path: str, method: str) -> Iterator[str]:
    """What schemathesis finds wrong at one address."""
    config = SchemathesisConfig.from_dict(CONFIG)
    described = schemathesis.openapi.from_wsgi("/openapi.json", Connection(app), config=config)
    for event in from_schema(described.include(path=path, method=method)).execute():
        if isinstance(event, events.NonFatalError):
            yield repr(event.value)
        if isinstance(event, events.FatalError):
            yield repr(event.exception)
        if isinstance(event, events.ScenarioFinished):
            yield from failed_checks(event.recorder)


def failed_checks(recorder: ScenarioRecorder) -> Iterator[str]:
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                yield f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_an_address_does_what_the_document_says(app: Flask, path: str, method: str) -> None:
    found = list(faults(app, path, method))
    assert not found, "\n\n".join(found)


def test_the_document_is_as_openapi_wants_it(app: Flask) -> None:
    answer = app.test_client().get("/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json["openapi"].startswith("3.1")
    validate(answer.json)


def described_members() -> dict[str, dict[str, Any]]:
    schemas = document()["components"]["schemas"]
    return schemas["OneRequest"]["properties"] | schemas["BatchRequest"]["properties"]


def test_every_member_that_may_be_asked_is_described() -> None:
    members = described_members()
    assert set(members) == OPTIONS
    assert all(member.get("description") for member in members.values())
    fields = document()["paths"]["/v1/run"]["get"]["parameters"]
    in_address = {field["name"] for field in fields if field["in"] == "query"}
    assert in_address - {"query"} == OPTIONS - {"sql", "statements"}


def test_every_option_of_the_readme_is_in_the_document() -> None:
    table = (HOME / "README.md").read_text(encoding="utf-8").split("| option | meaning |")[1].split("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.count("|") == 3]
    named = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert "dry_run" in named
    assert named <= set(described_members())


def test_every_code_of_an_error_is_described() -> None:
    known = document()["components"]["schemas"]["Problem"]["properties"]["code"]["anyOf"]
    described = {kind["const"]: kind["description"] for kind in known if "const" in kind}
    named = {
        code for source in (HOME / "workbench").rglob("*.py") for code in CODE.findall(source.read_text())
    }
    assert "SQLITE_BUSY" in named
    assert {code for code in named if not code.startswith("SQLITE_")} <= set(described)
    assert all(described.values())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_runs_on_the_sample(app: Flask, example: Example) -> None:
    program = app.test_client()
    by_form = program.post("/run", data=example.fields, buffered=True)
    assert by_form.status_code == (400 if example.name == "problem" else 200)
    before = program.get("/run?query=SELECT+*+FROM+student").json
    if not example.bare:
        assert program.post("/run", json=example.body, buffered=True).status_code == by_form.status_code
    assert (program.get("/run?query=SELECT+*+FROM+student").json != before) == example.writes


def test_an_answer_has_the_members_that_are_described(app: Flask) -> None:
    program, schemas = app.test_client(), document()["components"]["schemas"]
    describe = {"describe": True}
    asked = {
        "Described": program.post("/run", json=describe | {"sql": "SELECT 1"}),
        "DescribedBatch": program.post("/run", json=describe | {"statements": [{"sql": "SELECT 1"}]}),
        "Answer": program.post("/run", json={"sql": "DELETE FROM student", "dry_run": True}),
        "Batch": program.post("/run", json={"statements": [{"sql": "SELECT 1"}], "dry_run": True}),
        "Limits": program.get("/run/limits"),
        "Active": program.get("/run/active"),
        "Alive": program.get("/healthz"),
        "Ready": program.get("/readyz"),
    }
    for name, answer in asked.items():
        assert set(answer.json) == set(schemas[name]["properties"]), name
    problem = program.post("/run", json={"sql": "SELECT nam FROM student"}).json
    assert set(problem) <= set(schemas["Problem"]["properties"])

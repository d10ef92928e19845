"""The page that explains the API shows all of it, and is as strict as the others."""

from __future__ import annotations

import pytest

from tests.conftest import Visitor, see
from workbench.web.asked import OPTIONS
from workbench.web.docs import in_words, marked
from workbench.web.failures import codes
from workbench.web.openapi import document


def test_every_address_option_and_code_is_shown(alice: Visitor) -> None:
    page = see(alice.open("/docs"))
    shown = {code.text for code in page.select("td code")}
    assert shown >= OPTIONS
    assert shown >= set(document()["paths"])
    assert shown >= {code for _, code, _ in codes()}


def test_its_commands_name_the_host_by_which_it_was_opened(alice: Visitor) -> None:
    answer = alice.client.get("/docs", base_url="http://127.0.0.1:8123")
    commands = [code.text for code in see(answer).select(".command code")]
    assert commands
    assert all(command.startswith("curl http://127.0.0.1:8123/run ") for command in commands)


def test_nothing_is_run_by_a_link_and_no_script_stands_in_the_page(alice: Visitor) -> None:
    page = see(alice.open("/docs"))
    assert not [link["href"] for link in page.select("a[href]") if link["href"].startswith("/run")]
    assert {form["method"] for form in page.select("form")} == {"post"}
    assert all(script["src"].startswith("/static/built/") for script in page.select("script"))
    assert not page.select("style, [style], [onclick]")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_another_site_cannot_send_its_forms(alice: Visitor, headers: dict[str, str]) -> None:
    form = see(alice.open("/docs")).select("form")[-2]
    fields = {field["name"]: field["value"] for field in form.select("input")}
    assert alice.client.post("/run", data=fields, headers=headers).status_code == 403
    assert alice.client.get("/run?query=SELECT+count(*)+FROM+student").json == [[3]]


def test_what_stands_between_backticks_is_code_and_markup_is_text() -> None:
    assert marked("`a<b>` & c") == "<code>a&lt;b&gt;</code> &amp; c"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]}, "0 or more"),
        ({"type": "integer", "minimum": 1, "maximum": 10000}, "1 to 10,000"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Row"}}, "list of Row"),
        ({"enum": ["auto", "none"]}, "auto, none"),
    ],
)
def test_a_schema_is_told_in_words(schema: dict, words: str) -> None:
    assert in_words(schema) == words

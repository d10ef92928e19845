"""What the tests share: a sample database of one's own, the application, and ways to look at its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from workbench.app import create_app
from workbench.engines.sqlite import SqliteEngine, ready_file
from workbench.engines.sqlite.start import make_sample
from workbench.runner import Runner
from workbench.settings import HOME, Settings
from workbench.slots import Slots
from workbench.store import Store
from workbench.watchdog import Watchdog
from workbench.web.application import Application

hypothesis.settings.register_profile(
    "unhurried", deadline=None
)  # how long a case takes says how busy the machine is
hypothesis.settings.load_profile("unhurried")


class Compiled(BytecodeCache):
    """Templates, compiled once for all applications that the tests make."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give `bucket` what is known of it."""
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._known[bucket.key] = bucket.bytecode_to_string()


Application.jinja_options = {"bytecode_cache": Compiled()}


@pytest.fixture
def student(tmp_path: Path) -> Path:
    """A fresh copy of the sample database."""
    path = tmp_path / "student.db"
    make_sample(path, HOME / "database" / "student.sql")
    ready_file(path, read_only=False)
    return path


@pytest.fixture
def settings(student: Path, tmp_path: Path) -> Settings:
    """Settings that serve `student` and keep everything in a folder of the test's own."""
    return Settings(database=student, store=tmp_path / "workbench.db")


@pytest.fixture
def engine(student: Path, tmp_path: Path) -> Iterator[SqliteEngine]:
    """The sample as an engine."""
    made = SqliteEngine(student, line_folder=tmp_path)
    yield made
    made.close()


@pytest.fixture
def runner(engine: SqliteEngine) -> Iterator[Runner]:
    """A runner on the sample that stops a run after half a second."""
    made = Runner(engine, Slots(2), Watchdog(), time_limit=0.5)
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The workbench's own file, empty."""
    made = Store(tmp_path / "workbench.db")
    made.prepare()
    return made


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make an application; keyword arguments change its settings."""
    made: list[Flask] = []

    def make(**changed: object) -> Flask:
        made.append(create_app(replace(settings, **changed)))
        return made[-1]

    yield make
    for app in made:
        app.extensions["bench"].close()


@pytest.fixture
def app(serve: Callable[..., Flask]) -> Flask:
    """The application on the sample."""
    return serve()


class Visitor:
    """Someone with a browser: sends forms with their token, and reads the answers as documents."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str, **headers: str) -> TestResponse:
        """Follow a link, redirects included."""
        return self.client.get(address, headers=headers, follow_redirects=True)

    def run(self, query: str, *, htmx: bool = False, follow: bool = True, **more: str) -> TestResponse:
        """Send the editor's form, with `more` fields than it has by itself."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
        form = {"query": query, "csrf_token": self.token()} | more
        return self.client.post("/query", data=form, headers=headers, follow_redirects=follow)

    def press(self, button: Tag, *, htmx: bool = False) -> TestResponse:
        """Send the form that holds `button`, as it is on the page."""
        form = button.find_parent("form")
        fields = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
        if button.get("name"):
            fields[button["name"]] = button.get("value", "")
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
        return self.client.post(form["action"], data=fields, headers=headers, follow_redirects=True)

    def token(self) -> str:
        """The token in the form on the page."""
        return see(self.client.get("/")).select_one("#editor [name=csrf_token]")["value"]


def see(response: TestResponse) -> BeautifulSoup:
    """The answer as a document."""
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


@pytest.fixture
def alice(app: Flask) -> Visitor:
    """A person at the workbench."""
    return Visitor(app.test_client())


@pytest.fixture
def bob(app: Flask) -> Visitor:
    """Somebody else."""
    return Visitor(app.test_client())

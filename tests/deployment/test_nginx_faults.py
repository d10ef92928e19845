"""What people, pages and programs are told when the workbench behind Nginx cannot answer."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from bs4 import BeautifulSoup

from tests.deployment.client import Answer, ask, post, run
from tests.deployment.servers import Nginx, Workbench

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture(scope="module")
def behind(tmp_path_factory, stopped_at_the_end) -> Workbench:
    """A workbench on a unix socket."""
    return stopped_at_the_end(Workbench(tmp_path_factory.mktemp("behind"), behind_nginx=True))


@pytest.fixture(scope="module")
def front(tmp_path_factory, behind, stopped_at_the_end) -> Nginx:
    """Nginx before it."""
    return stopped_at_the_end(Nginx(tmp_path_factory.mktemp("front"), behind)).start()


@pytest.fixture
def running(behind) -> Workbench:
    """The workbench, running."""
    if not behind.started:
        behind.start()
    return behind


@pytest.fixture
def stopped(behind) -> Workbench:
    """The workbench, stopped."""
    behind.stop()
    return behind


def alert(answer: Answer) -> str:
    """The words of the banner that a person sees."""
    found = BeautifulSoup(answer.text, "html.parser").select("[role=alert]")
    assert len(found) == 1, answer.text
    return found[0].get_text(" ", strip=True)


@pytest.mark.usefixtures("stopped")
class TestWhileTheWorkbenchIsStopped:
    """Nginx answers alone: 503, nothing was run, try again."""

    def test_a_person_is_told_on_a_page(self, front):
        answer = ask(f"{front.url}/")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert alert(answer) == "The workbench is not running; try again in a moment."

    def test_the_page_has_its_style(self, front):
        page = BeautifulSoup(ask(f"{front.url}/").text, "html.parser")
        sheet = ask(front.url + str(page.select_one("link[rel=stylesheet]")["href"]))
        assert (sheet.status, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")

    @pytest.mark.parametrize(
        "send", [lambda door: run(door, "SELECT 1"), lambda door: ask(f"{door}/run?query=SELECT+1")]
    )
    def test_a_program_is_told_in_json(self, front, send):
        answer = send(front.url)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json == "Error - The workbench is not running; try again in a moment."

    def test_the_open_page_shows_it_where_results_are_shown(self, front):
        answer = post(f"{front.url}/query", headers={"HX-Request": "true"}, query="SELECT 1")
        assert answer.status == 503
        assert BeautifulSoup(answer.text, "html.parser").select_one("section#run [role=alert]")
        assert "<html" not in answer.text

    def test_other_elements_of_the_open_page_stay_as_they_are(self, front):
        answer = ask(f"{front.url}/history", headers={"HX-Request": "true"})
        assert (answer.status, answer.headers["hx-reswap"]) == (503, "none")

    def test_it_answers_again_when_it_is_started_again(self, front, behind):
        behind.start()
        assert run(front.url, "SELECT 1").json == [[1]]


@pytest.mark.usefixtures("running")
class TestWhileTheWorkbenchRuns:
    """Limits that Nginx itself holds."""

    @pytest.mark.parametrize("megabytes", [5, 9])
    def test_too_large_a_query_is_told_to_a_program_in_json(self, front, megabytes):
        answer = run(front.url, "-" * (megabytes << 20))
        assert answer.status == 413
        assert answer.json.startswith("Error - ")

    @pytest.mark.parametrize("megabytes", [5, 9])
    def test_too_large_a_query_is_told_to_a_person_on_a_page(self, front, megabytes):
        answer = post(f"{front.url}/query", query="-" * (megabytes << 20))
        assert answer.status == 413
        assert alert(answer)

    def test_too_long_an_address_is_told_in_json(self, front):
        answer = ask(f"{front.url}/run?query={'x' * 30_000}")
        assert answer.status == 414
        assert "POST" in answer.json

    def test_an_address_of_fifteen_thousand_characters_is_run(self, front):
        assert ask(f"{front.url}/run?query=SELECT+length('{'x' * 15_000}')").json == [[15_000]]

    def test_a_request_whose_worker_dies_is_not_said_to_have_failed(self, front, behind):
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(run(front.url, ENDLESS)))
        asking.start()
        os.kill(behind.worker_at_work(), signal.SIGKILL)
        asking.join(10)
        assert answers[0].status == 502
        assert "look whether it did" in answers[0].json
        assert run(front.url, "SELECT 1").json == [[1]]

"""Prometheus asks how the workbench does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from workbench.errors import Busy
from workbench.slots import Slots


def figures(program: FlaskClient) -> dict[tuple[str, ...], float]:
    """What Prometheus reads: name and values of labels, in the order of the labels' names -> figure."""
    answer = program.get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return {
        (
            sample.name.removeprefix("workbench_"),
            *(sample.labels[n] for n in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def get(program: FlaskClient, query: str, **fields: str) -> None:
    program.get("/run", query_string={"query": query, **fields}).get_data()


def test_answers_are_counted_by_address_method_status_and_problem(program: FlaskClient) -> None:
    for query in ("SELECT 1", "SELECT 1", "SELEC"):
        get(program, query)
    get(program, "DELETE FROM student", format="arrays")
    program.post("/v1/run", json={"sql": "INSERT INTO student VALUES (1, 'x', 1)"})
    program.open("/run", method="BREW")
    program.get("/nothing")
    found = figures(program)
    assert found["requests_total", "", "run", "GET", "200"] == 2
    assert found["requests_total", "SQLITE_ERROR", "run", "GET", "200"] == 1
    assert found["requests_total", "METHOD_READ_ONLY", "run", "GET", "405"] == 1
    assert found["requests_total", "SQLITE_CONSTRAINT_PRIMARYKEY", "v1", "POST", "409"] == 1
    assert found["requests_total", "", "none", "other", "405"] == 1
    assert found["requests_total", "", "none", "GET", "404"] == 1


@pytest.mark.parametrize("fields", [{}, {"format": "arrays"}, {"format": "ndjson"}])
def test_rows_and_bytes_are_counted_as_they_are_sent(program: FlaskClient, fields: dict[str, str]) -> None:
    asked = {"query": "SELECT * FROM student a, student b, student c", **fields}
    answer = program.get("/run", query_string=asked, headers={"Accept-Encoding": "gzip"})
    size = len(answer.get_data())
    found = figures(program)
    assert found["rows_total",] == 27
    assert found["answer_bytes_total",] == size


def test_runs_are_counted_by_how_they_end(program: FlaskClient, app: Flask) -> None:
    get(program, "SELECT 1")
    get(program, "SELECT * FROM nowhere")
    get(program, "SELECT * FROM nowhere", format="csv")
    found = figures(program)
    assert found["runs_total", "ok"] == 1
    assert found["runs_total", "SQLITE_ERROR"] == 2


def test_it_is_told_how_many_runs_go_on(program: FlaskClient, app: Flask) -> None:
    assert figures(program)["running",] == 0
    with app.extensions["bench"]._running.enter("a-run-of-mine", "program", "SELECT 1"):
        assert figures(program)["running",] == 1
    assert figures(program)["running",] == 0


def test_waits_for_a_slot_are_counted_and_those_who_need_not_wait_are_not() -> None:
    waits: list[tuple[str, float]] = []
    slots = Slots(1, lambda purpose, seconds: waits.append((purpose, seconds)))
    with slots.take():
        assert waits == []
        slots._try = lambda _slot: False  # as another process would find it
        with pytest.raises(Busy), slots.take():
            pass
    assert [purpose for purpose, _ in waits] == ["running SQL"]
    assert waits[0][1] >= 0.25


def test_no_figure_has_a_word_of_what_users_send(program: FlaskClient) -> None:
    secret = "s3cr3t-w0rd"
    headers = {"X-Request-Id": secret, "User-Agent": secret, "Origin": f"https://{secret}.example"}
    for send in _ways(program, secret):
        send(headers)
        send({})
    assert secret not in program.get("/metrics").text


def _ways(program: FlaskClient, secret: str) -> Iterable[Callable[[dict], object]]:
    yield lambda h: program.get(f"/run?query=SELECT+'{secret}'", headers=h)
    yield lambda h: program.get(f"/run?query={secret}&format={secret}", headers=h)
    yield lambda h: program.get(f"/{secret}", headers=h)
    yield lambda h: program.delete(f"/run/{secret}", headers=h)
    yield lambda h: program.open("/run", method=secret.upper(), headers=h)
    yield lambda h: program.post(f"/v1/run?{secret}=1", json={"sql": f'SELECT "{secret}" FROM x'}, headers=h)


def test_it_is_asked_for_the_password_like_everyone(serve: Callable[..., Flask]) -> None:
    assert serve(password="s3cret").test_client().get("/metrics").status_code == 401

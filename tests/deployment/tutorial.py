"""What callers of the tutorial's server rely on: the same tests for every door of the workbench."""

from __future__ import annotations

import pytest

from tests.deployment.client import ask, post, run, run_by_get
from tests.deployment.servers import HOME

STUDENTS = [[1, "Mark Twain", 1111], [2, "John Doe", 2222], [3, "Harry Potter", 3333]]
SAMPLE = "DROP TABLE IF EXISTS student;" + (HOME / "database" / "student.sql").read_text()


@pytest.fixture
def three_students(door: str) -> None:
    """The sample as the tutorial has it, whatever a test before did to it."""
    assert run(door, SAMPLE).status == 200


@pytest.mark.usefixtures("three_students")
class Tutorial:
    """Wants a fixture `door`: the URL of a server."""

    @pytest.mark.parametrize("send", [run, run_by_get])
    def test_a_select_gives_arrays_without_column_names(self, door, send):
        answer = send(door, "SELECT * FROM student")
        assert (answer.status, answer.json) == (200, STUDENTS)
        assert answer.headers["content-type"] == "application/json"

    @pytest.mark.parametrize("send", [run, run_by_get])
    @pytest.mark.parametrize(
        ("query", "rows"),
        [
            ("INSERT INTO student (name, nr) VALUES ('Peter Pan', 4444)", 1),
            ("UPDATE student SET name = 'Arnold Schwarzenegger', nr = 800 WHERE id = 2", 1),
            ("DELETE FROM student WHERE id = 1", 1),
            ("DELETE FROM student", 3),
        ],
    )
    def test_a_write_says_how_many_rows_it_affected(self, door, send, query, rows):
        assert send(door, query).json == f"Done - Rows affected: {rows}"

    def test_a_write_is_there_for_the_next_caller(self, door):
        run(door, "INSERT INTO student (name, nr) VALUES ('Peter Pan', 4444)")
        assert run(door, "SELECT * FROM student WHERE id > 3").json == [[4, "Peter Pan", 4444]]

    def test_a_write_that_holds_the_word_select_is_committed(self, door):
        assert (
            run(door, "UPDATE student SET nr=(SELECT max(nr) FROM student) WHERE id=1").json
            == "Done - Rows affected: 1"
        )
        assert run(door, "SELECT nr FROM student WHERE id=1").json == [[3333]]

    @pytest.mark.parametrize("send", [run, run_by_get])
    def test_sql_that_fails_gives_sqlites_message(self, door, send):
        answer = send(door, "SELECT * FROM nowhere")
        assert (answer.status, answer.json) == (200, "Error - no such table: nowhere")

    @pytest.mark.parametrize("send", [run, run_by_get])
    def test_an_empty_query_gives_a_warning(self, door, send):
        assert send(door, "").json == "Warning: Empty query string!"

    def test_asking_without_a_query_gives_a_warning(self, door):
        assert ask(f"{door}/run").json == "Warning: Empty query string!"

    def test_posting_without_the_field_is_a_bad_request(self, door):
        assert post(f"{door}/run", other="SELECT 1").status == 400

    def test_head_executes_nothing(self, door):
        ask(f"{door}/run?query=DELETE+FROM+student", method="HEAD")
        assert run(door, "SELECT count(*) FROM student").json == [[3]]

    def test_the_page_opens(self, door):
        page = ask(f"{door}/")
        assert page.status == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert 'name="query"' in page.text

    def test_health_is_told(self, door):
        assert ask(f"{door}/healthz").status == 200
        assert ask(f"{door}/readyz").status == 200

    def test_a_text_of_five_megabytes_is_refused_as_json(self, door):
        answer = run(door, "SELECT '" + "x" * 5_000_000 + "'")
        assert answer.status == 413
        assert answer.json.startswith("Error - ")

    def test_a_text_of_one_megabyte_is_run(self, door):
        text = "x" * 900_000
        assert run(door, f"SELECT length('{text}')").json == [[900_000]]

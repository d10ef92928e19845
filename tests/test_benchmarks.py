"""The benchmarks' arithmetic and what they show, from figures that were made up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.book import Book, Lacking, in_turn
from benchmarks.effort import WHOLE
from benchmarks.figures import FIGURES
from benchmarks.load import Ask
from benchmarks.picture import picture
from benchmarks.readme import BEGIN, END, write_readme
from benchmarks.reckoning import Figure, at_least, at_most, outcome, ratios, spread
from benchmarks.subjects import SUBJECTS
from benchmarks.table import NAMES_OF_ALL, markdown, report
from workbench.settings import HOME


@pytest.fixture
def book() -> Book:
    """Two rounds of everything that a figure is made of, and one thing that could not be had."""
    keys = {key for figure in FIGURES for key in (figure.of, figure.over) if key}
    made = Book({key: [8.0, 10.0] for key in sorted(keys)}, {}, {"processor": "Abacus"}, WHOLE.sizes())
    made.values |= {"read/workbench": [4000.0, 6000.0], "read/hello": [5000.0, 6000.0], "grow-rows/10": [1.5]}
    made.lack("paged/last", "waits for pages")
    return made


def test_the_middle_is_shown_with_the_least_and_the_most():
    found = spread([3.0, 9.0, 1.0])
    assert (found.middle, found.least, found.most) == (3.0, 1.0, 9.0)


def test_a_ratio_compares_what_met_the_same_round():
    assert ratios([1.0, 8.0], [2.0, 4.0]) == [0.5, 2.0]


def test_rounds_take_turns_and_leave_out_what_fails():
    met: list[str] = []

    def once(name: str) -> dict[str, float]:
        met.append(name)
        if name == "b":
            raise Lacking("no b: install b")
        return {name: 1.0}

    book = Book()
    in_turn(book, 2, {name: lambda name=name: once(name) for name in "abc"})
    assert met == ["a", "b", "c", "a", "c"]
    assert book.values == {"a": [1.0, 1.0], "c": [1.0, 1.0]}
    assert book.lacking == {"b": "no b: install b"}


@pytest.mark.parametrize(
    ("goal", "reached"), [(at_least(0.9), True), (at_least(1), False), (at_most(0.8), False), (None, None)]
)
def test_a_goal_is_reached_or_not_by_the_middle(book, goal, reached):
    assert outcome(Figure("S1", "", "read/workbench", "read/hello", goal=goal), book).reached is reached


def test_every_figure_of_the_design_is_in_the_list():
    assert list(dict.fromkeys(figure.name for figure in FIGURES)) == [f"S{n}" for n in range(1, 15)]


def test_every_figure_is_about_a_subject_with_a_unit():
    subjects = {subject.key for subject in SUBJECTS}
    for figure in FIGURES:
        for key in filter(None, (figure.of, figure.over)):
            subject, _, name = key.partition("/")
            assert subject in subjects
            assert name in NAMES_OF_ALL or subject.startswith("update-")


def test_the_table_tells_what_was_reached_and_what_is_lacking(book):
    lines = report(book).splitlines()
    assert " ".join(next(line for line in lines if line.startswith("S1 ")).split()).endswith(
        "Flask hello 0.90 × (0.80 – 1.00) ≥ 0.8 ✓"
    )
    assert "waits for pages" in next(line for line in lines if line.startswith("S8"))
    assert "1,000,000 rows" in next(line for line in lines if line.startswith("S3"))


def test_what_was_measured_is_the_same_after_it_was_kept(book):
    assert report(Book.from_json(json.loads(json.dumps(book.as_json())))) == report(book)


def test_the_picture_is_svg_that_says_its_figures_in_words(book):
    root = ElementTree.fromstring(picture(book))
    title = root.find("{http://www.w3.org/2000/svg}title").text
    assert "the workbench 5,000 req/s" in title
    assert root.get("role") == "img"


def test_readme_is_written_between_its_markers_again_and_again(book, tmp_path: Path):
    (tmp_path / "docs").mkdir()
    shutil.copy(HOME / "README.md", tmp_path)
    write_readme(book, tmp_path)
    once = (tmp_path / "README.md").read_text()
    write_readme(book, tmp_path)
    assert (tmp_path / "README.md").read_text() == once
    before, _, rest = once.partition(BEGIN)
    assert (HOME / "README.md").read_text().startswith(before)
    assert markdown(book) in rest.partition(END)[0]


def test_everyone_is_asked_to_close_connections_alike():
    assert Ask("/").all_headers() == {"Connection": "close"}
    assert Ask("/", kept=True).all_headers() == {}

"""The picture for README: bars of what was measured side by side, ours in another colour and first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.book import Book
from benchmarks.reckoning import spread
from benchmarks.subjects import SUBJECTS
from benchmarks.table import NAMES_OF_ALL, number

SHOWN = ("read", "csv", "write", "shown")
"""The subjects that are drawn."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


@dataclass(frozen=True)
class Bar:
    """One of them: `share` is how much of the whole width it takes."""

    name: str
    value: str
    share: float
    ours: bool


@dataclass(frozen=True)
class Chart:
    """One subject with its bars, the best first."""

    words: str
    better: str
    bars: list[Bar]


def picture(book: Book) -> str:
    """The picture as SVG."""
    charts = [chart for key in SHOWN if (chart := _chart(key, book)).bars]
    return _TEMPLATES.get_template("picture.svg.jinja").render(charts=charts)


def _chart(key: str, book: Book) -> Chart:
    subject = next(s for s in SUBJECTS if s.key == key)
    middles = {name: spread(values).middle for name, values in book.under(key)}
    most = max(middles.values(), default=1)
    bars = [
        Bar(
            NAMES_OF_ALL[name],
            f"{number(middle)} {subject.unit}",
            middle / most,
            name in ("workbench", "nginx"),
        )
        for name, middle in sorted(middles.items(), key=lambda item: item[1], reverse=subject.more)
    ]
    better = "more is better" if subject.more else "less is better"
    return Chart(subject.words.format_map(book.sizes), better, bars)

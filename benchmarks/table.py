"""The tables: what was reached, what was measured of whom, how cost grows, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.book import Book
from benchmarks.figures import FIGURES
from benchmarks.growth import LINES, Line
from benchmarks.peers import NAMES
from benchmarks.reckoning import Outcome, Spread, outcome, ratios, spread
from benchmarks.subjects import SUBJECTS, Subject

NAMES_OF_ALL = NAMES | {
    "datasette-kept": f"{NAMES['datasette']}, connections kept",
    "datasette-next-kept": f"{NAMES['datasette-next']}, connections kept",
    "nginx": "the workbench through Nginx",
    "shell": "the sqlite3 shell",
    "engine": "SQLite alone, one by one",
    "plain": "the workbench, nothing recorded",
    "recorded": "the workbench, undo recorded",
    "first": "the workbench, the first",
    "last": "the workbench, the last",
    "empty": "the workbench, hardly any entries",
    "full": "the workbench, {entries} entries",
    "ndjson": "the workbench, NDJSON",
    "csv": "the workbench, CSV",
    "json": "the workbench, JSON",
}

DIFFERS = (
    "All under uWSGI have the workbench's uwsgi.ini and its number of processes. Datasette and sqlite-web "
    "are one process each, as they ship; Datasette's limits are lifted, nothing else is set.",
    "Connections are closed after each request, by everyone: the workbench does so. What Datasette gains "
    "by keeping them is a line of its own.",
    "The workbench remembers each run in its history and guards each statement; the others have neither. "
    "Its history is committed with synchronous=NORMAL.",
    "Flask hello and the bare callable answer a word without any SQL. sqlite-web answers with a page: "
    "it has no JSON to ask for.",
    "All files are in WAL mode, as the workbench leaves them, and INSERTs are durable for all "
    "(synchronous=FULL). Rows are counted in the file afterwards.",
    "Datasette, sqlite-web and the tutorial's server build an answer in memory; the workbench and the shell "
    "hand it on row by row.",
    "A page is one whole request by one client, with nothing subtracted. Pages differ in what they show.",
    "In Chromium the workbench's page is there before its scripts begin; the forms work without them. "
    "That they are at work is told by the load event, for everyone.",
)
"""What a reader must know who compares."""


def report(book: Book) -> str:
    """All of it, for a terminal."""
    parts = [
        _aligned([(name, value) for name, value in book.facts.items()]),
        _aligned([_figure_row(o, book) for o in _outcomes(book)]),
        *(_subject(subject, book) for subject in SUBJECTS if any(book.under(subject.key))),
        *(_line(line, book) for line in LINES if any(book.under(f"grow-{line.key}"))),
        "What differs:\n" + "\n".join(f"  - {sentence}" for sentence in DIFFERS),
        *_lacking(book),
    ]
    return "\n\n".join(parts)


def markdown(book: Book) -> str:
    """The figures and the machine, for README."""
    rows = [_figure_row(o, book) for o in _outcomes(book)]
    lines = ["| | figure | measured | goal | |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    facts = book.facts
    told = ", ".join(
        f"{name} {facts[name]}" for name in ("Python", "SQLite", "uWSGI", "Flask") if name in facts
    )
    where = ", ".join(facts[name] for name in ("processor", "memory", "system", "files") if name in facts)
    return "\n".join(lines) + f"\n\nMiddle (least – most) of the rounds on {where}; {told}."


def number(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def told(found: Spread, unit: str) -> str:
    """A spread with its unit; one value has no least and most."""
    middle = f"{number(found.middle)} {unit}"
    if found.least == found.most:
        return middle
    return f"{middle} ({number(found.least)} – {number(found.most)})"


def _outcomes(book: Book) -> Iterator[Outcome]:
    return (outcome(figure, book) for figure in FIGURES)


def _figure_row(found: Outcome, book: Book) -> tuple[str, ...]:
    figure, goal = found.figure, found.figure.goal
    aim = f"{'≤' if goal.at_most else '≥'} {goal.bound:g}" if goal else ""
    said = told(found.spread, figure.unit) if found.spread else found.why_not
    mark = {True: "✓", False: "not reached", None: ""}[found.reached]
    return figure.name, figure.words.format_map(book.sizes), said, aim, mark


def _subject(subject: Subject, book: Book) -> str:
    """Everyone's values, and how many times ours is as much."""
    found = dict(book.under(subject.key))
    ours = found.get("workbench")
    rows = []
    for name, values in sorted(found.items(), key=lambda item: spread(item[1]).middle, reverse=subject.more):
        called = NAMES_OF_ALL.get(name, name).format_map(book.sizes)
        against = ratios(ours, values) if ours and name != "workbench" else []
        rows.append((f"  {called}", told(spread(values), subject.unit), _times(against)))
    missing = [
        k.partition("/")[2] for k in book.lacking if k.startswith(f"{subject.key}/") and k not in book.values
    ]
    rows += [
        (f"  {NAMES_OF_ALL.get(name, name)}", book.lacking[f"{subject.key}/{name}"], "") for name in missing
    ]
    return f"{subject.words.format_map(book.sizes)}, {subject.unit}\n{_aligned(rows)}"


def _times(against: list[float]) -> str:
    return f"ours is {told(spread(against), '×')}" if against else ""


def _line(line: Line, book: Book) -> str:
    sizes = [(int(size), spread(values).middle) for size, values in book.under(f"grow-{line.key}")]
    points = "   ".join(f"{size:,}: {number(cost)} ms" for size, cost in sorted(sizes))
    return f"{line.words}\n  {points}\n  {line.why}"


def _lacking(book: Book) -> Iterator[str]:
    if book.lacking:
        yield "Not measured:\n" + "\n".join(f"  {key}: {why}" for key, why in book.lacking.items())


def _aligned(rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )

"""`python -m benchmarks`: measure everything, print the tables, and keep them."""

from __future__ import annotations

import argparse
import json
import shutil
import time
import traceback
from pathlib import Path

from benchmarks import (
    browser,
    exports,
    growth,
    idle,
    imports,
    long,
    pages,
    second_thoughts,
    small,
    streams,
    writes,
)
from benchmarks.book import Book, say
from benchmarks.effort import QUICK, WHOLE, Effort
from benchmarks.files import workplace
from benchmarks.machine import machine
from benchmarks.picture import picture
from benchmarks.readme import write_readme
from benchmarks.table import report

PARTS = {
    "small": small,
    "streams": streams,
    "exports": exports,
    "imports": imports,
    "writes": writes,
    "undo": second_thoughts,
    "pages": pages,
    "browser": browser,
    "idle": idle,
    "long": long,
    "growth": growth,
}
"""What can be measured: a module for each, with a function `measure`."""

_HERE = Path(__file__).parent


def main() -> None:
    """Measure, or take what was measured before; then tell."""
    asked = _parser().parse_args()
    if asked.table:
        book = Book.from_json(json.loads(asked.table.read_text()))
    else:
        book = _measured(QUICK if asked.quick else WHOLE, asked.parts or list(PARTS))
        asked.json.write_text(json.dumps(book.as_json(), indent=1))
        asked.json.with_suffix(".svg").write_text(picture(book))
        say(f"Kept in {asked.json} and beside it as a picture.")
    print(report(book))
    if asked.readme:
        write_readme(book)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks/run", description="Measures the workbench beside others, in turn, on the same files."
    )
    # Not by `choices`, which would refuse that none is named.
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a first look, with little of everything")
    parser.add_argument("--readme", action="store_true", help="write the table and the picture into README")
    parser.add_argument("--table", type=Path, metavar="FILE", help="measure nothing: take what FILE has")
    parser.add_argument("--json", type=Path, metavar="FILE", default=_HERE / "measured.json")
    return parser


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"there is no {name}: there are {', '.join(PARTS)}")
    return name


def _measured(effort: Effort, parts: list[str]) -> Book:
    folder = workplace()
    book = Book(facts=machine(folder), sizes=effort.sizes())
    began = time.monotonic()
    try:
        for name in parts:
            say(f"{time.monotonic() - began:4.0f} s  {name}")
            _measure(name, book, effort, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    book.facts["took"] = f"{time.monotonic() - began:.0f} s"
    return book


def _measure(name: str, book: Book, effort: Effort, folder: Path) -> None:
    """What cannot be had here leaves the other parts as they are."""
    try:
        PARTS[name].measure(book, effort, folder)
    except Exception as error:
        book.lack(name, f"{type(error).__name__}: {error}")
        say(traceback.format_exc())


if __name__ == "__main__":
    main()

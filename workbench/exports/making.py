"""The file that somebody wants, in pieces: one table, several in an archive or a workbook, or SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbench.catalog import Table
from workbench.engines.base import Pace, Takeout
from workbench.exporting import Made, Wanted, columns_of
from workbench.exports.archive import archived
from workbench.exports.facts import Facts
from workbench.exports.findings import Finding
from workbench.exports.foresight import Tally
from workbench.exports.formats import OF_KEPT_ROWS
from workbench.exports.workbook import Sheet, titles_of, workbook
from workbench.literals import literal_of
from workbench.results import Row

_ODD = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]+')
_LONGEST_NAME = 120

_BEGIN = b"PRAGMA foreign_keys = OFF;\nBEGIN;\n"
_END = b"COMMIT;\n"


def file_of(wanted: Wanted, tables: Sequence[Table], database: str) -> tuple[str, str]:
    """What the file is called, and of which type it is; `database` is the name of the database's file."""
    stem = database.rpartition(".")[0] or database
    if wanted.what == "database":
        return _named(
            stem, database.rpartition(".")[2] if "." in database else "db"
        ), "application/vnd.sqlite3"
    if wanted.what == "schema":
        return _named(f"{stem}-schema", "sql"), "application/sql"
    form = OF_KEPT_ROWS[wanted.format]
    if len(tables) == 1:
        return _named(f"{stem}-{tables[0].name}", form.ending), form.content_type
    if wanted.format in ("xlsx", "insert"):
        return _named(stem, form.ending), form.content_type
    return _named(f"{stem}-{form.ending}", "zip"), "application/zip"


def _named(stem: str, ending: str) -> str:
    return f"{_ODD.sub('_', stem)[:_LONGEST_NAME].strip(' .') or 'export'}.{_ODD.sub('_', ending)}"


class Making:
    """Makes what is `wanted` of `tables`, as `takeout` has them; afterwards it knows what it made."""

    def __init__(self, wanted: Wanted, tables: Sequence[Table], takeout: Takeout, pace: Pace) -> None:
        self.counts: dict[str, int] = {table.name: 0 for table in tables}
        self._wanted, self._tables, self._takeout, self._pace = wanted, tables, takeout, pace
        self._tallies: list[Tally] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the format had no word for."""
        return tuple(finding for tally in self._tallies for finding in tally.findings())

    def pieces(self) -> Iterator[bytes]:
        """The file. A WorkbenchError in the middle says that there is none."""
        if self._wanted.what == "schema":
            return self._schema()
        if self._wanted.format == "insert":
            return self._script()
        if self._wanted.format == "xlsx":
            return workbook(titles_of([table.name for table in self._tables]), self._sheets())
        if len(self._tables) == 1:
            return self._rows(self._tables[0])
        return archived(self._files(), large=True)

    def _rows(self, table: Table) -> Iterator[bytes]:
        form = OF_KEPT_ROWS[self._wanted.format]
        options = form.taking(safe=self._wanted.safe, into=table.name)
        with self._takeout.rows(table, self._columns(table)) as flow:
            batches = self._counted(table, flow.batches)
            yield from form.write(flow.result.columns, batches, Facts(), **options)

    def _sheets(self) -> Iterator[Sheet]:
        for table in self._tables:
            with self._takeout.rows(table, self._columns(table)) as flow:
                yield Sheet(flow.result.columns, self._counted(table, flow.batches))

    def _files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        ending, taken = OF_KEPT_ROWS[self._wanted.format].ending, set()
        for table in self._tables:
            name, number = _named(table.name, ending), 1
            while name.casefold() in taken:
                number += 1
                name = _named(f"{table.name}_{number}", ending)
            taken.add(name.casefold())
            yield name, self._rows(table)

    def _schema(self) -> Iterator[bytes]:
        for made in self._takeout.made():
            yield _statement(made)

    def _script(self) -> Iterator[bytes]:
        """Tables, their rows, and then what hangs on them: a trigger is not to fire for rows that it made."""
        wanted = {table.name for table in self._tables if table.kind != "view"}
        made = [each for each in self._takeout.made() if each.table in wanted]
        yield _BEGIN
        yield from (_statement(each) for each in made if each.kind == "table")
        for table in self._tables:
            if table.kind == "view":
                yield f"-- The rows of the view {' '.join(table.name.split())}\n".encode()
            yield from self._rows(table)
            yield from self._sequence(table)
        yield from (_statement(each) for each in made if each.kind != "table")
        yield _END

    def _sequence(self, table: Table) -> Iterator[bytes]:
        """What AUTOINCREMENT has given already, so that no key is given twice."""
        last = self._takeout.sequence(table)
        if last is not None:
            name = literal_of(table.name)
            yield f"DELETE FROM sqlite_sequence WHERE name = {name};\n".encode()
            yield f"INSERT INTO sqlite_sequence (name, seq) VALUES ({name}, {last});\n".encode()

    def _columns(self, table: Table) -> list[str]:
        return columns_of(table, settable=self._wanted.format == "insert" and table.kind != "view")

    def _counted(self, table: Table, batches: Iterator[list[Row]]) -> Iterator[list[Row]]:
        tally = Tally(self._wanted, table.name, self._columns(table))
        self._tallies.append(tally)
        for batch in batches:
            tally.see(batch)
            self.counts[table.name] += len(batch)
            self._pace(len(batch))
            yield batch


def _statement(made: Made) -> bytes:
    return f"{made.sql};\n".encode()

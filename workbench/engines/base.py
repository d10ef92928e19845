"""What every engine promises.

An engine is asked three things of a job, in this order: to *plan* it (which statements
are there, and do any of them write?), to open a *session* for that plan, and to *execute*
its statements one by one in that session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from workbench.browsing import Leads, Look, Part, Reference, Shape
from workbench.catalog import Catalog, Table
from workbench.changes import Conflict, Effects, Record
from workbench.definitions import Definition, ForeignKey
from workbench.designs.alteration import Alteration, Question
from workbench.designs.design import TableDesign
from workbench.errors import WorkbenchError
from workbench.explanations import Explanation
from workbench.exporting import Made
from workbench.jobs import Job, Key
from workbench.loads import Batch, Loaded, Reject, Target
from workbench.plans import QueryPlans, Size, Trial
from workbench.results import Column, Result, Row
from workbench.rowsets import Facet
from workbench.upkeep import Condition


class Statement(NamedTuple):
    """One SQL sentence: its text as written, where it begins in its text, and which text that is.

    `offset` counts characters, `number` the job's texts from 0. `parameters` are the names of its
    parameters in order, each once, without the mark before them; ``?2`` is the one in the second
    place, written so or as a bare ``?``.
    """

    text: str
    offset: int = 0
    number: int = 0
    parameters: tuple[str, ...] = ()


class Plan(Struct):
    """What an engine could tell of a job without running it.

    `statements` are those it could prepare, in order; `number` and `end` are the text and the
    character where it stopped, because a statement needs what an earlier one is yet to create
    or is wrong. `writes`: at least one writes. `selects`: each is a SELECT and nothing else;
    `changes_rows`: each changes rows and does nothing else.
    `own_transaction`: the script says BEGIN and COMMIT itself, or `cannot_be_wrapped`: its one
    statement runs outside transactions only.
    `before_transaction`: how many statements at its start have an effect outside of it only.
    """

    job: Job
    statements: list[Statement] = []
    number: int = 0
    end: int = 0
    writes: bool = False
    selects: bool = False
    changes_rows: bool = False
    own_transaction: bool = False
    cannot_be_wrapped: bool = False
    before_transaction: int = 0

    @property
    def whole(self) -> bool:
        """Whether all statements are known."""
        return self.number == len(self.job.asks)

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters that its statements have, each once: one name is one value."""
        return list(dict.fromkeys(name for each in self.statements for name in each.parameters))


class Description(NamedTuple):
    """What a statement is, told without running it.

    `parameters` are their names in order, None for one that has only a place. `readonly`: it
    changes nothing. `reads` and `writes` are the tables it touches, also through views and triggers.
    """

    parameters: tuple[str | None, ...]
    columns: tuple[Column, ...]
    readonly: bool
    is_explain: bool
    reads: tuple[str, ...]
    writes: tuple[str, ...]


class Kept(NamedTuple):
    """What a keeper made of a result's rows: see `Result.rows`, `row_count`, `truncated` and `snapshot`."""

    rows: Any
    row_count: int
    truncated: bool
    snapshot: str | None = None


class Holder(NamedTuple):
    """A process that holds a lock on the database, and the name of its program where that is known."""

    process: int
    program: str | None


Pace = Callable[[int], None]
"""Told how much more is done, in rows or pages; raises a WorkbenchError to end it."""

Keeper = Callable[[Iterator[list[Row]]], Kept]
"""Takes a result's rows in batches, and keeps what its caller wants of them.

A batch may raise TimeLimitReached; a keeper that is content with what it has need not hand that on. It may
be called again for the same result, when its rows have to be read in another way.
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """A statement whose rows are taken while it runs.

    `result` has its columns and kind from the start, without rows; its counts are right when
    `batches` is over. Taking a batch may raise a WorkbenchError.
    """

    result: Result
    batches: Iterator[list[Row]]


class TakenBack(Protocol):
    """What became of taking records back.

    `conflicts` are the rows and objects that were no longer as the records left them: they stay as they
    are. `orphans`: rows would now refer to others that are not there. `rows` is how many were changed.
    """

    rows: int

    conflicts: list[Conflict]
    orphans: bool


class Session(Protocol):
    """A script's time with the database, in one transaction unless its plan says otherwise.

    As a context it ends the transaction: committed if `commit` was called, else rolled back.
    """

    def statements(self) -> Iterator[Statement]:
        """The script's statements; each is prepared when the one before it has been executed."""

    def execute(self, statement: Statement, keep: Keeper) -> Result:
        """Run one statement to its end. Raises a WorkbenchError."""

    def flow(self, statement: Statement) -> AbstractContextManager[Flow]:
        """Run one statement while its rows are taken; it is at work until the context is left."""

    def try_index(self, statement: Statement, index: str) -> Trial:
        """Measure one statement without and with `index`, which is SQL that makes it. Never commit that."""

    def commit(self) -> None:
        """Make what was written durable. Raises StatementError for a deferred constraint."""

    def recall(self, key: Key) -> tuple[str, bytes] | None:
        """The fingerprint and the answer that were remembered for this key, if it was used before."""

    def remember(self, key: Key, answer: bytes) -> None:
        """Remember the answer for this key; it is committed with what the session wrote, or not at all."""

    @property
    def records(self) -> list[Record]:
        """What was changed by each statement of a job with `record`, as `take_back` wants it."""

    @property
    def effects(self) -> list[Effects]:
        """The same to be shown, of a dry run."""

    def take_back(self, records: Sequence[Record]) -> TakenBack:
        """Take back what was recorded, the last first, and record that too."""

    def load(
        self, target: Target, batches: Iterable[Batch], rejected: Callable[[Reject], None], name: str
    ) -> Loaded:
        """Write rows from elsewhere into a table, which is made if need be; recorded as one statement.

        Each row that does not fit is `rejected`, which may raise a WorkbenchError to end it all.
        """

    def make_instead(self, shown: Sequence[Record]) -> None:
        """Put what `shown` tells in the place of what was changed so far.

        Raises Held when they differ in more than new values.
        """

    def broken_keys(self) -> list[Row]:
        """The foreign keys that a commit would now fail for: (table, rowid, parent)."""

    @property
    def applied(self) -> str:
        """What is in the database now: ``none``, ``all`` or ``some`` (see `Run.applied`)."""


class Browsing(Protocol):
    """Looks at tables; each of its verbs goes on until it is interrupted."""

    def shape(self, table: Table) -> Shape:
        """How `table` can be looked through."""

    def definition(self, table: Table) -> Definition:
        """How `table` is defined, and what hangs on it."""

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys of all tables."""

    def alteration(self, name: str, wanted: TableDesign) -> Alteration:
        """The statements by which a table becomes as `wanted`. Raises a WorkbenchError where it cannot."""

    def tally(self, question: Question, most: int) -> int:
        """How many rows a question about an alteration finds, or one more than `most`."""

    def octets(self, definition: Definition) -> int | None:
        """What it takes in the file with its indexes, in bytes; None where the engine cannot tell."""

    def part(self, shape: Shape, look: Look) -> Part:
        """The rows that `look` asks for. Raises a WorkbenchError for a filter or a WHERE that is wrong."""

    def row(self, shape: Shape, key: Row) -> Row | None:
        """The row with this key; None when there is none."""

    def size(self, shape: Shape, look: Look) -> Size | None:
        """How many rows there are in all; None when there was no time to tell before."""

    def about(self, shape: Shape, look: Look) -> Size | None:
        """What can be told of that at once."""

    def sizes(self, names: Sequence[str], found: dict[str, Size]) -> None:
        """How many rows tables have, into `found`, as far as there is time."""

    def facets(self, shape: Shape, look: Look, most: int = -1) -> list[Facet]:
        """The most frequent values of the column `look.facets`, of the first `most` rows (-1: all)."""

    def few_valued(self, shape: Shape, look: Look) -> tuple[int, ...]:
        """The columns, from 0, that have few values in the first rows."""

    def leads(self, shape: Shape, rows: Sequence[Row], labels: Leads) -> None:
        """Find what to call the rows that `rows` refer to, into `labels`."""

    def referring(self, shape: Shape) -> tuple[Reference, ...]:
        """The foreign keys that lead to this table."""

    def count_referring(self, reference: Reference, values: Row) -> Size:
        """How many rows refer so."""


class Takeout(Protocol):
    """Whole tables, as they are at one moment; each of its verbs goes on until it is interrupted."""

    def shape(self, table: Table) -> Shape:
        """How `table` can be looked through."""

    def about(self, shape: Shape, look: Look) -> Size | None:
        """What can be told at once of how many rows it has."""

    def count(self, table: Table) -> int:
        """How many rows it has."""

    def rows(self, table: Table, columns: Sequence[str]) -> AbstractContextManager[Flow]:
        """These columns of all its rows."""

    def made(self) -> list[Made]:
        """The SQL by which everything was made, in an order in which it can be made again."""

    def sequence(self, table: Table) -> int | None:
        """The largest key that was ever given in `table`, where keys are never given twice."""

    def pages(self) -> tuple[int, int]:
        """How many pages the file has, and how many bytes each."""

    def copy(self, path: Path, pace: Pace) -> None:
        """Copy the file to `path`; `pace` is told of its pages."""


class Engine(Protocol):
    """A place where SQL runs."""

    name: str
    where: str
    read_only: bool

    wait: float
    """Seconds that a write waits for its turn, and for a lock, at most."""

    limits: Mapping[str, int]
    """What one statement may have and take, by name."""

    def plan(self, job: Job) -> Plan:
        """Ask the engine what the job would do. Runs nothing; an error in it waits for its turn."""

    def describe(self, job: Job) -> list[Description]:
        """What each statement of `job` is. Runs nothing. Raises a WorkbenchError for one that is wrong."""

    def query_plans(self, job: Job) -> QueryPlans:
        """How each statement of `job` would be carried out, and which indexes would help. Runs nothing.

        Raises a WorkbenchError for a statement that is wrong.
        """

    def session(self, plan: Plan, *, together: bool = False) -> AbstractContextManager[Session]:
        """A session for the plan. Raises Busy when the write lock is not to be had while its job waits.

        `together`: what it commits may become durable together with what others do, and is when the
        context is left, which then raises NotDurable if it is not; else it is when it is committed.
        """

    def browsing(self, patience: float = inf) -> AbstractContextManager[Browsing]:
        """Tables to look through, as they are at one moment."""

    def takeout(self, patience: float = inf) -> AbstractContextManager[Takeout]:
        """Whole tables to be taken out, as they are at one moment."""

    def judge(self, records: Sequence[Record]) -> bool | None:
        """Whether what was recorded is in the database, when nobody writes; None when that cannot be told.

        Raises Busy when somebody does all the time.
        """

    def interrupt(self) -> None:
        """Stop what is running; may be called from another thread, and again and again."""

    def enough(self) -> None:
        """Stop a statement that only reads, like `interrupt`; one that writes goes on."""

    def catalog(self) -> Catalog:
        """The tables there are."""

    def condition(self) -> Condition:
        """How the file is. Raises a WorkbenchError when it cannot be read."""

    def holder(self) -> Holder | None:
        """Which other process writes to the database now; None when none does or it cannot be told."""

    def explain(self, error: WorkbenchError) -> Explanation | None:
        """Why the database itself cannot be used, for an `error` that says so; None for any other."""

    def apart(self) -> Engine:
        """The same database with connections of its own, for when this engine's are stuck."""

    def check(self) -> None:
        """Raise DatabaseTrouble unless the database can be read now."""

    def close(self) -> None:
        """Let go of everything."""

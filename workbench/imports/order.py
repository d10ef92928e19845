"""What a person wants done with a file: which column goes where, and what becomes of what does not fit."""

from __future__ import annotations

import msgspec

from workbench.catalog import Catalog, Table, TableColumn
from workbench.errors import BadRequest
from workbench.imports.columns import DECLARED, TAKES, Proposal
from workbench.imports.fitting import Fit, Fitting, affinity
from workbench.imports.survey import Survey
from workbench.loads import ON_CONFLICT, Target

MOST_REJECTS = 1000
"""How many lines may be rejected before everything ends, unless another number is said."""

_LONGEST_NAME = 200


class ColumnOrder(msgspec.Struct, frozen=True):
    """Where a column goes: its `name` in the table, empty to leave it out, and how it is taken."""

    name: str
    take: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`into` is the table that is there; where it is empty, one called `table` is made."""

    into: str = ""
    table: str = ""
    columns: tuple[ColumnOrder, ...] = ()
    on_conflict: str = "abort"
    key: tuple[str, ...] = ()
    most_rejects: int = MOST_REJECTS


def proposed(survey: Survey, catalog: Catalog, file: str, into: str = "") -> Order:
    """What is wanted as long as nobody says otherwise."""
    table = catalog.find(into)
    if table is None:
        columns = zip(survey.names, survey.proposals, strict=True)
        orders = tuple(ColumnOrder(name, proposal.take) for name, proposal in columns)
        return Order(table=_free_name(catalog, file), columns=orders)
    there = {column.name.casefold(): column for column in settable(table)}
    found = [there.get(name.casefold()) for name in survey.names]
    orders = tuple(_into(column, p) for column, p in zip(found, survey.proposals, strict=True))
    key = tuple(column.name for column in table.columns if column.key)
    return Order(into=table.name, columns=orders, key=key)


def _into(column: TableColumn | None, proposal: Proposal) -> ColumnOrder:
    if column is None:
        return ColumnOrder("", "ANY")
    return ColumnOrder(column.name, "TEXT" if affinity(column.type) == "TEXT" else "ANY")


def settable(table: Table) -> list[TableColumn]:
    """The columns of `table` that may be given values."""
    return [column for column in table.columns if not column.hidden]


def carried_out(order: Order, survey: Survey, catalog: Catalog) -> tuple[Target, Fitting]:
    """What is written, and how values become what is. Raises BadRequest for an order that cannot be meant."""
    _refuse_unknown(order, survey)
    wanted = [(place, column) for place, column in enumerate(order.columns) if column.name]
    if not wanted:
        raise _refused("No column is imported: keep at least one.", "NO_COLUMNS")
    names = tuple(column.name for _, column in wanted)
    _refuse_twins(names)
    table = _table(order, catalog) if order.into else None
    types = None if table else tuple(DECLARED[column.take] for _, column in wanted)
    if table is None:
        _refuse_name(order.table, catalog)
    target = Target(
        table.name if table else order.table, names, types, order.on_conflict if table else "abort", order.key
    )
    if table:
        _refuse_unfit(target, table)
    fits = [(place, _fit(column, survey, place, table)) for place, column in wanted]
    return target, Fitting(fits)


def _fit(column: ColumnOrder, survey: Survey, place: int, table: Table | None) -> Fit:
    declared = next(c.type for c in table.columns if c.name == column.name) if table else None
    same = column.take == survey.proposals[place].take
    exact = same or column.take in ("ANY", "TEXT")
    seen = same and survey.whole
    return Fit(column.take, declared=declared, texts=survey.texts, exact=exact, seen=seen)


def _refuse_unknown(order: Order, survey: Survey) -> None:
    known = order.on_conflict in ON_CONFLICT and all(c.take in TAKES for c in order.columns)
    if not known or len(order.columns) != len(survey.names):
        raise _refused("This form does not fit the file: load the page again.", "BAD_REQUEST")


def _refuse_twins(names: tuple[str, ...]) -> None:
    folded = [name.casefold() for name in names]
    twin = next((name for name in names if folded.count(name.casefold()) > 1), None)
    if twin is not None:
        raise _refused(f"Two columns would go to {twin}: give one of them another name.", "NAME_TAKEN")
    if any(len(name) > _LONGEST_NAME or "\0" in name for name in names):
        raise _refused(f"A column's name may have {_LONGEST_NAME} characters.", "NAME_TOO_LONG")


def _refuse_name(name: str, catalog: Catalog) -> None:
    if not name.strip():
        raise _refused("The new table needs a name.", "NAME_MISSING")
    if len(name) > _LONGEST_NAME or "\0" in name:
        raise _refused(f"A table's name may have {_LONGEST_NAME} characters.", "NAME_TOO_LONG")
    if catalog.find(name):
        hint = "Nothing was imported. Choose another name, or choose that table above."
        raise BadRequest(f"There is a table {name} already.", code="NAME_TAKEN", hint=hint)


def _table(order: Order, catalog: Catalog) -> Table:
    table = catalog.find(order.into)
    if table is None or table.kind in ("view", "shadow") or table.problem:
        raise _refused(f"There is no table {order.into} that rows could go to.", "NO_TABLE")
    return table


def _refuse_unfit(target: Target, table: Table) -> None:
    there = {column.name for column in settable(table)}
    gone = next((name for name in target.columns if name not in there), None)
    if gone is not None:
        raise _refused(f"{table.name} has no column {gone} that may be given a value.", "NO_COLUMN")
    if target.on_conflict == "update" and (not target.key or not set(target.key) <= set(target.columns)):
        raise _refused("Choose the columns by which a row is known again; they must be imported.", "NO_KEY")


def _refused(message: str, code: str) -> BadRequest:
    return BadRequest(message, code=code, hint="Nothing was imported.")


def _free_name(catalog: Catalog, file: str) -> str:
    stem = file.rpartition("/")[2].rpartition("\\")[2]
    stem = stem.rpartition(".")[0] or stem
    bare = "_".join("".join(c if c.isalnum() else " " for c in stem).split())[:60] or "imported"
    bare = f"t_{bare}" if bare[0].isdigit() or bare.lower().startswith("sqlite_") else bare
    names = (bare, *(f"{bare}_{number}" for number in range(2, 1000)))
    return next((name for name in names if not catalog.find(name)), "")
